"""Which of OFAC's delimited files a file is, and which files make one set: told from content, not from names."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import islice

from compliance.errors import BadInput
from compliance.sources.catalogue import deciding
from compliance.sources.files import InputFile
from compliance.sources.ofac_rows import NULL, Table

PARTY_TYPES = ("individual", "vessel", "aircraft")
ALIAS_KINDS = ("aka", "fka", "nka")
_ENOUGH_ROWS = 50


class Part(Enum):
    """The four files of a set; the value is the number of fields of a record."""

    prim = 12
    alt = 5
    add = 6
    comments = 2


@dataclass
class Parts:
    """The files of one set, the primary one and what was found of the others."""

    prim: Table
    alt: Table | None = None
    add: Table | None = None
    comments: Table | None = None

    @property
    def tables(self) -> list[Table]:
        """The files that are there, the primary one first."""
        return [table for table in (self.prim, self.alt, self.add, self.comments) if table]

    @cached_property
    def consolidated(self) -> bool:
        """Tell the consolidated file from the SDN file by the programme tags.

        Nearly every row of the consolidated file (97 to 100 % in the files of 2018 and 2025) has a tag that
        decides a list. The SDN file has such tags too, IRAN above all, and the tags of parties that stand
        on both, but on one row in ten at most.
        """
        found = Counter(row.fields[3] for row in self.prim.rows)
        decided = sum(count for field, count in found.items() if deciding(tags(field)))
        return 2 * decided > len(self.prim.rows)


def tags(field: str | None) -> list[str]:
    """Split the programme field: `A] [B` are the tags A and B."""
    return [] if field is None else field.split("] [")


def part_of(file: InputFile) -> Part | None:
    """Say which file of a set this is, from the shape of its first rows; None when it is none of them."""
    head = file.data[:65536].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    rows = [row for row in islice(_loosely(head), _ENOUGH_ROWS) if row]
    if not rows:
        return None
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    if 2 * count <= len(rows) or width not in {part.value for part in Part}:
        return None
    part = Part(width)
    fitting = sum(len(row) == width and _fits(row, part) for row in rows)
    return part if 2 * fitting > len(rows) else None


def _loosely(head: str) -> Iterable[list[str]]:
    # One line at a time, so that a quote left open spoils no line but its own.
    for line in head.split("\n"):
        try:
            yield next(csv.reader([line.strip("\r\x1a")]), [])
        except csv.Error:
            yield []


def _fits(row: list[str], part: Part) -> bool:
    if not row[0].isdigit():
        return False
    if part is Part.prim:
        return row[2].strip() in (*PARTY_TYPES, NULL)
    if part is Part.alt:
        return row[1].isdigit() and row[2].strip() in ALIAS_KINDS
    return part is Part.comments or row[1].isdigit()


def assemble(found: list[tuple[Part, Table]], place: str) -> list[Parts]:
    """Put the files of one group together: usually one set, two when both lists were downloaded into it."""
    sets = [Parts(table) for part, table in found if part is Part.prim]
    others = [(part, table) for part, table in found if part is not Part.prim]
    if not sets:
        names = ", ".join(table.file.name for _, table in others)
        raise BadInput(
            f"{place}: {names} says nothing without the file of the entries; "
            "give sdn.csv or cons_prim.csv of the same day together with it"
        )
    if len({parts.consolidated for parts in sets}) < len(sets):
        names = ", ".join(parts.prim.file.name for parts in sets)
        raise BadInput(f"{place}: more than one file of the entries of one list ({names}); give one day at a time")
    for part, table in others:
        _attach(part, table, sets, place)
    return sets


def _attach(part: Part, table: Table, sets: list[Parts], place: str) -> None:
    keys = table.keys
    # What it shares with a primary file decides; where both fit equally, the customary prefix does.
    named = table.file.name.lower().startswith("cons")
    best = max(sets, key=lambda parts: (len(keys & parts.prim.keys), parts.consolidated is named))
    if getattr(best, part.name) is not None:
        raise BadInput(
            f"{place}: {getattr(best, part.name).file.name} and {table.file.name} are the same part "
            "of one publication; give one day at a time"
        )
    setattr(best, part.name, table)
