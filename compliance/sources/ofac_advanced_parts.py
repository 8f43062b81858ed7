"""What the sections of OFAC's advanced XML say of one party: places, papers, kinships, listings."""

from __future__ import annotations

import calendar
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from compliance.sources.ofac_advanced_references import Missing, References
from compliance.sources.ofac_fields import Fields, address, facts, item
from compliance.sources.xml_tree import rest, take, text_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATES = {"Issue Date": "issued", "Expiration Date": "expires"}


def whole_day(element: ET.Element | None) -> date:
    """Read Year, Month and Day. Raises Missing when they are no day."""
    texts = [text_of(element.find(part)) or "" for part in ("Year", "Month", "Day")] if element is not None else []
    try:
        return date(*map(int, texts))
    except (TypeError, ValueError, OverflowError) as error:
        raise Missing(f"{'-'.join(texts)[:30] or 'nothing'} where a day should stand") from error


def period_text(period: ET.Element) -> str | None:
    """Return a DatePeriod in the words of the delimited files: `1962`, `Jan 1963`, `17 Jan 1941`, `A to B`."""
    start, end = period.find("Start"), period.find("End")
    if start is None:
        return None
    first = whole_day(start.find("From"))
    last = whole_day(end.find("To") if end is not None else start.find("To"))
    circa = any(part is not None and part.get("Approximate") == "true" for part in (start, end))
    return ("circa " if circa else "") + _span(first, last)


def _span(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_years:
        return f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"
    month_ends = last.day == calendar.monthrange(last.year, last.month)[1]
    if first.day == 1 and month_ends and (first.year, first.month) == (last.year, last.month):
        return f"{_MONTHS[first.month - 1]} {first.year}"
    return f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day:02} {_MONTHS[day.month - 1]} {day.year}"


class Location:
    """One place: the address it gives, its country, and what is left of it."""

    def __init__(self, element: ET.Element, references: References) -> None:
        self.number = element.attrib.pop("ID", "")
        self.country = self._country(element, references)
        self.parts: dict[str, str | None] = {}
        for part in element.iterfind("LocationPart"):
            label = references.need("LocPartType", part.get("LocPartTypeID"))
            value = part.find("LocationPartValue[@Primary='true']")
            text = text_of(value.find("Value")) if value is not None else None
            if value is None or text is None or label in self.parts:
                continue
            self.parts[label] = text
            if '"' not in text:
                take(value, "Value")
        self.rest = rest(references.resolve(element))

    @staticmethod
    def _country(element: ET.Element, references: References) -> str | None:
        found = element.find("LocationCountry")
        if found is None:
            return None
        country = references.need("Country", found.attrib.pop("CountryID", None))
        return None if country == "undetermined" else country

    def address(self) -> Fields:
        """Return it as an address."""
        return address(self.number, self.parts, self.country)

    def text(self) -> str:
        """Return it in one line, the country last."""
        whole = self.address()
        return ", ".join(whole[part] for part in ("street", "city", "country") if part in whole)


class Places:
    """The sections that stand before the parties: places by number, papers by the number of the identity."""

    def __init__(self) -> None:
        self.locations: dict[str, Location] = {}
        self.documents: dict[str, list[tuple[str, Any]]] = defaultdict(list)

    def add_location(self, element: ET.Element, references: References) -> None:
        """Take in one Location."""
        found = Location(element, references)
        self.locations[found.number] = found

    def add_document(self, element: ET.Element, references: References) -> None:
        """Take in one IDRegDocument as the item that the delimited files' remarks have for it."""
        label = references.need("IDRegDocType", element.attrib.pop("IDRegDocTypeID", None))
        number = element.get("IssuedBy-CountryID")
        country = references.need("Country", number) if number else None
        dates: dict[str, str] = {}
        for dated in element.findall("DocumentDate"):
            kind = _DATES.get(references.need("IDRegDocDateType", dated.get("IDRegDocDateTypeID")))
            period = dated.find("DatePeriod")
            text = period_text(period) if period is not None else None
            if kind and text and kind not in dates:
                dates[kind] = text
        value = take(element, "IDRegistrationNo") or ""
        text = item(label, value, country, dates.get("issued"), dates.get("expires"))
        self.documents[element.attrib.pop("IdentityID", "")].append((text, rest(references.resolve(element))))


class Party:
    """One party as far as it has been read; the sections after it add to it."""

    def __init__(self, key: str, fields: Fields, items: list[str], weak: list[Fields]) -> None:
        self.key = key
        self.fields = fields
        self.rest: dict[str, Any] = {}
        self.listed: dict[str, date] = {}
        self.relations: list[ET.Element] = []
        self.entry_numbers: set[str] = set()
        self._items = items
        self._weak = weak
        self._programmes: list[str] = []
        self._types: list[str] = []

    def add_entry(self, entry: ET.Element, references: References) -> None:
        """Take in one listing: the list, since when, under which programmes, and what it forbids."""
        name = references.need("List", entry.get("ListID"))
        days = [whole_day(event.find("Date")) for event in entry.iterfind("EntryEvent")]
        if not days:
            raise Missing(f"the listing of party {self.key} has no date")
        self.listed[name] = min([*days, *([self.listed[name]] if name in self.listed else [])])
        self.entry_numbers.add(entry.get("ID", ""))
        for measure in entry.iterfind("SanctionsMeasure"):
            kind = references.need("SanctionsType", measure.get("SanctionsTypeID"))
            if kind == "Program":
                self._programmes.append(take(measure, "Comment") or "")
            else:
                self._types.append(kind)
        self.add_rest(entry, references)

    def add_rest(self, element: ET.Element, references: References) -> None:
        """Keep what is left of an element under its name."""
        self.keep(element.tag, rest(references.resolve(element)))

    def keep(self, name: str, left: Any) -> None:
        """Keep what nobody placed."""
        if left is not None:
            self.rest.setdefault(name, []).append(left)

    def finish(self, parties: Mapping[str, Party], references: References) -> None:
        """Put the fields together, when all sections have been read. Raises Missing for a party on no list."""
        tags = [tag for tag in self._programmes if tag]
        if not tags:
            raise Missing(f"party {self.key} has no programme")
        for relation in self.relations:
            other = parties.get(relation.get("To-ProfileID", ""))
            if other:
                self._items.append(f"Linked To: {other.fields['name']}")
            self.add_rest(relation, references)
        self.fields["programmes"] = references.in_order(tags)
        self.fields["sanctions_types"] = list(dict.fromkeys(self._types))
        self.fields |= facts(self._items, self._weak)
