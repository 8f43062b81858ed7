"""One name at a time in a process that runs already, and what it takes to have the index: built, saved, loaded."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.matching.names import Rows, listed_names
from benchmarks.matching.race import Search

WARMING = 200  # names asked before the time counts


class Times(NamedTuple):
    """Median and 99th percentile in milliseconds."""

    median: float
    most: float


def milliseconds(ask: Callable[[str], object], names: list[str]) -> tuple[Times, Times]:
    """The time for one name, by the clock and of the processor, after some others were asked."""
    for name in names[:WARMING]:
        ask(name)
    clock, processor = [], []
    for name in names[WARMING:]:
        begin, spent = time.perf_counter(), time.thread_time()
        ask(name)
        processor.append(1000 * (time.thread_time() - spent))
        clock.append(1000 * (time.perf_counter() - begin))
    return _times(clock), _times(processor)


def _times(taken: list[float]) -> Times:
    return Times(statistics.median(taken), statistics.quantiles(taken, n=100)[98])


def one_name(folder: Path, listed: Rows, names: list[str]) -> None:
    """Prints the times of new names, of the same names again, and of the peer."""
    from rapidfuzz import fuzz, process

    from compliance.matching import Matcher, Query

    matcher = Matcher.load(folder)
    texts = [row["name"].lower() for row in listed]
    new = milliseconds(lambda name: matcher.search(Query(name)), names)
    again = milliseconds(lambda name: matcher.search(Query(name)), names)
    peer = partial(process.extract, choices=texts, scorer=fuzz.ratio, score_cutoff=75, limit=None)
    theirs = milliseconds(lambda name: peer(name.lower()), names)
    for label, mine in ("one name, not asked before", new), ("one name, asked before", again):
        for kind, own, other in zip(("clock", "processor"), mine, theirs, strict=True):
            print(
                f"{label + ', ' + kind:42} median {own.median:6.2f} ms, 99 % {own.most:6.2f} ms   ratio (rapidfuzz "
                f"extract) {other.median:.2f} ms, {other.most:.2f} ms   ratio {own.median / other.median:.2f}",
                flush=True,
            )


def build(listed: Rows, folder: Path) -> Search:
    """Builds and saves the index; to be prepared in a process of its own, for its peak memory."""
    from compliance.matching import Matcher

    names = listed_names(listed)
    begin = time.perf_counter(), time.process_time()
    matcher = Matcher.build(names)
    built = time.perf_counter(), time.process_time()
    matcher.save(folder)
    saved = time.perf_counter()
    print(
        f"{'building over ' + str(len(names)) + ' names':42} {built[0] - begin[0]:6.2f} s, processor "
        f"{built[1] - begin[1]:.2f} s; saving {saved - built[0]:.2f} s, "
        f"{sum(file.stat().st_size for file in folder.iterdir()) / 2**20:.1f} MiB",
        flush=True,
    )
    return len


def load(folder: Path, names_csv: Path) -> None:
    """Prints the processor time of loading, beside reading the bare names from a CSV file; the medians of nine."""
    from compliance.matching import Matcher

    mine, theirs = [], []
    for _ in range(9):
        begin = time.process_time()
        Matcher.load(folder)
        loaded = time.process_time()
        with open(names_csv, newline="", encoding="utf-8") as file:
            list(csv.reader(file))
        mine.append(loaded - begin)
        theirs.append(time.process_time() - loaded)
    took, peer = statistics.median(mine), statistics.median(theirs)
    print(f"{'loading it, processor':42} {took:6.3f} s   csv.reader {peer:.3f} s   ratio {took / peer:.2f}", flush=True)
