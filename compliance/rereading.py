"""Reading archived originals again with the present reader; what it reads otherwise goes in as corrections.

A list's publications are read again in the order of their days, against a history that takes in each one's
corrections before the next is read. So what an improved reader finds in an entry that never changed is said once, and
the register is the one that importing everything with the present reader would give. Nothing is written before all
has been read; then each list is one append.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from compliance.archive import Archive
from compliance.changes import PUBLICATION_EVENTS, ListReread, reread_event, stream_of
from compliance.differences import Comparison, Difference, Reread
from compliance.errors import BadInput, ImportRefused
from compliance.importing import (
    READER,
    Removals,
    by_list,
    covers_of,
    keep_undecided,
    only,
    refuse_future_entries,
    with_own_dates,
)
from compliance.model import Publication, Statement
from compliance.sameness import as_known
from compliance.sources import read_group
from compliance.sources.files import Group, InputFile
from compliance.timeline import ListHistory, publications
from events import EventLog, NewEvent

Reader = Callable[[Sequence[InputFile], date], list[Publication]]


class Held(NamedTuple):
    """A publication that the log holds, with the lists that were taken from it."""

    published: date
    position: int
    publication: str
    lists: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


class Correction(NamedTuple):
    """What reading again did to one list: `counts` are the corrected entries by what happened to them."""

    list_id: str
    publications: int
    appended: int
    counts: Mapping[str, int]


def read_again(files: Sequence[InputFile], published: date) -> list[Publication]:
    """The present reader."""
    return read_group(Group(f"the originals of {published}", tuple(files), ()), published)


def held_publications(log: EventLog) -> list[Held]:
    """Every publication that the log holds, in the order (day, position)."""
    found: dict[str, Held] = {}
    for list_id, records in publications(log.rows(types=PUBLICATION_EVENTS)).items():
        for record in records:
            known = found.get(record.publication)
            first = min(record.position, known.position) if known else record.position
            lists = (*known.lists, list_id) if known else (list_id,)
            found[record.publication] = Held(record.published, first, record.publication, lists, record.files)
    return sorted(found.values())


def chosen(held: Sequence[Held], which: Sequence[str]) -> list[Held]:
    """Those that are named by the beginning of their id, by a list or by their day; all when nothing is named.

    Publications of one list and day are one reading. Raises BadInput for a name that fits none, or several ids.
    """
    days = {(item.published, list_id) for item in _named(held, which) for list_id in item.lists}
    return [item for item in held if any((item.published, list_id) in days for list_id in item.lists)]


class Rereader:
    """Reads publications of one log again. `read` is the reader; another one can be given."""

    def __init__(self, log: EventLog, archive: Archive, *, actor: str, read: Reader = read_again) -> None:
        self.log = log
        self.archive = archive
        self.actor = actor
        self.read = read

    def reread(self, which: Sequence[str] = (), *, accept_removals: bool = False) -> list[Correction]:
        """Reads the chosen publications again and appends what is read otherwise than before.

        Raises BadInput, CannotSay for a missing or damaged original, ImportRefused where the present reader takes
        the file for something else; then nothing was appended. Raises ConcurrentAppend when a list got another
        publication meanwhile.
        """
        again = chosen(held_publications(self.log), which)
        lists = {list_id: _ListAgain(self.log, list_id, again) for list_id in sorted(_lists(again))}
        position = self.log.head().size
        for day in sorted({item.published for item in again}):
            readings = [(item, self._publication(item)) for item in again if item.published == day]
            if not accept_removals:
                _guard(lists, readings)
            for list_id in sorted(_lists(item for item, _ in readings)):
                position = lists[list_id].take(
                    day, [(item.publication, new) for item, new in readings if list_id in item.lists], position
                )
        return [self._append(lists[list_id]) for list_id in lists]

    def _append(self, again: _ListAgain) -> Correction:
        if again.events:
            self.log.append(stream_of(again.list_id), again.version, again.events, actor=self.actor)
        return Correction(again.list_id, again.publications, len(again.events), dict(again.counts))

    def _publication(self, held: Held) -> Publication:
        """The publication as the present reader reads it."""
        files = [
            InputFile(name, f"{name} (original {digest[:12]})", self.archive.get(digest)) for name, digest in held.files
        ]
        digests = {digest for _, digest in held.files}
        found = self.read(files, held.published)
        same = [new for new in found if {file.sha256 for file in new.files} == digests]
        if len(found) != 1 or not same or same[0].published != held.published:
            names = ", ".join(file.path for file in files)
            raise ImportRefused(
                f"{names}: read again, this is not the one publication of {held.published} that was imported; "
                "nothing was corrected"
            )
        refuse_future_entries(same[0])
        return only(same[0], held.lists)


class _ListAgain:
    """One list while its publications are read again: its history before, its history so far, the events to come."""

    def __init__(self, log: EventLog, list_id: str, again: Sequence[Held]) -> None:
        self.list_id = list_id
        self.before = ListHistory(list_id)
        self.version = 0
        for row in log.rows(stream=stream_of(list_id)):
            self.before.apply(row)
            self.version = row.version
        self.working = self.before.copy()
        self.days = sorted({item.published for item in again if list_id in item.lists})
        self.events: list[NewEvent] = []
        self.counts: Counter[str] = Counter()
        self.publications = 0

    def take(self, day: date, readings: Sequence[tuple[str, Publication]], position: int) -> int:
        """Adds the corrections of a day; `position` is the last that is taken, returned is the new last one."""
        self.publications += len(readings)
        covered: dict[str, tuple[str, ...]] = {}
        statements: dict[str, Statement] = {}
        entries: dict[str, int] = {}
        for identity, new in readings:
            stated = self.stated(new)
            entries[identity] = len(stated)
            covered[identity] = covers_of(new, stated.values())
            statements = _over(statements, with_own_dates(stated, covered[identity]))
        found = list(self._differences(day, covered, statements))
        opening = [] if not found and self._as_recorded(covered, entries) else self._openings(day, covered, entries)
        for event in (*opening, *(difference.event for difference in found)):
            position += 1
            self.events.append(event)
            self.working.apply(_Planned(position, event.type, event.effective, event.payload))
        self.counts.update(difference.kind.lower() for difference in found)
        return position

    def stated(self, new: Publication) -> dict[str, Statement]:
        """What a publication states of the list, in the words of what is known so far, as when it is imported."""
        found = {self.list_id: by_list(new)[self.list_id]}
        keep_undecided(new, found, lambda _: self.working)
        return as_known(found[self.list_id], self.working, new)

    def _differences(
        self, day: date, covered: Mapping[str, Iterable[str]], statements: Mapping[str, Statement]
    ) -> Iterator[Difference]:
        covers = frozenset[str]().union(*covered.values())
        recorded = frozenset[str]().union(*(r.covers for r in self.before.publications if r.published == day))
        comparison = Comparison(
            self.working,
            publication=[*covered][-1],
            published=day,
            covers=covers,
            reread=Reread(self.before, next((later for later in self.days if later > day), None), recorded - covers),
        )
        return comparison.differences(statements)

    def _as_recorded(self, covered: Mapping[str, Sequence[str]], entries: Mapping[str, int]) -> bool:
        """True when the publications' own facts are those that the log has."""
        known = {r.publication: (r.covers, r.entries) for r in self.before.publications}
        return all(known[name] == (frozenset(covered[name]), count) for name, count in entries.items())

    def _openings(self, day: date, covered: Mapping[str, Sequence[str]], entries: Mapping[str, int]) -> list[NewEvent]:
        return [
            reread_event(
                ListReread(
                    list=self.list_id,
                    publication=identity,
                    covers=tuple(sorted(covered[identity])),
                    entries=count,
                    reader=READER,
                ),
                day,
            )
            for identity, count in entries.items()
        ]


class _Planned(NamedTuple):
    """An event that will be appended, as the histories take it."""

    position: int
    type: str
    effective: date
    payload: dict[str, Any]


def _over(earlier: Mapping[str, Statement], later: Mapping[str, Statement]) -> dict[str, Statement]:
    """Two publications of one day: the later one decides who is on the list, and the fields that it states."""
    return {
        key: s._replace(fields={**earlier[key].fields, **s.fields}) if key in earlier else s for key, s in later.items()
    }


def _guard(lists: Mapping[str, _ListAgain], readings: Sequence[tuple[Held, Publication]]) -> None:
    for held, new in readings:
        removals = Removals()
        for list_id in new.lists:
            present = {key for key, _ in lists[list_id].before.at(held.published)}
            removals.add(present, lists[list_id].stated(new).keys(), held.published, held.published)
        removals.refuse(f"the originals of {held.published}, read again")


def _lists(held: Iterable[Held]) -> set[str]:
    return {list_id for item in held for list_id in item.lists}


def _named(held: Sequence[Held], which: Sequence[str]) -> list[Held]:
    found = list(held) if not which else []
    for name in which:
        fitting = [h for h in held if name in (h.published.isoformat(), *h.lists)]
        if not fitting and len(name) >= 6:
            fitting = [h for h in held if h.publication.startswith(name.lower())]
            if len(fitting) > 1:
                raise BadInput(f"{name!r} is the beginning of {len(fitting)} publications: write more of it")
        if not fitting:
            raise BadInput(
                f"{name!r} is no publication that the log holds: write a list, a day (YYYY-MM-DD) or the beginning of "
                "a publication's id as `compliance history LIST --json` prints it"
            )
        found += fitting
    return found
