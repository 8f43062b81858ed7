"""A dry run: the very import, with a log that is only read and an archive that keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from compliance.archive import Archive
from events import EventLog, NewEvent


class _ReadOnlyLog:
    """A log as the importer knows it; what is appended is counted and kept in `told`, and never written."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.told: list[NewEvent] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def append(self, stream: str, expected_version: int, new: Sequence[NewEvent], *, actor: str) -> list[NewEvent]:
        """Keeps what would be appended. The arguments are those of `EventLog.append`."""
        del stream, expected_version, actor
        self.told.extend(new)
        return list(new)


class _NoArchive(Archive):
    def put(self, data: bytes) -> str:
        return self.path("").name if not data else ""


def rehearsal(log: EventLog) -> tuple[EventLog, Archive, list[NewEvent]]:
    """A log and an archive for an importer that changes nothing, and the list in which its events are heard."""
    told = _ReadOnlyLog(log)
    return cast(EventLog, told), _NoArchive(Path()), told.told
