"""Which lists a file of OFAC's holds, by the names it gives them or by its programme tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from compliance.errors import BadInput
from compliance.model import Statement
from compliance.sources.catalogue import (
    CAPTA,
    CATALOGUE,
    CMIC,
    CONSOLIDATED,
    FSE,
    MBS,
    PLC,
    SDN,
    SSI,
    consolidated_lists,
)
from compliance.sources.dating import Dating

SDN_NAME = "SDN List"
CONSOLIDATED_NAME = "Consolidated List"
_NAMES = {
    SDN_NAME: SDN,
    "Non-SDN CMIC List": CMIC,
    "Sectoral Sanctions Identifications List": SSI,
    "CAPTA List": CAPTA,
    "Non-SDN Palestinian Legislative Council List": PLC,
    "FSE List": FSE,
    "Non-SDN Menu-Based Sanctions List": MBS,
}


def lists_held(
    path: str, published: date, stated: Iterable[Statement], warnings: list[str], among: tuple[str, ...] = CONSOLIDATED
) -> tuple[str, ...]:
    """Return the lists that a file of that day may hold; an entry of a younger list gives a wrong date away."""
    begun = {id for id in among if (CATALOGUE[id].since or published) <= published}
    early = {id: statement for statement in stated for id in statement.lists if id not in begun}
    for id, statement in early.items():
        text = (
            f"{path}: entry {statement.key} is on {id}, a list that began on {CATALOGUE[id].since}, after {published}"
        )
        # NS-MBS is where rows go that no tag decides, so that an early one may be a tag that we do not know.
        if id != MBS:
            raise BadInput(f"{text}; check the publication date")
        warnings.append(text)
    return tuple(id for id in among if id in begun or id in early)


def undecided(stated: Iterable[Statement]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the parties that tags alone cannot put on NS-MBS, nor take off it: those under a directive of EO 14024.

    The tag RUSSIA-EO14024 tells as well of the party's entry on the SDN list.
    """
    keys = frozenset(s.key for s in stated if MBS not in s.lists and _under_14024(s.fields))
    return ((MBS, keys),) if keys else ()


def _under_14024(fields: Mapping[str, Any]) -> bool:
    facts = fields.get("continuation") or fields.get("remarks") or {}
    labels = [*(facts.get("dates") or ()), *(fields.get("dates") or ())]
    directives = [*(facts.get("directives") or ()), *(fields.get("directives") or ())]
    return any("EO 14024 Directive" in label for label in labels) or any(
        text.startswith("Executive Order 14024 Directive") for text in directives
    )


def named_lists(names: dict[str, date], programmes: list[str], held: tuple[str, ...]) -> dict[str, date | None]:
    """Return the lists on which a party stands by the file's word, each with its own date.

    `held` are the lists of which the file speaks completely: the others that it names are another file's to say. Where
    it names none of them but the consolidated list, the programme tags decide, as in the delimited files.
    """
    found: dict[str, date | None] = {}
    for name, day in names.items():
        list_id = _NAMES.get(name)
        if list_id in held:
            earlier = found.get(list_id)
            found[list_id] = min(day, earlier) if earlier else day
    if found or CONSOLIDATED_NAME not in names:
        return found
    return dict.fromkeys(id for id in consolidated_lists(programmes) if id in held)


def unknown_names(path: str, names: Iterable[str]) -> list[str]:
    """Return a warning for each list that the file names and the catalogue does not have."""
    strange = sorted(set(names) - {CONSOLIDATED_NAME, *_NAMES})
    return [f"{path}: the list {name!r} is unknown; for its parties the programme tags decide" for name in strange]


def lists_of_name(name: str) -> tuple[str, ...]:
    """Return the lists that a list's name in a file stands for; none when it is unknown."""
    if name == CONSOLIDATED_NAME:
        return CONSOLIDATED
    return (_NAMES[name],) if name in _NAMES else ()


def dated(path: str, own: date, dating: Dating, warnings: list[str]) -> tuple[date, str]:
    """Return the day that the file itself names, and where it comes from; a contrary one that was given is refused."""
    if dating.found and dating.found != own:
        text = f"{path}: the file says that it was published on {own}, not on {dating.found}"
        if dating.source == "given":
            raise BadInput(f"{text}; leave out --published")
        warnings.append(f"{text} as its name or folder does; {own} is taken")
    return own, "file"
