"""Speed of the matcher over the names of real lists, beside named peers in the same run; exactness; growth.

    python -m benchmarks.matching CORPUS [--names N] [--full] [--parts speed exactness growth]

CORPUS holds matching/list.csv.gz, matching/*.csv and portfolios/*. Names are asked as published, in two processes, and
all that counts is from the string to the hits. "Words new" is the first pass over the names, when no process has seen
any of their words; "words known" is the second. --names takes only so many of them; --full tries exactness ten times as
much. The exit status is 1 when exactness is broken.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.matching import exactness, single
from benchmarks.matching.names import Rows, company_names, grown, labelled_names, listed_names, listed_rows
from benchmarks.matching.peers import peers
from benchmarks.matching.race import Result, Time, mine, race
from compliance.matching import DEFAULT_THRESHOLD, Matcher

LOWER = 20.0  # points
GROWN = (3, 10)
PARTS = ("speed", "exactness", "growth")


def told(label: str, result: Result, usual: Result | None = None) -> None:
    """Prints the two passes of a race, and how many times as fast the usual run of this matcher is."""
    for words, name in ("new", "cold"), ("known", "warm"):
        took: Time = getattr(result, name)
        other: Time | None = getattr(usual, name) if usual else None
        ratio = f"   ratio {other.rate / took.rate:.1f}, processor {took.each / other.each:.1f}" if other else ""
        print(
            f"{label + ', words ' + words:42} {took.rate:9.0f} names/s, processor {took.each:8.1f} us/name, "
            f"{took.names} names, {took.hits} hits{ratio}",
            flush=True,
        )


def built(listed: Rows, folder: Path) -> None:
    """Builds and saves the matcher in a process of its own, and tells that process's peak memory."""
    folder.mkdir()
    print(f"{'':42} peak memory {race(partial(single.build, listed, folder), [''], 1).peak:.0f} MiB", flush=True)


def bulk(folder: Path, listed: Rows, names: list[str]) -> Result:
    """This matcher and the peers over the names; the peers that are slow get the first of them only."""
    race(partial(mine, folder, DEFAULT_THRESHOLD), [""], 1)  # compiles, where that was not done before
    found = race(partial(mine, folder, DEFAULT_THRESHOLD), names)
    print(f"{'made ready for many names, loops compiled':42} {found.first:9.2f} s; peak memory {found.peak:.0f} MiB")
    told("this matcher", found)
    for label, (most, prepare) in peers(listed).items():
        if prepare is None:
            print(f"{label:42} not installed, left out")
            continue
        result = race(prepare, names[:most])
        print(f"{label + ', made ready':42} {result.ready:9.2f} s; peak memory {result.peak:.0f} MiB")
        told(label, result, found)
    return found


def compiled(folder: Path) -> None:
    """How long the first name takes where nothing is compiled yet; the others find it in numba's cache."""
    with tempfile.TemporaryDirectory() as empty:
        os.environ["NUMBA_CACHE_DIR"] = empty
        found = race(partial(mine, folder, DEFAULT_THRESHOLD), [""], 1)
        del os.environ["NUMBA_CACHE_DIR"]
    print(f"{'compiling, once for each installation':42} {found.first:9.2f} s", flush=True)


def growth(folder: Path, listed: Rows, names: list[str], scratch: Path) -> None:
    """The same names against the list made longer, each beside the list as it is."""
    usual = race(partial(mine, folder, DEFAULT_THRESHOLD), names)
    told("list as it is", usual)
    for times in GROWN:
        longer, larger = grown(listed, times), scratch / f"times-{times}"
        built(longer, larger)
        result = race(partial(mine, larger, DEFAULT_THRESHOLD), names)
        told(f"list times {times}", result, usual)


def speed(folder: Path, listed: Rows, names: list[str], scratch: Path) -> None:
    """Everything about time on the list as it is."""
    bare = scratch / "names.csv"
    with open(bare, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(row.values() for row in listed)
    single.load(folder, bare)
    compiled(folder)
    usual = bulk(folder, listed, names)
    told(f"threshold {LOWER:.0f} lower", race(partial(mine, folder, DEFAULT_THRESHOLD - LOWER), names), usual)
    single.one_name(folder, listed, names[:1200])


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__.split("\n\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--names", type=int, default=None, metavar="N", help="how many names are asked at most")
    parser.add_argument("--full", action="store_true", help="try exactness ten times as much")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what is measured (all)")
    given = parser.parse_args()
    listed = listed_rows(given.corpus)
    names = company_names(given.corpus)[: given.names]
    print(f"{len(listed)} listed names, {len(names)} different names asked; load {os.getloadavg()[0]:.1f}")
    broken = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "matcher")
        built(listed, folder)
        if "speed" in given.parts:
            speed(folder, listed, names, Path(scratch))
        if "exactness" in given.parts:
            asked = [*names, *labelled_names(given.corpus)]
            broken = exactness.report(listed_names(listed), Matcher.load(folder), asked, 10 if given.full else 1)
        if "growth" in given.parts:
            growth(folder, listed, names, Path(scratch))
    print(f"load {os.getloadavg()[0]:.1f}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
