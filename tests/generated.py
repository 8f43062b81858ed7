"""Generated histories of publications, and what they mean by the words of docs/events.md alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from compliance.archive import Archive
from compliance.changes import UPCASTS
from compliance.importing import Importer
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
        self.days = 0
        self.archive = Archive(folder / "archive")
        self.log = EventLog.open(f"sqlite:///{folder / 'log.db'}", clock=self.now, upcasts=UPCASTS)
        self.importer = Importer(self.log, self.archive, actor="test")

    def now(self) -> datetime:
        self.days += 1
        return NOON + timedelta(days=self.days)

    def take(self, file: File, fault: Fault = PERFECT) -> None:
        self.importer.take(read(file, fault), [file.content], today=NOON.date(), accept_removals=True)

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


def meant(published: Sequence[File], on: int) -> dict[tuple[str, str], dict[str, Any]]:
    """What the lists say on a day, by the rule in words and nothing else.

    Each publication claims, from a day on, a party's presence and each field that it covers. The claim begins on its
    own day; where it gives the party a date of its own, and the publication before that speaks of the same is older
    than that date and does not hold the party, it begins there; a field's first claim only if every publication before
    that holds the party dates it. On a day the claim counts that began last, and of
    those that began on one day that of the later publication.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for list_id in LISTS:
        of_list = sorted((file for file in published if list_id in file.lists), key=lambda file: file.on)
        for key in KEYS:
            if not _claim(of_list, list_id, key, None, on):
                continue
            values = {field: _claim(of_list, list_id, key, field, on) for field in ("core", "aliases")}
            found[list_id, key] = {field: value for field, value in values.items() if value is not None}
    return found


def _claim(of_list: Sequence[File], list_id: str, key: str, field: str | None, on: int) -> Any:
    claims: list[tuple[int, int, Any]] = []
    before: File | None = None
    for file in (f for f in of_list if field is None or field in f.covers):
        entry = _held(file, list_id, key)
        if entry:
            new = before is None or (not _held(before, list_id, key) and before.on < (entry.own or 0))
            if before is None and field is not None:
                new = all(e.own is not None for f in of_list if f.on < file.on and (e := _held(f, list_id, key)))
            start = entry.own if entry.own is not None and new else file.on
            claims.append((start, file.on, True if field is None else entry.fields[field]))
        elif field is None:
            claims.append((file.on, file.on, False))
        before = file
    counting = [claim for claim in claims if claim[0] <= on]
    return max(counting, key=lambda claim: claim[:2])[2] if counting else None


def _held(file: File, list_id: str, key: str) -> Entry | None:
    entry = file.entries.get(key)
    return entry if entry and list_id in entry.lists else None
