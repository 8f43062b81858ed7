"""Files from a folder that a mirror keeps, for a machine without a network: the same face as the HTTP fetcher."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from compliance.updating.errors import FetchFailed
from compliance.updating.fetching import Fetched, Limits, OnBytes, Request
from compliance.updating.partial import Validators


class FolderFetcher:
    """Copies files whose address begins with `file://`; the time of the file stands for Last-Modified."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def fetch(self, request: Request, on_bytes: OnBytes | None = None) -> Fetched:
        """The file, or the word that its time is the known one. Raises FetchFailed, one plain line."""
        source, found = self._look(request)
        if found == request.known:
            return Fetched(None, found)
        size = source.stat().st_size
        if size > self.limits.size:
            raise FetchFailed(f"{source}: more than {self.limits.size:,} bytes, which no official list has")
        try:
            request.target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, request.target)
        except OSError as error:
            raise FetchFailed(f"{source} cannot be copied to {request.target}: {error.strerror or error}") from error
        if on_bytes:
            on_bytes(size, size)
        return Fetched(request.target, found)

    def changed(self, request: Request) -> bool:
        """Whether the file has another time by now."""
        return self._look(request)[1] != request.known

    def _look(self, request: Request) -> tuple[Path, Validators]:
        source = Path(url2pathname(urlsplit(request.url).path))
        try:
            facts = source.stat()
        except OSError as error:
            raise FetchFailed(f"{source}: the mirror's folder does not have it ({error.strerror})") from error
        day = datetime.fromtimestamp(facts.st_mtime, UTC)
        # The time in full tells two versions apart, the date in its header form tells the day.
        return source, Validators(f'"{facts.st_mtime_ns}-{facts.st_size}"', format_datetime(day, usegmt=True))
