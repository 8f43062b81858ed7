"""The rows of OFAC's delimited files, and every sign that a file is cut, damaged or something else.

By OFAC's data specification a record is one line, its fields separated by commas, text in double quotes,
null written as `-0-`, and the file closed by the byte 1A, the end-of-file mark of old. The mark is what
tells a whole file from one that was cut between two lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from compliance.errors import DamagedFile
from compliance.sources.files import InputFile
from compliance.sources.problems import Problems

NULL = "-0-"
AGAIN = "download it again"
_END_MARK = "\x1a"
_BOM = b"\xef\xbb\xbf"
_POSITIVE = re.compile(r"[1-9][0-9]{0,17}")


class Row(NamedTuple):
    """One record: the number of its line, and its fields; None where the publisher says null."""

    line: int
    key: int
    fields: list[str | None]


@dataclass
class Table:
    """The rows of one file."""

    file: InputFile
    rows: list[Row]
    warnings: list[str] = field(default_factory=list)

    @property
    def keys(self) -> set[int]:
        """The ent_nums that the rows speak of."""
        return {row.key for row in self.rows}


def read_table(file: InputFile, width: int, *, closed: bool = True) -> Table:
    """Read the file's rows, each `width` fields; `closed` says that a whole file ends with the mark."""
    text = decoded(file)
    lines, marked = _lines(text, file)
    table = Table(file, [])
    if closed and not marked:
        _unclosed(text, lines, table)
    problems = Problems(file.path)
    _check_quotes(lines, problems)
    for number, fields in _fields(lines, problems):
        stops_here = closed and not marked and number == len(lines)
        row = _row(number, _mended(fields) if stops_here else fields, width, problems)
        if row:
            table.rows.append(row)
    problems.refuse(f"the file is damaged, {AGAIN}")
    return table


def decoded(file: InputFile) -> str:
    """Return the file's text; OFAC's files are ASCII, so that any other encoding is a conversion's work."""
    data = file.data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DamagedFile(
            f"{file.path}, line {line:,}: the byte {data[error.start]:02X} is not UTF-8; {AGAIN} and do not convert it"
        ) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise DamagedFile(f"{file.path}, line {line:,}: a zero byte in the text; {AGAIN}")
    return text


def _lines(text: str, file: InputFile) -> tuple[list[str], bool]:
    """Return the lines before the end mark, and whether there is one."""
    body, mark, after = text.partition(_END_MARK)
    lines = body.split("\n")
    if lines[-1] == "":
        lines.pop()
    if after.strip(f"\r\n {_END_MARK}"):
        raise DamagedFile(
            f"{file.path}, line {len(lines) + 1:,}: text after the end mark (byte 1A); "
            f"files were joined or damaged, {AGAIN}"
        )
    if not lines:
        raise DamagedFile(f"{file.path}: the file holds no rows; {AGAIN}")
    return [line.removesuffix("\r") for line in lines], bool(mark)


def _unclosed(text: str, lines: list[str], table: Table) -> None:
    """A file with OFAC's own line ends must have OFAC's end mark; one that a tool rewrote cannot be told."""
    path = table.file.path
    if "\r\n" in text:
        raise DamagedFile(
            f"{path}, line {len(lines):,}: the file stops here without the end mark (byte 1A); it is cut, {AGAIN}"
        )
    table.warnings.append(
        f"{path}: no end mark (byte 1A), lines were rewritten by some program; "
        "whether the file is whole cannot be told from it"
    )
    if lines[-1].endswith((",-0", ",-0-")):
        table.warnings.append(
            f"{path}, line {len(lines):,}: the last field was cut by a character or two, read as null"
        )


def _mended(fields: list[str]) -> list[str]:
    """Restore the null at the very end of a rewritten file, where trailing characters went missing."""
    return [*fields[:-1], NULL] if fields and fields[-1] == "-0" else fields


def _check_quotes(lines: list[str], problems: Problems) -> None:
    # No field of the format holds a line end, so a quote that a line leaves open is damage in that line.
    for number, line in enumerate(lines, start=1):
        if line.count('"') % 2:
            problems.add(number, "a quotation mark is not closed")
    problems.refuse(f"the file is damaged, {AGAIN}")


def _fields(lines: list[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True)
    while True:
        try:
            yield reader.line_num + 1, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(reader.line_num, f"the fields cannot be told apart ({error})")


def _row(number: int, fields: list[str], width: int, problems: Problems) -> Row | None:
    if len(fields) != width:
        problems.add(number, f"{len(fields)} fields where the format has {width}")
        return None
    if "" in fields or fields[-1] in ("-", "-0"):
        problems.add(number, "an empty or cut field; where a field is empty, the format has -0-")
        return None
    key = fields[0]
    if not _POSITIVE.fullmatch(key):
        problems.add(number, f"ent_num is {key[:20]!r}, not a positive whole number")
        return None
    return Row(number, int(key), [None if value[:3] == NULL and value.rstrip() == NULL else value for value in fields])


Check = Callable[[Row], str | None]


def check_rows(table: Table, check: Check, advice: str) -> None:
    """Refuse the table if any row fails: `check` says what is wrong with a row, or None."""
    problems = Problems(table.file.path)
    for row in table.rows:
        wrong = check(row)
        if wrong:
            problems.add(row.line, wrong)
    problems.refuse(advice)
