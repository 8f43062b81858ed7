"""From what the user names (files, folders, standard input) to inputs that were looked at, and from these to pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from compliance.counterparties.columns import columns_of
from compliance.counterparties.encodings import examine
from compliance.counterparties.opening import unreadable_file
from compliance.counterparties.values import Given, Input, Layout, Piece, Records
from compliance.errors import BadInput

STANDARD_INPUT = "-"
_MODULES = {"csv": "delimited", "jsonl": "json_lines", "xlsx": "spreadsheet", "parquet": "parquet"}
_SUFFIXES = frozenset([".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".parquet", ".pq"])
_BLOCK = 1 << 20


def files_in(named: Sequence[str], but: Sequence[Path] = ()) -> list[str]:
    """The files that were named, and those in the folders that were named, by name, without those of `but`.

    Raises BadInput for none.
    """
    found: list[str] = []
    for name in named:
        path = Path(name)
        if name != STANDARD_INPUT and path.is_dir():
            inside = sorted(str(p) for p in path.rglob("*") if _is_table(p, path) and p.resolve() not in but)
            if not inside:
                raise BadInput(f"{name}: the folder holds no .csv, .tsv, .jsonl, .xlsx or .parquet")
            found += inside
        else:
            found.append(name)
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise BadInput(f"{twice} is named twice: its rows would be screened twice")
    return found


def _is_table(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in _SUFFIXES and path.is_file() and not hidden


def spooled(source: BinaryIO, folder: Path) -> Path:
    """Standard input as a file, since it is read more than once."""
    path = folder / "standard-input"
    with open(path, "wb") as file:
        while block := source.read(_BLOCK):
            file.write(block)
    return path


def looked_at(path: Path, name: str, given: Given) -> Input:
    """What a file is: size, digest, form, layout, columns. Raises BadInput, naming it, when it cannot be screened."""
    form = _form(path, name)
    text = form in ("csv", "jsonl")
    examined = examine(path, given.encoding if text else None, name, text=text)
    layout: Layout = _module(form).look(path, name, examined.encoding, given)
    return Input(
        path=os.path.abspath(path),
        name=name,
        bytes=examined.bytes,
        sha256=examined.sha256,
        layout=layout,
        columns=columns_of(layout.header, given, name),
        assumed=examined.assumed if text else "",
    )


def pieces(inputs: Sequence[Input]) -> Iterator[Piece]:
    """The rows of all inputs in order. Raises BadInput when one has none, or is not what was looked at any more.

    A file that was cut after its header must not look clear.
    """
    for number, source in enumerate(inputs):
        path, found = Path(source.path), False
        before = _state(path, source)
        for first, content, done in _module(source.layout.form).pieces(path, source.name, source.layout):
            found = found or not isinstance(content, str) or bool(content.strip())
            yield Piece(number, first, content, done)
        if not found:
            raise BadInput(f"{source.name} has a header and no rows: there is nothing to screen; get the file again")
        if _state(path, source) != before:
            raise BadInput(f"{source.name} was changed while it was read: start again")


def records(piece: Piece, source: Input) -> Records:
    """The rows of a piece."""
    found: Records = _module(source.layout.form).records(piece.content, source.layout)
    return found


def _state(path: Path, source: Input) -> tuple[int, int]:
    with unreadable_file(source.name):
        now = path.stat()
    if now.st_size != source.bytes:
        raise BadInput(f"{source.name} was changed while it was read: start again")
    return now.st_size, now.st_mtime_ns


def _module(form: str) -> Any:
    return import_module(f"compliance.counterparties.{_MODULES[form]}")


def _form(path: Path, name: str) -> str:
    """By the first bytes; text is JSON Lines when its first letter opens an object."""
    with unreadable_file(name), open(path, "rb") as file:
        start = file.read(4096)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(f"{name} is an old Excel workbook (.xls), or one with a password: save it as .xlsx")
    return "jsonl" if start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{") else "csv"
