"""Importing a publication, the same bytes again, and the same content under a later date: whole processes.

    python -m benchmarks.parsers.unchanged FOLDER

FOLDER is named after its day and holds the files of one publication, the largest at hand for the figures in
docs/benchmarks.md. Seconds of the processor and on the clock, and the greatest memory of any of the processes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        later = Path(home, "2026-01-01")
        shutil.copytree(folder, later)
        for label, place in (("first import", folder), ("the same bytes", folder), ("a later date, no change", later)):
            _timed(label, ["import", str(place)], home)


def _timed(label: str, words: list[str], home: str) -> None:
    environment = {**os.environ, "COMPLIANCE_DATA_DIR": f"{home}/data", "COMPLIANCE_CACHE_DIR": f"{home}/cache"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "compliance", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{label:26} cpu {used:5.2f} s   clock {clock:5.2f} s   peak so far {after.ru_maxrss / 1024:4.0f} MiB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
