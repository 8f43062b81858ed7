"""What came of asking for one publication."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from compliance.model import Value


class Status(StrEnum):
    """`new` and `nothing new` are good; with `failed` and `held back` the list stays as it was."""

    new = "new"
    nothing_new = "nothing new"
    would_change = "would change"
    failed = "failed"
    held_back = "held back"


class ListOutcome(Value):
    """What an update did, or in a dry run would do, to one list; `changes` counts by kind."""

    list: str
    entries: int
    changes: Mapping[str, int] = Field(default_factory=dict)
    named: tuple[str, ...] = ()


class Outcome(Value):
    """One source: its status, what was published when, and in words why it failed or was held back."""

    source: str
    status: Status
    published: date | None = None
    date_source: str | None = None
    lists: tuple[ListOutcome, ...] = ()
    reason: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the lists are as fresh as the publisher's address."""
        return self.status not in (Status.failed, Status.held_back)
