"""Writing tables that people open in a spreadsheet: no cell is ever executed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from compliance.errors import BadInput

# OWASP's list for CSV injection, the full-width forms that some spreadsheets take for the same included
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(cell: Any) -> Any:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(TRIGGERS) else cell


def harmless_row(row: Mapping[str, Any], columns: Iterable[str]) -> list[Any]:
    """The row's cells in the order of the columns, harmless; what is missing is empty."""
    return [harmless("" if row.get(column) is None else row[column]) for column in columns]


@contextmanager
def appearing_whole(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file that appears under its name only when the block has ended without an error.

    A pipe or a device is written directly. Raises BadInput when it cannot be written.
    """
    with _draft(path) as draft, reported(path), open(draft, "w", encoding="utf-8", newline="") as file:
        yield file


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file that appears under its name only when it is complete, as `appearing_whole` does."""
    with _draft(path) as draft, reported(path):
        draft.write_bytes(data)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Where to write what takes the file's place when the block has ended without an error."""
    target = path.resolve()  # of a link, the file that it points to is replaced
    special = target.exists() and not target.is_file() and not target.is_dir()
    draft = target if special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield draft
        with reported(path):
            if not special:
                os.replace(draft, target)
    finally:
        if not special:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Makes BadInput of an error in writing the file."""
    try:
        yield
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}") from error
