"""The story of a list: its publications, its additions and removals by month, and each entry's part in them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from compliance.audit.chronicle import Chronicle, Turn
from compliance.audit.fields import field_changes
from compliance.changes import Cause
from compliance.model import Value
from compliance.provenance import Original, files_of
from compliance.timeline import Change, ListHistory, Party, PublicationRecord, State, fold

SCHEMA = "entity-compliance/list-history/1"
_OWN = frozenset({Cause.published.value, Cause.dated.value})


class EntryStep(Value):
    """One entry's part in a publication: listed, amended or corrected (with the fields that changed), delisted.

    Who came and went is told against the publication before.
    """

    key: str
    name: str
    what: str
    effective: date
    cause: str = Cause.published.value
    fields: tuple[str, ...] = ()


class PublicationStep(Value):
    """One publication of a list's story, with how many entries it listed, amended and delisted on its own word.

    `corrected` counts the events that a reading again, or an own date that gave way, added under its name.
    """

    published: date
    learned: date | None = None
    position: int
    publication: str
    entries: int
    listed: int
    amended: int
    delisted: int
    corrected: int = 0
    reader: str | None = None
    format: str
    date_source: str
    files: tuple[str, ...]
    originals: tuple[Original, ...] = ()
    changed: tuple[EntryStep, ...] | None = None


class Month(Value):
    """How many parties came to a list and left it in a month (`2021-12`), and how many were on it at its end."""

    month: str
    listed: int
    delisted: int
    entries: int


class ListStory(Value):
    """A list's course: its publications, and its months after the first complete publication."""

    list: str
    began: date
    at_first: int
    publications: tuple[PublicationStep, ...]
    months: tuple[Month, ...]


class _Move(NamedTuple):
    """A party that came to the list or left it, by the end of a day."""

    day: date
    listed: bool


def list_story(chronicle: Chronicle, list_id: str, *, entries: bool = False) -> ListStory | None:
    """The story of a list, with `entries` each entry's part in it; None for a list that is not held."""
    records = chronicle.publications(list_id)
    if not records:
        return None
    parties = [list(turns) for _, turns in groupby(chronicle.turns(list_id), key=attrgetter("party"))]
    counts = _counts(chronicle, list_id, parties, records)
    parts = _parts(chronicle, list_id) if entries else {}
    learned = chronicle.learned(record.position for record in records)
    began = records[0].published
    moves = [move for turns in parties for move in _moves(turns)]
    at_first = sum(1 if move.listed else -1 for move in moves if move.day <= began)
    return ListStory(
        list=list_id,
        began=began,
        at_first=at_first,
        publications=tuple(
            _publication(r, counts, learned[r.position], tuple(parts.get(r.publication, ())) if entries else None)
            for r in records
        ),
        months=tuple(_months([move for move in moves if move.day > began], at_first, began, records[-1].published)),
    )


def _publication(
    record: PublicationRecord,
    counts: Counter[tuple[str, str]],
    learned: date,
    changed: tuple[EntryStep, ...] | None,
) -> PublicationStep:
    return PublicationStep(
        published=record.published,
        learned=learned,
        position=record.position,
        publication=record.publication,
        entries=record.entries,
        **{what: counts[record.publication, what] for what in ("listed", "amended", "delisted", "corrected")},
        reader=record.reader,
        format=record.format,
        date_source=record.date_source,
        files=tuple(name for name, _ in record.files),
        originals=files_of(record),
        changed=changed,
    )


def _counts(
    chronicle: Chronicle, list_id: str, parties: Iterable[list[Turn]], records: Sequence[PublicationRecord]
) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for tally in chronicle.amendments(list_id):
        if what := _counted_as(tally.cause):
            counts[tally.publication, what] += tally.events
    for turns in parties:
        for turn in turns:
            if turn.cause == Cause.corrected.value:
                counts[turn.publication, "corrected"] += 1
        for record, came in _comings(turns, records):
            counts[record.publication, "listed" if came else "delisted"] += 1
    return counts


def _counted_as(cause: str) -> str | None:
    """What an event that amends counts as; None where it only keeps what was known."""
    return "amended" if cause in _OWN else "corrected" if cause == Cause.corrected.value else None


def _comings(
    turns: Iterable[Turn | Change], records: Sequence[PublicationRecord]
) -> Iterator[tuple[PublicationRecord, bool]]:
    """The publications that have a party whom the one before did not have (True), or have not who was there."""
    days = [record.published for record in records]
    before = False
    spoken = (turn for turn in turns if turn.present is not None)
    for number, group in groupby(spoken, key=lambda turn: bisect_left(days, turn.effective)):
        *_, last = group
        if number < len(records) and bool(last.present) is not before:
            before = bool(last.present)
            yield records[number], before


def _moves(turns: Iterable[Turn]) -> Iterator[_Move]:
    """When a party came and when it left; who is back on the day of a delisting never left."""
    present = False
    for day, of_day in groupby(turns, key=attrgetter("effective")):
        *_, last = of_day
        if last.present is not present:
            yield _Move(day, last.present)
        present = last.present


def _months(moves: Iterable[_Move], at_first: int, began: date, latest: date) -> Iterator[Month]:
    """Every month from the first publication to the last one or the last change, none left out."""
    counts = Counter((move.day.year, move.day.month, move.listed) for move in moves)
    last = max([(latest.year, latest.month), *((year, month) for year, month, _ in counts)])
    entries, (year, month) = at_first, (began.year, began.month)
    while (year, month) <= last:
        listed, delisted = counts[year, month, True], counts[year, month, False]
        entries += listed - delisted
        yield Month(month=f"{year:04}-{month:02}", listed=listed, delisted=delisted, entries=entries)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _parts(chronicle: Chronicle, list_id: str) -> dict[str, list[EntryStep]]:
    """By publication what it did to each entry, read from the events of the whole list."""
    history = ListHistory(list_id)
    history.publications = chronicle.publications(list_id)
    for event in chronicle.list_events(list_id):
        history.apply(event)
    found: dict[str, list[EntryStep]] = {}
    for key, party in history.parties.items():
        for record, came in _comings(party.changes, history.publications):
            step = _part(key, party, record.published, "listed" if came else "delisted")
            found.setdefault(record.publication, []).append(step)
        for publication, step in _amendments(key, party):
            found.setdefault(publication, []).append(step)
    return found


def _part(key: str, party: Party, day: date, what: str) -> EntryStep:
    return EntryStep(key=key, name=party.at(day).fields.get("name", key), what=what, effective=day)


def _amendments(key: str, party: Party) -> Iterator[tuple[str, EntryStep]]:
    before = State(False, {})
    for index, change in enumerate(party.changes):
        after = fold(party.changes[: index + 1])
        corrected = change.cause == Cause.corrected.value
        if corrected or (change.present is None and change.cause in _OWN):
            yield (
                change.publication,
                EntryStep(
                    key=key,
                    name=after.fields.get("name", key),
                    what="corrected" if corrected else "amended",
                    effective=change.effective,
                    cause=change.cause,
                    fields=tuple(one.field for one in field_changes(before.fields, after.fields)),
                ),
            )
        before = after
