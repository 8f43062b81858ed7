"""Import of five years of OFAC's files, a cold answer, a small portfolio; each beside a named peer in the same run.

    python -m benchmarks.pipeline CORPUS

CORPUS holds lists/ofac-sdn/<date>/*.csv, lists/ofac-consolidated/<date>/*.csv and portfolios/sp500-*/constituents.csv.
The times are of whole processes, start included; for import the peer is reading the same files with the csv module.
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

NAME = "Rosneft Trading"
RUNS = 5
READ = "import csv,sys\nfor p in sys.argv[1:]:\n for r in csv.reader(open(p, newline='')): pass"


def timed(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return time.perf_counter() - start


def pairwise(label: str, ours: list[str], peer: list[str], environment: dict[str, str], peer_name: str) -> None:
    """Runs the two in turn and prints the medians and the ratio."""
    pairs = [(timed(ours, environment), timed(peer, environment)) for _ in range(RUNS)]
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{label:42} {mine:7.2f} s   {peer_name} {theirs:7.2f} s   ratio {mine / theirs:6.2f}")


def main(corpus: Path) -> None:
    sdn = sorted(f for f in (corpus / "lists" / "ofac-sdn").iterdir() if f.is_dir())
    consolidated = sorted(f for f in (corpus / "lists" / "ofac-consolidated").iterdir() if list(f.glob("*.csv")))
    portfolio = next((corpus / "portfolios").glob("sp500-*/constituents.csv"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "COMPLIANCE_DATA_DIR": f"{folder}/data",
            "COMPLIANCE_CACHE_DIR": f"{folder}/cache",
            "COMPLIANCE_MAX_AGE": "100000",
        }
        environment.pop("COMPLIANCE_DATABASE_URL", None)
        run = [sys.executable, "-c", "import sys; from compliance.cli import main; sys.exit(main())"]
        seconds = timed([*run, "import", *map(str, sdn)], environment)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        files = [str(file) for day in sdn for file in sorted(day.glob("*.csv"))]
        reading = timed([sys.executable, "-c", READ, *files], environment)
        print(
            f"{'import of ' + str(len(sdn)) + ' SDN publications':42} {seconds:7.2f} s   csv.reader {reading:7.2f} s"
            f"   ratio {seconds / reading:6.2f}   peak {peak:.0f} MiB"
        )
        for day in consolidated:
            timed([*run, "import", *map(str, sorted(day.glob("*.csv")))], environment)
        size = Path(folder, "data", "compliance.db").stat().st_size / 2**20
        head = subprocess.run([*run, "log", "head"], env=environment, capture_output=True, text=True, check=True)
        print(f"{'events in the log, size of the database':42} {head.stdout.split()[1]}, {size:.1f} MiB")
        print(f"{'first screen after an import':42} {timed([*run, 'screen', NAME], environment):7.2f} s")
        names = [str(f) for f in (*sdn[-1].glob("*.csv"), *consolidated[-1].glob("*.csv"))]
        peer = [sys.executable, "-m", "benchmarks.pipeline.peer", *names]
        pairwise("screen NAME, cold", [*run, "screen", NAME], [*peer, "--", NAME], environment, "WRatio")
        ours = [*run, "batch", str(portfolio), "-o", f"{folder}/out.csv"]
        theirs = [*peer, "--portfolio", str(portfolio), "Security"]
        pairwise("batch of the S&P 500", ours, theirs, environment, "WRatio")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
