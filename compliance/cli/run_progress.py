"""How far a batch has come: rows, rows a second, rows with hits, time left; a bar, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from compliance.cli.progress import SILENT_SECONDS
from compliance.cli.terminal import as_it_is

if TYPE_CHECKING:
    from compliance.batch.running import OnProgress, Progress

Clock = Callable[[], float]


@contextmanager
def run_progress(*, clock: Clock = time.monotonic) -> Iterator[OnProgress]:
    """What to call after each piece. On a terminal (standard error) it draws a bar, elsewhere it prints lines."""
    if not sys.stderr.isatty():
        yield _Lines(clock)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("screening"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
    with Bar(
        *columns,
        console=Console(file=as_it_is(sys.stderr)),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task, pace = bar.add_task("", total=None, told=""), _Pace(clock)

        def show(now: Progress) -> None:
            bar.update(task, completed=now.done, total=now.total, told=pace.told(now))

        yield show


class _Pace:
    """Puts a state of the run into words, with its pace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock()

    def told(self, now: Progress) -> str:
        """`120,000 rows, 25,000 rows/s, 312 with hits, 12 s left`."""
        seconds = max(self._clock() - self._began, 1e-3)
        speed, read = (now.rows - now.kept_rows) / seconds, (now.done - now.kept) / seconds
        left = f", {_duration((now.total - now.done) / read)} left" if read > 0 and now.total > now.done else ""
        return f"{now.rows:,} rows, {speed:,.0f} rows/s, {now.hits:,} with hits{left}"


class _Lines:
    """A plain line, at most one every ten seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pace = _Pace(clock)
        self._told = clock()

    def __call__(self, now: Progress) -> None:
        if self._clock() - self._told >= SILENT_SECONDS:
            self._told = self._clock()
            share = now.done / max(now.total, 1)
            print(f"screening: {self._pace.told(now)} ({share:.0%})", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
