"""From a row's cells to who is asked for: one subject for each name, or why the row cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from compliance.counterparties.inputs import records
from compliance.counterparties.values import Input, Piece, Records
from compliance.countries import code_of
from compliance.identifier_checks import fault
from compliance.identifiers import normal_value
from compliance.screening import Subject, why_unreadable
from compliance.sources.partial_dates import date_range

_TYPES = {
    "individual": ("individual", "person", "natural person", "private individual", "p", "i", "自然人", "个人"),
    "entity": (
        "entity", "company", "corporate", "corporation", "organisation", "organization", "legal entity",
        "legal person", "business", "bank", "fund", "e", "c", "公司", "企业", "法人",
    ),
    "vessel": ("vessel", "ship", "船舶"),
    "aircraft": ("aircraft", "airplane"),
}  # fmt: skip
_TYPE_OF = {word: kind for kind, words in _TYPES.items() for word in words}
_PARTS = re.compile(r"[;,|/]")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_REMEMBERED = 1 << 16  # contexts of rows
_NOTHING = re.compile(r"[\W_]*")


class Row(NamedTuple):
    """One row: its number, its cells as read, the subjects with the columns of their names, and what is to be said.

    `problem` is why it cannot be read; then there are no subjects.
    """

    number: int
    cells: Sequence[str]
    subjects: tuple[tuple[Subject, str], ...] = ()
    problem: str | None = None
    notes: tuple[str, ...] = ()


def rows(piece: Piece, source: Input) -> tuple[list[Row], int]:
    """Every row of a piece but empty lines, readable or not; and how many records it has with the empty lines."""
    found = records(piece, source)
    return list(_rows(found, piece.first, source)), len(found.records)


def _rows(found: Records, first: int, source: Input) -> Iterator[Row]:
    reader = _Reader(source)
    width, sound, encoding = len(source.layout.header), found.sound, source.layout.encoding
    for number, cells in enumerate(found.records, first):
        if isinstance(cells, str):
            yield Row(number, (), problem=cells)
        elif len(cells) != width:
            if cells:
                yield Row(number, cells, problem=f"{len(cells)} fields where the header has {width}")
        elif not sound and (problem := _unsound(cells, encoding)):
            yield Row(number, cells, problem=problem)
        else:
            yield reader.row(number, cells)


class _Context(NamedTuple):
    """What a row says of the party besides its names, and what of it was not understood."""

    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    party_type: str | None = None
    born: tuple[date, date] | None = None
    notes: tuple[str, ...] = ()


_NO_CONTEXT = _Context()


class _Reader:
    """Reads the rows of one input. What many rows say in the same words is understood once."""

    def __init__(self, source: Input) -> None:
        columns, at = source.columns, {heading: i for i, heading in enumerate(source.layout.header)}
        self._names = [(at[heading], heading) for heading in columns.names]
        self._only = self._names[0] if len(self._names) == 1 else None
        self._countries = [at[heading] for heading in columns.countries]
        self._identifiers = [(kind, at[heading]) for kind, heading in columns.identifiers]
        self._born = at[columns.born] if columns.born else None
        self._type = at[columns.party_type] if columns.party_type else None
        places = [*self._countries, *(place for _, place in self._identifiers), self._born, self._type]
        used = [place for place in places if place is not None]
        self._said = itemgetter(*used) if used else None
        self._known: dict[Any, _Context] = {}

    def row(self, number: int, cells: Sequence[str]) -> Row:
        """The row with its subjects, or with its problem."""
        if self._only:
            at, heading = self._only
            name = cells[at].strip()
            if name.isprintable() and why_unreadable(name) is None:
                countries, identifiers, party_type, born, notes = self._context(cells)
                return Row(
                    number, cells, ((Subject(name, countries, identifiers, party_type, born), heading),), None, notes
                )
        return self._thoroughly(number, cells)

    def _thoroughly(self, number: int, cells: Sequence[str]) -> Row:
        names, problem = self._named(cells)
        context = self._context(cells)
        if problem is None and not names and not context.identifiers:
            problem = self._nameless()
        if problem is not None:
            return Row(number, cells, problem=problem)
        subjects = tuple((Subject(name, *context[:-1]), heading) for name, heading in names or [("", "")])
        return Row(number, cells, subjects, notes=context.notes)

    def _context(self, cells: Sequence[str]) -> _Context:
        if self._said is None:
            return _NO_CONTEXT
        said = self._said(cells)
        context = self._known.get(said)
        if context is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            context = self._known[said] = self._understood(cells)
        return context

    def _understood(self, cells: Sequence[str]) -> _Context:
        notes: list[str] = []
        for kind, at in self._identifiers:
            if normal_value(kind, cells[at]) and (wrong := fault(kind, cells[at].strip())):
                notes.append(f"{cells[at].strip()!r} is no valid {kind}: {wrong}")
        return _Context(
            countries=tuple(dict.fromkeys(code for at in self._countries for code in _codes(cells[at], notes))),
            identifiers=tuple(
                (kind, value) for kind, at in self._identifiers if normal_value(kind, value := cells[at].strip())
            ),
            party_type=_TYPE_OF.get(cells[self._type].strip().casefold()) if self._type is not None else None,
            born=_birth(cells[self._born].strip(), notes) if self._born is not None else None,
            notes=tuple(notes),
        )

    def _named(self, cells: Sequence[str]) -> tuple[list[tuple[str, str]], str | None]:
        """The names with their columns; or why one of them cannot be read. A dash in a second column is no name."""
        named: dict[str, str] = {}
        for place, (at, heading) in enumerate(self._names):
            name = cells[at].strip()
            if not name or (place and _NOTHING.fullmatch(name)):
                continue
            if "\n" in name or "\r" in name:
                return [], "the name holds a line break: is a quote left open?"
            problem = why_unreadable(name)
            if problem:
                return [], problem if len(self._names) == 1 else f"column {heading!r}: {problem}"
            named.setdefault(name, heading)
        return list(named.items()), None

    def _nameless(self) -> str:
        headings = ", ".join(repr(heading) for _, heading in self._names)
        return f"no name in column {headings}" if headings else "no identifier in it"


def _codes(text: str, notes: list[str]) -> tuple[str, ...]:
    codes, unknown = _countries(text)
    notes += [f"country {part!r} is not known and was not used" for part in unknown]
    return codes


def _birth(text: str, notes: list[str]) -> tuple[date, date] | None:
    if not text:
        return None
    found = _born(text)
    if found is None:
        notes.append(f"date of birth {text!r} is no date that can be told and was not used")
    return found


@lru_cache(maxsize=1 << 16)
def _countries(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of a cell, and what in it is no country; a cell may hold several."""
    if not text.strip():
        return (), ()
    whole = code_of(text)
    if whole:
        return (whole,), ()
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    found = [(part, code_of(part)) for part in parts]
    return tuple(code for _, code in found if code), tuple(part for part, code in found if not code)


def _born(text: str) -> tuple[date, date] | None:
    """The first and the last day that a date of birth can mean: YYYY-MM-DD, its beginnings, 21 Jun 1970, 21/06/1970.

    With slashes, day and month may stand in either order: where both are possible, it can mean either.
    """
    slashed = _SLASHED.fullmatch(text)
    written = (
        [f"{slashed[3]}-{m:0>2}-{d:0>2}" for d, m in (slashed.groups()[:2], slashed.groups()[1::-1])]
        if slashed
        else [text]
    )
    ranges = [date_range(one.removesuffix(" 00:00:00")) for one in written]
    days = [date.fromisoformat(found[end]) for found in ranges if "last" in found for end in ("first", "last")]
    return (min(days), max(days)) if days else None


def _unsound(cells: Sequence[str], encoding: str | None) -> str | None:
    for cell in cells:
        if "\0" in cell:
            return "it holds a zero byte: export the file again"
        if not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell):
            return f"not {encoding}: convert the file or give --encoding"
    return None
