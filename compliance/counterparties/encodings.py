"""In which encoding a text file is written: found from its bytes, and refused where it would be a guess.

A name read in the wrong encoding is another name, and would be "clear". So beside UTF-8 and UTF-16 only Windows-1252
and GB18030 are assumed, only where nothing else is as likely, and it is said.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from compliance.counterparties.opening import unreadable_file
from compliance.errors import BadInput

_BLOCK = 1 << 20
_SAMPLE = 1 << 14  # bytes of lines that are not ASCII, by which an encoding is judged
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# What Turkish, Baltic, Romanian and Polish letters become when read as Windows-1252; rare in it, Iceland's apart.
_FOREIGN = re.compile("[ðÐþÞýÝ¯¹³]")
_CHINESE = frozenset(["gb18030", "gbk", "gb2312", "hz"])
_CLEARLY = 4  # times as many lines that are UTF-8 as others, or the other way round
_AS_LIKELY = 0.02  # of charset-normalizer's "chaos", 0-1, within which two encodings are as likely


class Examined(NamedTuple):
    """A file's size, its SHA-256, its encoding as Python calls it, and how that was told."""

    bytes: int
    sha256: str
    encoding: str
    assumed: str


def examine(path: Path, given: str | None, name: str, *, text: bool = True) -> Examined:
    """Reads the file once. Raises BadInput when it cannot be read, or is `text` whose encoding cannot be told."""
    if given is not None:
        _check(given, name)
    digest, size, start, odd = sha256(), 0, b"", _Odd()
    with unreadable_file(name), open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            start = start or block[:4096]
            size += len(block)
            if text:
                odd.add(block)
    encoding, assumed = (given, "as given") if given else _found(start, odd, name) if text else ("", "")
    return Examined(size, digest.hexdigest(), encoding, assumed)


def _check(encoding: str, name: str) -> None:
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except LookupError:
        raise BadInput(f"{name}: there is no encoding called {encoding!r}; usual ones: utf-8, utf-16, cp1252") from None


class _Odd:
    """What is not ASCII in a file: a sample of it, and whether all of it is UTF-8."""

    def __init__(self) -> None:
        self.sample = bytearray()
        self.is_utf8 = True
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")

    def add(self, block: bytes) -> None:
        """Takes the next bytes of the file."""
        if block.isascii():
            return
        if self.is_utf8:
            try:
                self._decoder.decode(block)
            except UnicodeDecodeError:
                self.is_utf8 = False
        end = 0
        while len(self.sample) < _SAMPLE and (found := _NOT_ASCII.search(block, end)):
            start, end = block.rfind(b"\n", end, found.start()) + 1 or end, block.find(b"\n", found.start()) + 1
            self.sample += block[start : end or None][:_SAMPLE]
            if not end:
                break


def _found(start: bytes, odd: _Odd, name: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, "by its byte order mark"
    wide = _without_mark(start)
    if wide:
        return wide, "assumed from its zero bytes"
    if odd.is_utf8:
        return "utf-8", "its bytes are valid" if odd.sample else "only ASCII in it"
    lines = [line for line in bytes(odd.sample).splitlines() if not line.isascii()]
    right = sum(_decoded(line, "utf-8") is not None for line in lines)
    if right >= _CLEARLY * (len(lines) - right):
        return "utf-8", "most of its rows are valid; the others are unreadable"
    if len(lines) - right < _CLEARLY * right:
        raise BadInput(f"{name} is written in several encodings: export it again in UTF-8, or give --encoding")
    return _legacy(bytes(odd.sample), name)


def _without_mark(start: bytes) -> str | None:
    """UTF-16 by where the zero bytes of its ASCII letters stand."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    often = len(start) // 10
    if odd > often and not even:
        return "utf-16-le"
    return "utf-16-be" if even > often and not odd else None


def _legacy(sample: bytes, name: str) -> tuple[str, str]:
    """Windows-1252 or GB18030, where that is at least as likely as anything else, or makes no difference."""
    from charset_normalizer import from_bytes

    likely = list(from_bytes(sample))
    names = [match.encoding for match in likely if match.chaos <= likely[0].chaos + _AS_LIKELY]
    if names and names[0] in _CHINESE:
        return "gb18030", "assumed: neither UTF-8 nor marked; overrule with --encoding"
    western = _decoded(sample, "cp1252")
    same = [encoding for encoding in names if _decoded(sample, encoding) == western]
    if western is not None and not _FOREIGN.search(western) and ("cp1252" in names or names[:1] == same[:1]):
        return "cp1252", "assumed: neither UTF-8 nor marked; overrule with --encoding"
    raise BadInput(f"{name} is not UTF-8, and its encoding cannot be told: give --encoding{_perhaps(names)}")


def _perhaps(names: Iterable[str]) -> str:
    usual = [name.replace("_", "-") for name in names][:4]
    return f" (perhaps {', '.join(usual)})" if usual else ""


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
