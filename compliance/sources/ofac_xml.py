"""OFAC's older XML lists, `sdn.xml` and `consolidated.xml`: one `sdnEntry` for each party.

The namespace changed over the years, the elements did not. docs/formats.md says what is kept where.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from compliance.errors import DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import CMIC, SDN, consolidated_lists, deciding
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ofac_fields import (
    ALIAS_TYPES,
    COVERS,
    LOOSE,
    Fields,
    address,
    alias,
    details,
    facts,
    full_name,
    is_number,
    item,
    quoted,
    weak,
)
from compliance.sources.ofac_lists import dated, lists_held, undecided
from compliance.sources.xml_tree import AGAIN, damaged, records, rest, root_of, take, text_of

FORMAT_ID = "ofac-xml"
_REST = f"other/{FORMAT_ID}"
# Kinship stands in the text of `remarks` here, if anywhere: nothing is said of it apart.
_COVERS = (*(field for field in COVERS if field != "linked_to"), _REST)
_ENTRY = "sdnEntry"
_HEAD = "publshInformation"  # spelt so
_TYPES = ("entity", "individual", "vessel", "aircraft")
_VESSEL = {
    "callSign": "Call_Sign",
    "vesselType": "Vess_type",
    "tonnage": "Tonnage",
    "grossRegisteredTonnage": "GRT",
    "vesselFlag": "Vess_flag",
    "vesselOwner": "Vess_owner",
}
_PARTS = {
    "address1": "ADDRESS1",
    "address2": "ADDRESS2",
    "address3": "ADDRESS3",
    "city": "CITY",
    "stateOrProvince": "STATE/PROVINCE",
    "postalCode": "POSTAL CODE",
}
_PERSON = (
    ("dateOfBirthList/dateOfBirthItem", "dateOfBirth", "DOB"),
    ("placeOfBirthList/placeOfBirthItem", "placeOfBirth", "POB"),
    ("nationalityList/nationality", "country", "nationality"),
    ("citizenshipList/citizenship", "country", "citizen"),
)


def recognises(file: InputFile) -> bool:
    """Tell the format by its outermost element."""
    root = root_of(file)
    return root is not None and root.name == "sdnList"


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    entries: list[tuple[str, Fields]] = []
    published, count = None, None
    for element in records(file, frozenset((_HEAD, _ENTRY))):
        if element.tag == _HEAD:
            published, count = _head(element, file)
        else:
            entries.append(_entry(element, file, len(entries) + 1))
    if published is None:
        raise DamagedFile(f"{file.path}: there is no Publish_Date in it; {AGAIN}")
    if count != len(entries):
        raise DamagedFile(f"{file.path}: {len(entries):,} entries, but its Record_Count says {count}; {AGAIN}")
    _refuse_doubles(entries, file)
    consolidated = 2 * sum(bool(deciding(fields["programmes"])) for _, fields in entries) > len(entries)
    stated = [_statement(key, fields, consolidated=consolidated) for key, fields in entries]
    warnings = [*dating.warnings]
    day, source = dated(file.path, published, dating, warnings)
    return Publication(
        format=FORMAT_ID,
        published=day,
        date_source=source,
        lists=lists_held(file.path, day, stated, warnings) if consolidated else (SDN,),
        covers=_COVERS,
        files=(file.source(),),
        statements=stated,
        warnings=tuple(warnings),
        loose=LOOSE,
        omits=("addresses",),
        undecided=undecided(stated) if consolidated else (),
    )


def _head(element: ET.Element, file: InputFile) -> tuple[date, int]:
    day, count = text_of(element.find("Publish_Date")) or "", text_of(element.find("Record_Count")) or ""
    try:
        return datetime.strptime(day.strip(), "%m/%d/%Y").date(), int(count)  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise damaged(file, _HEAD, 1, f"Publish_Date is {day!r}, Record_Count {count!r}") from error


def _refuse_doubles(entries: list[tuple[str, Fields]], file: InputFile) -> None:
    seen: set[str] = set()
    for number, (key, _) in enumerate(entries, start=1):
        if key in seen:
            raise damaged(file, _ENTRY, number, f"uid {key} stands there twice")
        seen.add(key)


def _statement(key: str, fields: Fields, *, consolidated: bool) -> Statement:
    lists = consolidated_lists(fields["programmes"]) if consolidated else (SDN,)
    day = (fields["dates"] or {}).get("Listing Date (CMIC)")
    return Statement(key, lists, fields, date.fromisoformat(day) if day and lists == (CMIC,) else None)


def _entry(entry: ET.Element, file: InputFile, number: int) -> tuple[str, Fields]:
    key, kind = take(entry, "uid") or "", (text_of(entry.find("sdnType")) or "").lower()
    name = _name(entry)
    programmes = _programmes(entry)
    if not is_number(key):
        raise damaged(file, _ENTRY, number, f"uid is {key[:20]!r}, not a positive whole number")
    if kind not in _TYPES:
        raise damaged(file, _ENTRY, number, f"the sdnType of entry {key} is {kind[:20]!r}, which is unknown")
    if not name or not programmes:
        raise damaged(file, _ENTRY, number, f"entry {key} has no {'programme' if name else 'name'}")
    take(entry, "sdnType")
    strange = next((a for a in entry.iterfind("akaList/aka") if not _is_alias(a)), None)
    if strange is not None:
        raise damaged(file, _ENTRY, number, f"entry {key} has an alias without a name, or of an unknown type")
    names = [_alias(element) for element in entry.iterfind("akaList/aka")]
    addresses = [_address(element) for element in entry.iterfind("addressList/address")]
    fields: Fields = {
        "type": kind,
        "name": name,
        "programmes": programmes,
        "details": details(_details(entry)),
        "aliases": [found for found in names if found["kind"] != "weak"],
        "addresses": addresses,
        "comment": take(entry, "remarks"),
        **facts(_items(entry), [found for found in names if found["kind"] == "weak"]),
    }
    del fields["linked_to"]
    return key, {**fields, _REST: rest(entry)}


def _name(element: ET.Element) -> str:
    last, first = text_of(element.find("lastName")), text_of(element.find("firstName"))
    name = full_name(last, first)
    if '"' not in f"{last}{first}":
        take(element, "lastName")
        take(element, "firstName")
    return name


def _programmes(entry: ET.Element) -> list[str]:
    return [tag for element in entry.iterfind("programList/program") if (tag := take(element, "."))]


def _is_alias(element: ET.Element) -> bool:
    return (text_of(element.find("type")) or "").lower() in ALIAS_TYPES and text_of(
        element.find("lastName")
    ) is not None


def _alias(element: ET.Element) -> Fields:
    kind, number = take(element, "type") or "", take(element, "uid")
    make = weak if take(element, "category") == "weak" else alias
    return make(kind, _name(element), number)


def _address(element: ET.Element) -> Fields:
    texts = {name: text_of(element.find(name)) for name in _PARTS}
    found = address(
        take(element, "uid"), {_PARTS[name]: text for name, text in texts.items()}, take(element, "country")
    )
    for name, text in texts.items():
        if text and '"' not in text:
            take(element, name)
    return found


def _details(entry: ET.Element) -> Iterator[tuple[str, str]]:
    for path, name in (("title", "Title"), *((f"vesselInfo/{tag}", name) for tag, name in _VESSEL.items())):
        value = text_of(entry.find(path))
        if value:
            yield name, value
            if quoted(value) == value:
                take(entry, path)


def _items(entry: ET.Element) -> Iterator[str]:
    for element in entry.iterfind("idList/id"):
        label, value = take(element, "idType") or "", take(element, "idNumber") or ""
        yield item(
            label, value, take(element, "idCountry"), take(element, "issueDate"), take(element, "expirationDate")
        ).strip()
    for path, name, label in _PERSON:
        for element in entry.iterfind(path):
            said = take(element, name)
            if said:
                yield item(label, said)
