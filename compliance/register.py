"""The register: what every list said on a day, as known at a position of the log.

Coverage is part of the answer. A list is *complete* from its first complete publication on; for a day before that the
register holds at most the entries whose own dates reach back (*partial*), or nothing (*unknown*): never "absent".

Replaying keeps one standing for each party and no more: of the events of the asked day and before, in the order in
which they decide, each replaces what it speaks of. How a list came to say what it says is `timeline.ListHistory`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import orjson

from compliance.changes import PRESENCE_OF
from compliance.entries import assemble
from compliance.model import Entry, Fields, Value
from compliance.timeline import PublicationRecord, RecordedEvent, natural_order


class Coverage(StrEnum):
    """How much of a list we hold for a day."""

    complete = "complete"
    partial = "partial"
    unknown = "unknown"


class ListState(Value):
    """One list on the register's day: its size, and the publication that the answer rests on.

    `complete_since` is the day of the first complete publication held, `published` the last one on or before the
    register's day, `latest` the last one held at all. `checked` is the last day until then on which the publisher was
    asked and `published` was what it had. From `published` to `known_until` nobody came on the list unseen: a later
    check found it unchanged, or the next publication held dates its entries.
    """

    id: str
    entries: int
    complete_since: date
    latest: date
    published: date | None = None
    publication: str | None = None
    date_source: str | None = None
    format: str | None = None
    checked: date | None = None
    known_until: date | None = None

    @property
    def fresh(self) -> date | None:
        """The day from which the list's age counts: of the last publication, or of the last check of it."""
        return self.checked or self.published

    @property
    def coverage(self) -> Coverage:
        """Complete, partial or unknown for the register's day."""
        if self.published is not None:
            return Coverage.complete
        return Coverage.partial if self.entries else Coverage.unknown


class Listing(NamedTuple):
    """One party on one list on the register's day: the known fields, and from which day it has been there.

    `position` is that of the event that spoke last of the party.
    """

    list_id: str
    key: str
    since: date | None
    fields: Fields
    position: int | None = None

    def entry(self) -> Entry:
        """The readable whole."""
        return assemble(self.list_id, self.key, self.fields)


class Listings(Protocol):
    """Where a register's listings come from: replayed just now, or kept in a snapshot."""

    def of(self, list_id: str) -> Iterator[Listing]:
        """A list's parties in a fixed order; none for a list that is not held."""
        ...

    def find(self, list_id: str, key: str) -> Listing | None:
        """One party, or None."""
        ...


class Register:
    """All lists as of the end of a day, as known at a position of the log."""

    def __init__(self, as_of: date, position: int, lists: Mapping[str, ListState], listings: Listings) -> None:
        self.as_of = as_of
        self.position = position
        self.lists = dict(lists)
        self._listings = listings

    @classmethod
    def replay(
        cls,
        events: Iterable[RecordedEvent],
        publications: Mapping[str, list[PublicationRecord]],
        *,
        as_of: date,
        position: int,
    ) -> Register:
        """Folds a day's events into its register.

        `events` are those about entries at or before `position` and effective on or before `as_of`, ordered by
        (effective, position); `publications` are all that are known at the position, by list, oldest first.
        """
        standings = Standings(publications)
        for event in events:
            standings.apply(event)
        lists = {
            name: list_state(name, publications[name], as_of, standings.size(name)) for name in sorted(publications)
        }
        return cls(as_of, position, lists, standings)

    def listings(self, list_id: str | None = None) -> Iterator[Listing]:
        """Every party on the asked list, or on all lists, in a fixed order."""
        for name in self.lists if list_id is None else (list_id,):
            yield from self._listings.of(name)

    def find(self, list_id: str, key: str) -> Listing | None:
        """One party of the day, or None when the list does not hold it."""
        return self._listings.find(list_id, key)


class Standing:
    """What is known of one party so far: whether it is on the list, since when, and the last word on each field.

    The fields are kept as JSON: a tenth of the memory of the values, and nothing for the garbage collector to walk.
    """

    __slots__ = ("_fields", "_names", "left", "position", "present", "since")

    def __init__(self) -> None:
        self.present = False
        self.since: date | None = None
        self.left: date | None = None
        self.position = 0
        self._fields = b"{}"
        self._names: frozenset[str] = frozenset()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields as values."""
        found: dict[str, Any] = orjson.loads(self._fields)
        return found

    def say(self, fields: dict[str, Any], names: frozenset[str]) -> None:
        """Takes in the fields of an event; `names` are their names. A null is not known, so it is not kept."""
        if not self._names <= names:
            fields = {**self.fields, **fields}
            names |= self._names
        if None in fields.values():
            fields = {name: value for name, value in fields.items() if value is not None}
        self._fields = bytes(memoryview(orjson.dumps(fields)))  # a copy: orjson's own keeps a buffer of many times it
        self._names = names


class Standings:
    """The parties of all lists, as far as the events have been applied."""

    def __init__(self, lists: Iterable[str]) -> None:
        self._lists: dict[str, dict[str, Standing]] = {list_id: {} for list_id in lists}
        self._names: dict[tuple[str, ...], frozenset[str]] = {}  # few: one object for all parties that share them

    def apply(self, event: RecordedEvent) -> None:
        """Takes in one event; events come in the order in which they decide."""
        payload = event.payload
        parties = self._lists[payload["list"]]
        key = payload["key"]
        standing = parties.get(key)
        if standing is None:
            standing = parties[key] = Standing()
        present = PRESENCE_OF[event.type]
        if present is not None:
            if standing.present and not present:
                standing.left = event.effective  # who is back on the day of a delisting was never off the list
            elif present and not standing.present and standing.left != event.effective:
                standing.since = event.effective
            standing.present = present
        fields = payload.get("fields")
        if fields:
            names = tuple(fields)
            standing.say(fields, self._names.setdefault(names, frozenset(names)))
        standing.position = event.position

    def size(self, list_id: str) -> int:
        """How many parties are on the list."""
        return sum(standing.present for standing in self._lists[list_id].values())

    def of(self, list_id: str) -> Iterator[Listing]:
        """The parties on a list, in a fixed order."""
        parties = self._lists.get(list_id, {})
        for key in sorted(parties, key=natural_order):
            if parties[key].present:
                yield _listing(list_id, key, parties[key])

    def find(self, list_id: str, key: str) -> Listing | None:
        """One party on a list, or None."""
        standing = self._lists.get(list_id, {}).get(key)
        return _listing(list_id, key, standing) if standing and standing.present else None


class Few:
    """Some listings of a register, in the order in which they are given: what a register of them alone is made of."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._listings = list(listings)

    def of(self, list_id: str) -> Iterator[Listing]:
        """Those of one list."""
        return (listing for listing in self._listings if listing.list_id == list_id)

    def find(self, list_id: str, key: str) -> Listing | None:
        """One of them, or None."""
        return next((found for found in self.of(list_id) if found.key == key), None)


def since_in_words(since: date | None, complete_since: date | None) -> str:
    """Since when an entry without a date of its own is on the list, as far as the publications held can tell."""
    if since is None:
        return "on the list since an unknown day"
    if complete_since is not None and complete_since < since:
        return f"came on the list by {since}"
    return f"on the list since {since} or earlier"


def _listing(list_id: str, key: str, standing: Standing) -> Listing:
    return Listing(list_id, key, standing.since, standing.fields, standing.position)


def _known_until(record: PublicationRecord, later: list[PublicationRecord]) -> Iterator[date]:
    """Days until which nobody can have come on the list after a publication without being known."""
    yield record.published
    yield from record.checked
    if later and "listed_on" in later[0].covers:
        yield later[0].published


def list_state(list_id: str, publications: list[PublicationRecord], as_of: date, entries: int) -> ListState:
    """A list of `entries` entries on a day; `publications` are all that are known of it, oldest first."""
    held = [record for record in publications if record.published <= as_of]
    later = publications[len(held) :]
    last: dict[str, Any] = {}
    if held:
        record = held[-1]
        last = {
            "published": record.published,
            "publication": record.publication,
            "date_source": record.date_source,
            "format": record.format,
            "checked": max((day for day in record.checked if day <= as_of), default=None),
            "known_until": max(_known_until(record, later)),
        }
    return ListState(
        id=list_id,
        entries=entries,
        complete_since=publications[0].published,
        latest=publications[-1].published,
        **last,
    )
