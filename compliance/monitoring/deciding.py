"""Making a decision on a hit, and confirming it: what is recorded, and what is refused."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from compliance.errors import BadInput
from compliance.matching import MATCHER_VERSION
from compliance.monitoring.basis import digest_of, facts_of, subjects_of
from compliance.monitoring.decisions import Decision, Decisions, changes_since
from compliance.monitoring.model import Counterparty, Verdict
from compliance.monitoring.records import DecisionConfirmed, DecisionRecorded, disposition_stream, event
from events.canonical import canonical_text

if TYPE_CHECKING:
    from compliance.answers import Hit
    from compliance.facade import Compliance
    from compliance.model import Value


class Pair(NamedTuple):
    """The hit that is decided on: an entry and a counterparty. `source` names where it was raised."""

    entry: str
    party: Counterparty
    source: str | None = None


def decide(compliance: Compliance, pair: Pair, verdict: Verdict, reason: str, actor: str | None = None) -> Decision:
    """Records a decision on a pair as it stands today. Raises what `decision_on` raises, and ConcurrentAppend."""
    made = decision_on(compliance, pair, verdict, reason, actor)
    append(compliance, made.entry, made)
    return Decision(made)


def decision_on(
    compliance: Compliance, pair: Pair, verdict: Verdict, reason: str, actor: str | None = None
) -> DecisionRecorded:
    """A decision on a pair as it stands today, not recorded yet.

    Raises BadInput without a reason, or for an entry that is not on the lists today; LogBroken.
    """
    said = " ".join(reason.split())
    if not said:
        raise BadInput("a decision needs its reason: give it with --reason")
    compliance.facts()
    hit = compared(compliance, pair.party, pair.entry)
    listed = facts_of(hit.entry)
    made = DecisionRecorded(
        id="",
        entry=pair.entry,
        entry_name=hit.entry.primary_name,
        counterparty=pair.party,
        verdict=verdict,
        reason=said,
        decided_by=person(compliance, actor),
        decided_at=_now(compliance),
        needs_confirmation=verdict is Verdict.false_positive and compliance.settings.four_eyes,
        listed=listed,
        entry_digest=digest_of(listed),
        counterparty_digest=digest_of(pair.party),
        score=f"{hit.score:.1f}",
        matcher=MATCHER_VERSION,
        source=pair.source,
    )
    return made.model_copy(update={"id": _id_of(made)})


def confirm(compliance: Compliance, decision_id: str, actor: str | None = None) -> Decision:
    """Confirms a release that waits for a second person.

    Raises BadInput when it does not wait, when the person is the one who decided, when a later decision has taken its
    place, and when what it rested on has changed since.
    """
    compliance.facts()
    decisions = Decisions.of(compliance.log)
    decision = decisions.find(decision_id)
    made, who = decision.made, person(compliance, actor)
    if not decision.pending:
        raise BadInput(f"decision {made.id} does not wait for a second person: {decision.in_words()}")
    if decisions.last(made.counterparty.id, made.entry) != decision:
        raise BadInput(f"decision {made.id} has been replaced by a later one on the same pair")
    if same_person(who, made.decided_by):
        raise BadInput(f"decision {made.id} is {made.decided_by}'s own: another person has to confirm it (--actor)")
    _still_stands(compliance, decision)
    confirmed = DecisionConfirmed(decision=made.id, confirmed_by=who, confirmed_at=_now(compliance))
    append(compliance, made.entry, confirmed)
    return decision._replace(confirmed=confirmed)


def compared(compliance: Compliance, party: Counterparty, entry: str) -> Hit:
    """The entry as a hit of today for the name that is most like it, whatever it scores."""
    screener = compliance.screener()
    return max((screener.why_not(subject, entry) for subject in subjects_of(party)), key=lambda hit: hit.score)


def person(compliance: Compliance, actor: str | None) -> str:
    """Who decides: the one who was named, or the actor of the settings."""
    return " ".join((actor or compliance.settings.actor).split())


def same_person(one: str, other: str) -> bool:
    """Whether two names mean one person, whatever their case."""
    return one.casefold() == other.casefold()


def append(compliance: Compliance, entry: str, *payloads: Value) -> None:
    """Appends to the decisions on an entry, in the name of whoever runs the program. Raises ConcurrentAppend."""
    stream = disposition_stream(entry)
    new = [event(payload, compliance.today) for payload in payloads]
    compliance.append(stream, compliance.log.version(stream), new)


def _still_stands(compliance: Compliance, decision: Decision) -> None:
    made = decision.made
    hit = compared(compliance, made.counterparty, made.entry)
    changes = changes_since(decision, made.counterparty, facts_of(hit.entry))
    if changes:
        raise BadInput(f"what decision {made.id} rested on has changed, so decide anew: {'; '.join(changes)}")


def _now(compliance: Compliance) -> str:
    return compliance.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _id_of(made: DecisionRecorded) -> str:
    """Twelve hex digits of the SHA-256 of the decision: the same decision of the same moment is one."""
    return sha256(canonical_text(made.model_dump(mode="json")).encode()).hexdigest()[:12]
