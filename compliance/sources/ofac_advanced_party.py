"""One DistinctParty of OFAC's advanced XML: its names and what is said of it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import NamedTuple

from compliance.sources.ofac_advanced_parts import Party, Places, period_text
from compliance.sources.ofac_advanced_references import Missing, References
from compliance.sources.ofac_fields import (
    ALIAS_TYPES,
    DETAILS,
    Fields,
    alias,
    details,
    full_name,
    is_number,
    item,
    present,
    quoted,
    weak,
)
from compliance.sources.xml_tree import take, text_of

LATIN = "Latin"
# These stand before the comma and in capitals in the delimited files, whatever their case is here.
_WHOLE = ("Last Name", "Entity Name", "Vessel Name", "Aircraft Name", "Nickname")
_COUNTRIES = ("Citizenship Country", "Nationality Country", "Nationality of Registration", "Vessel Flag")


def party_of(element: ET.Element, references: References, places: Places) -> Party:
    """Read one party. Raises Missing saying what is wrong with it."""
    profile = element.find("Profile")
    key = element.attrib.pop("FixedRef", "")
    if not is_number(key) or profile is None or profile.get("ID") != key:
        raise Missing(f"the FixedRef {key[:20]!r} is no positive whole number, or its profile is not there")
    names = _names(profile, references)
    if not names.primary:
        raise Missing(f"party {key} has no primary name in Latin letters")
    papers = [paper for identity in profile.iterfind("Identity") for paper in places.documents[identity.get("ID", "")]]
    features = _Features(profile, references, places)
    fields: Fields = {
        "type": references.party_type(profile.attrib.pop("PartySubTypeID", None)),
        "name": names.primary,
        "details": details((DETAILS[label], value) for label, value in features.stated if label in DETAILS),
        "aliases": names.aliases,
        "original_names": names.original or None,
        "addresses": features.addresses,
        "comment": take(element, "Comment"),
    }
    items = [item(label, value) for label, value in features.stated if label not in DETAILS]
    party = Party(key, fields, [*items, *(text for text, _ in papers)], names.weak)
    for _, left in papers:
        party.keep("IDRegDocument", left)
    for number in features.places:
        party.keep("Location", places.locations[number].rest)
    party.add_rest(element, references)
    return party


class _Names(NamedTuple):
    primary: str
    aliases: list[Fields]
    weak: list[Fields]
    original: list[Fields]


def _names(profile: ET.Element, references: References) -> _Names:
    found = _Names("", [], [], [])
    primary = ""
    for identity in profile.iterfind("Identity"):
        types = {
            group.get("ID", ""): references.need("NamePartType", group.get("NamePartTypeID"))
            for group in identity.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")
        }
        for element in identity.iterfind("Alias"):
            main, low = element.attrib.pop("Primary", "") == "true", element.attrib.pop("LowQuality", "") == "true"
            kind = references.need("AliasType", element.get("AliasTypeID"))
            for text, script in _written(element, types, references):
                if script != LATIN:
                    found.original.append(present(text=text, kind="original-script", script=script))
                elif main and not primary:
                    primary = text
                elif kind.lower() in ALIAS_TYPES:
                    (found.weak if low else found.aliases).append((weak if low else alias)(kind, text, None))
                else:
                    found.original.append(present(text=text, kind="original-script", script=script))
    return found._replace(primary=primary)


def _written(element: ET.Element, types: dict[str, str], references: References) -> Iterator[tuple[str, str]]:
    """Yield each documented form of an alias with its script, the parts put together as the delimited files do."""
    for form in element.iterfind("DocumentedName"):
        whole: list[str] = []
        given: list[str] = []
        script = LATIN
        for part in form.iterfind("DocumentedNamePart/NamePartValue"):
            kind = types.get(part.get("NamePartGroupID", ""))
            text = text_of(part)
            if kind is None or text is None:
                raise Missing("a part of a name is empty or of no stated type")
            script = references.need("Script", part.get("ScriptID"))
            capital = kind in _WHOLE and script == LATIN
            placed = quoted(text.upper() if capital else text)
            (whole if kind in _WHOLE else given).append(placed)
            if placed == text:
                part.text = None
        if whole or given:
            yield full_name(" ".join(whole), " ".join(given)), script


class _Features:
    """What is stated of a party by type and value, and its places."""

    def __init__(self, profile: ET.Element, references: References, places: Places) -> None:
        self.stated: list[tuple[str, str]] = []
        self.addresses: list[Fields] = []
        self.places: list[str] = []
        self._references = references
        self._places = places
        for feature in profile.iterfind("Feature"):
            label = references.need("FeatureType", feature.get("FeatureTypeID"))
            for version in feature.iterfind("FeatureVersion"):
                self._version(label, version)

    def _version(self, label: str, version: ET.Element) -> None:
        for found in version.iterfind("VersionLocation"):
            number = found.get("LocationID", "")
            place = self._places.locations.get(number)
            if place is None:
                raise Missing(f"the Location {number!r} is not in the file")
            self.places.append(number)
            if label == "Location":
                self.addresses.append(place.address())
            elif value := (place.country if label in _COUNTRIES else None) or place.text():
                self.stated.append((label, value))
        for value in self._values(version):
            self.stated.append((label, value))

    def _values(self, version: ET.Element) -> Iterator[str]:
        for period in version.iterfind("DatePeriod"):
            text = period_text(period)
            if text:
                yield text
        for detail in version.iterfind("VersionDetail"):
            number = detail.get("DetailReferenceID")
            text = self._references.need("DetailReference", number) if number else text_of(detail)
            if text:
                yield text
