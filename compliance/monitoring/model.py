"""The words of decisions and alerts: who is watched, what of an entry a decision rests on, what is said of a hit."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from compliance.model import Value


class Verdict(StrEnum):
    """What a person says of a hit. A false positive is released: it is not raised again."""

    true_match = "true-match"
    false_positive = "false-positive"
    escalate = "escalate"


class AlertKind(StrEnum):
    """What happened to a hit since the last look; `returned` was released, and what its release rested on changed."""

    new = "new"
    changed = "changed"
    returned = "returned"
    gone = "gone"
    released = "released"


class Counterparty(Value):
    """Who is watched or decided on, by its holder's own id, and what is known of it."""

    id: str
    name: str
    other_names: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    party_type: str | None = None
    born: tuple[date, date] | None = None


class EntryFacts(Value):
    """What of an entry a decision rests on, sorted: when one of these changes, the decision lapses."""

    type: str
    names: tuple[str, ...]
    identifiers: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


class Found(Value):
    """One hit of one counterparty. Two of these are equal as long as nothing has changed that is worth telling.

    `score` is text, as events have it. `turns` are the days on which what the listing forbids becomes another.
    """

    name: str
    entry_name: str
    score: str
    matched_name: str
    reason: str
    forbidden: tuple[str, ...]
    state: str | None
    programmes: tuple[str, ...]
    listed: EntryFacts
    entry_digest: str
    counterparty_digest: str
    turns: tuple[date, ...]


def known(party: Counterparty) -> dict[str, Any]:
    """What is known of a counterparty, as JSON values."""
    return party.model_dump(mode="json", exclude_defaults=True)
