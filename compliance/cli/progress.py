"""How far a long command has come: a bar on a terminal, a plain line now and then where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import typer

from compliance.cli.terminal import as_it_is

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

SILENT_SECONDS = 10.0  # between two plain lines: a log file is not flooded, and a long run does not look dead
_STEPS = 500  # of a bar: drawing it anew for each of a million rows would take longer than screening them


class Progress(Protocol):
    """Hears of the work done, on standard error; prints what is to stand on standard output."""

    def advance(self, done: int, total: int) -> None:
        """So much is done of so much."""

    def say(self, text: str) -> None:
        """Prints to standard output without spoiling the bar."""


@contextmanager
def progress(label: str, unit: str, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Progress]:
    """A bar if standard error is a terminal, else plain lines: `LABEL: DONE of TOTAL UNIT (PERCENT)`."""
    if not sys.stderr.isatty():
        yield _Lines(label, unit, clock)
        return
    from rich.console import Console
    from rich.progress import Progress as RichProgress

    with RichProgress(
        console=Console(file=as_it_is(sys.stderr)), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as bar:
        yield _Bar(bar, bar.add_task(label, total=None))


class _Lines:
    def __init__(self, label: str, unit: str, clock: Callable[[], float]) -> None:
        self.label = label
        self.unit = unit
        self.clock = clock
        self.told = clock()

    def advance(self, done: int, total: int) -> None:
        now = self.clock()
        if now - self.told >= SILENT_SECONDS:
            self.told = now
            share = done / total if total else 1.0
            print(f"{self.label}: {done:,} of {total:,} {self.unit} ({share:.0%})", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        typer.echo(text)


class _Bar:
    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self.bar = bar
        self.task = task
        self.drawn = -1

    def advance(self, done: int, total: int) -> None:
        step = done * _STEPS // max(total, 1)
        if step != self.drawn:
            self.drawn = step
            self.bar.update(self.task, completed=done, total=total)

    def say(self, text: str) -> None:
        self.bar.stop()
        typer.echo(text)
        self.bar.start()
