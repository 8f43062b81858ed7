"""The parts of an entity in OFAC's enhanced XML: its names in all scripts, its addresses, and what it refers to."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import NamedTuple

from compliance.sources.ofac_fields import ALIAS_TYPES, Fields, address, alias, present, quoted, weak
from compliance.sources.xml_tree import take, text_of

Reference = dict[tuple[str, str], str]
_POINTERS = (("refId", "referenceValue"), ("featureTypeId", "featureType"))
_LATIN = "Latin"
DAYS = ("fromDateBegin", "fromDateEnd", "toDateBegin", "toDateEnd")


class Names(NamedTuple):
    """What a party is called: in Latin letters as the delimited files have it, and in its own script."""

    primary: str
    aliases: list[Fields]
    weak: list[Fields]
    original: list[Fields]


def pointers_out(element: ET.Element, reference: Reference) -> None:
    """Take out the numbers that point to values of the file where the value itself stands beside them.

    A number that points to nothing, or to another value than the one beside it, stays.
    """
    for inner in element.iter():
        for attribute, kind in _POINTERS:
            number = inner.get(attribute)
            if number is not None and reference.get((kind, number)) == inner.text:
                del inner.attrib[attribute]
    for feature in element.iterfind("features/feature"):
        number, value = feature.findtext("valueRefId"), feature.findtext("value")
        if number and reference.get(("referenceValue", number)) == value:
            take(feature, "valueRefId")


def names(element: ET.Element) -> Names:
    """Read the names. Raises ValueError saying what is wrong when an alias has no known type, or nothing is primary."""
    found = Names("", [], [], [])
    primary = ""
    for name in element.iterfind("names/name"):
        number, main = name.get("id"), take(name, "isPrimary") == "true"
        low = take(name, "isLowQuality") == "true"
        kind = "" if main else take(name, "aliasType") or ""
        if not main and kind.lower() not in ALIAS_TYPES:
            raise ValueError(f"name {number} is an alias of the type {kind[:20]!r}, which is unknown")
        if not main:
            name.attrib.pop("id", None)
        for text, script in _translations(name):
            if script not in ("", _LATIN):
                found.original.append(_original(text, script, number))
            elif main and not primary:
                primary = text
            elif main:
                found.original.append(_original(text, script, number))
            else:
                (found.weak if low else found.aliases).append((weak if low else alias)(kind, text, number))
    if not primary:
        raise ValueError("no name of the entity is its primary one in Latin letters")
    return found._replace(primary=primary)


def _original(text: str, script: str, number: str | None) -> Fields:
    return present(text=text, kind="original-script", source_id=number, script=script or None)


def _translations(name: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield each written form with its script, the primary form first; parts that only repeat it are taken out."""
    forms = sorted(name.iterfind("translations/translation"), key=lambda form: form.findtext("isPrimary") != "true")
    for form in forms:
        full = text_of(form.find("formattedFullName"))
        if full is None:
            continue
        script = take(form, "script") or ""
        for part in ("formattedFirstName", "formattedLastName"):
            if (text_of(form.find(part)) or "") in full:
                take(form, part)
        text = quoted(full) if script in ("", _LATIN) else full
        if text == full:
            take(form, "formattedFullName")
        yield text, script


def addresses(element: ET.Element) -> list[Fields]:
    """Read the addresses in Latin letters; one in another script stays where it is."""
    return [_address(found) for found in element.iterfind("addresses/address")]


def _address(found: ET.Element) -> Fields:
    forms = [form for form in found.iterfind("translations/translation") if form.findtext("isPrimary") == "true"]
    parts: dict[str, str | None] = {}
    for part in forms[0].iterfind("addressParts/addressPart") if forms else ():
        label, value = text_of(part.find("type")), text_of(part.find("value"))
        if not label or label in parts:
            continue
        parts[label] = value
        if label in _PLACED and '"' not in (value or ""):
            take(part, "type")
            take(part, "value")
    return address(found.attrib.pop("id", None), parts, take(found, "country"))


_PLACED = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "CITY", "STATE/PROVINCE", "POSTAL CODE")


def comparable(said: ET.Element) -> tuple[str | None, str | None] | None:
    """Return the first and the last day of a `valueDate` that states nothing else; None for one that is about."""
    first, first_too, last_too, last = map(said.findtext, DAYS)
    if said.findtext("isApproximate") == "true" or first != first_too or last != last_too:
        return None
    return first, last
