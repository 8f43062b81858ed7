"""One list's history folded out of its events: what the list said of each party on any day.

The rule is one line: of the events at or before a position whose effective day is not later than the day asked
for, the last one by (effective, position) decides, field by field; presence on the list is decided by `Listed`
and `Delisted`. Everything else here is bookkeeping.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple, Protocol

from compliance.changes import ENTRY_EVENTS, LIST_CHECKED, LIST_REREAD, PRESENCE_OF, PUBLICATION_EVENTS
from compliance.model import Fields


class RecordedEvent(Protocol):
    """What the fold needs of an event; the log's rows and events both have it."""

    @property
    def position(self) -> int: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def effective(self) -> date: ...  # noqa: D102
    @property
    def payload(self) -> dict[str, Any]: ...  # noqa: D102


class PublicationRecord(NamedTuple):
    """A publication that the log holds of this list; `files` are names with their SHA-256 (hex).

    `covers`, `entries` and `reader` are those of its last reading; `checked` are the days, oldest first, on which the
    publisher was asked and this is what it had.
    """

    published: date
    position: int
    publication: str
    covers: frozenset[str]
    entries: int
    format: str
    date_source: str
    files: tuple[tuple[str, str], ...]
    reader: str | None = None
    checked: tuple[date, ...] = ()


HISTORY_EVENTS = (*PUBLICATION_EVENTS, *ENTRY_EVENTS)


class Change(NamedTuple):
    """One event's say about one party. `present` is None where the event does not speak of presence."""

    effective: date
    position: int
    present: bool | None
    fields: Fields
    publication: str
    cause: str


class State(NamedTuple):
    """What is known of one party on a day: whether it is on the list, the last known fields, and since when."""

    present: bool
    fields: dict[str, Any]
    since: date | None = None


class Party:
    """All that a list ever said of one party."""

    __slots__ = ("changes",)

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def add(self, change: Change) -> None:
        """Takes the change in at its place by (effective, position)."""
        if not self.changes or self.changes[-1][:2] <= change[:2]:
            self.changes.append(change)
        else:
            insort(self.changes, change, key=_order)

    def until(self, day: date) -> list[Change]:
        """The changes effective on or before the day, in deciding order."""
        return self.changes[: bisect_right(self.changes, day, key=_effective)]

    def at(self, day: date) -> State:
        """Presence and fields as of the end of the day."""
        return fold(self.until(day))


def fold(changes: Iterable[Change]) -> State:
    """The state that changes in (effective, position) order add up to."""
    present = False
    since: date | None = None
    left: date | None = None  # who is back on the day of a delisting was never off the list
    fields: dict[str, Any] = {}
    for change in changes:
        if change.present is not None:
            if present and not change.present:
                left = change.effective
            elif change.present and not present and left != change.effective:
                since = change.effective
            present = change.present
        fields.update(change.fields)
    return State(present, fields, since if present else None)


class ListHistory:
    """A list's parties and publications, as known at the last event that was applied."""

    def __init__(self, list_id: str) -> None:
        self.list_id = list_id
        self.parties: dict[str, Party] = {}
        self.publications: list[PublicationRecord] = []

    def apply(self, event: RecordedEvent) -> None:
        """Takes one event in; events of a list come in the order of their positions."""
        if event.type in PUBLICATION_EVENTS:
            add_publication(self.publications, event)
        elif event.type in PRESENCE_OF:
            payload = event.payload
            change = Change(
                event.effective,
                event.position,
                PRESENCE_OF[event.type],
                payload.get("fields") or {},
                payload["publication"],
                payload.get("cause", "published"),
            )
            self.parties.setdefault(payload["key"], Party()).add(change)

    def at(self, day: date) -> Iterator[tuple[str, State]]:
        """The parties on the list on a day, each with what is known of it, in a fixed order."""
        for key in sorted(self.parties, key=natural_order):
            state = self.parties[key].at(day)
            if state.present:
                yield key, state

    def copy(self) -> ListHistory:
        """The same history, to which events can be applied without changing this one."""
        copied = ListHistory(self.list_id)
        copied.publications = list(self.publications)
        for key, party in self.parties.items():
            copied.parties[key] = Party()
            copied.parties[key].changes = list(party.changes)
        return copied


def add_publication(known: list[PublicationRecord], event: RecordedEvent) -> None:
    """Takes an event of `PUBLICATION_EVENTS` into a list's publications, which stand in order of their days."""
    payload = event.payload
    if event.type in (LIST_CHECKED, LIST_REREAD):
        index = next(i for i, record in enumerate(known) if record.publication == payload["publication"])
        known[index] = known[index]._replace(**_said_later(event, known[index]))
        return
    record = PublicationRecord(
        event.effective,
        event.position,
        payload["publication"],
        frozenset(payload["covers"]),
        payload["entries"],
        payload["format"],
        payload["date_source"],
        tuple((file["name"], file["sha256"]) for file in payload["files"]),
        payload["reader"],
    )
    insort(known, record, key=lambda other: other[:2])


def _said_later(event: RecordedEvent, record: PublicationRecord) -> dict[str, Any]:
    """What a check or a new reading changes in the record of a publication."""
    payload = event.payload
    if event.type == LIST_CHECKED:
        return {"checked": tuple(sorted({*record.checked, event.effective}))}
    return {"covers": frozenset(payload["covers"]), "entries": payload["entries"], "reader": payload["reader"]}


def publications(events: Iterable[RecordedEvent]) -> dict[str, list[PublicationRecord]]:
    """Every list's publications, the oldest first, out of the log's events about publications."""
    known: dict[str, list[PublicationRecord]] = {}
    for event in events:
        add_publication(known.setdefault(event.payload["list"], []), event)
    return known


def _order(change: Change) -> tuple[date, int]:
    return change.effective, change.position


def _effective(change: Change) -> date:
    return change.effective


def natural_order(key: str) -> tuple[int, int, str]:
    """Sorts numeric identities as numbers, others after them as text."""
    return (0, int(key), "") if key.isdecimal() else (1, 0, key)


def histories(events: Iterable[RecordedEvent]) -> dict[str, ListHistory]:
    """Folds a log's events into one history for each list; events of other streams are passed over."""
    known: dict[str, ListHistory] = {}
    for event in events:
        if event.type in HISTORY_EVENTS:
            list_id = event.payload["list"]
            known.setdefault(list_id, ListHistory(list_id)).apply(event)
    return known
