"""The UN Security Council's Consolidated List, XML (`consolidated.xml`).

The identity is REFERENCE_NUMBER: in 2025-2026 six parties came back under another DATAID with the same reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compliance.errors import DamagedFile
from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import UN_SC
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.identifier_kinds import kind_of
from compliance.sources.partial_dates import between, date_range, iso_day
from compliance.sources.stating import Fields, address, once, present, publication, stated, unique
from compliance.sources.xml_records import name_of, records, root_of, text_of, tree

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT_ID = "un-xml"
_ROOT = "CONSOLIDATED_LIST"
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_KINDS = {"Low": NameKind.weak, "f.k.a.": NameKind.fka}
_QUALITIES = ("Good", "Low", "a.k.a.", "f.k.a.")
_NOT_AVAILABLE = "na"
_DAY = len("2012-12-31")


def recognises(file: InputFile) -> bool:
    """Tell the UN's list by its outermost element."""
    root = root_of(file)
    return root is not None and root.name == _ROOT


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its `dateGenerated`."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    root = root_of(file)
    own = iso_day(root.attributes.get("dateGenerated", "")[:10]) if root else None
    return publication(FORMAT_ID, file, (UN_SC,), once(_statements(file), file), dating, own)


def _statements(file: InputFile) -> Iterator[tuple[str, Statement]]:
    for element in records(file, ("INDIVIDUAL", "ENTITY")):
        place = f"line {element.sourceline or 1:,}"
        parts = _Parts(element)
        key, name = parts.one("REFERENCE_NUMBER"), _name(parts)
        if not key or not name:
            missing = "no FIRST_NAME" if key else "no REFERENCE_NUMBER"
            raise DamagedFile(f"{file.path}, {place}: the entry has {missing}; the file is damaged, download it again")
        yield place, Statement(key, (UN_SC,), _fields(parts, name), iso_day(parts.one("LISTED_ON")))


class _Parts:
    """An entry's elements by name; what is never asked for is what has no place in the model."""

    def __init__(self, element: Element) -> None:
        self.person = name_of(element) == "INDIVIDUAL"
        self.children: dict[str, list[Element]] = {}
        for child in element:
            self.children.setdefault(name_of(child), []).append(child)
        self.asked: set[str] = set()

    def one(self, name: str) -> str:
        """The text of the first element of that name."""
        self.asked.add(name)
        return text_of(self.children[name][0]) if name in self.children else ""

    def all(self, name: str) -> list[Fields]:
        """Every element of that name as text by name, `INDIVIDUAL_` or `ENTITY_` before it; no empty ones."""
        name = f"{'INDIVIDUAL' if self.person else 'ENTITY'}_{name}"
        self.asked.add(name)
        found = ({name_of(part): text_of(part) for part in child} for child in self.children.get(name, ()))
        return [bare for each in found if (bare := present(**each))]

    def values(self, name: str) -> list[str]:
        """The VALUE texts of that name."""
        self.asked.add(name)
        return unique(text_of(value) for child in self.children.get(name, ()) for value in child)

    def rest(self) -> Fields:
        """What was not asked for, under the publisher's names."""
        left = {name: [tree(child) for child in held] for name, held in self.children.items() if name not in self.asked}
        bare = {name: [value for value in values if value is not None] for name, values in left.items()}
        return {name: values[0] if len(values) == 1 else values for name, values in bare.items() if values}


def _name(parts: _Parts) -> str:
    return " ".join(" ".join(text.split()) for name in _NAMES if (text := parts.one(name)) not in ("", _NOT_AVAILABLE))


def _fields(parts: _Parts, name: str) -> Fields:
    documents, births, places, aliases = (
        parts.all(part) for part in ("DOCUMENT", "DATE_OF_BIRTH", "PLACE_OF_BIRTH", "ALIAS")
    )
    fields = stated(
        type="individual" if parts.person else "entity",
        name=name,
        programmes=unique([parts.one("UN_LIST_TYPE")]),
        aliases=[*_original(parts.one("NAME_ORIGINAL_SCRIPT")), *(_alias(a) for a in aliases if "ALIAS_NAME" in a)],
        addresses=[_address(each) for each in parts.all("ADDRESS")],
        remarks=parts.one("COMMENTS1"),
        gender=parts.one("GENDER"),
        identifiers=[_identifier(each) for each in documents if "NUMBER" in each],
        births=[_birth(each) for each in births],
        birthplaces=unique(_place(each) for each in places),
        nationalities=parts.values("NATIONALITY"),
    )
    unplaced = present(
        **_as_written(parts, name),
        INDIVIDUAL_DOCUMENT=[each for each in documents if not _is_whole(each)],
        INDIVIDUAL_PLACE_OF_BIRTH=[each for each in places if len(each) > 1],
        ALIAS=[each for each in aliases if "ALIAS_NAME" not in each],
    )
    return fields | {"other": unplaced | parts.rest()}


def _as_written(parts: _Parts, name: str) -> Fields:
    """The parts of the name, and the listing's day where it is more than a day; nothing that is stated whole."""
    parts.asked.add("REFERENCE_NUMBER")
    names = {part: text for part in _NAMES if (text := parts.one(part)) and text != name}
    listed = parts.one("LISTED_ON")
    return names | ({} if len(listed) == _DAY else {"LISTED_ON": listed})


def _original(text: str) -> list[Fields]:
    return [{"text": text, "kind": NameKind.original_script.value}] if text else []


def _alias(alias: Fields) -> Fields:
    quality = alias.get("QUALITY", "")
    placed = {"ALIAS_NAME", "QUALITY"} if quality in _QUALITIES else {"ALIAS_NAME"}
    notes = [f"{label}: {value}" for label, value in alias.items() if label not in placed]
    return present(text=alias["ALIAS_NAME"], kind=_KINDS.get(quality, NameKind.aka).value, remarks="; ".join(notes))


def _address(each: Fields) -> Fields:
    return address(
        street=each.get("STREET"), city=each.get("CITY"), state=each.get("STATE_PROVINCE"),
        postcode=each.get("ZIP_CODE"), country=each.get("COUNTRY"), remarks=each.get("NOTE"),
    )  # fmt: skip


def _identifier(document: Fields) -> Fields:
    label = document.get("TYPE_OF_DOCUMENT") or document.get("TYPE_OF_DOCUMENT2") or "INDIVIDUAL_DOCUMENT"
    country = document.get("ISSUING_COUNTRY") or document.get("COUNTRY_OF_ISSUE")
    return present(
        kind=kind_of(label),
        value=document["NUMBER"],
        label=label,
        country=country,
        issued=document.get("DATE_OF_ISSUE"),
    )


def _is_whole(document: Fields) -> bool:
    return (
        document.keys() <= {"TYPE_OF_DOCUMENT", "NUMBER", "ISSUING_COUNTRY", "DATE_OF_ISSUE"} and "NUMBER" in document
    )


def _birth(birth: Fields) -> Fields:
    """One date of birth. `text` holds every part as published; the kind of date comes first where it says something."""
    kind = birth.get("TYPE_OF_DATE", "")
    circa = kind == "APPROXIMATELY"
    written = " ".join(value for part, value in birth.items() if part != "TYPE_OF_DATE")
    text = f"{kind} {written}".strip() if kind != "EXACT" or not written else written
    if "FROM_YEAR" in birth and "TO_YEAR" in birth:
        return between(birth["FROM_YEAR"], birth["TO_YEAR"], text, circa=circa)
    day = birth.get("DATE") or birth.get("YEAR") or ""
    return {**date_range(day, circa=circa), "text": text}


def _place(place: Fields) -> str:
    return ", ".join(place.values())
