"""Full verification of logs that grow, beside hashing alone; small and large payloads, appends of 1,000 events.

    python -m benchmarks.verification [EVENTS]

Prints events per second, best of three runs, and the ratio to reading nothing and hashing the same bytes twice over
(leaf and node), which no verification can beat on one core. A flat column means that it is linear.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from events import EventLog, Head, NewEvent

RUNS = 3
APPEND = 1000
DAY = date(2024, 1, 1)
SMALL = {"item": "lamp", "pieces": 3, "price": "12.50", "customer": "customer-17", "note": "to the back door"}
LARGE = {
    "list": "us-ofac-sdn",
    "key": "900002",
    "publication": "3db68b904ceb9e4a1c333c8c99aa35c7323a88e26aad476835396ea78c9705ce",
    "cause": "published",
    "fields": {
        "type": "entity",
        "name": "JOINT-STOCK COMPANY CONCERN ALMAZ-ANTEY",
        "programmes": ["UKRAINE-EO13661", "RUSSIA-EO14024"],
        "aliases": [
            {"kind": "aka", "source_id": "800003", "text": "ALMAZ-ANTEY CORP"},
            {"kind": "aka", "source_id": "800005", "text": "АЛМАЗ-АНТЕЙ"},
        ],
        "addresses": [{"city": "Moscow 121471", "country": "Russia", "street": "41 ul. Vereiskaya"}],
        "remarks": {
            "text": "Organization Type: Manufacture of weapons and ammunition; Tax ID No. 7731084175 (Russia)."
        },
    },
}


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of the runs, in processor time: others use the machine as well."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def hashing(size: int, count: int) -> None:
    data = b"x" * size
    for _ in range(count):
        sha256(b"\x00" + data).digest()
        sha256(b"\x01" + data[:64]).digest()


def measure(name: str, payload: dict[str, Any], counts: list[int]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        EventLog.open(f"sqlite:///{folder}/log.db", clock=lambda: datetime.now(UTC)) as log,
    ):
        done = 0
        for count in counts:
            for first in range(done, count, APPEND):
                stream = f"list/{first // 50_000}"
                numbers = range(first, first + APPEND)
                new = [NewEvent(type="Listed", effective=DAY, payload={**payload, "n": n}) for n in numbers]
                log.append(stream, log.version(stream), new, actor="me")
            done = count
            report(name, log, count)


def report(name: str, log: EventLog, count: int) -> None:
    known: Head = log.head_at(count - APPEND)
    size = len(log.get(1).model_dump_json())
    full, grown = best(log.verify), best(lambda: log.verify(known=known))
    bare = best(lambda: hashing(size, count))
    print(
        f"{name:6} {count:>9,} events of {size:>4} bytes   in full {count / full:>9,.0f}/s   "
        f"after an append of {APPEND:,} {count / grown:>9,.0f}/s   hashing alone {count / bare:>9,.0f}/s   "
        f"ratio {full / bare:5.2f}"
    )


def main(most: int) -> None:
    counts = [count for count in (10_000, 100_000, 300_000, 1_000_000) if count <= most]
    measure("small", SMALL, counts)
    measure("large", LARGE, [count for count in counts if count <= 100_000])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
