"""PostgreSQL's errors in our words: one plain line that names the database, never the password."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from events.errors import EventsError, LogBroken, LogUnavailable, NotALog

_LOST = (
    "the connection to {name} was lost: what was being appended is there whole or not at all; try again when it is back"
)
_DENIED = "{name} does not let this user do that ({error}): ask its owner for the right to"
_LOCKED = "{name} is locked by another process: try again when it is done"

# By SQLSTATE, the longest prefix first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNAVAILABLE = {
    "25006": "{name} may only be read (a standby, or default_transaction_read_only)",
    "42501": _DENIED,
    "53100": "the disk of {name} is full: nothing was written",
    "53300": "{name} has no connection left: try again later",
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "57014": "{name} stopped the work ({error}): try again",
    "25P03": "{name} ended a transaction that waited too long: try again",
    "57P": _LOST,
    "08": _LOST,
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Errors of the driver, as ours: one plain line that names the database."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(name, error.orig) from error
    except psycopg.Error as error:
        raise _ours(name, error) from error


def unreachable(name: str, error: psycopg.Error, password: str | None) -> LogUnavailable:
    """The error of a connection that was not made, with the server's reason."""
    reason = first_line(error).removeprefix("connection failed: ").removeprefix("connection is bad: ")
    if password:
        reason = reason.replace(password, "…")
    return LogUnavailable(f"cannot connect to {name}: {reason}")


def first_line(error: BaseException | None) -> str:
    """The first line of what the driver says, without its hints."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[0].split())[:300] if lines else type(error).__name__


def _ours(name: str, error: BaseException | None) -> EventsError:
    state = getattr(error, "sqlstate", None)
    if state is None:
        lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return LogUnavailable((_LOST if lost else "{name} cannot be used: {error}").format(**_words(name, error)))
    if state.startswith("23"):
        return LogBroken(0, f"{name} refuses the next event ({first_line(error)}): have the log verified")
    if state.startswith("XX00"):
        return LogBroken(0, f"{name} is damaged ({first_line(error)}): restore it from a backup")
    if state in ("42P01", "42703"):
        return NotALog(f"{name} does not hold the tables of a log ({first_line(error)})")
    for prefix in (state, state[:3], state[:2]):
        if text := _UNAVAILABLE.get(prefix):
            return LogUnavailable(text.format(**_words(name, error)))
    return LogUnavailable(f"{name} cannot be used: {first_line(error)}")


def _words(name: str, error: BaseException | None) -> dict[str, str]:
    return {"name": name, "error": first_line(error)}
