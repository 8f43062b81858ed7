"""A batch from the start of its process to its closed output, with its memory, beside named peers in the same run.

    python -m benchmarks.batch CORPUS [--rows 1000 10000 …] [--peer-rows N] [--jobs N] [--nomenklatura N]

CORPUS holds lists/ofac-sdn/<date>/*.csv and portfolios/exchanges-*/*.csv. The book is made of the portfolios' names,
most of them altered, and of 2 listed names in 1,000. Peers get fewer rows: their time is told for each row.
docs/benchmarks.md has the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.batch.books import book, listed_names, parquet_of, portfolio_names
from benchmarks.pipeline.__main__ import RUN, environment_in


class Took(NamedTuple):
    """Seconds on the clock and of the processor; the most memory of one process and of all together, in MiB."""

    clock: float
    cpu: float
    peak: float
    together: float


def measured(command: list[str], environment: dict[str, str]) -> Took:
    """Runs it to its end; memory is looked up in /proc, ten times a second, over the process and its children."""
    before, start, together, single = os.times(), time.perf_counter(), 0.0, 0.0
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, env=environment, stdout=told, stderr=subprocess.STDOUT)
        while process.poll() is None:
            sizes = [resident(pid) for pid in family(process.pid)]
            together, single = max(together, sum(sizes)), max(single, *sizes, 0.0)
            time.sleep(0.1)
        after = os.times()
        # 1 says "hits" for our own command; of any other Python program it means that it broke off.
        if process.returncode not in ((0, 1) if command[: len(RUN)] == RUN else (0,)):
            told.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {told.read().decode()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(time.perf_counter() - start, cpu, single, together)


def family(pid: int) -> list[int]:
    """The process and what it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in family(int(child)))]


def resident(pid: int) -> float:
    """The memory of a process in MiB, its share of what it shares with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def told(label: str, rows: int, took: Took) -> None:
    print(
        f"{label:20} {rows:>10,} rows  {took.clock:8.2f} s  cpu {took.cpu:8.2f} s"
        f"  {1e6 * took.cpu / rows:9.1f} µs a row  {took.together:6.0f} MiB together, {took.peak:5.0f} MiB the largest",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--parquet", type=int, default=100_000, help="rows of the Parquet file; 0 leaves it out")
    parser.add_argument("--peer-rows", type=int, default=2_000, help="rows for pandas and cdist; 0 leaves it out")
    parser.add_argument("--nomenklatura", type=int, default=0, help="rows for nomenklatura (extra peers)")
    parser.add_argument("--jobs", default=str(len(os.sched_getaffinity(0))))
    given = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        race(given, Path(folder))


def race(given: argparse.Namespace, folder: Path) -> None:
    environment = environment_in(str(folder))
    sdn = max(f for f in (given.corpus / "lists" / "ofac-sdn").iterdir() if f.is_dir())
    subprocess.run([*RUN, "import", str(sdn)], env=environment, check=True, stdout=subprocess.DEVNULL)
    names, listed = portfolio_names(given.corpus), listed_names(sdn)
    print(f"{len(names):,} names of companies, {len(listed):,} names on the list")
    subprocess.run([*RUN, "screen", "nobody at all"], env=environment, check=False, stdout=subprocess.DEVNULL)
    batch = [*RUN, "batch", "--jobs", given.jobs, "-o", str(folder / "out.csv")]
    for rows in given.rows:
        path = book(folder / f"{rows}.csv", rows, names, listed)
        told("ours, CSV", rows, measured([*batch, str(path)], environment))
    if given.parquet:
        path = parquet_of(book(folder / "p.csv", given.parquet, names, listed))
        told("ours, Parquet", given.parquet, measured([*batch, str(path)], environment))
    (folder / "listed.json").write_text(json.dumps(listed))
    for peer, rows in (("cdist", given.peer_rows), ("nomenklatura", given.nomenklatura)):
        if rows:
            path = book(folder / f"{peer}.csv", rows, names, listed)
            peers = [sys.executable, "-m", "benchmarks.batch.peers", peer, str(path), str(folder / "listed.json")]
            told(f"peer, {peer}", rows, measured(peers, environment))


if __name__ == "__main__":
    main()
