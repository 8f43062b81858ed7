"""What a screening answers: the outcome, the hits with their reasons, and what the answer rests on.

These models are the schema of `screen --json`; docs/json.md describes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from compliance.model import Entry, Value

SCHEMA = "entity-compliance/answer/1"


class Outcome(StrEnum):
    """Clear, hits, or cannot say; the exit status of `screen` is 0, 1 or 3."""

    clear = "clear"
    hits = "hits"
    cannot_say = "cannot say"


class ListBasis(Value):
    """One list that was asked, and how far it carries the answer on that day.

    `age` is in days, from the last publication, or from `checked`, when the publisher was asked after it.
    """

    id: str
    title: str
    coverage: str
    entries: int
    complete_since: date | None = None
    published: date | None = None
    publication: str | None = None
    checked: date | None = None
    age: int | None = None
    stale: bool = False

    @property
    def carries(self) -> bool:
        """Whether the list can carry a "clear"."""
        return self.coverage == "complete" and not self.stale


def narrower(lists: Iterable[ListBasis]) -> str | None:
    """The options that leave out the lists that cannot carry a "clear"; None when nothing or all would be left out."""
    kept = [basis.id for basis in lists if basis.carries]
    left_out = [basis.id for basis in lists if not basis.carries]
    return " ".join(f"--list {list_id}" for list_id in kept) if kept and left_out else None


class TokenView(Value):
    """One word of the query matched with one of the listed name: how, how alike (0-1), and the points it brings."""

    query: str
    listed: str
    how: str
    similarity: float
    points: float


class LeftoverView(Value):
    """A word that found no partner, its kind, and what it cost."""

    side: str
    token: str
    kind: str
    cost: float


class AgainstView(Value):
    """Something that speaks against the match as a whole, and what it cost."""

    what: str
    cost: float


class Reason(Value):
    """Why an entry is a hit: by name (word by word) or by an identifier that is equal."""

    by: str
    summary: str
    matched: tuple[TokenView, ...] = ()
    left_over: tuple[LeftoverView, ...] = ()
    against: tuple[AgainstView, ...] = ()
    notes: tuple[str, ...] = ()


class Hit(Value):
    """An entry that may be the party asked for. `score` is 0-100; `forbidden` says in words what follows."""

    entry: Entry
    list_title: str
    score: float
    matched_name: str
    matched_kind: str
    since: date | None
    forbidden: tuple[str, ...]
    state: str | None = None
    reason: Reason


class Answer(Value):
    """The answer to one query. `position` and `root` name the state of the log that it was read from.

    `why` says what keeps the lists from carrying the answer, `notes` what to know of it besides.
    """

    schema_: str = Field(default=SCHEMA, alias="schema")
    query: str
    outcome: Outcome
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    as_of: date
    position: int
    root: str
    threshold: float
    matcher: str
    lists: tuple[ListBasis, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The answer as plain JSON values, its entries without empty fields."""
        data = self.model_dump(mode="json", by_alias=True, exclude={"hits"})
        data["hits"] = [plain_hit(hit) for hit in self.hits]
        return data


def plain_hit(hit: Hit) -> dict[str, Any]:
    """A hit as plain JSON values, its entry without empty fields."""
    from compliance.entries import plain

    return {**hit.model_dump(mode="json", exclude={"entry"}), "entry": plain(hit.entry)}
