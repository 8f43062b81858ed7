"""The domain's events: what can happen to an official list, one class each, named in the past tense.

`Listed` and `Delisted` decide whether a party is on the list; `Listed` and `Amended` carry the fields that a
publication states, whole. A field that no event speaks of keeps the value it had: unknown is not removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from compliance.model import SourceFile, Value
from events import NewEvent, Upcasts

LIST_PUBLISHED: Literal["ListPublished"] = "ListPublished"
LIST_REREAD: Literal["ListReread"] = "ListReread"
LISTED: Literal["Listed"] = "Listed"
AMENDED: Literal["Amended"] = "Amended"
DELISTED: Literal["Delisted"] = "Delisted"
LIST_CHECKED: Literal["ListChecked"] = "ListChecked"

# By event type: whether the party is on the list from then on; None where the event does not speak of it.
PRESENCE_OF: dict[str, bool | None] = {LISTED: True, AMENDED: None, DELISTED: False}
ENTRY_EVENTS: Sequence[str] = tuple(PRESENCE_OF)
PUBLICATION_EVENTS: Sequence[str] = (LIST_PUBLISHED, LIST_REREAD, LIST_CHECKED)


class Cause(StrEnum):
    """Why an event was written.

    `published`: the publication says so on its day. `dated`: the entry's own date says since when.
    `restored`: a publication filled in behind this one; the event keeps what was known from this day on.
    `corrected`: an earlier own date was contradicted by a publication filled in later, or a reader improved.
    """

    published = "published"
    dated = "dated"
    restored = "restored"
    corrected = "corrected"


class ListPublished(Value):
    """A complete publication of one list was read: where it came from and which fields it speaks of.

    Since version 2 `reader` names the program that read it, so that one can tell which publications an improved
    reader has not seen; None where version 1 did not record it.
    """

    list: str
    publication: str
    format: str
    published: date
    date_source: str
    covers: tuple[str, ...]
    files: tuple[SourceFile, ...]
    entries: int
    reader: str | None


class ListReread(Value):
    """A publication was read again from its archived originals, and its list says something else by the new reading.

    The entries' events that go with it have the cause `corrected`: the list did not change, its reading did.
    """

    list: str
    publication: str
    covers: tuple[str, ...]
    entries: int
    reader: str


class Listed(Value):
    """A party is on the list from the event's effective day, with these fields."""

    list: str
    key: str
    publication: str
    fields: dict[str, Any]
    cause: Cause = Cause.published


class Amended(Value):
    """The entry's fields are these from the event's effective day."""

    list: str
    key: str
    publication: str
    fields: dict[str, Any]
    cause: Cause = Cause.published


class Delisted(Value):
    """A complete publication of that day does not have the party any more.

    `fields` is there only where an own date gave way and fields said with it are not known on that day after all.
    """

    list: str
    key: str
    publication: str
    fields: dict[str, Any] | None = None
    cause: Cause = Cause.published


class ListChecked(Value):
    """The publisher's address was asked on the event's effective day, and `publication` was what it had.

    `answer` tells how that was seen: `imported`, `not modified`, or `same files`.
    """

    list: str
    publication: str
    answer: str
    addresses: tuple[str, ...]


def stream_of(list_id: str) -> str:
    """The log's stream that holds a list's events."""
    return f"list/{list_id}"


def published_event(payload: ListPublished) -> NewEvent:
    """The event that opens each import of a publication."""
    return NewEvent(
        type=LIST_PUBLISHED,
        effective=payload.published,
        payload=payload.model_dump(mode="json"),
        schema_version=2,
    )


def reread_event(payload: ListReread, published: date) -> NewEvent:
    """The event that opens the corrections of one publication."""
    return NewEvent(type=LIST_REREAD, effective=published, payload=payload.model_dump(mode="json"))


def checked_event(payload: ListChecked, day: date) -> NewEvent:
    """The event that says that a list is as fresh as this day."""
    return NewEvent(type=LIST_CHECKED, effective=day, payload=payload.model_dump(mode="json"))


def entry_event(
    kind: Literal["Listed", "Amended", "Delisted"],
    *,
    list_id: str,
    key: str,
    publication: str,
    effective: date,
    cause: Cause,
    fields: dict[str, Any] | None = None,
) -> NewEvent:
    """An event about one entry; `fields` are plain JSON values and absent for `Delisted`."""
    payload: dict[str, Any] = {"list": list_id, "key": key, "publication": publication, "cause": cause.value}
    if fields is not None:
        payload["fields"] = fields
    return NewEvent(type=kind, effective=effective, payload=payload)


def _published_2(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "reader": None}


# From a stored version to the next one. docs/events.md says how to add a version.
UPCASTS = Upcasts({(LIST_PUBLISHED, 1): _published_2})
