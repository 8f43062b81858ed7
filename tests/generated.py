"""Generated histories of publications, and what they mean by the words of docs/events.md alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from compliance.archive import Archive
from compliance.changes import UPCASTS
from compliance.importing import Importer, ImportSummary
from compliance.model import Publication, SourceFile, Statement
from compliance.register import Register
from compliance.rereading import Rereader
from compliance.snapshots import replayed
from compliance.sources.files import InputFile
from events import EventLog

LISTS = ("list-a", "list-b")
KEYS = ("1", "2", "x")
DAYS = 12
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def day(number: int) -> date:
    return date(2020, 1, 1) + timedelta(days=number)


class Entry(NamedTuple):
    """What a file says of a party: the lists it is on, its fields, its own date (a number of a day)."""

    lists: tuple[str, ...]
    fields: dict[str, str]
    own: int | None


class File(NamedTuple):
    """An official file of one day that speaks of some lists and covers some fields."""

    on: int
    lists: tuple[str, ...]
    covers: tuple[str, ...]
    entries: dict[str, Entry]

    @property
    def content(self) -> bytes:
        return json.dumps(self).encode()


class Fault(NamedTuple):
    """What a reader gets wrong: a key it misses, a field it does not read, a field it reads in capitals, own dates."""

    misses: str | None = None
    skips: str | None = None
    shouts: str | None = None
    undated: bool = False


PERFECT = Fault()


@st.composite
def files(draw: st.DrawFn, most: int = 5) -> list[File]:
    found = []
    for on in sorted(draw(st.sets(st.integers(0, DAYS), min_size=1, max_size=most))):
        lists = draw(st.sampled_from([LISTS, LISTS[:1], LISTS[1:]]))
        covers = ("core", *draw(st.sampled_from([(), ("aliases",)])))
        dated = draw(st.booleans())
        entries = {}
        for key in draw(st.sets(st.sampled_from(KEYS), min_size=1)):
            entries[key] = Entry(
                tuple(sorted(draw(st.sets(st.sampled_from(lists), min_size=1)))),
                {field: draw(st.sampled_from("ab")) for field in covers},
                draw(st.none() | st.integers(0, on)) if dated else None,
            )
        found.append(File(on, lists, covers, entries))
    return found


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    return Fault(
        draw(st.none() | st.sampled_from(KEYS)),
        draw(st.none() | st.just("aliases")),
        draw(st.none() | st.just("core")),
        draw(st.booleans()),
    )


def read(file: File, fault: Fault) -> Publication:
    """The file as a reader with this fault reads it."""
    covers = tuple(field for field in file.covers if field != fault.skips)
    statements = [
        Statement(
            key,
            entry.lists,
            {f: entry.fields[f].upper() if f == fault.shouts else entry.fields[f] for f in covers},
            None if entry.own is None or fault.undated else day(entry.own),
        )
        for key, entry in sorted(file.entries.items())
        if key != fault.misses or len(file.entries) == 1
    ]
    source = SourceFile(name=f"{file.on}.json", sha256=sha256(file.content).hexdigest(), size=len(file.content))
    return Publication("generated", day(file.on), "given", file.lists, covers, (source,), statements)


class World:
    """A log with its archive in a folder, and a clock that moves a day forward with each append."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.days = 0
        self.archive = Archive(folder / "archive")
        self.log = EventLog.open(f"sqlite:///{folder / 'log.db'}", clock=self.now, upcasts=UPCASTS)
        self.importer = Importer(self.log, self.archive, actor="test")

    def now(self) -> datetime:
        self.days += 1
        return NOON + timedelta(days=self.days)

    def take(self, file: File, fault: Fault = PERFECT) -> ImportSummary:
        return self.importer.take(read(file, fault), [file.content], today=NOON.date(), accept_removals=True)

    def reread(self, fault: Fault = PERFECT, which: Sequence[str] = ()) -> int:
        """Reads again with a reader of this fault; returns how many events that appended."""

        def reader(originals: Sequence[InputFile], published: date) -> list[Publication]:
            on, lists, covers, entries = json.loads(originals[0].data)
            known = {key: Entry(tuple(e[0]), e[1], e[2]) for key, e in entries.items()}
            return [read(File(on, tuple(lists), tuple(covers), known), fault)]

        rereader = Rereader(self.log, self.archive, actor="test", read=reader)
        return sum(done.appended for done in rereader.reread(which, accept_removals=True))

    def register(self, on: int, position: int | None = None) -> Register:
        return replayed(self.log, day(on), self.log.head().size if position is None else position)


def told(register: Register) -> dict[tuple[str, str], dict[str, Any]]:
    """The register's parties with the fields that are known."""
    return {
        (found.list_id, found.key): {f: v for f, v in found.fields.items() if f != "listed_on"}
        for found in register.listings()
    }


class Said(NamedTuple):
    """What one publication of a list says of one party: None where it does not hold it; `own` is a number of a day."""

    on: int
    covers: Sequence[str]
    fields: Mapping[str, Any] | None
    own: int | None


def course(said: Sequence[Said], fields: Sequence[str], on: int) -> dict[str, Any] | None:
    """What a list says of a party on a day, by the rule in words and nothing else; None where it is not on the list.

    Publications that follow each other and all hold the party are a stretch. It begins on the day of its first, or on
    the first own date in it that is earlier than that and later than the publication before the stretch. It ends with
    the next publication. A field is what the last publication until the day that covers it says. If none of the
    stretch has covered it by then, it is what the first one says that will: when it is the first of the stretch, or
    when all of the stretch until there date the party. Else it is what was last said before the stretch.
    """
    earlier: dict[str, Any] = {}
    for lacking, stretch, end in _stretches(sorted(said, key=lambda one: one.on)):
        first = stretch[0].on
        dates = [one.own for one in stretch if one.own is not None and lacking < one.own < first]
        if (dates[0] if dates else first) <= on < end:
            return {field: value for field in fields if (value := _field(stretch, field, on, earlier)) is not None}
        for one in stretch:
            earlier |= {field: (one.fields or {})[field] for field in fields if field in one.covers}
    return None


def _stretches(said: Sequence[Said]) -> Iterator[tuple[int, list[Said], int]]:
    """Each stretch between the days of the publications without the party around it."""
    lacking, stretch = -1, list[Said]()
    for one in [*said, Said(10**6, (), None, None)]:
        if one.fields is not None:
            stretch.append(one)
            continue
        if stretch:
            yield lacking, stretch, one.on
        lacking, stretch = one.on, []


def _field(stretch: Sequence[Said], field: str, on: int, earlier: Mapping[str, Any]) -> Any:
    covering = [(place, one) for place, one in enumerate(stretch) if field in one.covers]
    until = [one for _, one in covering if one.on <= on]
    if not until and covering:
        place, one = covering[0]
        if place == 0 or all(known.own is not None for known in stretch[: place + 1]):
            until = [one]
    return (until[-1].fields or {})[field] if until else earlier.get(field)


def meant(published: Sequence[File], on: int) -> dict[tuple[str, str], dict[str, Any]]:
    """What the lists say on a day, by the publications alone."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for list_id in LISTS:
        for key in KEYS:
            said = [
                Said(file.on, file.covers, entry.fields if entry else None, entry.own if entry else None)
                for file in published
                if list_id in file.lists
                for entry in [_held(file, list_id, key)]
            ]
            fields = course(said, ("core", "aliases"), on)
            if fields is not None:
                found[list_id, key] = fields
    return found


def _held(file: File, list_id: str, key: str) -> Entry | None:
    entry = file.entries.get(key)
    return entry if entry and list_id in entry.lists else None
