"""Runs a search in several processes at once, each with its share of the names, and takes the time of all together."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

Search = Callable[[list[str]], int]  # names in, number of hits out
Prepare = Callable[[], Search]


class Time(NamedTuple):
    """Names and hits of all processes, the time by the clock from first start to last end, and their processor time."""

    names: int
    hits: int
    clock: float
    processor: float

    @property
    def rate(self) -> float:
        """Names a second by the clock."""
        return self.names / self.clock

    @property
    def each(self) -> float:
        """Processor time for one name, in microseconds."""
        return 1e6 * self.processor / self.names


class Result(NamedTuple):
    """What a race took: making ready, the first name, all names for the first and the second time; the largest peak."""

    ready: float
    first: float
    cold: Time
    warm: Time
    peak: float


def race(prepare: Prepare, names: list[str], processes: int = 2) -> Result:
    """Prepares a search in each process, asks one name, then all names twice; only the asking runs in step."""
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(processes), context.Queue()
    shares = [names[i::processes] for i in range(processes)]
    runners = [context.Process(target=_run, args=(prepare, share, barrier, queue), daemon=True) for share in shares]
    for runner in runners:
        runner.start()
    results = [queue.get() for _ in runners]
    for runner in runners:
        runner.join()
    for result in results:
        if isinstance(result, str):
            raise SystemExit(f"a process of the benchmark failed: {result}")
    ready, first, cold, warm, peak = zip(*results, strict=True)
    return Result(max(ready), max(first), _together(cold), _together(warm), max(peak))


def _run(prepare: Prepare, names: list[str], barrier: Any, queue: Any) -> None:
    try:
        begin = time.perf_counter()
        search = prepare()
        ready = time.perf_counter()
        search(["Warm Up"])
        first = time.perf_counter()
        passes = [_timed(partial(search, names), len(names), barrier) for _ in range(2)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        queue.put((ready - begin, first - ready, *passes, peak))
    except BaseException as error:
        barrier.abort()
        queue.put(repr(error))
        raise


def _timed(search: Callable[[], int], count: int, barrier: Any) -> tuple[int, int, float, float, float]:
    barrier.wait()
    begin, processor = time.perf_counter(), time.process_time()
    hits = search()
    return count, hits, begin, time.perf_counter(), time.process_time() - processor


def _together(passes: tuple[tuple[int, int, float, float, float], ...]) -> Time:
    names, hits, begins, ends, processor = zip(*passes, strict=True)
    return Time(sum(names), sum(hits), max(ends) - min(begins), sum(processor))


def mine(folder: Path, threshold: float) -> Search:
    """This matcher from its saved folder: from the strings to the hits, best first."""
    from compliance.matching import Matcher, Query

    matcher = Matcher.load(folder)
    return lambda names: sum(map(len, matcher.search_many(map(Query, names), threshold=threshold)))
