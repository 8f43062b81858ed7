"""The files of one publication, fetched together: all or none, and all of one state of the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from compliance.archive import Archive
from compliance.errors import CannotSay
from compliance.sources.dating import Served
from compliance.updating.addresses import Source
from compliance.updating.errors import FetchFailed
from compliance.updating.fetching import Fetched, OnBytes, Request
from compliance.updating.memory import KnownFile, Memory
from compliance.updating.partial import Validators


class Fetches(Protocol):
    """What gets a file: over HTTP, or from a folder."""

    def fetch(self, request: Request, on_bytes: OnBytes | None = None) -> Fetched:
        """The file, or the word that the copy at hand is the file."""
        ...

    def changed(self, request: Request) -> bool:
        """Whether there is another file by now."""
        ...


class Download(NamedTuple):
    """The files of a publication as fetched, all of them, with what the server says of their date."""

    source: Source
    paths: tuple[Path, ...]
    known: Mapping[str, KnownFile]
    served: Served
    warnings: tuple[str, ...] = ()


Progress = Callable[[str, str, int, int | None], None]


class Downloader:
    """Fetches the files of sources into `folder`, each source in its own; the archive fills in what has not changed."""

    def __init__(self, fetcher: Fetches, folder: Path, archive: Archive, *, today: date, progress: Progress) -> None:
        self.fetcher = fetcher
        self.folder = folder
        self.archive = archive
        self.today = today
        self.progress = progress

    def download(self, source: Source, memory: Memory) -> Download | None:
        """Every file of the source, or None when the server has nothing new. Raises FetchFailed.

        `memory` holds the files to ask by: an empty one fetches everything.
        """
        day = self._page_date(source)
        for _ in range(2):
            requests = self._requests(source, memory, day)
            fetched = {name: self._fetch(source, name, request) for name, request in requests.items()}
            if all(found.path is None for found in fetched.values()):
                return None
            if not self._moved(requests, fetched):
                return self._whole(source, memory, requests, fetched, day)
        raise FetchFailed(f"{source.id}: the files changed twice while they were fetched; try again later")

    def _requests(self, source: Source, memory: Memory, day: date | None) -> dict[str, Request]:
        found = {}
        for name, address in source.files.items():
            url = address.replace("{date}", str(day))
            known = memory.files.get(name)
            asked = known.validators if known and known.url == url and self._archived(known) else Validators()
            found[name] = Request(url, self.folder / source.id / name, asked, source.accept_encoding)
        return found

    def _archived(self, known: KnownFile) -> bool:
        return self.archive.path(known.sha256).exists()

    def _fetch(self, source: Source, name: str, request: Request) -> Fetched:
        return self.fetcher.fetch(request, lambda done, total: self.progress(source.id, name, done, total))

    def _moved(self, requests: Mapping[str, Request], fetched: Mapping[str, Fetched]) -> bool:
        """Whether a file was replaced while the others of its set came: they would be of two publications."""
        earlier = list(requests)[:-1]
        now = {name: requests[name]._replace(known=fetched[name].validators) for name in earlier}
        return any(request.known.asking and self.fetcher.changed(request) for request in now.values())

    def _whole(
        self,
        source: Source,
        memory: Memory,
        requests: Mapping[str, Request],
        fetched: Mapping[str, Fetched],
        day: date | None,
    ) -> Download:
        known, paths = {}, []
        for name, found in fetched.items():
            path = found.path or self._from_archive(requests[name].target, memory.files[name])
            digest = sha256(path.read_bytes()).hexdigest()
            paths.append(path)
            known[name] = KnownFile(url=requests[name].url, sha256=digest, **found.validators._asdict())
        served, warnings = _served(known, day, self.today)
        return Download(source, tuple(paths), known, served, warnings)

    def _from_archive(self, target: Path, known: KnownFile) -> Path:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.archive.get(known.sha256))
        except CannotSay as error:
            raise FetchFailed(str(error)) from error
        return target

    def _page_date(self, source: Source) -> date | None:
        """The date that the publisher's page tells, for files that hold none."""
        if not source.page or not source.page_date:
            return None
        target = self.folder / source.id / "page"
        path = self.fetcher.fetch(Request(source.page, target, accept_encoding=source.accept_encoding)).path
        text = path.read_text("utf-8", "replace") if path else ""
        target.unlink(missing_ok=True)
        found = re.search(source.page_date, text, re.DOTALL)
        try:
            return date.fromisoformat(found[1]) if found else _none(source)
        except (ValueError, IndexError):
            return _none(source)


def _none(source: Source) -> date:
    raise FetchFailed(f"{source.page}: the date of {source.id} is not on the page; has the page changed?")


def _served(known: Mapping[str, KnownFile], day: date | None, today: date) -> tuple[Served, tuple[str, ...]]:
    """The day of the publication as far as it is known outside the files, and what is odd about it."""
    if day is not None:
        return Served(day, "publisher's page"), ()
    days = {name: d for name, file in known.items() if (d := _day(file.last_modified))}
    if not days:
        return Served(today, "day of download"), ()
    odd = ", ".join(f"{name} {d}" for name, d in days.items())
    notes = (f"the files were last modified on different days ({odd}); the latest is taken",)
    from_disk = all(file.url.startswith("file:") for file in known.values())
    served = Served(max(days.values()), "file time" if from_disk else "Last-Modified")
    return served, notes if len(set(days.values())) > 1 else ()


def _day(text: str | None) -> date | None:
    try:
        when = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC).date() if isinstance(when, datetime) else None
