"""An answer in the light of the decisions on its counterparty: released hits are counted, not raised."""

from __future__ import annotations

from typing import Any, NamedTuple

from compliance.answers import Answer, Hit, Outcome
from compliance.monitoring.basis import facts_of
from compliance.monitoring.decisions import Decisions, Ruling, Standing
from compliance.monitoring.model import Counterparty
from compliance.screening import untold


class Judged(NamedTuple):
    """An answer without the hits that decisions release, those hits, and the rulings on all of them by entry."""

    answer: Answer
    released: tuple[Hit, ...]
    rulings: dict[str, Ruling]
    counterparty: str

    def plain(self) -> dict[str, Any]:
        """As `screen --counterparty --json` prints it."""
        return {
            **self.answer.plain(),
            "counterparty": self.counterparty,
            "decisions": {entry: plain_ruling(ruling) for entry, ruling in sorted(self.rulings.items())},
            "released": [
                {"entry": hit.entry.id, "name": hit.entry.primary_name, "score": hit.score} for hit in self.released
            ],
        }


def judged(answer: Answer, party: Counterparty, decisions: Decisions, limit: int | None = None) -> Judged:
    """The answer as it stands after the decisions; with nothing left it is clear, if the lists can carry that.

    `limit` counts the hits that are raised: the answer must have come without one, or a release could hide a hit.
    """
    rulings = {}
    for hit in answer.hits:
        ruling = decisions.ruling(party, hit.entry.id, facts_of(hit.entry))
        if ruling:
            rulings[hit.entry.id] = ruling
    released = tuple(hit for hit in answer.hits if _releases(rulings.get(hit.entry.id)))
    raised = tuple(hit for hit in answer.hits if hit not in released)
    outcome = Outcome.hits if raised else Outcome.cannot_say if answer.why else Outcome.clear
    notes = (*untold(len(raised), limit), *answer.notes)
    left = answer.model_copy(update={"hits": raised[:limit], "outcome": outcome, "notes": notes})
    return Judged(left, released, rulings, party.id)


def plain_ruling(ruling: Ruling) -> dict[str, Any]:
    """A ruling as plain JSON values."""
    made, confirmed = ruling.decision.made, ruling.decision.confirmed
    return {
        "id": made.id,
        "standing": ruling.standing.value,
        "verdict": made.verdict.value,
        "reason": made.reason,
        "decided_by": made.decided_by,
        "decided_at": made.decided_at,
        "confirmed_by": confirmed.confirmed_by if confirmed else None,
        "confirmed_at": confirmed.confirmed_at if confirmed else None,
        "score": made.score,
        "changes": list(ruling.changes),
    }


def _releases(ruling: Ruling | None) -> bool:
    return ruling is not None and ruling.standing is Standing.released
