"""One's own list: a CSV file or a spreadsheet, with a small TOML file that says what its columns hold.

The mapping names its file, and both are given together (or lie in one folder). docs/formats.md has an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compliance.errors import BadInput
from compliance.model import MeasureKind, NameKind, Publication, Statement
from compliance.sources.csv_records import Record, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import folded, told_apart
from compliance.sources.files import InputFile
from compliance.sources.identifier_kinds import kind_of
from compliance.sources.office import is_spreadsheet, sheet_rows
from compliance.sources.own_mapping import Mapping, is_mapping, read_mapping
from compliance.sources.partial_dates import british_day, date_range, iso_day
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, publication, stated, unique

FORMAT_ID = "own-list"
_AGAIN = "correct the file or its mapping"

Row = dict[str, str]


def recognises(file: InputFile) -> bool:
    """Tell a mapping by its content; the file that it names has no form of its own."""
    return is_mapping(file)


def claimed(files: Iterable[InputFile]) -> set[str]:
    """The names of the files that mappings among these speak of, and of the mappings."""
    there = {file.name: file for file in files}
    found: set[str] = set()
    for file in there.values():
        if is_mapping(file):
            named = read_mapping(file).file
            if named not in there:
                raise BadInput(f"{file.path}: the file {named!r} that it describes is not there; give both together")
            found |= {file.name, named}
    return found


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each mapping's file as one publication of the list that it names."""
    by_name = {file.name: file for file in files}
    found = []
    for file in files:
        if is_mapping(file):
            mapping = read_mapping(file)
            found.append(_publication(mapping, file, by_name[mapping.file], dating))
    return found


def _publication(mapping: Mapping, described_by: InputFile, file: InputFile, dating: Dating) -> Publication:
    found = sheet_rows(file) if is_spreadsheet(file) else rows(_text(mapping, file), file, delimiter=mapping.delimiter)
    header = [name.strip() for name in next(found, Record(1, [])).fields]
    mapping.check(header, described_by.path, file.path)
    width = len(header)
    padded = (Record(r.line, r.fields + [""] * (width - len(r.fields))) for r in found)
    statements = told_apart(_statements(mapping, table(padded, header, file), header, file))
    whole = publication(FORMAT_ID, file, (mapping.list_id,), statements, dating)
    return whole._replace(files=(*whole.files, described_by.source()))


def _text(mapping: Mapping, file: InputFile) -> str:
    return text_of(file, (mapping.encoding,))


def _statements(
    mapping: Mapping, records: Sequence[Record], header: Sequence[str], file: InputFile
) -> Iterator[tuple[Statement, str]]:
    problems = Problems(file.path)
    found = []
    keys: dict[str, int] = {}
    for record in records:
        row = {name: value.strip() for name, value in zip(header, record.fields, strict=True) if name}
        wrong = _wrong(mapping, row)
        key = row.get(mapping.key, "")
        if mapping.key and not wrong:
            wrong = f"{mapping.key} {key!r} stands there twice, first in line {keys[key]:,}" if key in keys else None
            keys.setdefault(key, record.line)
        if wrong:
            problems.add(record.line, wrong)
        else:
            found.append(_statement(mapping, row))
    problems.refuse(_AGAIN)
    yield from ((statement, str(statement.fields)) for statement in found)


def _wrong(mapping: Mapping, row: Row) -> str | None:
    if not row.get(mapping.name):
        return f"no {mapping.name}"
    if mapping.key and not row.get(mapping.key):
        return f"no {mapping.key}"
    kind = row.get(mapping.type, "")
    if kind and mapping.type_of(kind) is None:
        return f"the {mapping.type} {kind!r} is neither entity, individual, vessel, aircraft nor under [types]"
    listed = row.get(mapping.listed_on, "")
    if listed and not (iso_day(listed) or british_day(listed)):
        return f"the {mapping.listed_on} {listed!r} is no day (YYYY-MM-DD or DD/MM/YYYY)"
    return None


def _statement(mapping: Mapping, row: Row) -> Statement:
    def values(columns: Iterable[str]) -> list[str]:
        return unique(part.strip() for column in columns for part in row.get(column, "").split(mapping.separator))

    name, listed = row[mapping.name], row.get(mapping.listed_on, "")
    countries = values(mapping.country)
    addresses = [address(street=text, country=", ".join(countries)) for text in values(mapping.address)]
    fields = stated(
        type=mapping.type_of(row.get(mapping.type, "")) or "entity",
        name=name,
        programmes=values(mapping.programmes),
        aliases=[{"text": text, "kind": NameKind.aka.value} for text in values(mapping.aliases)],
        addresses=addresses or [address(country=country) for country in countries],
        remarks="\n".join(row[column] for column in mapping.remarks if row.get(column)),
        identifiers=_identifiers(mapping, row),
        births=[date_range(text) for text in values(mapping.born)],
        nationalities=values(mapping.nationality),
        measures=[{"kind": MeasureKind.internal.value, "basis": mapping.measure, "rule": "your own decision"}],
        other={column: value for column, value in row.items() if value and column not in mapping.placed},
    )
    key = " ".join(row[mapping.key].split()) if mapping.key else folded(name)
    return Statement(key, (mapping.list_id,), fields, iso_day(listed) or british_day(listed))


def _identifiers(mapping: Mapping, row: Row) -> list[Fields]:
    return [
        {"kind": kind or kind_of(column), "value": value, "label": column}
        for kind, column in mapping.identifiers.items()
        for value in unique(part.strip() for part in row.get(column, "").split(mapping.separator))
    ]
