"""What is printed does not steer the terminal: control characters and marks of direction are shown, not obeyed.

Names come from files and from people. An escape sequence in one could rewrite the screen, a mark of direction could
turn the letters of a line around, so that the answer reads as another one. Each is written as `\\u202e`, which in JSON
is the same character.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

_TELLING = re.compile(
    "(?P<own>\x1b\\[(?:0|1|31|32|33)m)|"  # bold and the colours of our own answers, which hide nothing
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line end
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # directions, and line ends of other kinds
    "\ud800-\udfff]"  # bytes that were no text
)


def harmless(text: str) -> str:
    """`text` with what a terminal would obey written out, as JSON writes it."""
    return _TELLING.sub(lambda found: found["own"] or f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """`text` for a line of its own or a cell: line ends and colours, which hide letters, are written out as well."""
    return harmless(text).replace("\n", "\\u000a").replace("\t", "\\u0009").replace("\x1b", "\\u001b")


class HarmlessStream:
    """A text stream that writes everything harmless; in all else the stream that it is made of."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes `text`, harmless."""
        self.stream.write(harmless(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Writes each, harmless."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def harmless_output() -> Iterator[None]:
    """Everything that is printed meanwhile is harmless."""
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, HarmlessStream(stream)) for stream in kept)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


def data_output() -> TextIO:
    """Standard output for data, which must come out as it is, unless a person looks at it."""
    return sys.stdout if sys.stdout.isatty() else as_it_is(sys.stdout)


def as_it_is(stream: TextIO) -> TextIO:
    """The stream itself, for what draws on the terminal."""
    return stream.stream if isinstance(stream, HarmlessStream) else stream
