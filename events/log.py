"""`EventLog`: the one class a caller needs. What it promises is written in docs/log.md."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, select

from events.appending import append_events, version_of
from events.errors import LogUnavailable, NoSuchPosition
from events.event import Event, NewEvent, Recorded, time_text
from events.guards import require_guards, restore
from events.head import Head, Verification, head_at, leaf_bytes, moment_of, tip
from events.reading import (
    EVENT_COLUMNS,
    RECORDED_COLUMNS,
    decode_event,
    decode_recorded,
    select_events,
    stream_rows,
)
from events.schema import require_current, stored_version, upgrade
from events.storage import Storage, open_storage
from events.tables import CHECKPOINT, EVENT, SCHEMA_VERSION
from events.upcasting import Upcasts
from events.verifying import verify


class EventLog:
    """An append-only log of events in one database. Open it with `EventLog.open`; use it in `with`."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime], upcasts: Upcasts | None = None) -> None:
        self.name = storage.name  # what to call it in messages: without a password
        self._storage = storage
        self._clock = clock
        self._upcasts = upcasts or Upcasts()
        self._closed = False

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime],
        create: bool = True,
        upcasts: Upcasts | None = None,
        timeout: float = 30.0,
    ) -> Self:
        """Open the log at `sqlite:///path` or `postgresql+psycopg://…`.

        It is made first (with its folder, but not its PostgreSQL database) unless `create` is False.
        `clock` gives the aware time of each append; `upcasts` brings old events up to date in `read`
        and `rows`; `timeout` is the seconds to wait for another writer. A log that may not be written,
        or has an older schema, is opened for reading. Raises NotALog, LogNotFound, LogUnavailable.
        """
        return cls(open_storage(url, create=create, timeout=timeout), clock, upcasts)

    def append(self, stream: str, expected_version: int, new: Sequence[NewEvent], *, actor: str) -> list[Event]:
        """Append all of `new` to the stream, or none; durable when this returns.

        The events share one `recorded_at`, which is never before that of the event before them. An
        empty `new` writes nothing, but its expected version is checked all the same.
        Raises ConcurrentAppend, InvalidEvent, LogUnavailable, LogBroken; LogOutdated before a migration,
        LogUnprotected where the triggers are not as they were made.
        """
        with self._transaction(write=True) as connection:
            require_current(connection, self.name)
            require_guards(connection, SCHEMA_VERSION, self._storage.schema)
            return append_events(connection, stream, expected_version, new, actor=actor, clock=self._clock)

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        stream: str | None = None,
        types: Collection[str] | None = None,
    ) -> Iterator[Event]:
        """Events with after < position <= until in position order, from one consistent view.

        Payloads come in their present schema version; `get` gives one as it is stored, for hashing.
        """
        query = select_events(EVENT_COLUMNS, after, until, stream, types)
        with self._transaction() as connection:
            yield from stream_rows(connection, query, decode_event(self._upcasts))

    def rows(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        stream: str | None = None,
        types: Collection[str] | None = None,
        as_of: date | None = None,
    ) -> Iterator[Recorded]:
        """The same events as light tuples, several times as fast as `read`.

        With `as_of` only those effective on or before that day, ordered by (effective, position): a
        state as of a day is then a plain fold, whatever was filled in later.
        """
        query = select_events(RECORDED_COLUMNS, after, until, stream, types, as_of)
        with self._transaction() as connection:
            yield from stream_rows(connection, query, decode_recorded(self._upcasts))

    def get(self, position: int) -> Event:
        """The event at `position`, exactly as stored. Raises NoSuchPosition."""
        query = select_events(EVENT_COLUMNS, position - 1, position)
        with self._transaction() as connection:
            with closing(stream_rows(connection, query, decode_event(Upcasts()))) as found:
                for event in found:
                    return event
            raise NoSuchPosition(position, tip(connection).frontier.size)

    def leaves(self, until: int | None = None) -> list[bytes]:
        """The stored leaf hashes up to `until`, for making proofs with `events.merkle`."""
        query = select_events((EVENT.c.position, EVENT.c.leaf_hash), until=until)
        with self._transaction() as connection:
            return list(stream_rows(connection, query, lambda row: leaf_bytes(row.leaf_hash, row.position)))

    def version(self, stream: str) -> int:
        """The version of the stream's last event; 0 if it has none."""
        with self._transaction() as connection:
            return version_of(connection, stream)

    def streams(self) -> list[str]:
        """The names of all streams, sorted."""
        with self._transaction() as connection:
            query = select(EVENT.c.stream).distinct().order_by(EVENT.c.stream)
            return list(connection.scalars(query))

    def effective_dates(self) -> list[date]:
        """All days from which some event is true, sorted."""
        with self._transaction() as connection:
            query = select(EVENT.c.effective).distinct().order_by(EVENT.c.effective)
            return [date.fromisoformat(text) for text in connection.scalars(query)]

    def head(self) -> Head:
        """The head as the last append left it. `verify` is what computes it anew."""
        with self._transaction() as connection:
            last = tip(connection)
            size = last.frontier.size
            recorded_at = moment_of(last.recorded_at, size) if size else None
            return Head(size=size, root=last.root, recorded_at=recorded_at)

    def head_at(self, position: int) -> Head:
        """The head as it was when the log ended at `position`; 0 is the empty log.

        Raises NoSuchPosition.
        """
        with self._transaction() as connection:
            size = tip(connection).frontier.size
            if not 0 <= position <= size:
                raise NoSuchPosition(position, size)
            return head_at(connection, position)

    def heads(self, size: int) -> list[Head]:
        """The heads that appends left, as they are stored, from one of at least this size on; without their times."""
        query = select(CHECKPOINT.c.size, CHECKPOINT.c.root).where(CHECKPOINT.c.size >= size)
        with self._transaction() as connection:
            left = connection.execute(query.order_by(CHECKPOINT.c.size))
            return [*([] if size else [Head()]), *(Head(size=row.size, root=row.root) for row in left)]

    def position_at(self, moment: datetime) -> int:
        """The last position recorded at or before the (aware) moment; 0 if none."""
        query = select(func.max(CHECKPOINT.c.size)).where(CHECKPOINT.c.recorded_at <= time_text(moment))
        with self._transaction() as connection:
            return connection.scalar(query) or 0

    def whole_until(self, position: int, streams: str = "") -> int:
        """The end of the last whole append at or before `position`; 0 if none. No reader ever saw a part of one.

        With `streams`, only appends to streams whose names begin so.
        """
        query = select(CHECKPOINT.c.size).where(CHECKPOINT.c.size <= position)
        if streams:  # the rows are read: an index of the streams could leave out some
            name = func.substr(EVENT.c.stream, 1, len(streams))
            query = query.join(EVENT, EVENT.c.position == CHECKPOINT.c.size).where(name == streams)
        with self._transaction() as connection:
            return connection.scalar(query.order_by(CHECKPOINT.c.size.desc()).limit(1)) or 0

    def verify(
        self,
        against: Head | None = None,
        known: Head | None = None,
        *,
        indexes: bool = False,
        streams: str = "",
        guards: bool = True,
    ) -> Verification:
        """Compute everything again from what is stored; with `against`, that the log extends it.

        The events of a head `known` from an earlier verification need only give its root. With `indexes`,
        SQLite compares its indexes with the rows as well, which takes about as long again. With `streams`,
        the days and the last position that are found are those of the streams whose names begin so.
        Raises LogBroken with the first wrong position and what is wrong there; where all rows are right,
        LogUnprotected unless the triggers are as they were made (not asked with `guards` False).
        """
        with self._transaction() as connection:
            found = verify(connection, against, known, indexes=indexes, streams=streams)
            if guards:
                require_guards(connection, stored_version(connection, self.name), self._storage.schema)
            return found

    def state(self) -> str | None:
        """A token for the present state of the database, as `events.storage_state` gives it."""
        self._require_open()
        return self._storage.state()

    def settle(self) -> None:
        """Let the database put its files in order now, unless a reader is in the way, and not when it is closed."""
        self._require_open()
        self._storage.settle()

    def migrate(self) -> tuple[int, int]:
        """Bring the schema up to date, all or nothing; gives the versions before and after.

        No stored event or checkpoint is touched, so every head and proof stays what it was.
        Raises LogUnavailable, NotALog.
        """
        with self._transaction(write=True) as connection:
            version = stored_version(connection, self.name)
            upgrade(connection, version, self._storage.schema)
            return version, SCHEMA_VERSION

    def protect(self) -> list[str]:
        """Put the append-only triggers back as they were made, and remove others; tells what was wrong.

        It says nothing of what happened meanwhile: for that there is `verify`. Raises LogUnavailable, and
        LogUnprotected when something is wrong that is no trigger.
        """
        with self._transaction(write=True) as connection:
            return restore(connection, stored_version(connection, self.name), self._storage.schema)

    def close(self) -> None:
        """Close the database. Closing twice does nothing; using the log afterwards is LogUnavailable."""
        self._closed = True
        self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require_open(self) -> None:
        if self._closed:
            raise LogUnavailable(f"the log {self.name} has been closed")

    @contextmanager
    def _transaction(self, write: bool = False) -> Iterator[Connection]:
        self._require_open()
        with self._storage.transaction(write) as connection:
            try:
                yield connection
            finally:
                if self._closed:  # a reader that outlived its log must not leave the file open
                    connection.detach()
