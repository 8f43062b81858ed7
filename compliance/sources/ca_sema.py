"""Canada's Consolidated Autonomous Sanctions List, XML (`sema-lmes.xml`).

The file holds neither its date nor numbers for its entries. An entry is known by its regime and its name: the place in
the schedules (Schedule, Item) is renumbered on repeals and the regimes are renamed, so that neither is an identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compliance.errors import DamagedFile
from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import CA_SEMA
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import folded, key_of, told_apart
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import date_range, iso_day
from compliance.sources.stating import Fields, present, publication, stated, unique
from compliance.sources.xml_records import name_of, records, root_of, text_of

FORMAT_ID = "ca-sema-xml"

# The names of the elements changed between 2020 and 2025; the first of them is today's.
_NAME = ("EntityOrShip", "Entity")
_BIRTH = ("DateOfBirthOrShipBuildDate", "DateOfBirth")
_IMO = "ShipIMONumber"
_REGIMES = {"burma": "myanmar", "justiceforvictimsofcorruptforeignofficialsregulations": "jvcfor"}
_LEGAL_FORMS = frozenset(
    [
        "ltd",
        "limited",
        "inc",
        "llc",
        "co",
        "coltd",
        "corp",
        "corporation",
        "sa",
        "sarl",
        "gmbh",
        "jsc",
        "pjsc",
        "ojsc",
        "cjsc",
        "oao",
        "ooo",
        "zao",
        "pao",
    ]
)
_SEPARATOR = re.compile(r"[;,]")
_LANGUAGE = re.compile(r"(Belarus+ian|Russian|Ukrainian|Arabic|Farsi|Persian|Hebrew|Chinese|Spanish|French): *")


def recognises(file: InputFile) -> bool:
    """Tell Canada's list by its outermost element and the members of its first record."""
    root = root_of(file)
    return root is not None and root.name == "data-set" and b"<Schedule" in file.data and b"<Country" in file.data


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication."""
    return [publication(FORMAT_ID, file, (CA_SEMA,), told_apart(_statements(file)), dating) for file in files]


def _statements(file: InputFile) -> Iterator[tuple[Statement, str]]:
    for number, element in enumerate(records(file, ("record",)), start=1):
        record = present(**{name_of(child): text_of(child) for child in element})
        name = _name(record)
        if not name or "Country" not in record:
            raise DamagedFile(
                f"{file.path}, line {element.sourceline or 0:,} (record {number:,}): the record has no "
                f"{'name' if not name else 'Country'}; the file is damaged, download it again"
            )
        key = key_of(_regime(record["Country"]), name)
        apart = " ".join(record.get(part, "") for part in ("DateOfListing", "Schedule", "Item"))
        day = iso_day(record.get("DateOfListing", ""))
        yield Statement(key, (CA_SEMA,), _fields(record, name), day), apart


def _regime(country: str) -> str:
    """The regime's English name without what it was called before."""
    bare = folded(re.sub(r"\(.*?\)", "", country.partition(" / ")[0]))
    return _REGIMES.get(bare, bare)


def _name(record: Fields) -> str:
    family, given = record.get("LastName", ""), record.get("GivenName", "")
    if family or given:
        return f"{family}, {given}" if family and given else family or given
    return next((record[part] for part in _NAME if part in record), "")


def _fields(record: Fields, name: str) -> Fields:
    person = "LastName" in record or "GivenName" in record
    birth = next((record[part] for part in _BIRTH if part in record), "")
    imo = record.get(_IMO)
    aliases = _aliases(record.get("Aliases", ""), person=person)
    placed = {"Country", "LastName", "GivenName", "DateOfListing", _IMO, *_NAME, *(_BIRTH if person else ())}
    if [alias["text"] for alias in aliases] == [record.get("Aliases")]:
        placed.add("Aliases")
    if iso_day(record.get("DateOfListing", "")) is None:
        placed.discard("DateOfListing")
    return stated(
        type="individual" if person else "vessel" if imo else "entity",
        name=name,
        programmes=[record["Country"]],
        aliases=aliases,
        births=[date_range(birth)] if birth and person else [],
        identifiers=[{"kind": "imo", "value": imo, "label": _IMO}] if imo else [],
        other={label: value for label, value in record.items() if label not in placed},
    )


def _aliases(text: str, *, person: bool) -> list[Fields]:
    """The aliases in one field, separated by commas that legal forms have too: those stay with the name before."""
    found: list[str] = []
    for part in (part.strip() for part in _SEPARATOR.split(text)):
        if found and folded(part) in _LEGAL_FORMS:
            found[-1] = f"{found[-1]}, {part}"
        elif part:
            found.append(part)
    return unique(_alias(part, person=person) for part in found)


def _alias(text: str, *, person: bool) -> Fields:
    """A single word of a person's is a fragment of a name, as often as not: a weak alias."""
    language = _LANGUAGE.match(text)
    bare = text[language.end() :] if language else text
    if any(ord(c) > 0x24F and c.isalpha() for c in bare):
        kind = NameKind.original_script
    else:
        kind = NameKind.weak if person and len(bare.split()) == 1 else NameKind.aka
    return present(text=bare, kind=kind.value, language=language[1] if language else None)
