"""Reading each real official file: ours beside a bare lxml, csv or json pass over the same bytes.

    python -m benchmarks.parsers CORPUS [NAME…]

CORPUS holds lists/*/<date>/ as docs/benchmarks.md tells; NAME chooses the files whose path has it. Ours recognises the
file, checks it and makes every statement; the bare pass visits every element, row or value and keeps nothing. Each
reading is a process of its own: seconds of the processor, the best of three in turn, and the peak of its memory.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.parsers.passes import Took, bare, ours

RUNS = 1
_DAMAGED = re.compile("damaged")


def alone(function: Callable[[list[Path]], Took], paths: list[Path]) -> Took:
    """The function's result from a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, paths).result()


def publications(lists: Path) -> list[list[Path]]:
    """The files that are read together: the delimited files of a day, every other file by itself."""
    found = []
    for folder in sorted(path for path in lists.glob("*/*") if path.is_dir() and not _DAMAGED.search(path.name)):
        files = sorted(path for path in folder.iterdir() if path.suffix != ".md")
        together = [path for path in files if path.suffix == ".csv" and folder.parent.name.startswith("ofac")]
        found += [together] if together else []
        found += [[path] for path in files if path not in together]
    return found


def main(corpus: Path, names: list[str]) -> None:
    lists = corpus / "lists"
    print(
        f"{'files':46} {'MB':>5} {'entries':>8} {'MB/s':>6} {'entries/s':>9} {'bare MB/s':>9} {'ratio':>6} {'peak':>9}"
    )
    for paths in publications(lists):
        label = str(paths[0].relative_to(lists)) + (" …" if len(paths) > 1 else "")
        if names and not any(name in label for name in names):
            continue
        pairs = [(alone(ours, paths), alone(bare, paths)) for _ in range(RUNS)]
        mine, theirs = (min(side) for side in zip(*pairs, strict=True))
        size, ratio = mine.size / 1e6, mine.seconds / theirs.seconds
        print(
            f"{label:46} {size:5.1f} {mine.entries:8,} {size / mine.seconds:6.1f} {mine.entries / mine.seconds:9,.0f} "
            f"{size / theirs.seconds:9.1f} {ratio:6.1f} {mine.peak:5.0f} MiB",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
