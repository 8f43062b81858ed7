"""Fetched files held against the record: archived, read, guarded, imported, and the check recorded.

Nothing here asks the network. What is held back leaves the list as it was, and its files where a person can look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from compliance.archive import Archive
from compliance.errors import ComplianceError, ImportRefused
from compliance.importing import Importer, ImportSummary, only
from compliance.model import Publication
from compliance.sources import read_group
from compliance.sources.inputs import collect
from compliance.timeline import PublicationRecord
from compliance.updating.addresses import Source
from compliance.updating.checked import IMPORTED, NOT_MODIFIED, SAME_FILES, Check, record
from compliance.updating.downloads import Download
from compliance.updating.errors import HeldBack
from compliance.updating.memory import Memory, remember
from compliance.updating.outcome import ListOutcome, Outcome, Status
from compliance.updating.rehearsal import rehearsal
from events import EventLog, NewEvent
from events.errors import EventsError

Read = tuple[Publication, list[bytes]]
_NAMED = 20  # entries that a dry run names for each list


class Taker:
    """Takes downloads into one log. `publications` are those held, by list, oldest first; `today` is in UTC."""

    def __init__(
        self,
        log: EventLog,
        archive: Archive,
        publications: Mapping[str, list[PublicationRecord]],
        *,
        today: date,
        actor: str,
        dry: bool = False,
        accept_removals: bool = False,
    ) -> None:
        self.log = log
        self.archive = archive
        self.publications = publications
        self.today = today
        self.actor = actor
        self.dry = dry
        self.accept_removals = accept_removals
        self._told: list[NewEvent] = []
        if dry:
            unwritten, nowhere, self._told = rehearsal(log)
            self._importer = Importer(unwritten, nowhere, actor=actor)
        else:
            self._importer = Importer(log, archive, actor=actor)

    def latest(self, list_id: str) -> PublicationRecord | None:
        """The last publication of a list that the log holds."""
        known = self.publications.get(list_id)
        return known[-1] if known else None

    def trusted(self, source: Source, memory: Memory) -> Memory:
        """The memory, if the last update took these lists and the log stands where it left it; else an empty one."""
        if not memory.publications or not set(source.lists) <= set(memory.asked):
            return Memory()
        for list_id, publication in memory.publications.items():
            held = self.latest(list_id)
            if held is None or held.publication != publication:
                return Memory()
        return memory

    def unchanged(self, source: Source, memory: Memory) -> Outcome:
        """The server has nothing new: records the check."""
        for list_id, publication in memory.publications.items():
            self._check(source, Check(list_id, publication, NOT_MODIFIED, tuple(source.files.values())))
        return self._nothing_new(source, memory.publications)

    def take(self, download: Download) -> Outcome:
        """Imports what was fetched. Raises HeldBack, or what reading and importing raise, and then changes nothing."""
        source = download.source
        if not self.dry:
            for path in download.paths:
                data = path.read_bytes()
                if data:
                    self.archive.put(data)
        found = [self._restricted(source, part) for part in _read(download)]
        for part in found:
            self._guard(part[0])
        fresh = [part for part in found if not self._same_files(part[0])]
        summaries = [self._import(publication, contents) for publication, contents in fresh]
        held = {list_id: self._publication(list_id, summaries) for list_id in _lists(found)}
        for list_id, publication in held.items():
            new = any(part.list_id == list_id and not part.already for s, _ in summaries for part in s.lists)
            answer = IMPORTED if new else SAME_FILES
            self._check(source, Check(list_id, publication, answer, [file.url for file in download.known.values()]))
        self._finish(download, held)
        if not fresh or all(summary.already for summary, _ in summaries):
            return self._nothing_new(source, held)
        return self._new(source, [summary for summary in summaries if not summary[0].already], download.warnings)

    def _restricted(self, source: Source, part: Read) -> Read:
        """The publication with the source's own lists only. Raises HeldBack when it is another list's."""
        publication, contents = part
        mine = [list_id for list_id in publication.lists if list_id in source.lists]
        strange = [list_id for list_id in publication.lists if list_id not in (*source.lists, *source.also)]
        if strange or not mine:
            raise HeldBack(
                f"the file is of {', '.join(strange or publication.lists)}, "
                f"where {', '.join(source.lists)} was asked for"
            )
        return only(publication, mine), contents

    def _guard(self, publication: Publication) -> None:
        if not publication.statements:
            raise HeldBack("there is no entry in the file, and a list is never empty")
        if publication.published > self.today:
            raise HeldBack(f"the publication's date {publication.published} is in the future, today is {self.today}")
        for list_id in publication.lists:
            held = self.latest(list_id)
            if held and publication.published < held.published and not self._same_files(publication):
                raise HeldBack(
                    f"the server gave a file of {publication.published}, older than that of {held.published} "
                    f"which is held of {list_id}"
                )

    def _same_files(self, publication: Publication) -> bool:
        """Whether the last publication held of every list was made of these very bytes."""
        digests = {file.sha256 for file in publication.files}
        held = [self.latest(list_id) for list_id in publication.lists]
        return all(record is not None and {sha for _, sha in record.files} == digests for record in held)

    def _import(self, publication: Publication, contents: Sequence[bytes]) -> tuple[ImportSummary, list[NewEvent]]:
        self._told.clear()
        summary = self._importer.take(publication, contents, today=self.today, accept_removals=self.accept_removals)
        return summary, list(self._told)

    def _publication(self, list_id: str, summaries: Iterable[tuple[ImportSummary, list[NewEvent]]]) -> str:
        new = [summary.identity for summary, _ in summaries if list_id in summary.publication.lists]
        held = self.latest(list_id)
        return new[-1] if new else held.publication if held else ""

    def _check(self, source: Source, check: Check) -> None:
        """Records the check, once a day for each list, and always when it brought a publication.

        A copy that lags behind must not make a list look fresh: where it was asked instead, nothing is recorded.
        """
        held = self.latest(check.list_id)
        today_already = held is not None and self.today in held.checked
        if source.vouches and not self.dry and (check.answer == IMPORTED or not today_already):
            record(self.log, check, self.today, actor=self.actor)

    def _finish(self, download: Download, held: Mapping[str, str]) -> None:
        if not self.dry:
            folder = download.paths[0].parent
            remember(folder, Memory(asked=download.source.lists, files=dict(download.known), publications=dict(held)))
        for path in download.paths:
            path.unlink(missing_ok=True)

    def _nothing_new(self, source: Source, lists: Iterable[str]) -> Outcome:
        days = [held.published for list_id in lists if (held := self.latest(list_id))]
        note = () if source.vouches else ("a mirror was asked and not the publisher: not recorded as checked",)
        return Outcome(source=source.id, status=Status.nothing_new, published=max(days, default=None), warnings=note)

    def _new(
        self, source: Source, done: Sequence[tuple[ImportSummary, list[NewEvent]]], warnings: Sequence[str]
    ) -> Outcome:
        last = done[-1][0].publication
        return Outcome(
            source=source.id,
            status=Status.would_change if self.dry else Status.new,
            published=last.published,
            date_source=last.date_source,
            lists=tuple(
                ListOutcome(list=p.list_id, entries=p.entries, changes=p.counts, named=_named(p.list_id, told))
                for summary, told in done
                for p in summary.lists
            ),
            warnings=(*warnings, *(w for summary, _ in done for w in summary.publication.warnings)),
        )


def reason_of(error: Exception) -> str:
    """One line for people. A fault of this program is named as one."""
    if isinstance(error, (ComplianceError, EventsError)):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'} cannot be used: {error.strerror or error}"
    return f"unexpected {type(error).__name__}: {error}; this is a fault of the program, please report it"


def held_in(error: Exception, folder: Path) -> str:
    """The line for a publication that was held back: why, where its files are, and what to do."""
    hint = f"the files are in {folder}"
    if isinstance(error, ImportRefused):
        hint += f"; to take them all the same: compliance import {folder} --published DATE --accept-removals"
    return f"{reason_of(error)} ({hint})"


def _read(download: Download) -> list[Read]:
    found = []
    for group in collect(download.paths):
        contents = {file.sha256: file.data for file in group.files}
        for publication in read_group(group, None, download.served):
            found.append((publication, [contents[file.sha256] for file in publication.files]))
    return sorted(found, key=lambda part: part[0].published)


def _lists(found: Iterable[Read]) -> list[str]:
    return list(dict.fromkeys(list_id for publication, _ in found for list_id in publication.lists))


def _named(list_id: str, told: Iterable[NewEvent]) -> tuple[str, ...]:
    """The entries that a dry run would change, as `listed us-ofac-sdn/36 NAME`."""
    lines = []
    for event in told:
        with suppress(KeyError):
            payload = event.payload
            if payload["list"] == list_id and event.type != "ListPublished":
                name = payload.get("fields", {}).get("name", "")
                lines.append(f"{event.type.lower()} {list_id}/{payload['key']} {name}".rstrip())
    return tuple(lines[:_NAMED])
