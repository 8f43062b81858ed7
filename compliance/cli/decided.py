"""What `screen --counterparty` does with the decisions on that counterparty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.answers import Answer
    from compliance.facade import Compliance
    from compliance.monitoring.judging import Judged
    from compliance.screening import Subject


def known_subject(compliance: Compliance, counterparty: str) -> Subject:
    """The counterparty as a portfolio knows it. Raises BadInput where none does."""
    from compliance.monitoring.basis import subject_of
    from compliance.monitoring.portfolios import find

    compliance.facts()
    party = find(compliance, counterparty)
    if party is None:
        raise BadInput(f"no portfolio holds {counterparty!r}: give its name as well")
    return subject_of(party)


def judge(
    compliance: Compliance, counterparty: str, subjects: Sequence[Subject], answers: Sequence[Answer], limit: int
) -> Judged:
    """The one answer in the light of what was decided on the counterparty. Raises BadInput for several names."""
    from compliance.monitoring.decisions import Decisions
    from compliance.monitoring.judging import judged
    from compliance.monitoring.model import Counterparty

    if len(subjects) != 1:
        raise BadInput("--counterparty is about one party: give one name")
    (subject,) = subjects
    party = Counterparty(
        id=counterparty,
        name=subject.name,
        countries=tuple(sorted(set(subject.countries))),
        identifiers=tuple(sorted(set(subject.identifiers))),
        party_type=subject.party_type,
        born=subject.born,
    )
    return judged(answers[0], party, Decisions.of(compliance.log), limit)


def decided_lines(judged: Judged) -> Iterator[str]:
    """What was decided on the hits: the released ones, and what stands of the decisions on the others."""
    released = {hit.entry.id for hit in judged.released}
    if judged.released:
        yield f"  {len(judged.released)} released:"
    for hit in judged.released:
        yield f"    {hit.score:.1f}  {hit.entry.primary_name}  ({hit.entry.id})"
        yield f"           {judged.rulings[hit.entry.id].decision.in_words()}"
    others = {entry: ruling for entry, ruling in judged.rulings.items() if entry not in released}
    if others:
        yield "  decided before, and raised all the same:"
    for entry, ruling in others.items():
        yield f"    {entry}  {ruling.standing}: {ruling.decision.in_words()}"
        yield from (f"           changed since: {change}" for change in ruling.changes)
    if judged.rulings:
        yield ""
