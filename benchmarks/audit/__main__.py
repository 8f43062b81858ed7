"""`history` and `audit` on a log of many events, each as a process of its own, in seconds of processor time.

    python -m benchmarks.audit [--events 1000000] [--folder KEPT]

The log is the one of `benchmarks.log`: one list of 20,000 parties, each said something about again and again. The first
question builds what is kept in the cache from the whole log; then 1,000 events are appended, and it is brought up to
date. `--folder` keeps the log for another run.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.log import ours
from benchmarks.log.material import BATCH, LIST, batches
from compliance import Compliance

QUESTIONS: dict[str, list[str]] = {
    "history of a party": ["history", f"{LIST}/777"],
    "history of a list": ["history", LIST],
    "audit of a name": ["audit", "Joint Stock Company Example 777", "--on", "2020-06-01"],
    "audit, another day": ["audit", "Joint Stock Company Example 778", "--on", "2020-06-02"],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with TemporaryDirectory() as made:
        folder = arguments.folder or Path(made)
        use(folder)
        grow(arguments.events)
        print(
            f"{arguments.events:,} events; seconds of processor time (and of the clock), the process's start included"
        )
        told("verify, once", ["log", "verify"])
        for name, words in QUESTIONS.items():
            told(f"{name}, cold", words)
            told(name, words)
        grow(arguments.events + BATCH)
        told("verify what was added", ["lists"])
        told(f"history of a party, {BATCH:,} events later", QUESTIONS["history of a party"])
        told("history of a party", QUESTIONS["history of a party"])


def use(folder: Path) -> None:
    os.environ["COMPLIANCE_DATA_DIR"], os.environ["COMPLIANCE_CACHE_DIR"] = str(folder / "data"), str(folder / "cache")
    os.environ["COMPLIANCE_MAX_AGE"] = "100000"
    os.environ.pop("COMPLIANCE_DATABASE_URL", None)


def grow(events: int) -> None:
    """Brings the log to so many events about entries."""
    with Compliance.open(clock=ours.clock, bundled=False) as compliance:
        log = compliance.log
        if not log.version(ours.STREAM):
            ours.publish(log)
        held = log.version(ours.STREAM) - 1
        ours.append(log, islice(batches(events), held // BATCH, None))


def told(name: str, words: Sequence[str]) -> None:
    """Runs one command, and prints what it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ran = subprocess.run([sys.executable, "-m", "compliance", *words], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode in (0, 1), ran.stderr
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:45} {spent:7.2f}  ({time.perf_counter() - began:.2f})", flush=True)


if __name__ == "__main__":
    main()
