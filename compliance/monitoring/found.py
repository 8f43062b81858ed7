"""The hits of a portfolio on one day, and what became of those that were told: new, changed, back, gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from compliance.answers import Hit
from compliance.monitoring.basis import differences, digest_of, facts_of, subjects_of
from compliance.monitoring.decisions import Decision, Decisions
from compliance.monitoring.model import AlertKind, Counterparty, Found
from compliance.monitoring.records import AlertRaised
from compliance.screening import Screener

_CHUNK = 20_000  # counterparties that are screened together: the matcher is quickest with many
RAISING = (AlertKind.new, AlertKind.changed, AlertKind.returned)


class Pair(NamedTuple):
    """A counterparty and an entry, by their ids."""

    counterparty: str
    entry: str


Hits = Mapping[Pair, Found]


class Movement(NamedTuple):
    """What became of one pair since it was last told of.

    `before` is what was told, None for what was never; `now` None for what is no hit any more. `decision` is the one
    that releases it, or that did.
    """

    kind: AlertKind
    pair: Pair
    before: AlertRaised | None
    now: Found | None
    decision: Decision | None


def screened(parties: Iterable[Counterparty], screener: Screener) -> dict[Pair, Found]:
    """The hits of counterparties, each entry once, by the name that scores best."""
    found: dict[Pair, Found] = {}
    asked = iter(parties)
    while chunk := list(islice(asked, _CHUNK)):
        subjects = [(party, subject) for party in chunk for subject in subjects_of(party)]
        answers = screener.hits_many([subject for _, subject in subjects])
        for (party, _), hits in zip(subjects, answers, strict=True):
            for hit in hits:
                pair = Pair(party.id, hit.entry.id)
                if pair not in found or hit.score > float(found[pair].score):
                    found[pair] = _found(party, hit)
    return found


def released(hits: Hits, decisions: Decisions) -> dict[Pair, Decision]:
    """The hits that a decision releases, with the decision."""
    found = {}
    for pair, hit in hits.items():
        decision = decisions.released(*pair, hit.counterparty_digest, hit.entry_digest)
        if decision:
            found[pair] = decision
    return found


def movements(told: Mapping[Pair, AlertRaised], hits: Hits, decisions: Decisions) -> Iterator[Movement]:
    """What became of each pair, in the order of the pairs; nothing of those that stayed as they were told."""
    quiet = released(hits, decisions)
    for pair in sorted({*told, *hits}):
        before, now = told.get(pair), hits.get(pair)
        was_raised = before is not None and before.kind in RAISING
        if now is not None and pair not in quiet:
            decision = decisions.last_release(*pair)
            if not was_raised:
                yield Movement(AlertKind.returned if decision else AlertKind.new, pair, before, now, decision)
            elif before and before.hit != now:
                yield Movement(AlertKind.changed, pair, before, now, None)
        elif was_raised:
            kind = AlertKind.gone if now is None else AlertKind.released
            yield Movement(kind, pair, before, now, quiet.get(pair))


def changes(old: Found, new: Found) -> Iterator[str]:
    """What differs between two hits of one pair, in words."""
    if old.score != new.score:
        yield f"score: {old.score} -> {new.score}"
    if old.name != new.name:
        yield f"the counterparty's name: {old.name} -> {new.name}"
    elif old.counterparty_digest != new.counterparty_digest:
        yield "what is known of the counterparty"
    yield from (f"the entry's {change}" for change in differences(old.listed, new.listed))
    for what in ("forbidden", "programmes"):
        one, other = getattr(old, what), getattr(new, what)
        gone = [f"- {text}" for text in one if text not in other]
        come = [f"+ {text}" for text in other if text not in one]
        if gone or come:
            yield f"{what}: {', '.join(gone + come)}"
    if old.state != new.state:
        yield f"state: {old.state or 'none'} -> {new.state or 'none'}"
    if old.matched_name != new.matched_name:
        yield f"by the name: {old.matched_name} -> {new.matched_name}"


def _found(party: Counterparty, hit: Hit) -> Found:
    entry = hit.entry
    listed = facts_of(entry)
    turns = {day for measure in entry.measures for day in (measure.effective, measure.divest_by) if day}
    return Found(
        name=party.name,
        entry_name=entry.primary_name,
        score=f"{hit.score:.1f}",
        matched_name=hit.matched_name,
        reason=hit.reason.summary,
        forbidden=hit.forbidden,
        state=hit.state,
        programmes=entry.programmes,
        listed=listed,
        entry_digest=digest_of(listed),
        counterparty_digest=digest_of(party),
        turns=tuple(sorted(turns)),
    )
