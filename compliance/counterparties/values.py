"""How files of counterparties are read, as plain values: what was found, and what the user gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from compliance.model import Value


class Columns(Value):
    """Which columns of a file are used, by their headings; `identifiers` are pairs of kind and heading."""

    names: tuple[str, ...]
    id: str | None = None
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    born: str | None = None
    party_type: str | None = None

    def used(self) -> tuple[str, ...]:
        """The headings of all of them."""
        kept = (*self.names, self.id, *self.countries, *(c for _, c in self.identifiers), self.born, self.party_type)
        return tuple(heading for heading in kept if heading is not None)


class Given(Value):
    """What the user said of the files; what is None or empty is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    names: tuple[str, ...] = ()
    id: str | None = None
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    born: str | None = None
    party_type: str | None = None


class Layout(Value):
    """How one file is laid out. `encoding` for text, `delimiter` and `quote` for CSV, `sheet` for XLSX.

    `quote` is empty where quotes are letters like others.
    """

    form: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    header: tuple[str, ...]


class Input(Value):
    """One file, looked at: where it is, what it is called, its size and SHA-256, its layout and the columns used."""

    path: str
    name: str
    bytes: int
    sha256: str
    layout: Layout
    columns: Columns
    assumed: str = ""


class Piece(NamedTuple):
    """Some rows of one input (by its number): `first` is the number of the first row as a spreadsheet counts.

    `content` is what the form's reader makes rows of; `done` is how many bytes of the file had been read at its end.
    """

    input: int
    first: int
    content: Any
    done: int


class Records(NamedTuple):
    """The rows of a piece in order: cells; a text that says why it is no row; an empty list for an empty line.

    `sound` is true when no cell holds a zero byte or bytes that are not in the file's encoding.
    """

    records: Sequence[Sequence[str] | str]
    sound: bool
