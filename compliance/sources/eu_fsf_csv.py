"""The EU's Financial Sanctions Files, CSV: the form of today (`csvFullSanctionsList_1_1`) and that of 2018.

Separated by semicolons, one row for each name, address, birth, document or citizenship, keyed by the logical id; the
date in the first column. Columns are read by what they begin with (`NameAlias_`, `Naal_`), so that none is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.errors import DamagedFile
from compliance.model import Publication
from compliance.sources.catalogue import EU_FSF
from compliance.sources.csv_records import AGAIN, Record, head_of, header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.eu_entry import Part, Party, part_of, statement, with_own_rest, wrong_with
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import british_day
from compliance.sources.problems import Problems
from compliance.sources.stating import publication, unique

FORMAT_ID = "eu-fsf-csv"
_KEYS = ("entity_logicalid", "entity_logical_id")
_DATES = ("filegenerationdate", "date_file")
# What a column begins with, and the part that it belongs to; the longer beginnings first.
_PARTS = (
    ("entity_regulation_", "regulation"),
    ("leba_", "regulation"),
    ("programme", "regulation"),
    ("namealias_", "name"),
    ("naal_", "name"),
    ("address_", "address"),
    ("addr_", "address"),
    ("birthdate_", "birth"),
    ("birt_", "birth"),
    ("identification_", "identification"),
    ("iden_", "identification"),
    ("citizenship_", "citizenship"),
    ("citi_", "citizenship"),
)
_ENTITY = {
    "entity_subjecttype_classificationcode": "classificationcode",
    "entity_subjecttype": "subjecttype",
    "subject_type": "subjecttype",
    "entity_designationdate": "designationdate",
}
_REMARKS = ("entity_remark",)


def recognises(file: InputFile) -> bool:
    """Tell the files by the key's column in their first line."""
    line = head_of(file).partition("\n")[0].lower()
    return ";" in line and any(key in line for key in _KEYS) and any(name in line for name in ("namealias_", "naal_"))


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its first column."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    if len(header_of(file, delimiter=";")) == 1:
        raise DamagedFile(
            f"{file.path}, line 1: each line stands in one pair of quotation marks, some program rewrote the file; "
            "download it again and do not convert it"
        )
    found = rows(text_of(file), file, delimiter=";")
    header = [name.strip() for name in next(found).fields]
    records = table(found, header, file)
    columns = [_column(name) for name in header]
    own = british_day(records[0].fields[0])
    if header[0].lower() not in _DATES or own is None:
        raise DamagedFile(f"{file.path}, line {records[0].line:,}: no date in the first column; {AGAIN}")
    spelling = {column[1]: name[len(name) - len(column[1]) :] for column, name in zip(columns, header, strict=True)}
    parties = _parties(records, columns, own, file)
    found_of = [statement(key, party, FORMAT_ID, spelling) for key, party in parties.items()]
    return with_own_rest(publication(FORMAT_ID, file, (EU_FSF,), found_of, dating, own))


def _column(name: str) -> tuple[str, str]:
    """The part that a column belongs to, and its name there."""
    small = name.lower()
    if small in _KEYS:
        return "key", small
    if small in _DATES:
        return "date", small
    if small in _ENTITY or small in _REMARKS:
        return ("remark" if small in _REMARKS else "entity"), _ENTITY.get(small, small)
    for begin, part in _PARTS:
        if small.startswith(begin):
            return part, (small if begin == "programme" else small.removeprefix(begin)).replace(
                "logical_id", "logicalid"
            )
    return "entity", small.removeprefix("entity_")


def _parties(
    records: Sequence[Record], columns: Sequence[tuple[str, str]], own: date, file: InputFile
) -> dict[str, Party]:
    problems = Problems(file.path)
    held: dict[str, list[tuple[int, dict[str, Part]]]] = {}
    for record in records:
        parts: dict[str, list[tuple[str, str]]] = {}
        for (part, name), value in zip(columns, record.fields, strict=True):
            parts.setdefault(part, []).append((name, value))
        keys = {value.strip() for _, value in parts["key"]} - {""}
        days = {british_day(value) for _, value in parts["date"]}
        if len(keys) != 1 or days != {own}:
            problems.add(record.line, "not one logical id" if len(keys) != 1 else f"a date other than {own}")
            continue
        row: dict[str, Part] = {part: part_of(pairs) for part, pairs in parts.items()}
        held.setdefault(keys.pop(), []).append((record.line, row))
    parties = {key: _party([row for _, row in rows_]) for key, rows_ in held.items()}
    for key, party in parties.items():
        wrong = wrong_with(party)
        if wrong:
            problems.add(held[key][0][0], f"{wrong} (logical id {key})")
    problems.refuse(AGAIN)
    return parties


def _party(found: Sequence[dict[str, Part]]) -> Party:
    def parts(name: str) -> list[Part]:
        return unique(row.get(name, {}) for row in found)

    entity: dict[str, str] = {}
    for row in found:
        entity |= {name: value for name, value in row.get("entity", {}).items() if name not in entity}
    remarks = unique(value for row in found for value in row.get("remark", {}).values())
    return Party(
        entity, parts("name"), parts("address"), parts("birth"), parts("identification"), parts("citizenship"),
        parts("regulation"), remarks,
    )  # fmt: skip
