"""The rows of the results: one for each hit, one for a row without; with what it rests on, and the input's cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from compliance.answers import Hit
from compliance.batch.matching import Found
from compliance.counterparties.values import Input
from compliance.matching import MATCHER_VERSION
from compliance.screening import Screener

COLUMNS = (
    "row", "id", "query", "outcome", "score", "list", "entry", "entry_name", "matched_name", "matched_kind", "reason",
    "forbidden", "state", "since", "as_of", "log_position", "log_root", "matcher", "threshold", "note", "file",
    "column",
)  # fmt: skip
NUMBERS = {"row": int, "log_position": int, "score": float, "threshold": float}  # the others are texts
UNREADABLE = "unreadable"
_PREFIX = "input_"
Cells = list[Any]


def carried(inputs: Sequence[Input]) -> tuple[str, ...]:
    """The inputs' own columns as they are called in the results: with `input_` before a name that is taken."""
    return tuple(dict.fromkeys(name for source in inputs for name in _named(source)))


def _named(source: Input) -> list[str]:
    names: list[str] = []
    for heading in source.layout.header:
        name = heading.strip() or "column"
        while name in COLUMNS or name in names:
            name = _PREFIX + name
        names.append(name)
    return names


class ResultRows:
    """Makes result rows, in the order of `columns`."""

    def __init__(self, screener: Screener, inputs: Sequence[Input]) -> None:
        self.own = carried(inputs)
        self.columns = COLUMNS + self.own
        options, book = screener.options, screener.book
        self._rests_on = [options.as_of.isoformat(), book.position, book.root, MATCHER_VERSION, options.threshold]
        self._inputs = inputs
        self._ids = [_place(source, source.columns.id) for source in inputs]
        self._places = [None if _named(s) == list(self.own) else [self.own.index(n) for n in _named(s)] for s in inputs]

    def id_of(self, number: int, cells: Sequence[str]) -> str | None:
        """The cell of the id column of an input, where there is one."""
        at = self._ids[number]
        return printable(cells[at]) if at is not None and at < len(cells) else None

    def of(self, number: int, found: Found) -> Iterator[Cells]:
        """The rows of one row of the input with this number."""
        row = found.row
        source = self._inputs[number]
        start = [row.number, self.id_of(number, row.cells)]
        own = self._own(number, row.cells)
        if row.problem is not None:
            query = self._query(source, row.cells)
            yield [*start, query, UNREADABLE, *[None] * 10, *self._rests_on, row.problem, source.name, None, *own]
        for hit, subject, heading in found.hits:
            note = "; ".join((*hit.reason.notes, *found.why, *row.notes))
            query = subject.name
            yield [*start, query, found.outcome, *_hit(hit), *self._rests_on, note, source.name, heading, *own]
        if row.problem is None and not found.hits:
            note = "; ".join((*found.why, *row.notes))
            query, heading = row.subjects[0][0].name, row.subjects[0][1]
            yield [*start, query, found.outcome, *[None] * 10, *self._rests_on, note, source.name, heading, *own]

    def _own(self, number: int, cells: Sequence[str]) -> Sequence[str | None]:
        places = self._places[number]
        if places is None and len(cells) == len(self.own) and cells:
            return [printable(cell) for cell in cells]
        own: list[str | None] = [None] * len(self.own)
        for place, cell in zip(places if places is not None else range(len(own)), cells, strict=False):
            own[place] = printable(cell)
        return own

    @staticmethod
    def _query(source: Input, cells: Sequence[str]) -> str | None:
        at = _place(source, source.columns.names[0] if source.columns.names else None)
        return printable(cells[at].strip()) if at is not None and at < len(cells) else None


def _place(source: Input, heading: str | None) -> int | None:
    return None if heading is None else source.layout.header.index(heading)


def _hit(hit: Hit) -> Cells:
    since = hit.entry.listed_on or hit.since
    return [
        hit.score,
        hit.entry.list_id,
        hit.entry.id,
        hit.entry.primary_name,
        hit.matched_name,
        hit.matched_kind,
        hit.reason.summary,
        "; ".join(hit.forbidden),
        hit.state,
        since.isoformat() if since else None,
    ]


def printable(cell: str) -> str:
    """The cell; bytes that are not in the file's encoding become the sign for them (U+FFFD)."""
    return cell if cell.isascii() else cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
