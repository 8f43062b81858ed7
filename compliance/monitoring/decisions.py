"""The decisions that the log holds, and what they mean for a hit of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from compliance.errors import BadInput
from compliance.monitoring.basis import differences
from compliance.monitoring.model import Counterparty, EntryFacts, Verdict
from compliance.monitoring.records import DECISION_CONFIRMED, DECISION_RECORDED, DecisionConfirmed, DecisionRecorded

if TYPE_CHECKING:
    from compliance.timeline import RecordedEvent
    from events import EventLog

DECISION_EVENTS = (DECISION_RECORDED, DECISION_CONFIRMED)


class Standing(StrEnum):
    """What a decision means for a hit now. Only `released` keeps the hit from being raised."""

    released = "released"
    pending = "waiting for a second person"
    lapsed = "lapsed"
    true_match = "true match"
    escalated = "escalated"


class Decision(NamedTuple):
    """A decision, and who confirmed it where that was needed."""

    made: DecisionRecorded
    confirmed: DecisionConfirmed | None = None

    @property
    def pending(self) -> bool:
        """Whether it is a release that waits for a second person."""
        return self.made.needs_confirmation and self.confirmed is None

    def in_words(self) -> str:
        """`false-positive by ann on 2026-11-24 (confirmed by bob): another company`."""
        confirmed = f" (confirmed by {self.confirmed.confirmed_by})" if self.confirmed else ""
        made = self.made
        return f"{made.verdict} by {made.decided_by} on {made.decided_at[:10]}{confirmed}: {made.reason}"


class Ruling(NamedTuple):
    """The last decision on a pair and what it means now; `changes` are why it lapsed, in words."""

    decision: Decision
    standing: Standing
    changes: tuple[str, ...] = ()


class Decisions:
    """All decisions of one state of the log, by entry and counterparty."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self._by_id: dict[str, Decision] = {}
        self._last: dict[tuple[str, str], str] = {}
        self._releases: dict[tuple[str, str], list[str]] = {}
        for event in events:
            self._apply(event)

    @classmethod
    def of(cls, log: EventLog, until: int | None = None) -> Decisions:
        """Those that the log holds, up to a position."""
        return cls(log.rows(until=until, types=DECISION_EVENTS))

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._by_id.values())

    def get(self, decision_id: str) -> Decision | None:
        """The decision with this id."""
        return self._by_id.get(decision_id)

    def find(self, beginning: str) -> Decision:
        """The decision whose id begins so. Raises BadInput where there is none, or more than one."""
        found = [made for id_, made in self._by_id.items() if id_.startswith(beginning)]
        if len(found) != 1:
            many = "no decision has" if not found else f"{len(found)} decisions have"
            raise BadInput(f"{many} an id that begins with {beginning!r}: see `compliance decisions list`")
        return found[0]

    def last(self, counterparty: str, entry: str) -> Decision | None:
        """The last decision on a pair, whatever has changed since."""
        found = self._last.get((counterparty, entry))
        return self._by_id[found] if found else None

    def released(self, counterparty: str, entry: str, party_digest: str, entry_digest: str) -> Decision | None:
        """The decision that releases a pair whose facts have these digests now."""
        last = self.last(counterparty, entry)
        if last is None or last.made.verdict is not Verdict.false_positive or last.pending:
            return None
        return last if (last.made.counterparty_digest, last.made.entry_digest) == (party_digest, entry_digest) else None

    def last_release(self, counterparty: str, entry: str) -> Decision | None:
        """The last decision that ever released a pair, whether it does now or not."""
        made = (self._by_id[id_] for id_ in reversed(self._releases.get((counterparty, entry), [])))
        return next((decision for decision in made if not decision.pending), None)

    def ruling(self, party: Counterparty, entry: str, facts: EntryFacts) -> Ruling | None:
        """What the last decision on a pair means for the facts of now; None where nobody has decided."""
        last = self.last(party.id, entry)
        if last is None:
            return None
        changes = changes_since(last, party, facts)
        if changes:
            return Ruling(last, Standing.lapsed, changes)
        standing = {Verdict.true_match: Standing.true_match, Verdict.escalate: Standing.escalated}
        if last.made.verdict is Verdict.false_positive:
            return Ruling(last, Standing.pending if last.pending else Standing.released)
        return Ruling(last, standing[last.made.verdict])

    def _apply(self, event: RecordedEvent) -> None:
        if event.type == DECISION_RECORDED:
            made = DecisionRecorded.model_validate(event.payload)
            self._by_id[made.id] = Decision(made)
            self._last[made.counterparty.id, made.entry] = made.id
            if made.verdict is Verdict.false_positive:
                self._releases.setdefault((made.counterparty.id, made.entry), []).append(made.id)
        elif event.type == DECISION_CONFIRMED:
            confirmed = DecisionConfirmed.model_validate(event.payload)
            self._by_id[confirmed.decision] = self._by_id[confirmed.decision]._replace(confirmed=confirmed)


def changes_since(decision: Decision, party: Counterparty, facts: EntryFacts) -> tuple[str, ...]:
    """What differs now of that on which a decision rested, in words."""
    listed = [f"the entry's {change}" for change in differences(decision.made.listed, facts)]
    return *listed, *(f"the counterparty's {change}" for change in differences(decision.made.counterparty, party))
