"""OFAC's enhanced XML (`SDN_ENHANCED.XML`, `CONS_ENHANCED.XML`), as the Sanctions List Service publishes it in ZIPs.

It says on which lists a party stands, and since when on each, and has names in their own script beside the Latin ones.
docs/formats.md says what is kept where.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import date

from compliance.errors import BadInput, DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import CONSOLIDATED, SDN
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ofac_dates import date_range
from compliance.sources.ofac_enhanced_parts import DAYS, Reference, addresses, comparable, names, pointers_out
from compliance.sources.ofac_fields import COVERS, DETAILS, LOOSE, PERSONAL, Fields, details, facts, is_number, item
from compliance.sources.ofac_lists import (
    CONSOLIDATED_NAME,
    SDN_NAME,
    dated,
    lists_held,
    lists_of_name,
    named_lists,
    unknown_names,
)
from compliance.sources.xml_tree import AGAIN, damaged, records, rest, root_of, take, text_of

FORMAT_ID = "ofac-enhanced-xml"
_REST = f"other/{FORMAT_ID}"
_ENTITY = "entity"
_RECORDS = frozenset(("publicationInfo", "referenceValue", "featureType", _ENTITY))
_COVERS = (*COVERS, "original_names", "sanctions_types", _REST)
_LOOSE = (*LOOSE, "original_names", "sanctions_types")
_TYPES = ("entity", "individual", "vessel", "aircraft")
_SUBSTANCE = {"reliability", "comments"}


def recognises(file: InputFile) -> bool:
    """Tell the format by its outermost element."""
    root = root_of(file)
    return root is not None and root.name == "sanctionsData"


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    reading = _Reading(file)
    reading.run()
    if reading.published is None:
        raise DamagedFile(f"{file.path}: there is no dataAsOf in it; {AGAIN}")
    warnings = [*dating.warnings, *unknown_names(file.path, reading.named)]
    day, source = dated(file.path, reading.published, dating, warnings)
    stated = reading.statements
    return Publication(
        format=FORMAT_ID,
        published=day,
        date_source=source,
        lists=lists_held(file.path, day, stated, warnings, reading.held),
        covers=_COVERS,
        files=(file.source(),),
        statements=stated,
        warnings=tuple(warnings),
        loose=_LOOSE,
    )


class _Reading:
    """One file, from its first record to its last."""

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.published: date | None = None
        self.held: tuple[str, ...] = ()
        self.reference: Reference = {}
        self.statements: list[Statement] = []
        self.named: set[str] = set()
        self._keys: set[str] = set()

    def run(self) -> None:
        """Read the records in the order of the file, which states what it refers to first."""
        for element in records(self.file, _RECORDS):
            if element.tag == "publicationInfo":
                self._head(element)
            elif element.tag == _ENTITY:
                self._entity(element)
            else:
                name = "value" if element.tag == "referenceValue" else "type"
                number = element.get("refId") or element.get("featureTypeId") or ""
                self.reference[element.tag, number] = text_of(element.find(name)) or ""

    def _head(self, element: ET.Element) -> None:
        text = text_of(element.find("dataAsOf")) or ""
        try:
            self.published = date.fromisoformat(text.strip()[:10])
        except ValueError as error:
            raise damaged(self.file, "publicationInfo", 1, f"dataAsOf is {text[:30]!r}") from error
        filters = element.find("filters")
        told = {inner.tag for inner in filters} if filters is not None else set()
        if told - {"sanctionsLists"}:
            raise BadInput(
                f"{self.file.path}: the file is a selection by {', '.join(sorted(told - {'sanctionsLists'}))}, "
                "so that it holds no list whole; get the whole list"
            )
        chosen = [text_of(found) or "" for found in element.iterfind("filters/sanctionsLists/sanctionsList")]
        held = {id for name in chosen or (SDN_NAME, CONSOLIDATED_NAME) for id in lists_of_name(name)}
        if not held:
            raise BadInput(f"{self.file.path}: the file holds {', '.join(chosen)}, which is no list that we know")
        self.held = tuple(id for id in (SDN, *CONSOLIDATED) if id in held)

    def _entity(self, element: ET.Element) -> None:
        key = element.attrib.pop("id", "")
        wrong = self._wrong(key, element)
        if wrong:
            raise damaged(self.file, _ENTITY, len(self._keys) + 1, wrong)
        self._keys.add(key)
        # The delimited files have the tags in the order of their reference numbers.
        found = sorted(
            element.iterfind("sanctionsPrograms/sanctionsProgram"), key=lambda tag: _number(tag.get("refId"))
        )
        programmes = list(dict.fromkeys(tag for e in found if (tag := take(e, "."))))
        dates = list(_dates(element))
        self.named |= {name for name, _ in dates}
        lists = named_lists(_earliest(dates), programmes, self.held)
        if not lists:
            raise damaged(self.file, _ENTITY, len(self._keys), f"entity {key} stands on none of the file's lists")
        fields = self._fields(element, programmes)
        self.statements += [Statement(key, (list_id,), fields, day) for list_id, day in lists.items()]

    def _wrong(self, key: str, element: ET.Element) -> str | None:
        kind = (text_of(element.find("generalInfo/entityType")) or "").lower()
        if not is_number(key):
            return f"the id {key[:20]!r} is not a positive whole number"
        if key in self._keys:
            return f"entity {key} stands there twice"
        if kind not in _TYPES:
            return f"the entityType of entity {key} is {kind[:20]!r}, which is unknown"
        if not any(text_of(tag) for tag in element.iterfind("sanctionsPrograms/sanctionsProgram")):
            return f"entity {key} has no programme"
        if not all(_day(e.get("datePublished")) for e in element.iterfind("sanctionsLists/sanctionsList")):
            return f"entity {key} stands on a list without a date"
        return None

    def _fields(self, element: ET.Element, programmes: list[str]) -> Fields:
        pointers_out(element, self.reference)
        kind = (take(element, "generalInfo/entityType") or "").lower()
        features = list(_features(element))
        try:
            named = names(element)
        except ValueError as error:
            raise damaged(self.file, _ENTITY, len(self._keys), str(error)) from error
        title = take(element, "generalInfo/title")
        stated = [("Title", title)] if title else []
        stated += [(DETAILS[label], value) for label, value in features if label in DETAILS]
        items = [item(label, value) for label, value in features if label not in DETAILS]
        types = [text for e in element.iterfind("sanctionsTypes/sanctionsType") if (text := take(e, "."))]
        return {
            "type": kind,
            "name": named.primary,
            "programmes": programmes,
            "details": details(stated),
            "aliases": named.aliases,
            "original_names": named.original or None,
            "addresses": addresses(element),
            "comment": take(element, "generalInfo/remarks"),
            "sanctions_types": list(dict.fromkeys(types)),
            **facts([*items, *_documents(element), *_relations(element)], named.weak),
            _REST: rest(element),
        }


def _dates(element: ET.Element) -> Iterator[tuple[str, date]]:
    for found in element.iterfind("sanctionsLists/sanctionsList"):
        day = _day(found.get("datePublished"))
        if day:
            yield text_of(found) or "", day


def _earliest(dates: list[tuple[str, date]]) -> dict[str, date]:
    return {name: min(day for other, day in dates if other == name) for name, _ in dates}


def _number(text: str | None) -> int:
    return int(text) if text and is_number(text) else 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _features(element: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield what each feature says; what is said about it as well stays with it, type and value included."""
    for feature in element.iterfind("features/feature"):
        label, value = text_of(feature.find("type")), text_of(feature.find("value"))
        if not label or not value:
            continue
        yield label, value
        said = feature.find("valueDate")
        read = date_range(value)
        # A year alone is told by its days only where it is read as days: for a date of birth.
        told = read is not None and (label in PERSONAL or read["first"] == read["last"])
        if said is not None and read is not None and told and comparable(said) == (read["first"], read["last"]):
            for day in DAYS:
                take(said, day)
        if not any(text_of(found) for found in feature if found.tag in _SUBSTANCE):
            take(feature, "type")
            take(feature, "value")


def _documents(element: ET.Element) -> Iterator[str]:
    for document in element.iterfind("identityDocuments/identityDocument"):
        label, value = take(document, "type"), take(document, "documentNumber")
        if label or value:
            yield item(
                label or "", value or "", take(document, "issuingCountry"),
                _written(take(document, "issueDate")), _written(take(document, "expirationDate")),
            )  # fmt: skip


def _written(text: str | None) -> str | None:
    day = _day(text)
    return f"{day.day:02} {_MONTHS[day.month - 1]} {day.year}" if day else text


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _relations(element: ET.Element) -> Iterator[str]:
    for found in element.iterfind("relationships/relationship"):
        name = take(found, "relatedEntity")
        if name:
            yield f"Linked To: {name}"
