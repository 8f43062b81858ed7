"""Rows of counterparties in, results out, row by row in bounded memory. Every row is accounted for.

A row is clear, a hit, without an answer (a list cannot carry "clear"), or unreadable; the four add up to the rows
read. Unreadable rows stand in the output with their number and reason: nothing is dropped.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, TextIO

from compliance.answers import Answer, Hit, Outcome
from compliance.counterparties import Row, Table
from compliance.screening import Screener, Subject
from compliance.tabular import harmless_row

COLUMNS = (
    "row", "id", "query", "outcome", "score", "list", "entry", "entry_name", "matched_name", "matched_kind", "reason",
    "forbidden", "state", "since", "as_of", "log_position", "log_root", "matcher", "threshold", "note",
)  # fmt: skip
_UNREADABLE = "unreadable"
_CHUNK = 4_000  # rows that are held and screened together


class Counts(NamedTuple):
    """What became of the rows; `rows` is the sum of the others."""

    clear: int
    hits: int
    cannot_say: int
    unreadable: int

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self)


def run(table: Table, screener: Screener, out: TextIO, *, form: str, everything: bool, rows: Iterable[Row]) -> Counts:
    """Screens the rows and writes the results in their order; clear rows only with `everything`."""
    write = _jsonl_writer(out) if form == "jsonl" else _csv_writer(out)
    counts: Counter[str] = Counter()
    asked = iter(rows)
    while chunk := list(islice(asked, _CHUNK)):
        subjects = [_subject(table, row) for row in chunk]
        distinct = list(dict.fromkeys(subject for subject in subjects if subject))
        answers = dict(zip(distinct, screener.screen_many(distinct), strict=True))
        for row, subject in zip(chunk, subjects, strict=True):
            if subject is None:
                counts[_UNREADABLE] += 1
                write(_unreadable(table, row, screener))
                continue
            answer = answers[subject]
            counts[answer.outcome] += 1
            for result in _results(table, row, answer, everything):
                write(result)
    return Counts(counts[Outcome.clear], counts[Outcome.hits], counts[Outcome.cannot_say], counts[_UNREADABLE])


def _subject(table: Table, row: Row) -> Subject | None:
    """Who a row asks for; None when it cannot be read."""
    if row.problem is not None:
        return None
    country = row.cells[table.columns.country] if table.columns.country else ""
    return Subject(row.cells[table.columns.name].strip(), _countries(country))


def _results(table: Table, row: Row, answer: Answer, everything: bool) -> Iterator[dict[str, Any]]:
    basis = _basis(table, row, answer)
    if answer.hits:
        for hit in answer.hits:
            yield {**basis, **_hit(hit)}
    elif everything:
        yield {**basis, "note": "; ".join(answer.why)}


def _basis(table: Table, row: Row, answer: Answer) -> dict[str, Any]:
    return {
        "row": row.number,
        "id": row.cells.get(table.columns.id or ""),
        "query": answer.query,
        "outcome": answer.outcome.value,
        "as_of": answer.as_of.isoformat(),
        "log_position": answer.position,
        "log_root": answer.root,
        "matcher": answer.matcher,
        "threshold": answer.threshold,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "score": hit.score,
        "list": hit.entry.list_id,
        "entry": hit.entry.id,
        "entry_name": hit.entry.primary_name,
        "matched_name": hit.matched_name,
        "matched_kind": hit.matched_kind,
        "reason": hit.reason.summary,
        "forbidden": "; ".join(hit.forbidden),
        "state": hit.state,
        "since": hit.entry.listed_on.isoformat()
        if hit.entry.listed_on
        else hit.since.isoformat()
        if hit.since
        else None,
        "note": "; ".join(hit.reason.notes),
    }


def _unreadable(table: Table, row: Row, screener: Screener) -> dict[str, Any]:
    return {
        "row": row.number,
        "id": _printable(row.cells.get(table.columns.id or "") or ""),
        "query": _printable(row.cells.get(table.columns.name) or ""),
        "outcome": _UNREADABLE,
        "as_of": screener.options.as_of.isoformat(),
        "log_position": screener.book.position,
        "log_root": screener.book.root,
        "note": row.problem,
    }


def _csv_writer(out: TextIO) -> Callable[[dict[str, Any]], None]:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    return lambda result: writer.writerow(harmless_row(result, COLUMNS))


def _jsonl_writer(out: TextIO) -> Callable[[dict[str, Any]], None]:
    def write(result: dict[str, Any]) -> None:
        out.write(json.dumps({column: result.get(column) for column in COLUMNS}, ensure_ascii=False) + "\n")

    return write


def _countries(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    from compliance.countries import code_of

    code = code_of(text)
    return (code,) if code else ()


def _printable(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
