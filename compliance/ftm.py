"""A list of one day as FollowTheMoney entities, one JSON object a line (followthemoney.tech, schemata of version 4).

A party becomes a Company, Organization, Person, Vessel or Airplane; what belongs to it becomes entities of their own
that point to it: a Sanction for each measure, an Address, an Identification or Passport for each number, a
CryptoWallet. Every name, identifier, date and programme of the entry is in them. Nothing here needs the library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, TextIO

from compliance.countries import code_of
from compliance.entries import plain
from compliance.ftm_ids import CHECKS, NORMAL
from compliance.identifiers import normal_value
from compliance.measures import in_words
from compliance.model import Address, DateRange, Entry, Identifier, Measure, NameKind, PartyType
from compliance.register import Listing
from compliance.sources.catalogue import list_info

_NAMES = {
    NameKind.primary: "name",
    NameKind.fka: "previousName",
    NameKind.weak: "weakAlias",
}
_SCHEMATA = {PartyType.individual: "Person", PartyType.vessel: "Vessel", PartyType.aircraft: "Airplane"}
# Only a company has these; anything else that OFAC calls an entity may be an agency, a gang or a fund.
_COMPANY = frozenset({"isin", "ticker", "bik"})
_LEGAL = {
    "lei": "leiCode",
    "bic": "swiftBic",
    "duns": "dunsCode",
    "tax-id": "taxNumber",
    "uscc": "uscCode",
    "registration": "registrationNumber",
    "id-number": "idNumber",
    "national-id": "idNumber",
    "email": "email",
    "website": "website",
}
_PROPERTIES = {
    "Person": {**_LEGAL, "passport": "passportNumber"},
    "Organization": {**_LEGAL, "imo-company": "imoNumber"},
    "Company": {**_LEGAL, "imo-company": "imoNumber", "isin": "isinCode", "ticker": "ticker", "bik": "bikCode"},
    "Vessel": {
        "imo": "imoNumber",
        "mmsi": "mmsi",
        "call-sign": "callSign",
        "vessel-registration": "registrationNumber",
    },
    "Airplane": {
        "aircraft-tail": "registrationNumber",
        "aircraft-serial": "serialNumber",
        "aircraft-mode-s": "icaoCode",
    },
}
_DETAILS = {
    "Person": {"Title": "position"},
    "Vessel": {"Call_Sign": "callSign", "Vess_type": "type", "Vess_flag": "flag"},
}
_LONGEST = {"name": 384, "number": 64, "full": 250, "position": 1024, "type": 1024}
# What the listing means in FollowTheMoney's own words; every other measure is a sanction.
_TOPICS = {
    "export-licence": "export.control",
    "export-denial": "export.control",
    "export-unverified": "export.control",
    "import-presumption": "forced.labor",
    "procurement": "debarment",
    "debarment": "debarment",
}

# The fields of an entry that have a place of their own below; any other goes to `notes` under its name.
_PLACED = frozenset({
    "id", "list_id", "key", "type", "names", "programmes", "measures", "listed_on", "identifiers", "addresses",
    "births", "birthplaces", "nationalities", "citizenships", "gender", "linked_to", "details", "remarks",
})  # fmt: skip

Properties = dict[str, list[str]]


def write_ftm(listings: Iterable[Listing], out: TextIO) -> int:
    """Writes every entity as one line of JSON; returns how many parties."""
    count = 0
    for listing in listings:
        count += 1
        for entity in entities(listing):
            out.write(json.dumps(entity, ensure_ascii=False) + "\n")
    return count


def entities(listing: Listing) -> Iterator[dict[str, Any]]:
    """The party first, then what points to it."""
    entry = listing.entry()
    schema = _schema(entry)
    party = _Entity(schema, f"{entry.list_id}-{entry.key}", entry.list_id)
    _names(party, entry)
    others = [*_addresses(party, entry), *_identifications(party, entry), *_sanctions(party, listing, entry)]
    _facts(party, entry)
    yield party.plain(entry.primary_name)
    for other in others:
        yield other.plain()


class _Entity:
    """One FollowTheMoney entity in the making; a value stands in a property once."""

    def __init__(self, schema: str, id: str, dataset: str) -> None:
        self.schema = schema
        self.id = id
        self.dataset = dataset
        self.properties: Properties = {}

    def add(self, name: str, *values: str | None) -> None:
        """Adds what is not empty and not there yet."""
        for value in values:
            text = " ".join(value.split()) if value else ""
            if text and text not in self.properties.setdefault(name, []):
                self.properties[name].append(text)

    def part(self, schema: str, *key: str) -> _Entity:
        """An entity that belongs to this one, named by its content, so that it keeps its id from day to day."""
        digest = sha256("\n".join([schema, *key]).encode()).hexdigest()[:16]
        return _Entity(schema, f"{self.id}-{schema.lower()}-{digest}", self.dataset)

    def plain(self, caption: str | None = None) -> dict[str, Any]:
        """The entity as JSON."""
        found = {name: values for name, values in self.properties.items() if values}
        return {
            "id": self.id,
            "caption": caption or self.schema,
            "schema": self.schema,
            "properties": found,
            "datasets": [self.dataset],
        }


def _schema(entry: Entry) -> str:
    if entry.type in _SCHEMATA:
        return _SCHEMATA[entry.type]
    return "Company" if any(i.kind in _COMPANY for i in entry.identifiers) else "Organization"


def _names(party: _Entity, entry: Entry) -> None:
    for name in entry.names:
        # A name that is too long for the name type is kept where any text may stand.
        fits = len(name.text) <= _LONGEST["name"]
        party.add(_NAMES.get(name.kind, "alias") if fits else "notes", name.text)


def _facts(party: _Entity, entry: Entry) -> None:
    """What is said of the party itself; what has no property of its own stands in `notes` under its label."""
    person = party.schema == "Person"
    for birth in entry.births:
        party.add("birthDate" if person else "notes", *_days(birth))
        if birth.text and birth.text not in party.properties.get("birthDate", ()):
            party.add("notes", f"Born: {birth.text}")
    for place in entry.birthplaces:
        party.add("birthPlace" if person else "notes", place)
    for field, texts in (("nationality", entry.nationalities), ("citizenship", entry.citizenships)):
        for text in texts:
            code = code_of(text)
            known = code is not None and person
            party.add(field if known else "notes", code.lower() if code and known else f"{field}: {text}")
    if entry.gender and person and entry.gender.lower() in ("male", "female"):
        party.add("gender", entry.gender.lower())
    elif entry.gender:
        party.add("notes", f"Gender: {entry.gender}")
    for label, text in entry.details.items():
        _detail(party, label, text)
    party.add("notes", *(f"Linked to: {name}" for name in entry.linked_to), entry.remarks)
    for field, value in plain(entry).items():
        if field not in _PLACED:
            # Items without a field are part of the remarks where there are remarks.
            said = entry.remarks or "" if field == "other" else ""
            party.add("notes", *(text for text in _texts(field, value) if text.partition(": ")[2] not in said))
    party.add("program", *entry.programmes)
    party.add("topics", *(_TOPICS.get(measure.kind.value, "sanction") for measure in entry.measures))
    party.add("sourceUrl", list_info(entry.list_id).homepage)


def _texts(label: str, value: Any) -> Iterator[str]:
    """Any JSON value as lines of text, each under its name."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(name, part)
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        yield from (f"{label}: {part}" for part in value)
    else:
        yield f"{label}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _detail(party: _Entity, label: str, text: str) -> None:
    name = _DETAILS.get(party.schema, {}).get(label)
    if name == "flag":
        code = code_of(text)
        party.add("flag" if code else "notes", code.lower() if code else f"{label}: {text}")
    elif name and len(text) <= _LONGEST.get(name, 64):
        party.add(name, text)
    else:
        party.add("notes", f"{label}: {text}")


def _addresses(party: _Entity, entry: Entry) -> Iterator[_Entity]:
    for address in entry.addresses:
        code = code_of(address.country) if address.country else None
        if code:
            party.add("country", code.lower())
        full = _full(address)
        if not full:
            continue
        found = party.part("Address", full)
        found.add("full" if len(full) <= _LONGEST["full"] else "notes", full)
        found.add("street", address.street)
        found.add("city", address.city)
        found.add("remarks", address.remarks)
        found.add("country", code.lower() if code else None)
        party.add("addressEntity", found.id)
        yield found


def _full(address: Address) -> str:
    return ", ".join(" ".join(p.split()) for p in (address.street, address.city, address.country) if p)


def _identifications(party: _Entity, entry: Entry) -> Iterator[_Entity]:
    seen: set[str] = set()
    for identifier in entry.identifiers:
        _typed(party, identifier)
        found = _identification(party, identifier)
        if found.id not in seen:
            seen.add(found.id)
            yield found


def _typed(party: _Entity, identifier: Identifier) -> None:
    """The number in the property made for it, where its form is the one that the property demands."""
    name = _PROPERTIES[party.schema].get(identifier.kind)
    if name is None:
        return
    check = CHECKS.get(name)
    value = normal_value(identifier.kind, identifier.value) if name in NORMAL else identifier.value
    if name == "website":
        value = _web(value)
    if (check is None or check(value)) and len(value) <= _LONGEST["number"]:
        party.add(name, value)


def _web(value: str) -> str:
    return value if "://" in value else f"http://{value}"


def _identification(party: _Entity, identifier: Identifier) -> _Entity:
    """Every number as published: its own entity, with label, country and dates."""
    key = (identifier.label, identifier.value, identifier.country or "")
    if identifier.kind == "wallet":
        wallet = party.part("CryptoWallet", *key)
        wallet.add("publicKey" if len(identifier.value) <= _LONGEST["number"] else "notes", identifier.value)
        wallet.add("currency", identifier.label.rpartition(" - ")[2])
        wallet.add("holder", party.id)
        return wallet
    found = party.part("Passport" if identifier.kind == "passport" else "Identification", *key)
    found.add("holder", party.id)
    fits = len(identifier.value) <= _LONGEST["number"]
    found.add("number", identifier.value if fits else identifier.value[: _LONGEST["number"]])
    found.add("summary", None if fits else identifier.value)
    found.add("type", identifier.label)
    code = code_of(identifier.country) if identifier.country else None
    found.add("country", code.lower() if code else None)
    found.add("description", identifier.country if identifier.country and not code else None)
    for name, text in (("startDate", identifier.issued), ("endDate", identifier.expires)):
        days = list(_partial(text)) if text else []
        found.add(name, *days)
        found.add("description", None if days or not text else f"{name}: {text}")
    return found


def _sanctions(party: _Entity, listing: Listing, entry: Entry) -> Iterator[_Entity]:
    info = list_info(entry.list_id)
    named: set[str] = set()
    for measure in entry.measures:
        found = party.part("Sanction", measure.kind.value, measure.basis)
        legal = [name for name in entry.programmes if name in measure.basis.split(", ")] or [measure.basis]
        named.update(legal)
        found.add("program", *legal)
        found.add("provisions", in_words(measure))
        found.add("reason", measure.rule)
        _measure_dates(found, measure)
        yield _listed(found, party, listing, entry, info.authority)
    for programme in entry.programmes:
        if programme not in named:
            found = party.part("Sanction", "programme", programme)
            found.add("program", programme)
            yield _listed(found, party, listing, entry, info.authority)


def _measure_dates(found: _Entity, measure: Measure) -> None:
    found.add("startDate", measure.effective.isoformat() if measure.effective else None)
    if measure.divest_by:
        last = measure.divest_by - timedelta(days=1)
        found.add("summary", f"sale solely to divest permitted until {measure.divest_by} (last day {last})")


def _listed(found: _Entity, party: _Entity, listing: Listing, entry: Entry, authority: str) -> _Entity:
    info = list_info(entry.list_id)
    found.add("entity", party.id)
    found.add("authority", authority)
    found.add("country", info.country.lower() if len(info.country) == 2 else None)
    found.add("authorityId", entry.key if len(entry.key) <= _LONGEST["number"] else None)
    found.add("recordId", entry.id)
    found.add("sourceUrl", info.homepage)
    found.add("listingDate", entry.listed_on.isoformat() if entry.listed_on else None)
    if not entry.listed_on and listing.since:
        found.add("summary", f"on the list since {listing.since} at the latest")
    return found


def _days(birth: DateRange) -> Iterator[str]:
    """The date as precisely as it is known: a day, a month, a year, or the two ends of a span."""
    if birth.first is None or birth.last is None:
        return
    first, last = birth.first, birth.last
    if first == last:
        yield first.isoformat()
    elif (first.year, first.month) == (last.year, last.month):
        yield first.isoformat()[:7]
    else:
        yield from dict.fromkeys((str(first.year), str(last.year)))


def _partial(text: str) -> Iterator[str]:
    """A date of an identifier as OFAC writes it (`08 Feb 2022`, `2022`), or in ISO form; nothing for any other."""
    from compliance.sources.ofac_dates import date_range

    found = date_range(text)
    if found:
        yield from _days(DateRange.model_validate(found))
    elif re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text):
        yield text
