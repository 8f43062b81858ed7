"""What a decision rests on: the facts of an entry and of a counterparty, their digests, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from compliance.context import countries_of
from compliance.identifiers import normal_value
from compliance.model import DateRange, Entry, Value
from compliance.monitoring.model import Counterparty, EntryFacts
from compliance.screening import Subject
from events.canonical import canonical_text


def facts_of(entry: Entry) -> EntryFacts:
    """What a decision rests on: names, identifiers, dates of birth and countries; not remarks, programmes, measures."""
    return EntryFacts(
        type=entry.type.value,
        names=_sorted(name.text for name in entry.names),
        identifiers=_sorted(f"{i.kind}={normal_value(i.kind, i.value)}" for i in entry.identifiers),
        births=_sorted(map(_birth, entry.births)),
        countries=tuple(countries_of(entry)),
    )


def subjects_of(party: Counterparty) -> list[Subject]:
    """The counterparty as it is screened, once for each of its names; the first is the name that it goes by."""
    rest = party.countries, party.identifiers, party.party_type, party.born
    return [Subject(name, *rest) for name in (party.name, *party.other_names)]


def subject_of(party: Counterparty) -> Subject:
    """The counterparty by its first name."""
    return subjects_of(party)[0]


def digest_of(facts: Value) -> str:
    """The SHA-256 of facts, in hex; of a counterparty without its id, which is its holder's affair.

    The order in which things are stated does not count.
    """
    stated = facts.model_dump(mode="json", exclude={"id"})
    data = {field: sorted(value) if isinstance(value, list) else value for field, value in stated.items()}
    return sha256(canonical_text(data).encode()).hexdigest()


def differences(before: Value, now: Value) -> Iterator[str]:
    """What differs between the facts of two days, in words."""
    for field in type(now).model_fields:
        old, new = getattr(before, field), getattr(now, field)
        if old == new:
            continue
        if isinstance(old, tuple) and isinstance(new, tuple) and field != "born":
            gone = [f"- {_shown(item)}" for item in old if item not in new]
            come = [f"+ {_shown(item)}" for item in new if item not in old]
            if gone or come:  # else the same in another order
                yield f"{_WORDS.get(field, field)}: {', '.join(gone + come)}"
        else:
            yield f"{_WORDS.get(field, field)}: {_shown(old)} -> {_shown(new)}"


_WORDS = {"other_names": "other names", "births": "dates of birth", "born": "date of birth", "party_type": "type"}


def _shown(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, tuple):
        return "=".join(map(str, value)) if isinstance(value[0], str) else " to ".join(map(str, value))
    return str(value)


def _birth(birth: DateRange) -> str:
    return f"{birth.first} to {birth.last}" if birth.first and birth.first != birth.last else birth.text


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
