"""One reading of a set of official files, ours or bare, with what it took."""

from __future__ import annotations

import csv
import gc
import io
import json
import re
import resource
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

_DAY = date(2026, 11, 24)  # for files that hold no day; it changes nothing of the work
_DELIMITERS = {"dpl.txt": "\t"}


class Took(NamedTuple):
    """Seconds of the processor, entries read, bytes as unpacked, and the process's peak memory in MiB."""

    seconds: float
    entries: int
    size: int
    peak: float


def ours(paths: list[Path]) -> Took:
    """The publication of these files, read by this program."""
    from lxml import etree  # noqa: F401 - loaded before the clock runs, as every format is

    from compliance.sources import FORMATS, read_group
    from compliance.sources.inputs import collect

    assert all(format.FORMAT_ID for format in FORMATS)
    gc.set_threshold(100_000, 10, 10)  # as in every process that `compliance` starts
    (group,) = collect(paths)
    return _timed(
        lambda: sum(len(found.statements) for found in read_group(group, _dated(paths[0]))),
        sum(file.size for file in group.files),
    )


def bare(paths: list[Path]) -> Took:
    """The same bytes passed over by lxml, csv or json alone."""
    from lxml import etree  # noqa: F401 - loaded before the clock runs

    from compliance.sources.inputs import collect

    (group,) = collect(paths)
    files = [(file.name, file.data) for file in group.files]
    return _timed(lambda: sum(_passed(name, data) for name, data in files), sum(len(data) for _, data in files))


def _dated(path: Path) -> date | None:
    return None if re.search(r"\d{4}-\d{2}-\d{2}", str(path.parent)) else _DAY


def _timed(work: Callable[[], int], size: int) -> Took:
    start = time.process_time()
    entries = work()
    seconds = time.process_time() - start
    return Took(seconds, entries, size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _passed(name: str, data: bytes) -> int:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \r\n")
    if start[:1] == b"<":
        return _passed_tree(data, html=b"<html" in start.lower())
    if start[:1] in (b"{", b"["):
        return sum(1 for _ in _values(json.loads(data)))
    text = io.StringIO(data.decode("cp1252", "replace"), newline="")
    return sum(len(row) for row in csv.reader(text, delimiter=_DELIMITERS.get(name, ",")))


def _passed_tree(data: bytes, *, html: bool) -> int:
    from lxml import etree

    count = 0
    for _, element in etree.iterparse(io.BytesIO(data), events=("end",), html=html):
        count += 1
        if not html:
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def _values(value: object) -> Iterable[object]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _values(inner)
    else:
        yield value
