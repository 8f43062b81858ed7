"""Every text and every attribute of OFAC's real XML files is found again in the export as of the file's day.

The originals are walked as bare XML: nothing here knows how the readers place a value. A number that points to the
file's own reference values counts as found when what it stands for is.
"""

from __future__ import annotations

import io
import json
import os
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.exporting import write_jsonl

LISTS = Path(os.environ.get("COMPLIANCE_CORPUS") or "/nonexistent") / "lists" / "ofac-consolidated"
FILES = {
    "older": LISTS / "2018-04-06" / "consolidated.xml",
    "advanced": LISTS / "2020-03-17" / "cons_advanced.xml",
    "enhanced": LISTS / "2025-01-10" / "CONS_ENHANCED.ZIP",
}
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not all(f.exists() for f in FILES.values()), reason="COMPLIANCE_CORPUS names no real lists"),
]

# What the model says in words of its own.
SPELT = {
    "a.k.a.": "aka", "A.K.A.": "aka", "f.k.a.": "fka", "F.K.A.": "fka", "N.K.A.": "nka", "strong": "names",
    "Birthdate": "births", "Place of Birth": "birthplaces", "Citizenship Country": "citizenships",
    "Nationality Country": "nationalities", "ADDRESS1": "street", "ADDRESS2": "street", "ADDRESS3": "street",
    "CITY": "city", "STATE/PROVINCE": "city", "POSTAL CODE": "city", "REGION": "country", "Gender": "gender",
    "Name": "primary", "Location": "addresses", "PRIMARY": "country", "Program": "programmes",
}  # fmt: skip
# Flags that place a name, and the alphabet in which every name is that does not say otherwise.
SILENT = {("isPrimary",), ("isLowQuality",), ("Primary",), ("LowQuality",)}
LATIN = "Latin"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
Value = tuple[str, str]


def tree(path: Path) -> ET.Element:
    data = path.read_bytes()
    if path.suffix == ".ZIP":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    root = ET.fromstring(data)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def walk(element: ET.Element) -> Iterator[Value]:
    """Every attribute and text below an element, with the name it stands under."""
    for inner in element.iter():
        yield from inner.attrib.items()
        if inner.text and inner.text.strip():
            yield inner.tag, inner.text


def older(root: ET.Element) -> tuple[dict[str, list[Value]], dict[Value, str]]:
    return {entry.findtext("uid", ""): list(walk(entry)) for entry in root.iter("sdnEntry")}, {}


def enhanced(root: ET.Element) -> tuple[dict[str, list[Value]], dict[Value, str]]:
    points = {("refId", v.get("refId", "")): v.findtext("value", "") for v in root.iter("referenceValue")}
    points |= {("featureTypeId", v.get("featureTypeId", "")): v.findtext("type", "") for v in root.iter("featureType")}
    points |= {("valueRefId", number): text for (_, number), text in list(points.items())}
    return {entity.get("id", ""): list(walk(entity)) for entity in root.iter("entity")}, points


def advanced(root: ET.Element) -> tuple[dict[str, list[Value]], dict[Value, str]]:
    sets = {
        (v.tag, v.get("ID", "")): v.text or "" for group in root.iter("ReferenceValueSets") for s in group for v in s
    }
    places = {place.get("ID"): place for place in root.iter("Location")}
    papers = defaultdict(list)
    for paper in root.iter("IDRegDocument"):
        papers[paper.get("IdentityID")].append(paper)
    found: dict[str, list[Value]] = {}
    for party in root.iter("DistinctParty"):
        parts = [party, *(p for i in party.iter("Identity") for p in papers[i.get("ID")])]
        parts += [places[v.get("LocationID")] for v in party.iter("VersionLocation")]
        found[party.get("FixedRef", "")] = [value for part in parts for value in walk(part)]
    for tag, owner in (("SanctionsEntry", "ProfileID"), ("ProfileRelationship", "From-ProfileID")):
        for element in root.iter(tag):
            found[element.get(owner, "")] += walk(element)
    points = {}
    for values in found.values():
        for name, value in values:
            kind = name[:-2].rpartition("-")[2]
            if name.endswith("ID") and (kind, value) in sets:
                points[name, value] = sets[kind, value]
    return found, points


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "label" in value:  # an identifier: key and value may be told apart at another place than in the file
            yield " ".join(value[part] for part in ("label", "value", "country", "issued", "expires") if part in value)
        for name, inner in value.items():
            yield name
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value)


@cache
def words(text: str) -> str:
    """A text down to its words: letters and digits in one case; a thousands comma is no break."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).casefold()
    return " ".join(["", *re.findall(r"\w+", plain), ""])


def spellings(value: str) -> Iterator[str]:
    yield value
    yield SPELT.get(value, value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        yield f"{day.day:02} {MONTHS[day.month - 1]} {day.year}"
    if found := re.fullmatch(r"(\d\d) ([A-Z][a-z]{2}) (\d{4})", value):
        yield f"{found[3]}-{MONTHS.index(found[2]) + 1:02}-{found[1]}"


def exported(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The words of each party's export over all lists on which it stands, as of the file's day."""
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
    out = io.StringIO()
    clock = lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)  # noqa: E731 - the clock that is passed in
    with Compliance.open(f"sqlite:///{folder / 'data' / 'log.db'}", clock=clock, bundled=False) as compliance:
        (summary,) = compliance.import_files([path])
        assert summary.publication.date_source == "file"
        assert summary.publication.published == date.fromisoformat(path.parent.name)
        write_jsonl(compliance.register(summary.publication.published).listings(), out)
    found: dict[str, str] = defaultdict(str)
    for line in out.getvalue().splitlines():
        entry = json.loads(line)
        found[entry["key"]] += "|".join(words(leaf) for leaf in leaves(entry))
    return found


@pytest.mark.parametrize(
    ("path", "read"),
    [(FILES["older"], older), (FILES["advanced"], advanced), (FILES["enhanced"], enhanced)],
    ids=list(FILES),
)
def test_every_value_of_the_file_is_in_the_export(
    path: Path, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties, points = read(tree(path))
    export = exported(path, tmp_path, monkeypatch)
    assert export.keys() == parties.keys()
    lost: dict[str, list[Value]] = defaultdict(list)
    checked = 0
    for key, values in parties.items():
        for name, value in set(values):
            meant = points.get((name, value), value)
            if meant in ("Unknown", LATIN) or (name,) in SILENT:
                continue
            checked += 1
            if not any(words(spelling) in export[key] for spelling in spellings(meant)):
                lost[name].append((key, value))
    assert not lost, {name: (len(found), found[:3]) for name, found in lost.items()}
    assert checked > 10_000
