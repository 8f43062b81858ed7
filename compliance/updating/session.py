"""An update of one user's log: the parts put together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from compliance.archive import Archive
from compliance.updating.addresses import chosen, load
from compliance.updating.client import new_client
from compliance.updating.downloads import Downloader, Progress
from compliance.updating.fetching import Environment, Fetched, Fetcher, Limits, OnBytes, Request
from compliance.updating.folders import FolderFetcher
from compliance.updating.outcome import Outcome
from compliance.updating.running import alone, run
from compliance.updating.taking import Taker

if TYPE_CHECKING:
    from compliance.facade import Compliance

Sleep = Callable[[float], None]


def update(
    compliance: Compliance,
    asked: Sequence[str] = (),
    *,
    dry: bool = False,
    accept_removals: bool = False,
    limits: Limits | None = None,
    sleep: Sleep | None = None,
    progress: Progress = lambda *_: None,
) -> Iterator[Outcome]:
    """Fetches the lists that were asked for (all that can be fetched by default) and imports what is new.

    Raises what is wrong with the question or with the log; what is wrong with a list is in its outcome. `sleep` waits
    between attempts; by default it ends early when the update is stopped.
    """
    settings = compliance.settings
    sources = chosen(load(settings.data, settings.mirror), asked)
    folder = settings.archive.parent / "downloads"
    stop = threading.Event()
    bounds = limits or Limits()
    world = Environment(sleep or (lambda seconds: _wait(stop, seconds)), time.monotonic, compliance.clock, stop.is_set)
    with alone(folder), new_client() as client:
        archive = Archive(settings.archive)
        fetcher = _Either(Fetcher(client, bounds, world), FolderFetcher(bounds))
        downloader = Downloader(fetcher, folder, archive, today=compliance.today, progress=progress)
        taker = Taker(
            compliance.log,
            archive,
            compliance.held_publications(),
            today=compliance.today,
            actor=settings.actor,
            dry=dry,
            accept_removals=accept_removals,
        )
        yield from run(sources, downloader, taker, stop)


def _wait(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


class _Either:
    """Addresses of the web by HTTP, `file://` from the disk."""

    def __init__(self, web: Fetcher, disk: FolderFetcher) -> None:
        self.web = web
        self.disk = disk

    def fetch(self, request: Request, on_bytes: OnBytes | None = None) -> Fetched:
        return self._of(request).fetch(request, on_bytes)

    def changed(self, request: Request) -> bool:
        return self._of(request).changed(request)

    def _of(self, request: Request) -> Fetcher | FolderFetcher:
        return self.disk if request.url.startswith("file:") else self.web
