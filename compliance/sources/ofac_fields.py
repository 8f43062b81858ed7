"""The fields of a statement, built from OFAC's structured formats so that they equal those of its delimited files.

What both kinds of format state comes out byte-equal; what only the structured ones state has fields of its own.
OFAC's delimited files hold a party's numbers, dates and kinships as items of one text, `KEY VALUE (Country)`. The
structured formats state key and value apart: put together they are the same items, read by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from compliance.sources.ofac_remarks import read_items

Fields = dict[str, Any]

ALIAS_TYPES = {"a.k.a.": "aka", "f.k.a.": "fka", "n.k.a.": "nka"}

# Fields that are stated completely by every structured format of OFAC, beyond type, name, programmes, details,
# aliases and addresses.
_FACTS = (
    "identifiers", "births", "birthplaces", "nationalities", "citizenships", "gender", "linked_to", "dates",
    "directives", "secondary_sanctions",
)  # fmt: skip
COVERS = (
    "type", "name", "programmes", "details", "aliases", "addresses", "weak_names", "comment", "notes", *_FACTS
)  # fmt: skip
# The order in which the delimited files print these is their own; an address of which a format has no part it omits.
LOOSE = ("programmes", "aliases", "addresses", "weak_names", "notes", *_FACTS)

PERSONAL = {
    "Birthdate": "DOB",
    "Place of Birth": "POB",
    "Citizenship Country": "citizen",
    "Nationality Country": "nationality",
}
DETAILS = {
    "Title": "Title",
    "Vessel Call Sign": "Call_Sign",
    "VESSEL TYPE": "Vess_type",
    "Vessel Type": "Vess_type",
    "Vessel Tonnage": "Tonnage",
    "Vessel Gross Tonnage": "Tonnage",
    "Vessel Gross Registered Tonnage": "GRT",
    "Vessel Flag": "Vess_flag",
    "Vessel Owner": "Vess_owner",
}
_NUMBERS = ("Tonnage", "GRT")
_POSITIVE = re.compile(r"[1-9][0-9]{0,17}")


def is_number(text: str) -> bool:
    """Tell whether a text is a positive whole number that any of OFAC's could be; an ent_num is one."""
    return _POSITIVE.fullmatch(text) is not None


def facts(items: Iterable[str], weak_names: Iterable[Fields] = ()) -> Fields:
    """Return the fields that these items state; a field of which they say nothing is known to be empty (None)."""
    found = read_items(items)
    fields: Fields = {name: _once(found.get(name)) for name in _FACTS}
    fields["notes"] = _once(found.get("other"))
    fields["weak_names"] = [*weak_names, *found.get("weak_names", ())] or None
    return fields


def item(label: str, value: str, country: str | None = None, issued: str | None = None, ends: str | None = None) -> str:
    """Return one item as OFAC's remarks write it."""
    text = f"{PERSONAL.get(label, label)} {value}"
    text += f" ({country})" if country else ""
    text += f" issued {issued}" if issued else ""
    return f"{text} expires {ends}" if ends else text


def quoted(text: str) -> str:
    """Return a text as the delimited files have it, where no double quote can stand."""
    return text.replace('"', "'")


def full_name(last: str | None, first: str | None) -> str:
    """Return the name as the delimited files write it, the family name first."""
    return quoted(", ".join(part for part in (last, first) if part))


def alias(kind: str, text: str, source_id: str | None) -> Fields:
    """Return an alias; `kind` is the publisher's `a.k.a.`, `f.k.a.` or `n.k.a.`."""
    return present(text=text, kind=ALIAS_TYPES[kind.lower()], source_id=source_id)


def weak(kind: str, text: str, source_id: str | None) -> Fields:
    """Return a weak alias, as the remarks of the delimited files give it, with its number."""
    return present(text=text, kind="weak", source_id=source_id, remarks=kind.lower())


def address(source_id: str | None, parts: Mapping[str, str | None], country: str | None) -> Fields:
    """Return an address from its parts, joined as the delimited files join them.

    `parts` are ADDRESS1 to ADDRESS3, CITY, STATE/PROVINCE, POSTAL CODE and REGION, which stands for a country.
    """
    street = ", ".join(filter(None, (parts.get(f"ADDRESS{n}") for n in (1, 2, 3))))
    town = ", ".join(filter(None, (parts.get("CITY"), parts.get("STATE/PROVINCE"))))
    city = " ".join(filter(None, (town, parts.get("POSTAL CODE"))))
    region = parts.get("REGION")
    land = country or (f"Region: {region}" if region else None)
    return present(
        street=quoted(street) or None, city=quoted(city) or None, country=land and quoted(land), source_id=source_id
    )


def details(stated: Iterable[tuple[str, str]]) -> Fields:
    """Return what is said of a ship, and titles, under the names of the delimited files; several are joined by `; `."""
    found: dict[str, str] = {}
    for name, value in stated:
        text = f"{int(value):,}" if name in _NUMBERS and is_number(value) else quoted(value)
        found[name] = f"{found[name]}; {text}" if name in found else text
    return found


def present(**values: str | None) -> Fields:
    """Return the values that are there."""
    return {name: value for name, value in values.items() if value is not None}


def _once(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    seen: list[Any] = []
    for one in value:
        if one not in seen:
            seen.append(one)
    return seen or None
