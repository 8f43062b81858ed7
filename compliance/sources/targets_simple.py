"""OpenSanctions' `targets.simple.csv`: one row a target, several values of a field separated by semicolons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import FTM
from compliance.sources.csv_records import AGAIN, header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ftm_words import list_id_of, party_type
from compliance.sources.partial_dates import date_range, iso_day
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, once, publication, stated, unique

FORMAT_ID = "targets-simple-csv"
_HEADER = ["id", "schema", "name", "aliases", "birth_date", "countries"]
_PLACED = {
    "id",
    "name",
    "aliases",
    "birth_date",
    "addresses",
    "identifiers",
    "phones",
    "emails",
    "program_ids",
    "last_seen",
}
_BETWEEN = re.compile(r";\s*")

Row = dict[str, str]


def recognises(file: InputFile) -> bool:
    """Tell the form by the beginning of its header."""
    return header_of(file)[: len(_HEADER)] == _HEADER


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by the newest `last_seen` in it."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    found = rows(text_of(file), file)
    header = next(found).fields
    records = table(found, header, file)
    held = [(record.line, dict(zip(header, record.fields, strict=True))) for record in records]
    _check(held, file)
    list_id = list_id_of((_parts(row.get("dataset", "")) for _, row in held), FTM)
    seen = [day for _, row in held if (day := iso_day(row.get("last_seen", "")))]
    statements = once(_statements(held, list_id), file)
    return publication(FORMAT_ID, file, (list_id,), statements, dating, max(seen, default=None))


def _check(held: Sequence[tuple[int, Row]], file: InputFile) -> None:
    problems = Problems(file.path)
    for line, row in held:
        if not row["id"].strip() or not row["name"].strip():
            problems.add(line, "the row has no id" if not row["id"].strip() else "the row has no name")
    problems.refuse(AGAIN)


def _statements(held: Sequence[tuple[int, Row]], list_id: str) -> Iterator[tuple[str, Statement]]:
    for line, row in held:
        yield f"line {line:,}", Statement(row["id"].strip(), (list_id,), _fields(row), None)


def _parts(text: str) -> list[str]:
    return unique(part.strip() for part in _BETWEEN.split(text))


def _fields(row: Row) -> Fields:
    numbers = [("id-number", "identifiers"), ("phone", "phones"), ("email", "emails")]
    return stated(
        type=party_type(row["schema"]) or "entity",
        name=row["name"].strip(),
        programmes=_parts(row.get("program_ids", "")),
        aliases=[{"text": text, "kind": NameKind.aka.value} for text in _parts(row["aliases"])],
        addresses=[address(street=text) for text in _parts(row.get("addresses", ""))],
        identifiers=[
            {"kind": kind, "value": value, "label": column}
            for kind, column in numbers
            for value in _parts(row.get(column, ""))
        ],
        births=[date_range(text) for text in _parts(row["birth_date"])],
        other={column: value.strip() for column, value in row.items() if column not in _PLACED and value.strip()},
    )
