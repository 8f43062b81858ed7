"""Import of five years of OFAC's files, a cold answer, a small portfolio; each beside a named peer in the same run.

    python -m benchmarks.pipeline CORPUS

CORPUS holds lists/ofac-sdn/<date>/*.csv, lists/ofac-consolidated/<date>/*.csv and portfolios/sp500-*/constituents.csv.
The times are of whole processes, start included: on the clock, and of the processor, which a busy machine bends less.
For import the peer is reading the same files with the csv module. docs/benchmarks.md has the figures.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

NAME = "Rosneft Trading"
RUNS = 5
READ = "import csv,sys\nfor p in sys.argv[1:]:\n for r in csv.reader(open(p, newline='')): pass"
RUN = [sys.executable, "-m", "compliance"]


class Took(NamedTuple):
    """Seconds on the clock, and of the processor (all threads)."""

    clock: float
    cpu: float


def timed(command: list[str], environment: dict[str, str]) -> Took:
    before, start = _children_cpu(), time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    took = Took(time.perf_counter() - start, _children_cpu() - before)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return took


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(label: str, ours: Took, peer: Took | None = None, peer_name: str = "", more: str = "") -> None:
    line = f"{label:42} {ours.clock:7.2f} s   cpu {ours.cpu:6.2f} s"
    if peer:
        line += f"   {peer_name} {peer.clock:6.2f} s   cpu {peer.cpu:6.2f} s   ratio of cpu {ours.cpu / peer.cpu:5.2f}"
    print(f"{line}{more}", flush=True)


def pairwise(label: str, ours: list[str], peer: list[str], environment: dict[str, str], peer_name: str) -> None:
    """Runs the two in turn and prints the medians and the ratio."""
    pairs = [(timed(ours, environment), timed(peer, environment)) for _ in range(RUNS)]
    mine, theirs = (
        Took(*(statistics.median(values) for values in zip(*side, strict=True))) for side in zip(*pairs, strict=True)
    )
    told(label, mine, theirs, peer_name)


def environment_in(folder: str) -> dict[str, str]:
    """A home of its own, and bytecode kept as an installation keeps it."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COMPLIANCE_DATABASE_URL", "PYTHONDONTWRITEBYTECODE")}
    return {
        **kept,
        "COMPLIANCE_DATA_DIR": f"{folder}/data",
        "COMPLIANCE_CACHE_DIR": f"{folder}/cache",
        "COMPLIANCE_MAX_AGE": "100000",
    }


def main(corpus: Path) -> None:
    sdn = sorted(f for f in (corpus / "lists" / "ofac-sdn").iterdir() if f.is_dir())
    consolidated = sorted(f for f in (corpus / "lists" / "ofac-consolidated").iterdir() if list(f.glob("*.csv")))
    portfolio = next((corpus / "portfolios").glob("sp500-*/constituents.csv"))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        environment = environment_in(folder)
        took = timed([*RUN, "import", *map(str, sdn)], environment)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        files = [str(file) for day in sdn for file in sorted(day.glob("*.csv"))]
        reading = timed([sys.executable, "-c", READ, *files], environment)
        told(f"import of {len(sdn)} SDN publications", took, reading, "csv.reader", f"   peak {peak:.0f} MiB")
        for day in consolidated:
            timed([*RUN, "import", *map(str, sorted(day.glob("*.csv")))], environment)
        size = Path(folder, "data", "compliance.db").stat().st_size / 2**20
        head = subprocess.run([*RUN, "log", "head"], env=environment, capture_output=True, text=True, check=True)
        print(f"{'events in the log, size of the database':42} {head.stdout.split()[1]}, {size:.1f} MiB")
        told("first screen after an import", timed([*RUN, "screen", NAME], environment))
        names = [str(f) for f in (*sdn[-1].glob("*.csv"), *consolidated[-1].glob("*.csv"))]
        peer = [sys.executable, "-m", "benchmarks.pipeline.peer", *names]
        pairwise("screen NAME, cold", [*RUN, "screen", NAME], [*peer, "--", NAME], environment, "WRatio")
        ours = [*RUN, "batch", str(portfolio), "-o", f"{folder}/out.csv"]
        theirs = [*peer, "--portfolio", str(portfolio), "Security"]
        pairwise("batch of the S&P 500", ours, theirs, environment, "WRatio")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
