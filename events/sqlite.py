"""Opening a log in SQLite: the ways to open a file, its settings, making the tables.

With `sqlite_errors` and `schema_sqlite` this is all that is SQLite's own; `postgres` has the same for
PostgreSQL.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect

from events.errors import LogNotFound, LogReplaced, LogUnavailable, NotALog
from events.schema import upgrade, version_of_tables
from events.sqlite_errors import translated
from events.state import LOG_IN_SQLITE, storage_state
from events.storage import Storage

_SETTINGS = (
    "synchronous=FULL",  # an append that returned survives a power cut, in WAL mode too
    "journal_size_limit=67108864",  # bytes: a large import does not leave its write-ahead log behind
    "cache_size=-32768",  # KiB: pages of the indexes are written once in a large import, not many times
)

APPLICATION_ID = int.from_bytes(LOG_IN_SQLITE)  # `file` and `PRAGMA application_id` show it


def open_file(path: Path, *, create: bool, timeout: float) -> Storage:
    """The log in the file at `path`, made first if there is none and `create` says so.

    Falls back to reading only where the file or its folder cannot be written. `timeout` is how many
    seconds to wait for another writer. Raises LogNotFound, NotALog, LogUnavailable.
    """
    _check_file(path, create)
    failure: LogUnavailable | None = None
    for mode in _modes(path, create):
        engine, writable = _engine(path, mode, timeout), mode.startswith("mode=rw")
        try:
            with translated(path):
                _prepare(engine, path, create=create and writable, wal=writable, timeout=timeout)
        except LogUnavailable as error:
            engine.dispose()
            failure = failure or error
        except BaseException:
            engine.dispose()
            raise
        else:
            return _storage(engine, path)
    raise failure or LogUnavailable(f"cannot open {path}")


def _storage(engine: Engine, path: Path) -> Storage:
    opened = _identity(path)
    event.listen(engine, "begin", lambda _: _require_in_place(path, opened))
    return Storage(
        name=str(path),
        readers=engine.execution_options(write=False),
        writers=engine.execution_options(write=True),
        translated=partial(translated, path),
        state=partial(_state, path, opened),
        settle=partial(_settle, engine, path),
    )


def _settle(engine: Engine, path: Path) -> None:
    """Folds the write-ahead log into the file and empties it; nobody is waited for."""
    with translated(path), closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={patience:d}")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file is there now, by device and inode; None without one."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _state(path: Path, opened: tuple[int, int] | None) -> str | None:
    state = storage_state(f"sqlite:///{path}")
    _require_in_place(path, opened)
    return state


def _require_in_place(path: Path, opened: tuple[int, int] | None) -> None:
    """An open file outlives its name: what is read from it then is not the log, and what is written is lost."""
    if _identity(path) != opened:
        raise LogReplaced(f"{path} was removed or replaced while it was open: open it again")


def _check_file(path: Path, create: bool) -> None:
    """What can be told, and told better, before SQLite is asked."""
    try:
        if path.is_dir():
            raise NotALog(f"{path} is a folder: name a file for the log")
        if not path.exists():
            if not create:
                raise LogNotFound(f"there is no log at {path}")
            path.parent.mkdir(parents=True, exist_ok=True)
            return
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise LogUnavailable(f"{path} cannot be opened: {error.strerror}") from error
    if start and start != b"SQLite format 3\0":
        raise NotALog(f"{path} is not a SQLite database: name another file for the log")
    if not start and not create:
        raise LogNotFound(f"{path} is empty: there is no log in it")


def _modes(path: Path, create: bool) -> Iterator[str]:
    """The ways to open the file, the best first.

    `immutable` reads a file in a folder where SQLite cannot put its shared memory. It sees nothing
    of a write-ahead log, so it is not for a file that has one.
    """
    yield "mode=rwc" if create else "mode=rw"
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if not writable and path.exists() and path.stat().st_size:
        yield "mode=ro"
        wal = Path(f"{path}-wal")
        if not (wal.exists() and wal.stat().st_size):
            yield "mode=ro&immutable=1"


def _engine(path: Path, mode: str, timeout: float) -> Engine:
    uri = f"file:{quote(os.path.abspath(path))}?{mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Readers take a snapshot; a writer takes the write lock at once, so that none must retry."""
    kind = "IMMEDIATE" if connection.get_execution_options().get("write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {kind}")


def _prepare(engine: Engine, path: Path, *, create: bool, wal: bool, timeout: float) -> None:
    with engine.connect() as connection:
        empty = _is_empty(connection, path)
    if empty:
        if not create:
            raise LogNotFound(f"{path} is empty: there is no log in it")
        _create(engine, path)
    if wal:
        _set_wal(engine, timeout)


def _is_empty(connection: Connection, path: Path) -> bool:
    """Whether there are no tables yet. Raises NotALog for somebody else's, or a newer log."""
    application_id = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    names = set(inspect(connection).get_table_names())
    if not names and application_id in (0, APPLICATION_ID):
        return True
    if application_id != APPLICATION_ID:
        raise NotALog(f"{path} is a database of something else: name another file for the log")
    version_of_tables(connection, names, str(path))
    return False


def _create(engine: Engine, path: Path) -> None:
    """Tables and triggers in one transaction; whoever comes second finds them made."""
    with engine.execution_options(write=True).begin() as connection:
        if not _is_empty(connection, path):
            return
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        upgrade(connection, 0)


def _set_wal(engine: Engine, timeout: float) -> None:
    """Readers go on while a writer writes. The mode stays with the file.

    SQLite does not wait for a lock when it changes the mode, so we do. Where it cannot be changed
    (a file that may only be read) the log is read as it is.
    """
    deadline = time.monotonic() + timeout
    with closing(engine.raw_connection()) as connection:
        while connection.cursor().execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    return
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
