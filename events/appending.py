"""Writing one append: its events, chained to what is there, and the checkpoint after them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select

from events.canonical import canonical_text
from events.errors import ConcurrentAppend, LogBroken
from events.event import Event, NewEvent, checked_name, join_canonical, time_text
from events.head import Tip, tip
from events.inserting import insert_events
from events.merkle import leaf_hash
from events.tables import CHECKPOINT, EVENT

Row = dict[str, Any]

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
        made = [_event(item, shared, first + i, actual + 1 + i) for i, item in enumerate(batch)]
        insert_events(connection, [row for row, _ in made])
        for row, event in made:
            last.frontier.append(bytes.fromhex(row["leaf_hash"]))
            appended.append(event)
        actual += len(made)
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


def _event(item: NewEvent, shared: dict[str, Any], position: int, version: int) -> tuple[Row, Event]:
    """The row to store and the event it is."""
    fields = {
        **shared,
        "position": position,
        "version": version,
        "type": checked_name("type", item.type),
        "schema_version": item.schema_version,
        "effective": item.effective.isoformat(),
        "payload": canonical_text(item.payload),
    }
    row = {**fields, "leaf_hash": leaf_hash(join_canonical(**fields)).hex()}
    return row, Event(**{**row, "payload": item.payload})


def _add_checkpoint(connection: Connection, last: Tip, recorded_at: str) -> None:
    row = {
        "number": last.number + 1,
        "size": last.frontier.size,
        "root": last.frontier.root().hex(),
        "frontier": b"".join(last.frontier.hashes).hex(),
        "recorded_at": recorded_at,
    }
    connection.execute(insert(CHECKPOINT), row)
