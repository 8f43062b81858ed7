"""The record that a publisher was asked: what makes the age of a list true when nothing new was published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from compliance.changes import ListChecked, checked_event, stream_of
from events import EventLog
from events.errors import ConcurrentAppend

IMPORTED = "imported"
NOT_MODIFIED = "not modified"
SAME_FILES = "same files"
_ATTEMPTS = 5


class Check(NamedTuple):
    """One list, the publication that the publisher's address had of it, how that was seen, and where."""

    list_id: str
    publication: str
    answer: str
    addresses: Sequence[str]


def record(log: EventLog, check: Check, day: date, *, actor: str) -> None:
    """Appends `ListChecked`, effective on the day. Raises ConcurrentAppend when others append without pause."""
    payload = ListChecked(
        list=check.list_id,
        publication=check.publication,
        answer=check.answer,
        addresses=tuple(check.addresses),
    )
    stream = stream_of(check.list_id)
    for attempt in range(_ATTEMPTS):
        try:
            log.append(stream, log.version(stream), [checked_event(payload, day)], actor=actor)
            return
        except ConcurrentAppend:
            if attempt == _ATTEMPTS - 1:
                raise
