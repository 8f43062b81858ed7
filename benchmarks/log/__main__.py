"""Append, replay, verify, register as of a day: ours and `eventsourcing` in one run, as ratios.

    python -m benchmarks.log [--events N] [--curve N] [--runs N] [--wall]

Needs the extra `bench`. Both write batches of 1,000 with the same payloads to SQLite in WAL mode with
synchronous=FULL. --curve N prints events a second on the way to N events, 1,000,000 for the figures in
docs/benchmarks.md. All in processor time (user and system), or with --wall by the clock, the disk's part included.
"""

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.log import ours
from benchmarks.log.material import BATCH, batches, payload
from benchmarks.log.peer import Peer
from compliance.snapshots import replayed
from events.canonical import canonical_text

END = date(2100, 1, 1)
COLLECTIONS = (100_000, 10, 10)  # as a command of ours has it (compliance/__main__.py); for the peer as well


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.log")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--curve", type=int, default=0, metavar="N")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--wall", action="store_true")
    arguments = parser.parse_args()
    size = len(canonical_text(payload(arguments.events)))
    print(f"{arguments.events:,} events in batches of {BATCH:,}, payloads of {size} bytes, best of {arguments.runs}")
    gc.set_threshold(*COLLECTIONS)
    clock = time.perf_counter if arguments.wall else time.process_time
    if arguments.events:
        compare(arguments.events, arguments.runs, clock)
    if arguments.curve:
        curve(arguments.curve, clock)


def compare(events: int, runs: int, clock: ours.Clock) -> None:
    """Ours and theirs in turn, so that what else the machine does falls on both."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(runs):
        with TemporaryDirectory() as folder, ours.opened(Path(folder, "ours.db")) as log:
            ours.publish(log)
            peer = Peer(Path(folder, "theirs.db"))
            pairs = {
                "append": (ours.append(log, batches(events), clock), peer.append(events, clock)),
                "replay": (ours.replay(log, clock), peer.replay(clock)),
            }
            for name, (mine, theirs) in pairs.items():
                known = best.get(name, (mine, theirs))
                best[name] = min(known[0], mine), min(known[1], theirs)
            peer.close()
            verify = ours.timed(log.verify, clock)
            best["verify"] = min(best.get("verify", (verify, 0.0))[0], verify), 0.0
            cold, kept = ours.register(log, END, 1, clock)
            known = best.get("register", (cold, kept))
            best["register"] = min(known[0], cold), min(known[1], kept)
    for name in ("append", "replay"):
        mine, theirs = best[name]
        print(
            f"{name:20} {events / mine:9,.0f} events/s   eventsourcing {events / theirs:9,.0f} events/s   "
            f"ratio {theirs / mine:5.2f}"
        )
    print(f"{'verify, all of it':20} {events / best['verify'][0]:9,.0f} events/s")
    cold, kept = best["register"]
    print(f"register as of a day {cold:9.2f} s cold   {1000 * kept:.0f} ms from a snapshot   ratio {cold / kept:.0f}")


def curve(events: int, clock: ours.Clock) -> None:
    """Appends up to `events` and measures each tenth; what grows with the log shows in the last lines."""
    step = max(events // 10 // BATCH * BATCH, BATCH)
    titles = ("events", "append/s", "verify/s", "as of: s", "µs/event", "kept: ms", "MiB peak")
    print(" ".join(f"{title:>10}" for title in titles))
    with TemporaryDirectory() as folder, ours.opened(Path(folder, "curve.db")) as log:
        ours.publish(log)
        made = batches(events)
        for held in range(step, events + 1, step):
            appended = ours.append(log, (next(made) for _ in range(step // BATCH)), clock)
            verified = ours.timed(log.verify, clock)
            cold, kept = ours.register(log, END, 1, clock)
            print(
                f"{held:10,} {step / appended:10,.0f} {held / verified:10,.0f} {cold:10.2f} "
                f"{1e6 * cold / held:10.1f} {1000 * kept:10.0f} {peak(log):10.1f}",
                flush=True,
            )


def peak(log: ours.EventLog) -> float:
    """MiB that replaying a register needs at most."""
    tracemalloc.start()
    replayed(log, END, log.head().size)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest / 2**20


if __name__ == "__main__":
    main()
