"""A file of counterparties to be watched: every row is one of them, by its own id, or the file is refused."""

from __future__ import annotations

from typing import NamedTuple

from compliance.counterparties.inputs import pieces
from compliance.counterparties.subjects import Row, rows
from compliance.counterparties.values import Input
from compliance.errors import BadInput
from compliance.monitoring.model import Counterparty, known
from compliance.monitoring.portfolios import as_bytes

_SHOWN = 3  # rows that an error names


class Read(NamedTuple):
    """What is known of each counterparty of a file, as JSON, by its id; and the rows that were left out, with why."""

    parties: dict[str, bytes]
    left_out: list[tuple[int, str]]


def read(source: Input, *, accept_unreadable: bool = False) -> Read:
    """The counterparties of a file. Raises BadInput for rows that cannot be watched, unless these are accepted.

    Two rows that say different things of one id are refused in any case.
    """
    path, column = source.name, source.columns.id
    if column is None:
        raise BadInput(f"{path}: no column is known to hold ids; give it with --id-column: who is watched needs one")
    place = source.layout.header.index(column)
    parties: dict[str, bytes] = {}
    first_rows: dict[str, int] = {}
    left_out: list[tuple[int, str]] = []
    for row in (row for piece in pieces([source]) for row in rows(piece, source)[0]):
        row_id = row.cells[place].strip() if len(row.cells) > place else ""
        problem = row.problem or ("" if row_id else f"no id in column {column!r}")
        if problem:
            left_out.append((row.number, problem))
            continue
        data = as_bytes(known(_party(row_id, row)))
        first = first_rows.setdefault(row_id, row.number)
        if parties.setdefault(row_id, data) != data:
            raise BadInput(f"{path}: rows {first} and {row.number} have the id {row_id!r} and say different things")
    if left_out and not accept_unreadable:
        named = "; ".join(f"row {number}: {problem}" for number, problem in left_out[:_SHOWN])
        more = f"; and {len(left_out) - _SHOWN:,} more" if len(left_out) > _SHOWN else ""
        count = "1 row" if len(left_out) == 1 else f"{len(left_out):,} rows"
        raise BadInput(
            f"{path}: {count} cannot be watched ({named}{more}): put right what is wrong, or leave it out with "
            "--accept-unreadable"
        )
    return Read(parties, left_out)


def _party(row_id: str, row: Row) -> Counterparty:
    names = [subject.name for subject, _ in row.subjects]
    subject, _ = row.subjects[0]
    return Counterparty(
        id=row_id,
        name=names[0],
        other_names=tuple(names[1:]),
        countries=subject.countries,
        identifiers=subject.identifiers,
        party_type=subject.party_type,
        born=subject.born,
    )
