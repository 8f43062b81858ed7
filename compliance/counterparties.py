"""Reading a file of counterparties row by row: every row comes out, readable or with the reason why it is not."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from compliance.errors import BadInput
from compliance.screening import why_unreadable

NAME_COLUMNS = (
    "name", "counterparty", "counterparty name", "company", "company name", "entity", "entity name", "party",
    "party name", "customer", "customer name", "client", "client name", "legal name", "full name", "security",
    "issuer", "issuer name", "vendor", "supplier",
)  # fmt: skip
_LONGEST_LINE = 1 << 20  # characters of a header: more is no CSV
_Record = Sequence[str] | str  # its cells (none for an empty line), or why it cannot be read


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


class Table:
    """A CSV file with a header, read row by row. `columns` is the mapping that was found or given."""

    def __init__(self, path: Path, *, name: str | None, id_: str | None, country: str | None, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = _delimiter(self._first_line())
        self.header = next(self._records(self._lines()), ())
        self.columns = self._columns(name, id_, country)

    def rows(self, on_bytes: Callable[[int, int], None] | None = None) -> Iterator[Row]:
        """Every row but the header and empty lines. `on_bytes` hears how many bytes of how many have been read.

        Raises BadInput when there is none: a file that was cut after its header must not look clear.
        """
        lines = self._lines()
        records = self._records(_counted(lines, self.path.stat().st_size, on_bytes) if on_bytes else lines)
        next(records, None)
        found = False
        for number, record in enumerate(records, 2):
            if record != ():
                found = True
                yield self._row(number, record)
        if not found:
            raise BadInput(f"{self.path} has a header and no rows: there is nothing to screen; get the file again")

    def _row(self, number: int, record: _Record) -> Row:
        if isinstance(record, str):
            return Row(number, {}, record)
        cells = dict(zip(self.header, record, strict=False))
        return Row(number, cells, self._problem(record, cells))

    def _problem(self, record: Sequence[str], cells: dict[str, str]) -> str | None:
        if len(record) != len(self.header):
            return f"{len(record)} fields where the header has {len(self.header)}"
        if any(_undecoded(cell) for cell in record):
            return f"not {self.encoding}: convert the file or give --encoding"
        if any("\0" in cell for cell in record):
            return "it holds a zero byte: export the file again"
        name = cells[self.columns.name].strip()
        if not name:
            return f"no name in column {self.columns.name!r}"
        if "\n" in name or "\r" in name:
            return "the name holds a line break: is a quote left open?"
        return why_unreadable(name)

    def _records(self, lines: Iterator[str]) -> Iterator[_Record]:
        """Records one after the other. Of one that is not CSV, only the first line is given up.

        A quote that is never closed would take the lines after it along; they are read again, each on its own.
        """
        source = _Lines(lines)
        reader = self._reader(source)
        while True:
            source.taken.clear()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                source.give_back()
                reader = self._reader(source)
                yield f"not CSV ({error}): is a quote left open?"
            else:
                yield tuple(record)

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _columns(self, name: str | None, id_: str | None, country: str | None) -> Columns:
        if not self.header or isinstance(self.header, str) or not any(cell.strip() for cell in self.header):
            raise BadInput(f"{self.path}: there is no header row; the first line must name the columns")
        for given, option in ((name, "--name-column"), (id_, "--id-column"), (country, "--country-column")):
            if given is not None and given not in self.header:
                raise BadInput(f"{self.path}: there is no column {given!r} for {option}; {self._choices()}")
        columns = Columns(name or self._guessed_name(), id_, country)
        twice = [heading for heading, count in Counter(self.header).items() if count > 1 and heading in columns]
        if twice:
            raise BadInput(f"{self.path}: column {twice[0]!r} stands in the header more than once; rename one of them")
        return columns

    def _guessed_name(self) -> str:
        usual = {heading.strip().casefold().replace("_", " "): heading for heading in reversed(self.header)}
        for name in NAME_COLUMNS:
            if name in usual:
                return usual[name]
        raise BadInput(f"{self.path}: no column is known to hold names; give it with --name-column; {self._choices()}")

    def _choices(self) -> str:
        return "the header has: " + ", ".join(repr(heading) for heading in self.header[:20])

    def _lines(self) -> Iterator[str]:
        """The file's lines with their ends. Raises BadInput where it cannot be read any further."""
        try:
            with self._open() as file:
                yield from file
        except (OSError, UnicodeError) as error:
            raise BadInput(f"{self.path} cannot be read: {getattr(error, 'strerror', None) or error}") from error

    def _open(self) -> TextIO:
        try:
            return open(self.path, encoding=self.encoding, errors="surrogateescape", newline="")
        except (OSError, LookupError) as error:
            raise BadInput(f"{self.path} cannot be read: {getattr(error, 'strerror', None) or error}") from error

    def _first_line(self) -> str:
        with self._open() as file:
            try:
                first = file.readline(_LONGEST_LINE)
            except (OSError, UnicodeError) as error:
                raise BadInput(f"{self.path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
        if not first.strip():
            raise BadInput(f"{self.path} is empty, or its first line is: the first line must name the columns")
        if "\0" in first:
            raise BadInput(f"{self.path} is not a CSV text file (it holds zero bytes): export it as CSV in UTF-8")
        return first


class _Lines(Iterator[str]):
    """Lines that can be given back: all but the first that were taken for a record."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.taken: list[str] = []
        self._again: deque[str] = deque()
        self._lines = lines

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """Reads them again, before what follows them."""
        self._again.extendleft(reversed(self.taken[1:]))


def _delimiter(header: str) -> str:
    """The separator that the header has most of; a comma when it has none."""
    return max((",", ";", "\t", "|"), key=lambda mark: (header.count(mark), mark == ","))


def _undecoded(cell: str) -> bool:
    """True when bytes of the cell were not in the file's encoding (PEP 383 leaves them as lone surrogates)."""
    return any("\udc80" <= character <= "\udcff" for character in cell) if not cell.isascii() else False


def _counted(lines: Iterable[str], size: int, on_bytes: Callable[[int, int], None]) -> Iterator[str]:
    """The lines; tells how far the read has come, near enough where the encoding is not UTF-8."""
    done = 0
    for line in lines:
        done += len(line.encode("utf-8", "surrogatepass"))
        on_bytes(min(done, size), size)
        yield line
