"""A list's additions and removals by month, as bars of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from compliance.audit.lists import Month

WIDTH = 24  # characters of the longest bar
_SHOWN = 2  # so many quiet months in a row are still shown each on its line


def bars(months: Sequence[Month]) -> Iterator[str]:
    """A heading, a line for each month, and the scale; nothing where nobody came or left.

    All bars are to one scale, and a month with any has at least one mark. Longer runs of quiet months are one line.
    """
    most = max((max(month.listed, month.delisted) for month in months), default=0)
    if not most:
        return
    step = -(-most // WIDTH)
    yield f"{'month':8} {'listed':<{WIDTH + 7}} {'delisted':<{WIDTH + 7}} entries"
    for busy, group in groupby(months, key=lambda month: bool(month.listed or month.delisted)):
        run = list(group)
        if busy or len(run) <= _SHOWN:
            yield from (_line(month, step) for month in run)
        else:
            yield f"{run[0].month} to {run[-1].month}: nobody came or left"
    yield f"one mark for {'each entry' if step == 1 else f'every {step} entries, or part of them'}"


def _line(month: Month, step: int) -> str:
    sides = ((f"+{month.listed:,}", "+", month.listed), (f"-{month.delisted:,}", "-", month.delisted))
    cells = [f"{text if count else '':<6} {mark * -(-count // step):<{WIDTH}}" for text, mark, count in sides]
    return f"{month.month:8} {cells[0]} {cells[1]} {month.entries:,}"
