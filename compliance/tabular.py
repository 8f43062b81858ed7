"""Writing tables that people open in a spreadsheet: no cell is ever executed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from compliance.errors import BadInput

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: Any) -> Any:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_TRIGGERS) else cell


def harmless_row(row: Mapping[str, Any], columns: Iterable[str]) -> list[Any]:
    """The row's cells in the order of the columns, harmless; what is missing is empty."""
    return [harmless("" if row.get(column) is None else row[column]) for column in columns]


@contextmanager
def appearing_whole(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file that appears under its name only when the block has ended without an error.

    Raises BadInput when it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(draft, "w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(draft, path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
