"""`python -m tests.hammer`: every blow, many times, with the figures. It ends with 1 when one left damage."""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from events import EventsError
from tests.hammer import faults
from tests.hammer.kills import kill_imports
from tests.hammer.stand import Damaged, Stand
from tests.support.postgres_server import running_server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hammer", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="imports to kill, on each database")
    parser.add_argument("--cuts", type=int, default=20, help="PostgreSQL connections to cut, and servers to crash")
    parser.add_argument("--entries", type=int, default=500, help="entries on each of four lists")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="hammer-") as folder:
            if options.database != "postgres":
                on_sqlite(Path(folder) / "sqlite", options)
            if options.database != "sqlite":
                on_postgres(Path(folder) / "postgres", options)
    except (Damaged, EventsError) as damage:
        print(f"DAMAGE: {damage}")
        return 1
    print(f"no damage, in {time.monotonic() - began:,.0f} seconds")
    return 0


def on_sqlite(folder: Path, options: argparse.Namespace) -> None:
    stand = Stand(folder, entries=options.entries)
    describe("SQLite", stand)
    report_kills(stand, options)
    parts = [number / 8 for number in range(1, 9)]
    report("file-size limit", faults.file_size_limits(stand, parts))
    if reason := faults.can_mount():
        print(f"  disk full: not possible here ({reason}); the file-size limit is the nearest to it")
    else:
        report("disk full", faults.full_disks(stand, parts))
    if reason := faults.can_bind_root():
        print(f"  read-only: not possible here ({reason})")
    else:
        report("read-only", faults.read_only(stand))
    report("locked", faults.locked(stand))


def on_postgres(folder: Path, options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with running_server(durable=True) as server:
        stand = Stand(folder, entries=options.entries, server=server)
        describe("PostgreSQL", stand)
        report_kills(stand, options)
        report("connection cut", faults.cut_connections(stand, options.cuts, chance))
        report("server crashed", faults.crashed_servers(stand, options.cuts, chance))


def describe(name: str, stand: Stand) -> None:
    events = sum(map(len, stand.after.values())) - sum(map(len, stand.before.values()))
    print(
        f"{name}: an import of {events:,} events into {stand.lists} lists, {stand.duration:.1f} seconds,"
        f" {stand.growth:,} bytes; {os.cpu_count()} cores"
    )


def report_kills(stand: Stand, options: argparse.Namespace) -> None:
    fell = kill_imports(stand, options.kills, random.Random(options.seed), progress)
    progress("")
    where = ", ".join(f"{count} {what}" for what, count in sorted(fell.items()))
    print(f"  kill -9: {options.kills} imports: {where}")


def report(name: str, blows: Iterable[faults.Blow]) -> None:
    counted: Counter[str] = Counter()
    said: dict[str, str] = {}
    for blow in blows:
        what = blow.what if name == "read-only" else name
        counted[f"{what}: status {blow.result.status}, {blow.whole} lists whole"] += 1
        said.setdefault(what, blow.result.said) or said.update({what: blow.result.said})
        progress(what)
    progress("")
    for line, count in sorted(counted.items()):
        print(f"  {line}" + (f", {count} times" if count > 1 else ""))
    for line in dict.fromkeys(filter(None, said.values())):
        print(f"    e.g. {line}")


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
