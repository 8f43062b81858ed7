"""A file of counterparties in, results out, row by row in bounded memory. Every row is accounted for.

A row is clear, a hit, without an answer (a list cannot carry "clear"), or unreadable; the four add up to the rows
read. Unreadable rows stand in the output with their number and reason: nothing is dropped.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from compliance.answers import Answer, Hit, Outcome
from compliance.errors import BadInput
from compliance.screening import Screener, Subject
from compliance.tabular import harmless_row

NAME_COLUMNS = (
    "name", "counterparty", "counterparty name", "company", "company name", "entity", "entity name", "party",
    "party name", "customer", "customer name", "client", "client name", "legal name", "full name", "security",
    "issuer", "issuer name", "vendor", "supplier",
)  # fmt: skip
COLUMNS = (
    "row", "id", "query", "outcome", "score", "list", "entry", "entry_name", "matched_name", "matched_kind", "reason",
    "forbidden", "state", "since", "as_of", "log_position", "log_root", "matcher", "threshold", "note",
)  # fmt: skip
_UNREADABLE = "unreadable"
_REMEMBERED = 50_000  # names answered without asking again: books repeat their names


class Columns(NamedTuple):
    """Which columns of the file are used, by their headings."""

    name: str
    id: str | None = None
    country: str | None = None


class Row(NamedTuple):
    """One row as read: its number as a spreadsheet counts (the header is row 1), its cells, or why it is unreadable."""

    number: int
    cells: dict[str, str]
    problem: str | None = None


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


class Table:
    """A CSV file with a header, read row by row. `columns` is the mapping that was found or given."""

    def __init__(self, path: Path, *, name: str | None, id_: str | None, country: str | None, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = _delimiter(self._first_line())
        with self._open() as file:
            self.header = next(self._records(file), ())
        self.columns = self._columns(name, id_, country)

    def rows(self, on_bytes: Callable[[int], None] | None = None) -> Iterator[Row]:
        """Every row but the header and empty lines. `on_bytes` hears how many bytes have been read."""
        with self._open() as file:
            reader = self._records(_counted(file, on_bytes) if on_bytes else file)
            next(reader, None)
            for number, record in enumerate(reader, 2):
                if record != ():
                    yield self._row(number, record)

    def _row(self, number: int, record: Sequence[str] | str) -> Row:
        if isinstance(record, str):
            return Row(number, {}, record)
        cells = dict(zip(self.header, record, strict=False))
        if len(record) != len(self.header):
            return Row(number, cells, f"{len(record)} fields where the header has {len(self.header)}")
        if any(_undecoded(cell) for cell in record):
            return Row(number, cells, f"not {self.encoding}: convert the file or give --encoding")
        name = cells[self.columns.name].strip()
        if not name:
            return Row(number, cells, f"no name in column {self.columns.name!r}")
        if "\n" in name or "\r" in name:
            return Row(number, cells, "the name holds a line break: is a quote left open?")
        return Row(number, cells)

    def _records(self, lines: Iterable[str]) -> Iterator[Sequence[str] | str]:
        """Records as sequences of cells (empty for an empty line), or a text that says why one cannot be read."""
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield f"not CSV near line {reader.line_num}: {error}"
            else:
                yield tuple(record)

    def _columns(self, name: str | None, id_: str | None, country: str | None) -> Columns:
        if not self.header or isinstance(self.header, str) or not any(cell.strip() for cell in self.header):
            raise BadInput(f"{self.path}: there is no header row; the first line must name the columns")
        for given, option in ((name, "--name-column"), (id_, "--id-column"), (country, "--country-column")):
            if given is not None and given not in self.header:
                raise BadInput(f"{self.path}: there is no column {given!r} for {option}; {self._choices()}")
        twice = [heading for heading, count in Counter(self.header).items() if count > 1]
        found = name or self._guessed_name()
        if found in twice:
            raise BadInput(f"{self.path}: column {found!r} stands in the header more than once")
        return Columns(found, id_, country)

    def _guessed_name(self) -> str:
        usual = {heading.strip().casefold().replace("_", " "): heading for heading in reversed(self.header)}
        for name in NAME_COLUMNS:
            if name in usual:
                return usual[name]
        raise BadInput(f"{self.path}: no column is known to hold names; give it with --name-column; {self._choices()}")

    def _choices(self) -> str:
        return "the header has: " + ", ".join(repr(heading) for heading in self.header[:20])

    def _open(self) -> TextIO:
        try:
            return open(self.path, encoding=self.encoding, errors="surrogateescape", newline="")
        except (OSError, LookupError) as error:
            raise BadInput(f"{self.path} cannot be read: {getattr(error, 'strerror', None) or error}") from error

    def _first_line(self) -> str:
        with self._open() as file:
            try:
                first = file.readline(1 << 20)
            except (OSError, UnicodeError) as error:
                raise BadInput(f"{self.path} cannot be read: {error}") from error
        if not first.strip():
            raise BadInput(f"{self.path} is empty")
        if "\0" in first:
            raise BadInput(f"{self.path} is not a CSV text file (it holds zero bytes): export it as CSV in UTF-8")
        return first


def run(table: Table, screener: Screener, out: TextIO, *, form: str, everything: bool, rows: Iterable[Row]) -> Counts:
    """Screens the rows and writes the results in their order; clear rows only with `everything`."""
    write = _jsonl_writer(out) if form == "jsonl" else _csv_writer(out)
    counts: Counter[str] = Counter()

    @lru_cache(maxsize=_REMEMBERED)
    def answer_to(name: str, country: str) -> Answer:
        return screener.screen(Subject(name, _countries(country)))

    for row in rows:
        if row.problem is not None:
            counts[_UNREADABLE] += 1
            write(_unreadable(table, row, screener))
            continue
        country = row.cells[table.columns.country] if table.columns.country else ""
        answer = answer_to(row.cells[table.columns.name].strip(), country)
        counts[answer.outcome] += 1
        for result in _results(table, row, answer, everything):
            write(result)
    return Counts(counts[Outcome.clear], counts[Outcome.hits], counts[Outcome.cannot_say], counts[_UNREADABLE])


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


def _delimiter(header: str) -> str:
    """The separator that the header has most of; a comma when it has none."""
    return max((",", ";", "\t", "|"), key=lambda mark: (header.count(mark), mark == ","))


def _undecoded(cell: str) -> bool:
    """True when bytes of the cell were not in the file's encoding (PEP 383 leaves them as lone surrogates)."""
    return any("\udc80" <= character <= "\udcff" for character in cell) if not cell.isascii() else False


def _printable(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _counted(file: TextIO, on_bytes: Callable[[int], None]) -> Iterator[str]:
    """The file's lines; tells how far the read has come."""
    for line in file:
        on_bytes(len(line.encode("utf-8", "surrogateescape")))
        yield line
