"""What the EU's Financial Sanctions Files say of a party, whichever of their forms it comes from.

A party is a set of parts: names, addresses, births, identity documents, citizenships, regulations. A part is a mapping
from the publisher's names, in small letters (the forms differ in capitals alone), to what is not empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import EU_FSF
from compliance.sources.identifier_kinds import kind_of
from compliance.sources.partial_dates import between, date_range, iso_day
from compliance.sources.stating import Fields, address, present, stated, unique

Part = Mapping[str, str]

_TYPES = {"p": "individual", "person": "individual", "e": "entity", "enterprise": "entity"}
# What stands for "nothing is known": the code of no country, its description, and flags that are not set.
_NOTHING = ("", "00", "UNKNOWN", "false", "False")


class Party(NamedTuple):
    """The parts of one party; `entity` is what stands of it once."""

    entity: Part
    names: Sequence[Part]
    addresses: Sequence[Part]
    births: Sequence[Part]
    identifications: Sequence[Part]
    citizenships: Sequence[Part]
    regulations: Sequence[Part]
    remarks: Sequence[str]


def part_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A part of the publisher's names and values, without what says nothing."""
    return {name.lower(): text for name, value in pairs if (text := value.strip()) not in _NOTHING}


def wrong_with(party: Party) -> str | None:
    """What is missing of a party that cannot be read; None when nothing is."""
    if not any(map(text_of, party.names)):
        return "the entity has no name"
    return None if type_of(party) else "the entity has no subject type that is known"


def type_of(party: Party) -> str | None:
    """Our word for the subject type, if it is known."""
    given = party.entity.get("subjecttype") or party.entity.get("classificationcode", "")
    return _TYPES.get(given.lower())


def text_of(name: Part) -> str:
    """The whole name, or its parts in their order."""
    whole = name.get("wholename") or " ".join(
        name[part] for part in ("firstname", "middlename", "lastname") if part in name
    )
    return " ".join(whole.split())


def statement(key: str, party: Party, format: str, spelling: Mapping[str, str]) -> Statement:
    """What the parts state; the rest under `other/FORMAT`, because the forms name and divide it differently.

    `spelling` gives the publisher's names by the same in small letters.
    """
    named = [name for name in party.names if text_of(name)]
    first = min(named, key=_rank)
    genders = unique(name.get("gender") for name in named)
    fields = stated(
        type=type_of(party) or "entity",
        name=text_of(first),
        programmes=unique(regulation.get("programme") for regulation in party.regulations),
        aliases=unique(_alias(name) for name in named if text_of(name) != text_of(first)),
        addresses=unique(_address(part) for part in party.addresses),
        remarks="\n".join(unique(party.remarks)),
        gender=genders[0] if genders else None,
        identifiers=unique(_identifier(part) for part in party.identifications if "number" in part),
        births=unique(birth for part in party.births if (birth := _birth(part))),
        birthplaces=unique(_place(part) for part in party.births),
        citizenships=unique(_country(part) for part in party.citizenships),
    )
    fields[f"other/{format}"] = _spelt(_other(party), spelling)
    return Statement(key, (EU_FSF,), fields, iso_day(party.entity.get("designationdate", "")))


def with_own_rest(publication: Publication) -> Publication:
    """The publication, covering the rest that only its own form states."""
    return publication._replace(covers=(*publication.covers, f"other/{publication.format}"))


def _spelt(value: Any, spelling: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {spelling.get(name, name): _spelt(part, spelling) for name, part in value.items()}
    return [_spelt(part, spelling) for part in value] if isinstance(value, list) else value


def _rank(name: Part) -> tuple[bool, bool, int]:
    """The name under which the party was listed first: strong, in Latin letters, with the lowest number."""
    number = name.get("logicalid", "")
    return name.get("strong") == "weak", _is_foreign(text_of(name)), int(number) if number.isdigit() else 1 << 62


def _is_foreign(text: str) -> bool:
    return any(ord(c) > 0x24F and c.isalpha() and not 0x1E00 <= ord(c) <= 0x1EFF for c in text)


def _alias(name: Part) -> Fields:
    text = text_of(name)
    kind = (
        NameKind.weak
        if name.get("strong") == "weak"
        else NameKind.original_script
        if _is_foreign(text)
        else NameKind.aka
    )
    language = name.get("namelanguage") or name.get("language")
    return present(text=text, kind=kind.value, source_id=name.get("logicalid"), language=language)


def _country(part: Part) -> str:
    return part.get("countrydescription") or part.get("country") or part.get("countryiso2code", "")


def _address(part: Part) -> Fields:
    street = ", ".join(part[name] for name in ("number", "street", "place", "other", "contactinfo") if name in part)
    box = f"PO Box {part['pobox']}" if "pobox" in part else ""
    return address(
        street=", ".join(text for text in (street, box) if text), city=part.get("city"), state=part.get("region"),
        postcode=part.get("zipcode"), country=_country(part), remarks=part.get("remark"),
    ) | present(source_id=part.get("logicalid"))  # fmt: skip


def _birth(part: Part) -> Fields | None:
    circa = part.get("circa", "").lower() == "true"
    if "yearrangefrom" in part and "yearrangeto" in part:
        first, last = part["yearrangefrom"], part["yearrangeto"]
        return between(first, last, f"{first} to {last}", circa=circa)
    text = part.get("birthdate") or part.get("date") or part.get("year")
    return date_range(text, circa=circa) if text else None


def _place(part: Part) -> str:
    names = [part[name] for name in ("place", "city", "region", "zipcode") if name in part]
    return ", ".join([*names, *([_country(part)] if _country(part) else [])])


def _identifier(part: Part) -> Fields:
    label = (
        part.get("identificationtypedescription") or part.get("typedescription")
        or part.get("identificationtypecode") or part.get("typecode") or "Identification"
    )  # fmt: skip
    return present(
        kind=kind_of(label), value=part["number"], label=label, country=_country(part),
        issued=part.get("issueddate") or part.get("issuedate"), expires=part.get("validto"),
    )  # fmt: skip


_PLACED = {
    "nameAlias": {"wholename", "gender", "namelanguage", "language", "strong"},
    "address": {"number", "street", "place", "other", "contactinfo", "pobox", "city", "region", "zipcode", "remark",
                "countrydescription", "country"},
    "birthdate": {"birthdate", "date", "year", "place", "city", "region", "zipcode", "countrydescription", "country",
                  "circa", "yearrangefrom", "yearrangeto"},
    "identification": {"number", "countrydescription", "country", "identificationtypedescription", "typedescription",
                       "issueddate", "issuedate", "validto"},
    "citizenship": {"countrydescription", "country"},
    "regulation": set[str](),
}  # fmt: skip


def _other(party: Party) -> Fields:
    """What has no place of its own, part by part, each with its number, under the publisher's names."""
    parts = (party.names, party.addresses, party.births, party.identifications, party.citizenships, party.regulations)
    found: Fields = {name: text for name, text in party.entity.items() if name != "subjecttype"}
    for (label, placed), held in zip(_PLACED.items(), parts, strict=True):
        rest = unique({name: text for name, text in part.items() if name not in placed} for part in held)
        if label != "regulation":
            rest = [part for part in rest if part.keys() != {"logicalid"} or label not in ("nameAlias", "address")]
        if rest:
            found[label] = rest
    return found
