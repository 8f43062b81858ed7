"""What an auditor asks of a list: the story of an entry, the story of a list, the difference of two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from compliance.changes import Cause
from compliance.model import Value
from compliance.provenance import Original, files_of
from compliance.register import Register
from compliance.timeline import ListHistory, Party, State, fold


class FieldChange(Value):
    """One field, before and after; None means that nothing was known or stated."""

    field: str
    before: Any = None
    after: Any = None


class Step(Value):
    """One event of an entry's story: what happened, from which day, when we learned it, and from which files."""

    effective: date
    position: int
    what: str
    cause: str
    publication: str
    published: date | None = None
    files: tuple[str, ...] = ()
    originals: tuple[Original, ...] = ()
    changes: tuple[FieldChange, ...] = ()


class PublicationStep(Value):
    """One publication of a list's story, with how many entries it listed, amended and delisted on its own word.

    `corrected` counts the events that a reading again, or an own date that gave way, added under its name.
    """

    published: date
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


class EntryDifference(Value):
    """An entry that differs between two days: `what` is listed, delisted or amended.

    `cause` is `corrected` where nothing but corrections speak of it between the days: the list need not have
    changed then, but what is known of it. It is `published` otherwise.
    """

    key: str
    name: str
    what: str
    cause: str = Cause.published.value
    changes: tuple[FieldChange, ...] = ()


def entry_history(history: ListHistory, key: str) -> Iterator[Step]:
    """Every event of a party in deciding order, each with what it changed against the one before."""
    named = {record.publication: record for record in history.publications}
    changes = history.parties[key].changes
    before = State(False, {})
    for index, change in enumerate(changes):
        after = fold(changes[: index + 1])
        record = named.get(change.publication)
        yield Step(
            effective=change.effective,
            position=change.position,
            what=_what(before, after),
            cause=change.cause,
            publication=change.publication,
            published=record.published if record else None,
            files=tuple(name for name, _ in record.files) if record else (),
            originals=files_of(record) if record else (),
            changes=tuple(field_changes(before.fields, after.fields)) if after.present else (),
        )
        before = after


def list_history(history: ListHistory) -> Iterator[PublicationStep]:
    """Every publication of a list, oldest first; who came and went is told against the publication before."""
    counts = _counts(history)
    for record in history.publications:
        yield PublicationStep(
            published=record.published,
            position=record.position,
            publication=record.publication,
            entries=record.entries,
            **{what: counts[record.publication, what] for what in ("listed", "amended", "delisted", "corrected")},
            reader=record.reader,
            format=record.format,
            date_source=record.date_source,
            files=tuple(name for name, _ in record.files),
            originals=files_of(record),
        )


def differences(
    before: Register, after: Register, list_id: str, history: ListHistory | None = None
) -> Iterator[EntryDifference]:
    """What differs on a list between two registers, entry by entry in a fixed order.

    With the list's history each difference has its cause.
    """
    old = {listing.key: listing.fields for listing in before.listings(list_id)}
    new = {listing.key: listing.fields for listing in after.listings(list_id)}
    for key in dict.fromkeys([*old, *new]):
        what = "delisted" if key not in new else "listed" if key not in old else "amended"
        changes = tuple(field_changes(old[key], new[key])) if what == "amended" else ()
        if what != "amended" or changes:
            name = (new if key in new else old)[key]["name"]
            cause = _cause(history, key, before.as_of, after.as_of)
            yield EntryDifference(key=key, name=name, what=what, cause=cause, changes=changes)


def _cause(history: ListHistory | None, key: str, start: date, end: date) -> str:
    first, last = sorted((start, end))
    changes = history.parties[key].until(last) if history else []
    causes = {change.cause for change in changes if change.effective > first}
    return Cause.corrected.value if causes == {Cause.corrected.value} else Cause.published.value


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The fields whose values differ, in the order of their names; nothing known equals null."""
    for field in sorted({*before, *after}):
        if before.get(field) != after.get(field):
            yield FieldChange(field=field, before=before.get(field), after=after.get(field))


def in_words(change: FieldChange) -> str:
    """One line: what was added to and removed from a field, or what it was and is."""
    old, new = _texts(change.before), _texts(change.after)
    if not old:
        return f"{change.field}: {'; '.join(new) or '(known to be empty)'}"
    if len(old) <= 1 and len(new) <= 1:
        return f"{change.field}: {_one(old)} -> {_one(new)}"
    gone = [f"- {text}" for text in old if text not in new]
    came = [f"+ {text}" for text in new if text not in old]
    return f"{change.field}: " + "; ".join(gone + came or ["order changed"])


def _one(texts: list[str]) -> str:
    return repr(texts[0]) if texts else "(nothing)"


def _texts(value: Any) -> list[str]:
    """A field's value as short texts: lists by item, names and remarks by their text."""
    if value is None or value == [] or value == {}:
        return []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        if "text" in value:
            kind = f" ({value['kind']})" if "kind" in value else ""
            return [f"{value['text']}{kind}"]
        return [", ".join(f"{k}={v}" for k, v in value.items() if k != "source_id")]
    return [str(value)]


def _counts(history: ListHistory) -> Counter[tuple[str, str]]:
    own = {Cause.published.value, Cause.dated.value}
    counts: Counter[tuple[str, str]] = Counter()
    for party in history.parties.values():
        for change in party.changes:
            if change.cause == Cause.corrected.value:
                counts[change.publication, "corrected"] += 1
            elif change.cause in own and change.present is None:
                counts[change.publication, "amended"] += 1
        for publication, came in _comings(history, party):
            counts[publication, "listed" if came else "delisted"] += 1
    return counts


def _comings(history: ListHistory, party: Party) -> Iterator[tuple[str, bool]]:
    """The publications that have a party whom the one before did not have (True), or have not who was there."""
    changes = [change for change in party.changes if change.present is not None]
    before, index = False, 0
    for record in history.publications:
        now = before
        while index < len(changes) and changes[index].effective <= record.published:
            now = bool(changes[index].present)
            index += 1
        if now != before:
            yield record.publication, now
        before = now


def _what(before: State, after: State) -> str:
    if before.present == after.present:
        return "amended"
    return "listed" if after.present else "delisted"
