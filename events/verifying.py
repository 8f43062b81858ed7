"""Computing the whole log again and comparing it with itself, and with a head kept elsewhere.

Trusts no stored hash: leaves are made from the stored fields, the tree from those leaves.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from events.canonical import canonical_text
from events.errors import InvalidEvent, LogBroken
from events.event import join_canonical
from events.head import Head, Verification, moment_of
from events.merkle import EMPTY_ROOT, Frontier, leaf_hash
from events.reading import EVENT_COLUMNS, select_events, stream_rows
from events.tables import CHECKPOINT

_HASHED = [column.name for column in EVENT_COLUMNS if column.name not in ("payload", "leaf_hash")]

_BEFORE_ALL = -(2**63)  # a row smuggled in before position 1 is looked at as well


def verify(connection: Connection, against: Head | None = None) -> Verification:
    """Read every event once. Raises LogBroken at the first wrong position."""
    checkpoints = iter(connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number)))
    check = _Check(checkpoints, against)
    everything = select_events(EVENT_COLUMNS, after=_BEFORE_ALL)
    for row in stream_rows(connection, everything, lambda row: row):
        check.event(row)
    return check.finish()


class _Check:
    """What must hold of the next event, given all before it."""

    def __init__(self, checkpoints: Iterator[Row[Any]], against: Head | None) -> None:
        self.frontier = Frontier()
        self.versions: dict[str, int] = {}
        self.recorded_at = ""
        self.checkpoints = checkpoints
        self.checkpoint = next(checkpoints, None)
        self.counted = (0, 0)  # number and size of the last checkpoint that held
        self.against = against
        self._compare_with_kept()

    def event(self, row: Row[Any]) -> None:
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
        self._compare_with_checkpoint()
        self._compare_with_kept()

    def finish(self) -> Verification:
        """The end of the log. Raises LogBroken when it is not where it should be."""
        size = self.frontier.size
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
        return Verification(head=head, checked=size)

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
