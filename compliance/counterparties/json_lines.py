"""JSON Lines: one object a line; the columns are the keys of all of them, in the order in which they first appear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from compliance.counterparties.delimited import filled, is_sound, lines_of, whole_lines
from compliance.counterparties.opening import text_of
from compliance.counterparties.values import Given, Layout, Records
from compliance.errors import BadInput


def look(path: Path, name: str, encoding: str, given: Given) -> Layout:  # noqa: ARG001 - as the other forms
    """The keys of all lines. Raises BadInput when no line is an object."""
    keys: dict[str, None] = {}
    for text in _wholes(path, name, encoding):
        for line in lines_of(text):
            found = _object(line)
            if isinstance(found, dict):
                keys.update(dict.fromkeys(found))
    if not keys:
        raise BadInput(f"{name}: no line of it is a JSON object with keys; JSON Lines have one object a line")
    return Layout(form="jsonl", encoding=encoding, header=tuple(keys))


def pieces(path: Path, name: str, layout: Layout) -> Iterator[tuple[int, str, int]]:
    """Lines, some ten thousand at a time: number of the first, their text, characters read so far."""
    number, done = 1, 0
    for text in _wholes(path, name, layout.encoding or "utf-8"):
        done += len(text)
        yield number, text, done
        number += text.count("\n") + text.count("\r") - text.count("\r\n")


def records(content: str, layout: Layout) -> Records:
    """The lines of a piece as rows; a key that a line does not have is an empty cell."""
    return Records([_row(line, layout.header) for line in lines_of(content)], is_sound(content))


def _wholes(path: Path, name: str, encoding: str) -> Iterator[str]:
    text = ""
    with text_of(path, encoding, name) as file:
        while len(text) < len(text := filled(file, text)):
            whole = whole_lines(text)
            if whole:
                yield whole
                text = text[len(whole) :]
    if text:
        yield text


def _object(line: str) -> Any:
    try:
        return orjson.loads(line)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        return f"not JSON ({error})"


def _row(line: str, header: tuple[str, ...]) -> list[str] | str:
    if not line.strip():
        return []
    found = _object(line)
    if isinstance(found, str):
        return found if found.startswith("not JSON") else "a JSON text and no object"
    if not isinstance(found, dict):
        return "not a JSON object"
    return [_cell(found.get(key)) for key in header]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value).decode()
