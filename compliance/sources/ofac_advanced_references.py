"""The reference sets of OFAC's advanced XML: what the numbers in it stand for."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from compliance.sources.ofac_fields import is_number
from compliance.sources.xml_tree import text_of

_NOTHING = "Unknown"  # how the file writes that nothing is stated


class Missing(Exception):
    """Something that a record needs is not there; the message is what to tell the user."""


class References:
    """What each set of the file says of each of its numbers."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], str] = {}
        self._party_types: dict[str, str] = {}
        self._programmes: dict[str, int] = {}

    def read(self, sets: ET.Element) -> None:
        """Take in the whole section."""
        for value in (value for group in sets for value in group):
            number, text = value.get("ID", ""), text_of(value) or ""
            self._values[value.tag, number] = text
            if value.tag == "PartySubType":
                self._party_types[number] = value.get("PartyTypeID", "")
            if value.tag == "SanctionsProgram" and is_number(number):
                self._programmes[text] = int(number)

    @property
    def scripts(self) -> set[str]:
        """The scripts that the file knows."""
        return {text for (kind, _), text in self._values.items() if kind == "Script"}

    def need(self, kind: str, number: str | None) -> str:
        """Return what a number stands for. Raises Missing when the file does not say."""
        text = self._values.get((kind, number or ""))
        if text is None:
            raise Missing(f"the {kind} {number!r} is not among the file's own reference values")
        return text

    def party_type(self, number: str | None) -> str:
        """Return our type of party for a PartySubTypeID."""
        kind = self.need("PartyType", self._party_types.get(number or ""))
        found = (self.need("PartySubType", number) if kind == "Transport" else kind).lower()
        if found not in ("individual", "entity", "vessel", "aircraft"):
            raise Missing(f"the party's type {found!r} is unknown")
        return found

    def in_order(self, programmes: list[str]) -> list[str]:
        """Return the tags without repetition in the order of their numbers, which is that of the delimited files."""
        return sorted(dict.fromkeys(programmes), key=lambda tag: self._programmes.get(tag, 0))

    def resolve(self, element: ET.Element) -> ET.Element:
        """Replace the numbers that point into the sets by what they stand for; say nothing where that is `Unknown`."""
        for inner in element.iter():
            for name, number in list(inner.attrib.items()):
                if not name.endswith("ID") or name == "ID":
                    continue
                text = self._values.get((name[:-2].rpartition("-")[2], number))
                if text is not None:
                    del inner.attrib[name]
                    if text and text != _NOTHING:
                        inner.set(name[:-2], text)
        return element
