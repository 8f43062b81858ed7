"""What is known of a party besides its name: it raises or lowers the score of a hit, and says by how much.

Agreement takes away a part of what the score lacks, a difference a part of the score; what the entry does not state
changes nothing. An equal identifier needs no name at all, and is not weighed here; one that differs, of a kind of which
a party has but one, lowers the score.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from compliance.countries import code_of
from compliance.identifier_checks import fault
from compliance.identifiers import agree
from compliance.model import Entry

COUNTRY_AGREES, COUNTRY_DIFFERS = 0.2, 0.06  # parties have offices abroad: a difference says little
BIRTH_AGREES, BIRTH_DIFFERS = 0.35, 0.3
NUMBER_DIFFERS = 0.15  # an equal name stays a hit at 85: lists and customers' files have wrong numbers too
_ONLY_ONE = ("lei", "imo", "uscc")  # of which a party has one, for good
_NEAR = 366  # days by which dates of birth may miss each other: lists and passports differ by a year


class Evidence(NamedTuple):
    """One piece of context: what it is, in words, and the points that it brought (or cost, below zero)."""

    what: str
    points: float


class Known(NamedTuple):
    """What is known of the party that is asked for. `born` is the first and the last day that it can mean."""

    countries: tuple[str, ...] = ()
    born: tuple[date, date] | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


def weighed(score: float, known: Known, entry: Entry) -> tuple[float, tuple[Evidence, ...]]:
    """The score, 0-100, after what is known besides the name, and the evidence in order."""
    evidence = []
    for what, agrees, part in _compared(known, entry):
        after = score
        if agrees is not None:
            after = round(score + (100 - score) * part if agrees else score * (1 - part), 1)
        evidence.append(Evidence(what, round(after - score, 1)))
        score = after
    return score, tuple(evidence)


def lowest(threshold: float, known: Known) -> float:
    """The name's score from which agreement in everything may reach the threshold."""
    for part in (COUNTRY_AGREES if known.countries else 0.0, BIRTH_AGREES if known.born else 0.0):
        threshold = (threshold - 100 * part) / (1 - part)
    return max(threshold - 0.2, 1.0)  # scores are rounded at every step


def _compared(known: Known, entry: Entry) -> Iterator[tuple[str, bool | None, float]]:
    """Each thing that is known: in words, whether the entry agrees (None where it does not say), and what it counts."""
    if known.countries:
        codes = countries_of(entry)
        agrees = bool(set(codes) & set(known.countries)) if codes else None
        told = f"the entry names {', '.join(codes)}" if codes else "the entry names none"
        part = COUNTRY_AGREES if agrees else COUNTRY_DIFFERS
        yield f"country{_verb(agrees)}: {told}", agrees, part
    if known.born:
        agrees = _born_alike(known.born, entry)
        told = ", ".join(birth.text for birth in entry.births) or "the entry gives none"
        yield f"date of birth{_verb(agrees)}: {told}", agrees, BIRTH_AGREES if agrees else BIRTH_DIFFERS
    for kind, value in known.identifiers:
        stated = [each.value for each in entry.identifiers if each.kind == kind and not fault(kind, each.value)]
        if kind in _ONLY_ONE and stated and not any(agree((kind, value), (kind, other)) for other in stated):
            yield f"{kind} differs: {', '.join(stated)}", False, NUMBER_DIFFERS


def countries_of(entry: Entry) -> list[str]:
    """The codes of all countries that an entry names, sorted."""
    published = [address.country for address in entry.addresses if address.country]
    published += [*entry.nationalities, *entry.citizenships]
    published += [identifier.country for identifier in entry.identifiers if identifier.country]
    return sorted({code for text in published if (code := code_of(text))})


def _born_alike(born: tuple[date, date], entry: Entry) -> bool | None:
    ranges = [(birth.first, birth.last) for birth in entry.births]
    stated = [(first, last) for first, last in ranges if first and last]
    if not stated:
        return None
    return any((first - born[1]).days <= _NEAR and (born[0] - last).days <= _NEAR for first, last in stated)


def _verb(agrees: bool | None) -> str:
    return "" if agrees is None else " agrees" if agrees else " differs"
