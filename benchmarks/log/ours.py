"""Appending, replaying and verifying with `events`, and the register of a day out of its events."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.log.material import LIST, batches
from compliance.changes import ENTRY_EVENTS, UPCASTS, ListPublished, published_event, stream_of
from compliance.register import Register
from compliance.snapshots import RegisterStore, replayed
from events import EventLog, NewEvent

STREAM = stream_of(LIST)


Clock = Callable[[], float]  # seconds: of the processor, or on the wall


def opened(file: Path) -> EventLog:
    return EventLog.open(f"sqlite:///{file}", clock=lambda: datetime.now(UTC), upcasts=UPCASTS)


def publish(log: EventLog) -> None:
    """The one publication that the register asks for."""
    opening = ListPublished(
        list=LIST, publication="0" * 64, format="made", published=date(2019, 1, 1), date_source="given",
        covers=("name",), files=(), entries=0, reader=None,
    )  # fmt: skip
    log.append(STREAM, 0, [published_event(opening)], actor="benchmark")


def append(log: EventLog, made: Iterable[list[NewEvent]], clock: Clock) -> float:
    """Seconds to append the batches: canonical bytes, hashes, tree, checkpoint and commit."""
    seconds = 0.0
    version = log.version(STREAM)
    for batch in made:
        gc.collect()
        began = clock()
        log.append(STREAM, version, [NewEvent(**vars(event)) for event in batch], actor="benchmark")
        seconds += clock() - began
        version += len(batch)
    return seconds


def timed(work: Callable[[], object], clock: Clock) -> float:
    began = clock()
    work()
    return clock() - began


def replay(log: EventLog, clock: Clock) -> float:
    """Seconds to fold every event into the last payload, as the peer's aggregate does."""

    def fold() -> None:
        last = None
        for row in log.rows(types=ENTRY_EVENTS):
            last = row.payload
        assert last

    return timed(fold, clock)


def register(log: EventLog, day: date, runs: int, clock: Clock) -> tuple[float, float]:
    """Best seconds for the register of a day: folded from the log, and from a snapshot with one entry looked up."""
    head = log.head()

    def lookup(found: Register) -> None:
        assert found.find(LIST, "1")

    cold = min(timed(lambda: lookup(replayed(log, day, head.size)), clock) for _ in range(runs))
    with TemporaryDirectory() as folder:
        store = RegisterStore(Path(folder), lambda: log)
        ask = lambda: lookup(store.register(day, day=day, position=head.size, root=head.root))  # noqa: E731
        ask()
        return cold, min(timed(ask, clock) for _ in range(runs))


def all_batches(events: int) -> Iterable[list[NewEvent]]:
    return batches(events)
