"""trade.gov's Consolidated Screening List, CSV: copies of thirteen lists in one file; the `source` column decides.

It speaks for the debarred parties and the nonproliferation sanctions, which have no other file to import. Of lists that
have official files of their own it is a copy with less in it (aliases strong and weak in one field, no codes of states,
identity numbers that change with the content): those copies are lists apart, so that they never contradict the
originals. docs/formats.md says more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from compliance.measures import NS_CMIC_RULE, sectoral
from compliance.model import MeasureKind, NameKind, Publication, Statement
from compliance.sources import ofac_dates
from compliance.sources.catalogue import STATE_DTC, STATE_ISN
from compliance.sources.csv_records import AGAIN, header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import key_of, told_apart
from compliance.sources.files import InputFile
from compliance.sources.identifier_kinds import kind_of
from compliance.sources.partial_dates import date_range, iso_day
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, present, publication, stated, unique

FORMAT_ID = "csl-csv"
HEADER = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses", "federal_register_notice",
    "start_date", "end_date", "standard_order", "license_requirement", "license_policy", "call_sign", "vessel_type",
    "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks", "source_list_url",
    "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
# The code in the text of `source`, and the list on which such a row stands.
LISTS = {
    "SDN": "us-csl-sdn",
    "SSI": "us-csl-ssi",
    "CAP": "us-csl-cap",
    "NS-MBS List": "us-csl-mbs",
    "PLC": "us-csl-plc",
    "FSE": "us-csl-fse",
    "CMIC": "us-csl-cmic",
    "EL": "us-csl-el",
    "MEU": "us-csl-meu",
    "DPL": "us-csl-dpl",
    "UVL": "us-csl-uvl",
    "DTC": STATE_DTC,
    "ISN": STATE_ISN,
}
_LISTED = "Listing Date (CMIC)"
_NUMBERED = ("SDN", "SSI", "CAP", "NS-MBS List", "PLC", "FSE", "CMIC")
_TYPES = {"": "entity", "Entity": "entity", "Individual": "individual", "Vessel": "vessel", "Aircraft": "aircraft"}
_CODE = re.compile(r"\(([A-Za-z -]+)\)")
_BETWEEN = "; "
_COUNTRY = re.compile(r"[A-Z]{2}")
_PLACED = ("type", "programs", "name", "addresses", "remarks", "alt_names", "citizenships", "dates_of_birth",
           "nationalities", "places_of_birth")  # fmt: skip
_UNPLACED = tuple(column for column in HEADER if column not in _PLACED)

Row = dict[str, str]


def recognises(file: InputFile) -> bool:
    """Tell the file by its header."""
    return tuple(header_of(file)) == HEADER


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication of all its lists."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    found = rows(text_of(file), file)
    next(found)
    by_list: dict[str, list[Row]] = {list_id: [] for list_id in LISTS.values()}
    problems = Problems(file.path)
    for record in table(found, HEADER, file):
        row = dict(zip(HEADER, record.fields, strict=True))
        code = _code(row["source"])
        wrong = _wrong(row, code)
        if wrong:
            problems.add(record.line, wrong)
        else:
            by_list[LISTS[code]].append(row)
    problems.refuse(AGAIN)
    held = {list_id: group for list_id, group in by_list.items() if group}
    statements = [each for list_id, group in held.items() for each in _of_list(list_id, group)]
    twice = [s for s in statements if "-" in s.key and s.key.partition("-")[0].isdigit()]
    notes = [f"{file.path}: {s.key.partition('-')[0]} stands twice on {s.lists[0]}, kept as {s.key} too" for s in twice]
    missing = [code for code, list_id in LISTS.items() if list_id not in held]
    if missing:
        notes.append(f"{file.path}: no rows of {', '.join(missing)}; what is known of those lists stays as it was")
    return publication(FORMAT_ID, file, tuple(held), statements, dating, warnings=notes)


def _code(source: str) -> str:
    match = _CODE.search(source)
    return match[1] if match else ""


def _wrong(row: Row, code: str) -> str | None:
    if code not in LISTS:
        return f"the source {row['source'][:60]!r} is no list that is known"
    if not row["name"].strip():
        return "the row has no name"
    if row["type"] not in _TYPES:
        return f"the type {row['type'][:20]!r} is unknown"
    return None if row["_id"].strip() else "the row has no _id"


def _of_list(list_id: str, group: Iterable[Row]) -> list[Statement]:
    found: list[tuple[Statement, str]] = []
    for row in {tuple(row.values()): row for row in group}.values():
        numbers = [_number(text) for text in _parts(row["ids"])]
        numbered = _code(row["source"]) in _NUMBERED
        addresses = [_address(text) for text in _parts(row["addresses"])]
        country = next((each["country"] for each in addresses if "country" in each), "")
        key = row["_id"] if numbered else key_of(country, row["name"])
        apart = " ".join(row[part] for part in ("start_date", "federal_register_notice", "programs", "addresses"))
        listed = iso_day(row["start_date"]) or _dates(numbers).get(_LISTED)
        found.append((Statement(key, (list_id,), _fields(row, list_id, addresses, numbers), listed), apart))
    return told_apart(found)


def _fields(row: Row, list_id: str, addresses: list[Fields], numbers: list[Fields]) -> Fields:
    genders = [each["value"] for each in numbers if each["label"] == "Gender"]
    return stated(
        type=_TYPES[row["type"]],
        name=row["name"].strip(),
        programmes=_parts(row["programs"]),
        aliases=[{"text": text, "kind": NameKind.aka.value} for text in _parts(row["alt_names"])],
        addresses=addresses,
        remarks=row["remarks"].strip(),
        gender=genders[0] if genders else None,
        identifiers=[each for each in numbers if _names_somebody(each)],
        births=[date_range(text) for text in _parts(row["dates_of_birth"])],
        birthplaces=_parts(row["places_of_birth"]),
        nationalities=_parts(row["nationalities"]),
        citizenships=_parts(row["citizenships"]),
        measures=_measures(list_id, numbers),
        other={column: value for column in _UNPLACED if (value := row[column].strip())},
    )


def _names_somebody(number: Fields) -> bool:
    """Whether it is a number that names the party, and not a date, a sentence or a word."""
    if number["kind"] != "id-number":
        return True
    return re.search(r"\d{3}", number["value"]) is not None and not _dates([number])


def _parts(text: str) -> list[str]:
    return unique(part.strip() for part in text.split(_BETWEEN))


def _address(text: str) -> Fields:
    rest, _, last = text.rpartition(", ")
    if _COUNTRY.fullmatch(last):
        return address(street=rest, country=last)
    return address(country=text) if _COUNTRY.fullmatch(text) else address(street=text)


def _number(text: str) -> Fields:
    """One of `ids`: country (sometimes), value, label."""
    value, _, label = text.rpartition(", ")
    country, comma, bare = value.partition(", ")
    if comma and _COUNTRY.fullmatch(country):
        return {"kind": kind_of(label), "value": bare, "label": label, "country": country}
    return {"kind": kind_of(label), "value": value or label, "label": label}


def _dates(numbers: Iterable[Fields]) -> dict[str, date]:
    """The labelled dates among the numbers; of whatever else there is no day."""
    return {each["label"]: day for each in numbers if (day := ofac_dates.whole_day(each["value"]))}


def _measures(list_id: str, numbers: Sequence[Fields]) -> list[dict[str, Any]]:
    """What the row itself says is forbidden: the dates of NS-CMIC, the directives of SSI."""
    if list_id == "us-csl-cmic":
        return _securities(numbers)
    texts = [f"{each['label']} {each['value']}" for each in numbers] if list_id == "us-csl-ssi" else []
    return [present(**measure.model_dump(mode="json")) for measure in sectoral(texts)]


def _securities(numbers: Iterable[Fields]) -> list[dict[str, Any]]:
    dates = _dates(numbers)
    effective, last = dates.get("Effective Date (CMIC)"), dates.get("Purchase/Sales For Divestment Date (CMIC)")
    return [
        present(
            kind=MeasureKind.securities.value,
            basis="CMIC-EO13959",
            rule=NS_CMIC_RULE,
            effective=effective.isoformat() if effective else None,
            divest_by=last.isoformat() if last else None,
        )
    ]
