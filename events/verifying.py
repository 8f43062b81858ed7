"""Computing the whole log again and comparing it with itself, and with a head kept elsewhere.

Trusts no stored hash: leaves are made from the stored fields, the tree from those leaves. `_Check.event`
says what must hold of the next event. Many at once are looked at by `events.batches` first, which accepts
only what `_Check.event` would accept.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import DBAPIError

from events.batches import Columns, in_order, next_versions, recomputed_leaves
from events.canonical import canonical_text
from events.errors import InvalidEvent, LogBroken
from events.event import join_canonical
from events.head import Head, Verification, moment_of
from events.merkle import EMPTY_ROOT, Frontier, leaf_hash
from events.reading import EVENT_COLUMNS, select_events
from events.tables import CHECKPOINT, FORMAT

_HASHED = [column.name for column in EVENT_COLUMNS if column.name not in ("payload", "leaf_hash")]
_IN_ORDER = [next(column for column in EVENT_COLUMNS if column.name == name) for name in Columns._fields]

_BEFORE_ALL = -(2**63)  # a row smuggled in before position 1 is looked at as well
_BATCH = 500  # rows looked at together: more no longer stay within the processor's cache


def verify(
    connection: Connection,
    against: Head | None = None,
    known: Head | None = None,
    *,
    indexes: bool = False,
    streams: str = "",
) -> Verification:
    """Read every event once. Raises LogBroken at the first wrong position.

    `known` is a head that was verified before. The events that it counts are hashed again and must give its
    root: then they are byte for byte those that were looked at, and only the hashes of their contents are
    made, not their JSON read. If they do not give it, everything is verified as if nothing were known.
    With `indexes` a database that can is asked whether its indexes agree with its rows. The days and the last
    position that are found are those of streams whose names begin with `streams`.
    """
    _check_format(connection)
    if indexes and connection.dialect.name == "sqlite":
        _check_indexes(connection)
    with closing(_checkpoints(connection)) as checkpoints, closing(_batches(connection)) as batches:
        check = _Check(checkpoints, against, known, streams)
        try:
            for rows in batches:
                check.batch(rows)
            return check.finish()
        except _NotKnown:
            pass
    return verify(connection, against, streams=streams)


def _check_indexes(connection: Connection) -> None:
    """An index that leaves rows out would hide them from whoever reads one stream."""
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if said != "ok":
        raise LogBroken(0, f"the database's own structures disagree: {' '.join(str(said).split())}")


def _check_format(connection: Connection) -> None:
    """The one table that no hash covers holds one row; that its version is known was seen at opening."""
    rows = connection.execute(select(FORMAT.c.schema_version)).all()
    if len(rows) != 1 or type(rows[0][0]) is not int or rows[0][0] < 1:
        raise LogBroken(0, "log_format does not hold one row with a version")


def _batches(connection: Connection) -> Generator[Sequence[Row[Any]], None, None]:
    """Every row, in order. LogBroken at the first that the database cannot give as text."""
    done = _BEFORE_ALL
    try:
        for rows in _partitions(connection, done, _BATCH):
            yield rows
            done = rows[-1].position
    except (DBAPIError, UnicodeError) as error:
        if "utf-8" not in str(error).lower():
            raise
        yield from _until_unreadable(connection, done)


def _until_unreadable(connection: Connection, done: int) -> Iterator[Sequence[Row[Any]]]:
    """The rows after `done`, one by one, and then LogBroken."""
    try:
        for rows in _partitions(connection, done, 1):
            yield rows
            done = rows[-1].position
    except (DBAPIError, UnicodeError) as error:
        raise LogBroken(max(done, 0) + 1, "it holds text that is not UTF-8") from error


def _partitions(connection: Connection, after: int, size: int) -> Iterator[Sequence[Row[Any]]]:
    query = select_events(_IN_ORDER, after=after)
    with connection.execution_options(yield_per=size).execute(query) as result:
        yield from result.partitions()


class _NotKnown(Exception):
    """The events are not those of the head that was said to be known."""


class _Check:
    """What must hold of the next events, given all before them."""

    def __init__(self, checkpoints: Iterator[Row[Any]], against: Head | None, known: Head | None, streams: str) -> None:
        self.frontier = Frontier()
        self.versions: dict[str, int] = {}
        self.recorded_at = ""
        self.streams = streams
        self.days: set[str] = set()
        self.last = 0
        self.checkpoints = checkpoints
        self.checkpoint = next(self.checkpoints, None)
        self.counted = (0, 0)  # number and size of the last checkpoint that held
        self.against = against
        self.known = known if known is not None and known.size else None
        self._compare_with_kept()

    def batch(self, rows: Sequence[Row[Any]]) -> None:
        """Many events at once; one by one where anything is not as it must be."""
        columns = Columns(*zip(*rows, strict=True))
        leaves = self._at_once(columns)
        self._note(columns)
        if leaves is None:
            for row in rows:
                self.event(row)
            return
        done = 0
        while done < len(leaves):
            stop = min(done + self._until_next_comparison(), len(leaves))
            self.frontier.extend(leaves[done:stop])
            self.recorded_at = columns.recorded_at[stop - 1]
            self._compare()
            done = stop

    def event(self, row: Row[Any]) -> None:
        """One event: the definition of what is right."""
        position = self.frontier.size + 1
        if row.position != position:
            raise LogBroken(position, f"there is no event at this position, the next one is {row.position}")
        self.frontier.append(_recomputed_leaf(row))
        version = self.versions.get(row.stream, 0) + 1
        if row.version != version:
            raise LogBroken(position, f"it is version {row.version} of {row.stream!r}, not {version}")
        if row.recorded_at < self.recorded_at:
            raise LogBroken(position, f"recorded_at {row.recorded_at} lies before that of the event before it")
        self.versions[row.stream] = version
        self.recorded_at = row.recorded_at
        self._compare()

    def finish(self) -> Verification:
        """The end of the log. Raises LogBroken when it is not where it should be."""
        size = self.frontier.size
        if self.known is not None:  # it counts more events than there are
            raise _NotKnown
        if self.checkpoint is not None:
            counted = f"a checkpoint counts {self.checkpoint.size} events, the log holds {size}"
            raise LogBroken(size + 1, f"{counted}: its tail was cut")
        if self.counted[1] != size:
            raise LogBroken(self.counted[1] + 1, "no checkpoint counts this event: one is missing")
        if self.against is not None and self.against.size > size:
            kept = f"the head kept elsewhere counts {self.against.size} events, the log holds {size}"
            raise LogBroken(size + 1, f"{kept}: its tail was cut")
        recorded_at = moment_of(self.recorded_at, size) if size else None
        head = Head(size=size, root=self.frontier.root().hex(), recorded_at=recorded_at)
        return Verification(head=head, checked=size, days=self._days(), last=self.last)

    def _note(self, columns: Columns) -> None:
        """The days and the last position of the streams that are asked about."""
        streams = set(columns.stream)
        asked = {stream for stream in streams if str(stream).startswith(self.streams)}
        found: Iterable[tuple[int, str]] = zip(columns.position, columns.effective, strict=True)
        if asked != streams:
            found = (pair for pair, stream in zip(found, columns.stream, strict=True) if stream in asked)
        for self.last, day in found:
            self.days.add(day)

    def _days(self) -> tuple[date, ...]:
        try:
            return tuple(date.fromisoformat(day) for day in sorted(self.days))
        except (TypeError, ValueError) as error:
            raise LogBroken(0, f"some event is effective from no day: {error}") from error

    def _at_once(self, columns: Columns) -> list[bytes] | None:
        """The leaf hashes, with the versions taken note of; None where an event must be looked at alone."""
        try:
            if not in_order(columns, self.frontier.size, self.recorded_at):
                return None
        except TypeError:
            return None
        known = self.known is not None and self.known.size >= columns.position[-1]
        leaves = recomputed_leaves(columns, canonical_before=known)
        versions = next_versions(columns, self.versions) if leaves is not None else None
        if versions is None:
            return None
        self.versions.update(versions)
        return leaves

    def _until_next_comparison(self) -> int:
        """How many events may be added to the tree before its root is looked at."""
        size = self.frontier.size
        heads = (self.checkpoint, self.against, self.known)
        return min((max(head.size - size, 1) for head in heads if head is not None), default=_BATCH)

    def _compare(self) -> None:
        self._compare_with_known()
        self._compare_with_checkpoint()
        self._compare_with_kept()

    def _compare_with_known(self) -> None:
        if self.known is not None and self.known.size == self.frontier.size:
            if self.known.root != self.frontier.root().hex():
                raise _NotKnown
            self.known = None

    def _compare_with_checkpoint(self) -> None:
        stored, size = self.checkpoint, self.frontier.size
        if stored is None or stored.size > size:
            return
        number, counted = self.counted
        if stored.number != number + 1 or stored.size != size:
            raise LogBroken(counted + 1, f"checkpoint {number + 1} is missing or counts wrongly")
        if stored.root != self.frontier.root().hex():
            raise LogBroken(size, "the checkpoint has another root than the events up to here")
        if stored.frontier != b"".join(self.frontier.hashes).hex():
            raise LogBroken(size, "the checkpoint has other subtrees than the events up to here")
        if stored.recorded_at != self.recorded_at:
            raise LogBroken(size, "the checkpoint has another time than its event")
        self.counted = (stored.number, stored.size)
        self.checkpoint = next(self.checkpoints, None)

    def _compare_with_kept(self) -> None:
        if self.against is None or self.against.size != self.frontier.size:
            return
        root = self.frontier.root() if self.frontier.size else EMPTY_ROOT
        if root.hex() != self.against.root:
            raise LogBroken(self.frontier.size, "the events up to here are not those of the head kept elsewhere")
        self.against = None


def _checkpoints(connection: Connection) -> Generator[Row[Any], None, None]:
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.number)
    last = 0
    with connection.execution_options(yield_per=_BATCH).execute(query) as result:
        for row in result:
            if type(row.size) is not int:
                raise LogBroken(last + 1, "the next checkpoint does not count in whole numbers")
            last = row.size
            yield row


def _recomputed_leaf(row: Row[Any]) -> bytes:
    """The leaf hash made anew. LogBroken when it is not the stored one, or the text not canonical."""
    try:
        canonical = canonical_text(json.loads(row.payload))
        data = join_canonical(**{name: row._mapping[name] for name in _HASHED}, payload=canonical)
    except (InvalidEvent, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LogBroken(row.position, "its content cannot be read as an event") from error
    if canonical != row.payload:
        raise LogBroken(row.position, "its payload is not stored as canonical JSON")
    leaf = leaf_hash(data)
    if leaf.hex() != row.leaf_hash:
        raise LogBroken(row.position, "its content does not give its leaf hash: it was changed")
    return leaf
