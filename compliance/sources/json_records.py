"""Reading JSON that others made, and refusing what is damaged in one line."""

from __future__ import annotations

import json
from typing import Any

from compliance.errors import DamagedFile
from compliance.sources.csv_records import AGAIN, text_of
from compliance.sources.files import LONGEST_TEXT, InputFile

_MOST_DIGITS = 15


def loaded(text: str, file: InputFile, line: int = 1) -> Any:
    """The value that the text holds. Raises DamagedFile naming the line: `line` is the one on which it begins.

    Numbers that a log cannot hold (fractions, and whole ones beyond 15 digits) stay the text that they are.
    """
    if len(text) > LONGEST_TEXT and max(map(len, text.replace('\\"', "--").split('"'))) > LONGEST_TEXT:
        raise DamagedFile(f"{file.path}, line {line:,}: a text longer than any list has; {AGAIN}")
    try:
        value = json.loads(text, parse_float=str, parse_int=_whole, parse_constant=str)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise DamagedFile(
            f"{file.path}, line {line + error.lineno - 1:,}: not whole JSON ({error.msg}); {AGAIN}"
        ) from error
    except UnicodeEncodeError as error:
        raise DamagedFile(f"{file.path}, line {line:,}: half a character (a lone surrogate); {AGAIN}") from error
    except RecursionError as error:
        raise DamagedFile(f"{file.path}, line {line:,}: JSON nested deeper than any list; {AGAIN}") from error
    return value


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _MOST_DIGITS else text


def document(file: InputFile) -> Any:
    """The one value that the file holds."""
    return loaded(text_of(file), file)
