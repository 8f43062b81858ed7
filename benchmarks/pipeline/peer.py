"""The named peer: rapidfuzz's WRatio over every listed name, read from the CSV files at each start.

    python -m benchmarks.pipeline.peer NAMES_CSV... -- NAME
    python -m benchmarks.pipeline.peer NAMES_CSV... --portfolio FILE COLUMN

It keeps no history and no cache, checks nothing and explains nothing: what a short script does.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator

from rapidfuzz import fuzz, process, utils

THRESHOLD = 90


def names(paths: list[str]) -> Iterator[str]:
    for path in paths:
        with open(path, newline="", encoding="ascii") as file:
            for row in csv.reader(file):
                if len(row) in (5, 12):
                    yield utils.default_process(row[1] if len(row) == 12 else row[3])


def main(arguments: list[str]) -> None:
    if "--portfolio" in arguments:
        at = arguments.index("--portfolio")
        with open(arguments[at + 1], newline="", encoding="utf-8-sig") as file:
            queries = [row[arguments[at + 2]] for row in csv.DictReader(file)]
    else:
        at = arguments.index("--")
        queries = arguments[at + 1 :]
    listed = list(names(arguments[:at]))
    for query in queries:
        found = process.extract(
            utils.default_process(query), listed, scorer=fuzz.WRatio, score_cutoff=THRESHOLD, limit=10
        )
        print(query, len(found))


if __name__ == "__main__":
    main(sys.argv[1:])
