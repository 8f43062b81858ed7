"""The same work in the application layer of `eventsourcing`: one aggregate for each batch, saved as one."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.log.material import BATCH, payload


class Batch(Aggregate):
    """Counts what happened, so that replaying it has something to do."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    @event("Amended")
    def amend(self, said: dict[str, Any]) -> None:
        """Takes in one payload."""
        self.last = said


class Peer:
    """An application on a SQLite file, with the settings that the package makes by itself: WAL, synchronous FULL."""

    def __init__(self, file: Path) -> None:
        self.app: Application[UUID] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
        )
        self.ids: list[UUID] = []

    def append(self, events: int, clock: Callable[[], float]) -> float:
        """Seconds to make and save that many events in batches; the payloads are made outside of the time."""
        seconds = 0.0
        for start in range(0, events, BATCH):
            payloads = [payload(number) for number in range(start, min(start + BATCH, events))]
            gc.collect()
            began = clock()
            batch = Batch()
            for said in payloads:
                batch.amend(said)
            self.app.save(batch)
            seconds += clock() - began
            self.ids.append(batch.id)
        return seconds

    def replay(self, clock: Callable[[], float]) -> float:
        """Seconds to get every aggregate back from its events."""
        began = clock()
        for id_ in self.ids:
            self.app.repository.get(id_)
        return clock() - began

    def close(self) -> None:
        """Closes the file."""
        self.app.close()
