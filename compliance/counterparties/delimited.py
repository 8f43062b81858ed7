"""CSV, TSV and their like: separator and quotes found, read in pieces that end between rows.

Of a row that is not CSV only the first line is given up. A quote that is never closed would take the lines after it
along; they are read again, each on its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from compliance.counterparties.opening import text_of
from compliance.counterparties.values import Given, Layout, Records
from compliance.errors import BadInput

_MARKS = (",", ";", "\t", "|")
_UNDECODED = re.compile("[\ud800-\udfff]")
_LOOKED_AT = 1 << 16  # characters from which the separator is found
_SAMPLE_ROWS = 200
_LINES = 10_000  # of a piece, at least; the matcher is quick for many names at once
_MOST = 1 << 24  # characters of a piece, when its rows are long
_BLOCK = 1 << 18  # characters that are read at once
_WIDE = 1 << 20  # characters of a header: more is no CSV


class Dialect(NamedTuple):
    """What parts the cells, and what encloses them (nothing when empty)."""

    delimiter: str
    quote: str

    def reader(self, lines: Any) -> Any:
        """A strict reader of the csv module over lines with their ends."""
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True)


def look(path: Path, name: str, encoding: str, given: Given) -> Layout:
    """The header, the separator and the quotes. Raises BadInput for a file without a header."""
    with text_of(path, encoding, name) as file:
        start = file.read(_LOOKED_AT)
        if "\n" not in start and "\r" not in start:
            start += file.readline(_WIDE)
        if "\0" in start.partition("\n")[0]:
            raise BadInput(f"{name} is not a CSV text file (it holds zero bytes): export it as CSV in UTF-8")
        lines = lines_of(start)
        if not lines or not lines[0].strip():
            raise BadInput(f"{name} is empty, or its first line is: the first line must name the columns")
        cut = len(lines) > 1 and bool(file.read(1))
    dialect = _dialect(lines[:-1] if cut else lines, given)
    _, header, _ = next(parsed(lines, dialect))
    if isinstance(header, str) or not any(cell.strip() for cell in header):
        raise BadInput(f"{name}: there is no header row; the first line must name the columns")
    return Layout(form="csv", encoding=encoding, delimiter=dialect.delimiter, quote=dialect.quote, header=tuple(header))


def pieces(path: Path, name: str, layout: Layout) -> Iterator[tuple[int, str, int]]:
    """The rows after the header, some ten thousand at a time: number of the first, their text, bytes read so far."""
    dialect, number = _of(layout), 1
    with text_of(path, layout.encoding or "utf-8", name) as file:
        for text, count in _wholes(file, dialect):
            if number == 1:
                lines = lines_of(text)
                consumed, *_ = next(parsed(lines, dialect))
                first, body = 2, "".join(lines[consumed:])
            else:
                first, body = number, text
            number += count
            if body:
                yield first, body, file.buffer.tell()


def records(content: str, layout: Layout) -> Records:
    """The rows of a piece's text."""
    dialect, lines = _of(layout), lines_of(content)
    try:
        rows: Sequence[Sequence[str] | str] = list(dialect.reader(lines))
    except csv.Error:
        rows = [record for _, record, _ in parsed(lines, dialect)]
    return Records(rows, is_sound(content))


def is_sound(text: str) -> bool:
    """Whether no zero byte is in it and no byte that was not in the file's encoding (PEP 383: a lone surrogate)."""
    return "\0" not in text and (text.isascii() or not _UNDECODED.search(text))


def lines_of(text: str) -> list[str]:
    """The lines with their ends, whichever they are."""
    return io.StringIO(text, newline="").readlines()


def whole_lines(text: str) -> str:
    """The text up to its last line end that is certain: what follows a carriage return may belong to it."""
    end = text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
    return text[:end]


def filled(file: TextIO, text: str) -> str:
    """The text and what follows it in the file: enough lines for a piece, or all there are."""
    blocks, size, ends = [text], len(text), 0
    while block := file.read(_BLOCK):
        blocks.append(block)
        size, ends = size + len(block), ends + block.count("\n")
        if ends >= _LINES or size >= _MOST:
            break
    return "".join(blocks)


def parsed(lines: Sequence[str], dialect: Dialect) -> Iterator[tuple[int, list[str] | str, bool]]:
    """Each record, or why its first line is none, after how many lines; and whether an error reached the last line."""
    at = 0
    while at < len(lines):
        reader = dialect.reader(islice(lines, at, None) if at == 0 else _from(lines, at))
        start = at
        try:
            for record in reader:
                at = start + reader.line_num
                yield at, record, False
        except csv.Error as error:
            reached = start + reader.line_num >= len(lines)
            at += 1
            yield at, f"not CSV ({error}): is a quote left open?", reached


def _from(lines: Sequence[str], at: int) -> Iterator[str]:
    return (lines[number] for number in range(at, len(lines)))


def _wholes(file: TextIO, dialect: Dialect) -> Iterator[tuple[str, int]]:
    """Text that begins and ends between records, and how many records it holds."""
    text = ""
    while True:
        before, text = len(text), filled(file, text)
        if len(text) == before:
            break
        whole, count = _cut(whole_lines(text), dialect)
        if count:
            yield whole, count
            text = text[len(whole) :]
    if text:
        yield text, sum(1 for _ in parsed(lines_of(text), dialect))


def _cut(text: str, dialect: Dialect) -> tuple[str, int]:
    """As much of the text as is whole records for certain, and their number."""
    if not dialect.quote or dialect.quote not in text:
        return text, text.count("\n") + text.count("\r") - text.count("\r\n")
    lines = lines_of(text)
    try:
        return text, sum(1 for _ in dialect.reader(lines))
    except csv.Error:
        at = count = 0
        for consumed, _, reached_end in parsed(lines, dialect):
            if reached_end:
                break
            at, count = consumed, count + 1
        return "".join(lines[:at]), count


def _of(layout: Layout) -> Dialect:
    return Dialect(layout.delimiter or ",", layout.quote or "")


def _dialect(lines: Sequence[str], given: Given) -> Dialect:
    """The dialect under which most rows have as many cells as the header, and those are most; a comma by default."""
    marks = (given.delimiter,) if given.delimiter else _MARKS
    quotes = (given.quote,) if given.quote is not None else _quotes(lines)
    choices = [Dialect(mark, quote) for quote in quotes for mark in marks]
    return max(choices, key=lambda dialect: _fits(lines, dialect))  # the first of those that fit as well


def _quotes(lines: Sequence[str]) -> Sequence[str]:
    """Double quotes, or single ones where the header begins with one; none where quotes are letters like others."""
    return ("'", '"', "") if lines[0].startswith("'") else ('"', "")


def _fits(lines: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    rows = [record for _, record, _ in islice(parsed(lines, dialect), _SAMPLE_ROWS) if record != []]
    width = len(rows[0]) if rows and not isinstance(rows[0], str) else 0
    alike = sum(not isinstance(row, str) and len(row) == width for row in rows)
    return (round(alike / len(rows), 1) if width > 1 else 0.0, width)
