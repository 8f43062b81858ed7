"""The rows of a British list joined into one statement for each party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.model import Statement
from compliance.sources.csv_records import AGAIN, Record
from compliance.sources.files import InputFile
from compliance.sources.problems import Problems
from compliance.sources.uk_entry import Layout, Row, fields_of, listed_on


def statements(
    layout: Layout, list_id: str, records: Sequence[Record], header: Sequence[str], file: InputFile
) -> list[Statement]:
    """One statement for each party; rows without a key or a name, or that contradict one another, are damage."""
    names = [name.strip() for name in header]
    parties: dict[str, list[tuple[int, Row]]] = {}
    problems = Problems(file.path)
    for record in records:
        row = {name: value.strip() for name, value in zip(names, record.fields, strict=True) if name}
        wrong = _wrong(layout, row)
        if wrong:
            problems.add(record.line, wrong)
        parties.setdefault(row[layout.key], []).append((record.line, row))
    for key, held in parties.items():
        kinds = {row.get(layout.type, "").casefold() for _, row in held}
        if len(kinds) > 1:
            problems.add(held[0][0], f"{layout.key} {key} is of more than one {layout.type}")
    problems.refuse(AGAIN)
    return [statement(layout, list_id, key, [row for _, row in held]) for key, held in parties.items()]


def statement(layout: Layout, list_id: str, key: str, rows: Sequence[Row]) -> Statement:
    """What the rows of one party state."""
    day = listed_on(layout, rows)
    return Statement(key, (list_id,), fields_of(layout, rows), date.fromisoformat(day) if day else None)


def _wrong(layout: Layout, row: Row) -> str | None:
    if not row.get(layout.key):
        return f"the row has no {layout.key}"
    if not row.get(layout.type):
        return f"the row has no {layout.type}"
    scripts = row.get(layout.script[0])
    return None if scripts or any(row.get(part) for part in layout.names) else "the row has no name"
