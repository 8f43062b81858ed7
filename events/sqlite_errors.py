"""SQLite's errors in our words: one plain line that names the file and says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from events.errors import EventsError, LogBroken, LogUnavailable, NotALog


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Errors of the driver, as ours: one plain line that names the file."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(path, error.orig) from error
    except sqlite3.Error as error:
        raise _ours(path, error) from error


_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "{path} is locked by another process: try again when it is done",
    sqlite3.SQLITE_LOCKED: "{path} is locked by another process: try again when it is done",
    sqlite3.SQLITE_FULL: "the disk is full: nothing was written to {path}",
    sqlite3.SQLITE_IOERR: "{path} cannot be read or written ({error}): check the disk and the limit on file sizes",
    sqlite3.SQLITE_READONLY: "{path} may not be written: check the permissions of file and folder",
    sqlite3.SQLITE_PERM: "{path} may not be written: check the permissions of file and folder",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: check the permissions of file and folder",
}


def _ours(path: Path, error: BaseException | None) -> EventsError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without SQLite's extended part
    if code == sqlite3.SQLITE_NOTADB:
        return NotALog(f"{path} is not a SQLite database: name another file for the log")
    if code == sqlite3.SQLITE_CORRUPT:
        return LogBroken(0, f"{path} is damaged ({error}): restore it from a backup")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return LogBroken(0, f"{path} refuses the next event ({error}): have the log verified")
    return LogUnavailable(_UNAVAILABLE.get(code, "{path} cannot be used: {error}").format(path=path, error=error))
