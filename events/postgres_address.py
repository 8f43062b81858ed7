"""PostgreSQL's addresses: what the driver is given, and what may be shown of it."""

from typing import Any

from events.errors import LogUnavailable

SCHEMES = ("postgresql+psycopg://", "postgresql://", "postgres://")

_UNREADABLE = (
    "the address of the PostgreSQL database cannot be read: "
    "write postgresql+psycopg://user:password@host:port/database, "
    "with %40 for @, %3A for : and %2F for / inside user and password"
)
# Seconds and counts; a peer that vanished without a word is noticed within a minute and not within hours.
_DEFAULTS = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def is_postgres(url: str) -> bool:
    """Whether this is the address of a PostgreSQL database."""
    return url.startswith(SCHEMES)


def connection_parameters(url: str, timeout: float) -> dict[str, Any]:
    """The parameters of libpq that the URL stands for; `timeout` in seconds, unless the URL says otherwise.

    Raises LogUnavailable when it cannot be read, or when the driver is not installed.
    """
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise LogUnavailable(
            "PostgreSQL needs a driver that is not installed: install the extra `postgres` (psycopg 3)"
        ) from None
    try:
        given = conninfo_to_dict("postgresql://" + url.partition("://")[2])
    except ProgrammingError:
        raise LogUnavailable(_UNREADABLE) from None  # the driver's own words may hold the password
    # A password with an unquoted @ or / spills into the parts that are shown.
    ports = str(given.get("port") or "").replace(",", "")
    if any("@" in str(given.get(part) or "") for part in ("host", "dbname")) or (ports and not ports.isdigit()):
        raise LogUnavailable(_UNREADABLE)
    defaults = {**_DEFAULTS, "connect_timeout": max(2, round(timeout))}
    return {**defaults, **given, "client_encoding": "UTF8"}


def shown(parameters: dict[str, Any]) -> str:
    """What to call the database in messages."""
    where = parameters.get("host") or parameters.get("hostaddr") or "this machine"
    port = f":{parameters['port']}" if parameters.get("port") else ""
    name = parameters.get("dbname") or parameters.get("user") or "(default)"
    return f"the PostgreSQL database {name} at {where}{port}"
