"""The register: what every list said on a day, as known at a position of the log.

Coverage is part of the answer. A list is *complete* from its first complete publication on; for a day before that the
register holds at most the entries whose own dates reach back (*partial*), or nothing (*unknown*): never "absent".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from compliance.entries import assemble
from compliance.model import Entry, Fields, Value
from compliance.timeline import ListHistory, RecordedEvent, histories


class Coverage(StrEnum):
    """How much of a list we hold for a day."""

    complete = "complete"
    partial = "partial"
    unknown = "unknown"


class ListState(Value):
    """One list on the register's day: its size, and the publication that the answer rests on.

    `complete_since` is the day of the first complete publication held, `published` the last one on or before the
    register's day, `latest` the last one held at all. `checked` is the last day until then on which the publisher was
    asked and `published` was what it had.
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
    """One party on one list on the register's day: the known fields, and from which day it has been there."""

    list_id: str
    key: str
    since: date | None
    fields: Fields

    def entry(self) -> Entry:
        """The readable whole."""
        return assemble(self.list_id, self.key, self.fields)


class Register:
    """All lists as of the end of a day, as known at a position of the log."""

    def __init__(self, as_of: date, position: int, known: dict[str, ListHistory]) -> None:
        self.as_of = as_of
        self.position = position
        self._histories = known
        self.lists = {list_id: self._state(known[list_id]) for list_id in sorted(known)}

    @classmethod
    def replay(cls, events: Iterable[RecordedEvent], *, as_of: date, position: int) -> Register:
        """Folds the events at or before `position` (the caller reads no further) into the register of a day."""
        return cls(as_of, position, histories(events))

    def listings(self, list_id: str | None = None) -> Iterator[Listing]:
        """Every party on the asked list, or on all lists, in a fixed order."""
        chosen = self.lists if list_id is None else (list_id,)
        for name in chosen:
            for key, state in self._histories[name].at(self.as_of):
                yield Listing(name, key, state.since, state.fields)

    def find(self, list_id: str, key: str) -> Listing | None:
        """One party of the day, or None when the list does not hold it."""
        history = self._histories.get(list_id)
        party = history.parties.get(key) if history else None
        if party is None:
            return None
        state = party.at(self.as_of)
        return Listing(list_id, key, state.since, state.fields) if state.present else None

    def history(self, list_id: str) -> ListHistory | None:
        """The list's whole history as known at the register's position."""
        return self._histories.get(list_id)

    def _state(self, history: ListHistory) -> ListState:
        held = history.published_until(self.as_of)
        last: dict[str, Any] = {}
        if held:
            record = held[-1]
            last = {
                "published": record.published,
                "publication": record.publication,
                "date_source": record.date_source,
                "format": record.format,
                "checked": max((day for day in record.checked if day <= self.as_of), default=None),
            }
        return ListState(
            id=history.list_id,
            entries=sum(1 for _ in history.at(self.as_of)),
            complete_since=history.publications[0].published,
            latest=history.publications[-1].published,
            **last,
        )
