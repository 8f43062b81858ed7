"""Many sources at once: publishers side by side, never two requests at a time to one of them; imports one by one.

One source that fails never stops the others. Only one update runs at a time on one data folder.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from compliance.errors import CannotSay
from compliance.updating.addresses import Source
from compliance.updating.downloads import Download, Downloader
from compliance.updating.errors import FetchFailed
from compliance.updating.memory import Memory, recall
from compliance.updating.outcome import Outcome, Status
from compliance.updating.taking import Taker, held_in, reason_of

_MOST_AT_ONCE = 8  # publishers; there are hardly more


class _Got(NamedTuple):
    source: Source
    memory: Memory
    result: Download | Exception | None


def run(sources: Sequence[Source], downloader: Downloader, taker: Taker, stop: threading.Event) -> Iterator[Outcome]:
    """The outcome of each source as soon as it is known. `stop` is set when the caller goes away."""
    got: SimpleQueue[_Got] = SimpleQueue()
    memories = {source.id: taker.trusted(source, recall(downloader.folder / source.id)) for source in sources}
    places = threading.BoundedSemaphore(_MOST_AT_ONCE)
    try:
        for group in by_publisher(sources):
            # Daemons, so that a server that says nothing does not keep a user who has had enough.
            arguments = (group, memories, downloader, got.put, places)
            threading.Thread(target=_fetch_all, args=arguments, daemon=True).start()
        for _ in sources:
            yield _taken(got.get(), downloader, taker)
    finally:
        stop.set()


def by_publisher(sources: Iterable[Source]) -> list[list[Source]]:
    """The sources in groups that may be asked at the same time: no publisher and no server stands in two of them."""
    groups: list[list[Source]] = []
    for source in sources:
        mine = [g for g in groups if any(o.publisher == source.publisher or o.host == source.host for o in g)]
        groups = [g for g in groups if g not in mine] + [[*(s for g in mine for s in g), source]]
    return groups


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the data folder's updates for this process; the hold ends with it, however it ends. Raises CannotSay."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / "lock.db", timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise CannotSay(
            f"{folder} cannot be written: {error}; give a writable folder with COMPLIANCE_DATA_DIR"
        ) from error
    try:
        _hold(lock, folder)
        yield
    finally:
        lock.close()


def _hold(lock: sqlite3.Connection, folder: Path) -> None:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise CannotSay(f"another update is at work in {folder}: wait until it is done") from error


def _fetch_all(
    group: Sequence[Source],
    memories: Mapping[str, Memory],
    downloader: Downloader,
    put: Callable[[_Got], None],
    places: threading.BoundedSemaphore,
) -> None:
    with places:
        for source in group:
            result: Download | Exception | None
            try:
                result = downloader.download(source, memories[source.id])
            except Exception as error:  # any failure is this source's alone, and is told with its outcome
                result = error
            put(_Got(source, memories[source.id], result))


def _taken(got: _Got, downloader: Downloader, taker: Taker) -> Outcome:
    if isinstance(got.result, Exception):
        status = Status.failed if isinstance(got.result, FetchFailed) else Status.held_back
        return Outcome(source=got.source.id, status=status, reason=reason_of(got.result))
    try:
        if got.result is None:
            return taker.unchanged(got.source, got.memory)
        return taker.take(got.result)
    except Exception as error:  # as above: what one source's files do must not stop the others
        reason = held_in(error, downloader.folder / got.source.id)
        return Outcome(source=got.source.id, status=Status.held_back, reason=reason)
