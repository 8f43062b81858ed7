"""When two values of a field say the same, though they are not written alike.

A publisher issues one list in several formats, and not each of them keeps the order of the values, the wording of a
date, the number of an alias, or an address of which nothing is said. For the fields that a format states loosely, what
is known already stands as far as the content is the same, so that going from format to format invents no amendment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance.model import Publication, Statement
from compliance.timeline import ListHistory

_NUMBER = "source_id"


def as_known(
    statements: Mapping[str, Statement], history: ListHistory, publication: Publication
) -> dict[str, Statement]:
    """Return the statements with every loose field written as it is known on that day, where it says the same."""
    if not publication.loose:
        return dict(statements)
    return {key: _as_known(statement, history, publication) for key, statement in statements.items()}


def rewritten(known: Any, said: Any, *, omits: bool = False) -> Any:
    """Return `said` in the words and the order of `known`, as far as they have the same content.

    A member that says more than the known one (it has a number where that has none) is taken as it is said. Where
    `said` omits members without content, known ones of which nothing but their number is known stay.
    """
    if not isinstance(known, list) or not isinstance(said, list | None):
        return said
    members = list(said or ())
    pairs = _pairs(known, members)
    silent = [
        (place, one) for place, one in enumerate(known) if omits and _is_empty(one) and place not in pairs.values()
    ]
    if not pairs and not silent:
        return said
    places = [pairs[index] for index in range(len(members)) if index in pairs]
    chosen = [_fuller(known[pairs[i]], member) if i in pairs else member for i, member in enumerate(members)]
    if places != sorted(places):
        by_place = sorted(pairs, key=lambda index: pairs[index])
        chosen = [*(chosen[i] for i in by_place), *(m for i, m in enumerate(members) if i not in pairs)]
    for place, member in silent:
        chosen.insert(min(place, len(chosen)), member)
    return chosen


def _as_known(statement: Statement, history: ListHistory, publication: Publication) -> Statement:
    party = history.parties.get(statement.key)
    if party is None:
        return statement
    known = party.at(publication.published).fields
    kept = {
        field: rewritten(known[field], statement.fields[field], omits=field in publication.omits)
        for field in publication.loose
        if field in statement.fields and known.get(field) != statement.fields[field] and field in known
    }
    return statement._replace(fields={**statement.fields, **kept}) if kept else statement


def _pairs(known: list[Any], said: list[Any]) -> dict[int, int]:
    """Which member of `known` (its index) each member of `said` (its index) is."""
    free: dict[str, list[int]] = {}
    for place, member in enumerate(known):
        free.setdefault(_content(member), []).append(place)
    pairs: dict[int, int] = {}
    for index, member in enumerate(said):
        fitting = free.get(_content(member), [])
        numbers = (_number(member), None)
        places = [place for place in fitting if not _number(member) or _number(known[place]) in numbers]
        if places:
            fitting.remove(places[0])
            pairs[index] = places[0]
    return pairs


def _content(member: Any) -> str:
    if not isinstance(member, dict):
        return json.dumps(member)
    if "first" in member and "last" in member:  # a date: its days, however they are worded
        return json.dumps([member["first"], member["last"], member.get("circa", False)])
    return json.dumps({name: value for name, value in member.items() if name != _NUMBER}, sort_keys=True)


def _fuller(known: Any, said: Any) -> Any:
    return said if _number(said) and not _number(known) else known


def _number(member: Any) -> str | None:
    return member.get(_NUMBER) if isinstance(member, dict) else None


def _is_empty(member: Any) -> bool:
    return isinstance(member, dict) and member.keys() == {_NUMBER}
