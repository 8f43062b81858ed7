"""A portfolio under watch: taking it in, the first look, and the looks after 100 entries and after 100 parties changed.

    python -m benchmarks.watch CORPUS [COUNTERPARTIES]

CORPUS holds lists/ofac-sdn/<date>/*.csv, matching/benign.csv and portfolios/. The counterparties (1,000,000 by default)
are the companies of the corpus, and names made of their words; every third made name has a word of its own, since
customers' names do. The times are of whole processes: on the clock, and of the processor.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.matching.names import company_names
from benchmarks.pipeline.__main__ import RUN, environment_in, timed, told

CHANGED = 100
BEFORE, AFTER = "2022-11-01", "2022-11-02"
_LETTERS = "abcdefghiklmnoprstuvyz"


def main(corpus: Path, size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, environment = Path(name), environment_in(name)
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
        portfolio = write_portfolio(list(counterparties(corpus, size)), folder / "portfolio.csv")
        timed([*RUN, "import", str(corpus / "lists" / "ofac-sdn" / BEFORE)], environment)
        add = [*RUN, "portfolio", "add", "main", str(portfolio), "--list", "us-ofac-sdn"]
        told(f"portfolio add, {size:,} counterparties", timed(add, environment))
        told("the same again", timed(add, environment))
        print(f"{'size of the database':42} {Path(name, 'data', 'compliance.db').stat().st_size / 2**20:.0f} MiB")
        look = [*RUN, "alerts", "main", "--json"]
        told("first look", timed(look, environment), more=f"   peak {peak():.0f} MiB")
        told("look without any change", timed(look, environment))
        timed([*RUN, "import", str(amended(corpus, folder / AFTER))], environment)
        alerts = subprocess.run([*look, "--dry-run"], env=environment, capture_output=True, check=False)
        (found,) = json.loads(alerts.stdout)
        told(
            f"look after {CHANGED} entries changed",
            timed(look, environment),
            more=f"   {len(found['alerts']):,} alerts",
        )
        rows = list(counterparties(corpus, CHANGED, seed=2))
        few = write_portfolio([(f"N{id_}", text) for id_, text in rows], folder / "few.csv")
        told(f"{CHANGED} more counterparties", timed([*RUN, "portfolio", "add", "main", str(few)], environment))
        told("look after that", timed(look, environment))


def counterparties(corpus: Path, size: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Ids and names: the real ones first, then made ones, always the same."""
    draw = random.Random(seed)
    real = company_names(corpus)
    words = [word for name in real for word in name.split()]
    for number in range(size):
        if number < len(real):
            yield str(number), real[number]
            continue
        made = draw.choices(words, k=len(real[number % len(real)].split()))
        if number % 3 == 0:
            made[0] = "".join(draw.choices(_LETTERS, k=draw.randint(4, 9)))
        yield str(number), f"A {' '.join(made)}" if not any(map(str.isalnum, "".join(made))) else " ".join(made)


def write_portfolio(parties: list[tuple[str, str]], path: Path) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name"])
        writer.writerows(parties)
    return path


def amended(corpus: Path, folder: Path) -> Path:
    """The list of the next day: the names of 100 entries, one in so many, have a word more."""
    folder.mkdir()
    for file in (corpus / "lists" / "ofac-sdn" / BEFORE).glob("*.csv"):
        lines = file.read_text("utf-8", "surrogateescape").splitlines(keepends=True)
        if file.name.lower() == "sdn.csv":
            step = len(lines) // (CHANGED + 1)
            for at in range(step, step * (CHANGED + 1), step):
                lines[at] = lines[at].replace('",', ' HOLDING",', 1)
        (folder / file.name).write_text("".join(lines), "utf-8", "surrogateescape")
    return folder


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
