"""Reading delimited text with a header, and refusing every sign of damage with the line where it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from compliance.errors import DamagedFile
from compliance.sources.files import InputFile
from compliance.sources.problems import Problems

AGAIN = "the file is damaged, download it again"
_BOM = b"\xef\xbb\xbf"
_HEAD = 65536


class Record(NamedTuple):
    """One row: the line on which it begins, and its fields."""

    line: int
    fields: list[str]


def head_of(file: InputFile) -> str:
    """The beginning of the file as text, for telling its format."""
    return file.data[:_HEAD].removeprefix(_BOM).decode("utf-8", "replace")


def header_of(file: InputFile, *, delimiter: str = ",", line: int = 0) -> list[str]:
    """The fields of one of the first lines, for telling a format; empty when there is none."""
    lines = head_of(file).splitlines()
    if len(lines) <= line:
        return []
    try:
        return next(csv.reader([lines[line]], delimiter=delimiter), [])
    except csv.Error:
        return []


def text_of(file: InputFile, encodings: Sequence[str] = ("utf-8",)) -> str:
    """The file's text in the first of the publisher's encodings that fits. Raises DamagedFile if none does."""
    data = file.data.removeprefix(_BOM)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            fault = f"{file.path}, line {line:,}: the byte {data[error.start]:02X} is not {encoding}; {AGAIN}"
            continue
        if "\x00" in text:
            line = text.count("\n", 0, text.index("\x00")) + 1
            raise DamagedFile(f"{file.path}, line {line:,}: a zero byte in the text; {AGAIN}")
        return text
    raise DamagedFile(fault)


def rows(text: str, file: InputFile, *, delimiter: str = ",") -> Iterator[Record]:
    """Each row with its line; an open quote or a field beyond any bound is damage."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DamagedFile(
                f"{file.path}, line {line:,}: the fields cannot be told apart ({error}); {AGAIN}"
            ) from error
        if fields:
            yield Record(line, fields)


def table(found: Iterator[Record], header: Sequence[str], file: InputFile) -> list[Record]:
    """The rows below a header, each as wide as it. Raises DamagedFile naming the first that is not."""
    problems = Problems(file.path)
    kept: list[Record] = []
    for record in _until_damage(found, problems):
        if record.fields == list(header):
            problems.add(record.line, "the header stands there once more")
        elif len(record.fields) != len(header):
            problems.add(record.line, f"{len(record.fields)} fields where the header has {len(header)}")
        else:
            kept.append(record)
    problems.refuse(AGAIN)
    if not kept:
        raise DamagedFile(f"{file.path}: the file holds a header and no rows; download it again")
    return kept


def _until_damage(found: Iterator[Record], problems: Problems) -> Iterator[Record]:
    """The rows up to one that cannot be read; what was wrong before it is told first."""
    try:
        yield from found
    except DamagedFile:
        if not problems.first:
            raise
        problems.rest += 1
