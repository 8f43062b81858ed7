"""XLSX: the first sheet, or one that is named; its first row that is not empty names the columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from compliance.counterparties.opening import needed, unreadable_file
from compliance.counterparties.values import Given, Layout, Records
from compliance.errors import BadInput

_ROWS = 10_000
Rows = Iterator[tuple[int, list[str]]]


def look(path: Path, name: str, encoding: str, given: Given) -> Layout:  # noqa: ARG001 - as the other forms
    """The sheet and its header. Raises BadInput for a workbook without one."""
    with _sheet(path, name, given.sheet) as (title, rows):
        header = next((cells for _, cells in rows if any(cells)), None)
    if header is None:
        raise BadInput(f"{name}: sheet {title!r} is empty; its first row must name the columns")
    return Layout(form="xlsx", sheet=title, header=tuple(_without_tail(header, 0)))


def pieces(path: Path, name: str, layout: Layout) -> Iterator[tuple[int, list[list[str]], int]]:
    """The rows after the header, ten thousand at a time: number of the first, their cells, rows read so far."""
    width = len(layout.header)
    with _sheet(path, name, layout.sheet) as (_, rows):
        header = next((number for number, cells in rows if any(cells)), 1)
        number = header + 1
        while some := [_without_tail(cells, width) for _, cells in islice(rows, _ROWS)]:
            yield number, some, number + len(some)
            number += len(some)


def records(content: list[list[str]], layout: Layout) -> Records:  # noqa: ARG001 - as the other forms
    """The rows of a piece."""
    return Records(content, True)


@contextmanager
def _sheet(path: Path, name: str, wanted: str | None) -> Iterator[tuple[str, Rows]]:
    """The title of the sheet, and its rows with their numbers."""
    openpyxl = needed("openpyxl", "xlsx", "XLSX")
    with unreadable_file(name), open(path, "rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError) as error:
            raise BadInput(f"{name} is no workbook that can be read: save it again as .xlsx") from error
        titles = book.sheetnames
        if wanted is not None and wanted not in titles:
            raise BadInput(f"{name}: there is no sheet {wanted!r}; it has {', '.join(map(repr, titles))}")
        sheet = book[wanted or titles[0]]
        sheet.reset_dimensions()  # what a program claimed the size to be is not to be trusted
        yield sheet.title, ((n, [_cell(c) for c in row]) for n, row in enumerate(sheet.iter_rows(values_only=True), 1))


def _without_tail(cells: list[str], width: int) -> list[str]:
    """The row cut or filled to the header's width where only empty cells differ; an empty row has no cells."""
    last = max((at for at, cell in enumerate(cells, 1) if cell), default=0)
    return [*cells[:last], *[""] * (width - last)] if last else []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
