"""A file of counterparties to be watched: every row is one of them, by its own id, or the file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from compliance.counterparties import Row, Table
from compliance.countries import code_of
from compliance.errors import BadInput
from compliance.monitoring.model import Counterparty, known
from compliance.monitoring.portfolios import as_bytes

_SHOWN = 3  # rows that an error names


class Read(NamedTuple):
    """What is known of each counterparty of a file, as JSON, by its id; and the rows that were left out, with why."""

    parties: dict[str, bytes]
    left_out: list[tuple[int, str]]


def read(path: Path, table: Table, *, accept_unreadable: bool = False) -> Read:
    """The counterparties of a file. Raises BadInput for rows that cannot be watched, unless these are accepted.

    Two rows that say different things of one id are refused in any case.
    """
    parties: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    left_out: list[tuple[int, str]] = []
    for row in table.rows():
        problem = row.problem or ("" if _id(table, row) else f"no id in column {table.columns.id!r}")
        if problem:
            left_out.append((row.number, problem))
            continue
        data = as_bytes(known(_party(table, row)))
        first = rows.setdefault(_id(table, row), row.number)
        if parties.setdefault(_id(table, row), data) != data:
            raise BadInput(
                f"{path}: rows {first} and {row.number} have the id {_id(table, row)!r} and say different things"
            )
    if left_out and not accept_unreadable:
        named = "; ".join(f"row {number}: {problem}" for number, problem in left_out[:_SHOWN])
        more = f"; and {len(left_out) - _SHOWN:,} more" if len(left_out) > _SHOWN else ""
        raise BadInput(
            f"{path}: {len(left_out):,} rows cannot be watched ({named}{more}): put them right, or leave them out with "
            "--accept-unreadable"
        )
    return Read(parties, left_out)


def _id(table: Table, row: Row) -> str:
    return row.cells[table.columns.id or ""].strip()


def _party(table: Table, row: Row) -> Counterparty:
    country = row.cells[table.columns.country].strip() if table.columns.country else ""
    code = code_of(country) if country else None
    return Counterparty(
        id=_id(table, row), name=row.cells[table.columns.name].strip(), countries=(code,) if code else ()
    )
