"""What a log needs of the database it lies in; one function for each kind of address."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from events.errors import LogUnavailable
from events.postgres_address import connection_parameters, is_postgres
from events.state import database_path


class Storage(NamedTuple):
    """An open database with a log in it.

    `name` is what to call it in messages (never with a password). A transaction of `readers` sees the
    log as it was when it began, and waits for nobody; one of `writers` has the log for itself until
    it ends, and sees every append before it. Inside `translated` the driver's errors are ours.
    `state` gives a token as `storage_state` does. `settle` does now what closing would do to the files,
    so that the token stays what it is.
    """

    name: str
    readers: Engine
    writers: Engine
    translated: Callable[[], AbstractContextManager[None]]
    state: Callable[[], str | None]
    schema: str = ""
    settle: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self, write: bool = False) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self.translated(), (self.writers if write else self.readers).begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all idle connections."""
        self.readers.dispose()


def open_storage(url: str, *, create: bool, timeout: float) -> Storage:
    """The database at a URL, with a new log if there was none and `create` says so.

    `timeout` is how many seconds to wait for another writer, and for a server to answer.
    Raises LogNotFound, NotALog, LogUnavailable.
    """
    path = database_path(url)
    if path is not None:
        from events.sqlite import open_file

        return open_file(path, create=create, timeout=timeout)
    if is_postgres(url):
        parameters = connection_parameters(url, timeout)  # first: it tells when there is no driver
        from events.postgres import open_database

        return open_database(parameters, create=create, timeout=timeout)
    scheme = url.partition(":")[0]  # the rest may hold a password
    raise LogUnavailable(
        f"a {scheme[:40]!r} address is not supported: write sqlite:///path/to/file or postgresql+psycopg://…"
    )
