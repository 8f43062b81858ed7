"""Writing one append: its events, chained to what is there, and the checkpoint after them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select

from events.canonical import canonical_text
from events.errors import ConcurrentAppend, LogBroken
from events.event import Event, NewEvent, checked_name, join_canonical, time_text
from events.head import Tip, tip
from events.merkle import leaf_hash
from events.tables import CHECKPOINT, EVENT

_BATCH = 1000  # rows made at a time: an import of any size adds little to the memory of its caller


def append_events(
    connection: Connection,
    stream: str,
    expected_version: int,
    new: Sequence[NewEvent],
    *,
    actor: str,
    clock: Callable[[], datetime],
) -> list[Event]:
    """Insert `new` and a checkpoint, in the caller's write transaction.

    Raises ConcurrentAppend, InvalidEvent, and LogBroken when the end of the log contradicts itself.
    """
    checked_name("actor", actor)
    actual = version_of(connection, checked_name("stream", stream))
    if actual != expected_version:
        raise ConcurrentAppend(stream, expected_version, actual)
    if not new:
        return []
    last = _sound_tip(connection)
    recorded_at = max(time_text(clock()), last.recorded_at)
    shared = {"stream": stream, "actor": actor, "recorded_at": recorded_at}
    appended: list[Event] = []
    remaining = iter(new)
    while batch := list(islice(remaining, _BATCH)):
        first = last.frontier.size + 1
        rows = [_row(item, shared, first + i, actual + 1 + i) for i, item in enumerate(batch)]
        connection.execute(insert(EVENT), rows)
        for row in rows:
            last.frontier.append(bytes.fromhex(row["leaf_hash"]))
        actual += len(rows)
        appended.extend(_events(batch, rows, datetime.fromisoformat(recorded_at)))
    _add_checkpoint(connection, last, recorded_at)
    return appended


def version_of(connection: Connection, stream: str) -> int:
    """How many events the stream has."""
    last = select(func.max(EVENT.c.version)).where(EVENT.c.stream == stream)
    return connection.scalar(last) or 0


def _sound_tip(connection: Connection) -> Tip:
    """The last checkpoint. A log whose end was tampered with is not continued."""
    last = tip(connection)
    size = connection.scalar(select(func.max(EVENT.c.position))) or 0
    if size != last.frontier.size:
        wrong = min(size, last.frontier.size) + 1
        raise LogBroken(wrong, f"the last checkpoint counts {last.frontier.size} events, the log {size}")
    return last


def _row(item: NewEvent, shared: dict[str, Any], position: int, version: int) -> dict[str, Any]:
    fields = {
        **shared,
        "position": position,
        "version": version,
        "type": checked_name("type", item.type),
        "schema_version": item.schema_version,
        "effective": item.effective.isoformat(),
        "payload": canonical_text(item.payload),
    }
    return {**fields, "leaf_hash": leaf_hash(join_canonical(**fields)).hex()}


def _events(
    batch: Iterable[NewEvent], rows: Iterable[dict[str, Any]], recorded_at: datetime
) -> Iterable[Event]:
    """The events as stored. Not validated again: each part has just been checked or made here."""
    for item, row in zip(batch, rows, strict=True):
        parsed = {"effective": item.effective, "recorded_at": recorded_at, "payload": item.payload}
        yield Event.model_construct(**{**row, **parsed})


def _add_checkpoint(connection: Connection, last: Tip, recorded_at: str) -> None:
    row = {
        "number": last.number + 1,
        "size": last.frontier.size,
        "root": last.frontier.root().hex(),
        "frontier": b"".join(last.frontier.hashes).hex(),
        "recorded_at": recorded_at,
    }
    connection.execute(insert(CHECKPOINT), row)
