"""`--explain`: the two names drawn one under the other, token under token, then what each counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from compliance.answers import Reason

_INDENT = " " * 9
_WIDTH = 90  # columns of the drawing; longer names go on in another pair of lines


class _Row(NamedTuple):
    asked: str
    listed: str
    points: float
    how: str


def explained(reason: Reason) -> Iterator[str]:
    """The lines of the drawing, the points of each token, and their sum, which is the score."""
    rows = [_Row(t.query, t.listed, t.points, f"{t.how}, {t.similarity:.2f}") for t in reason.matched]
    for left in reason.left_over:
        asked, listed = (left.token, "-") if left.side == "query" else ("-", left.token)
        rows.append(_Row(asked, listed, 0.0 - left.cost, f"only in the {left.side}, {left.kind}"))
    for block in _blocks(rows):
        for label, words in (("asked", [row.asked for row in block]), ("listed", [row.listed for row in block])):
            padded = (word.ljust(_width(row)) for word, row in zip(words, block, strict=True))
            yield f"{_INDENT}{label:9}  {'  '.join(padded)}".rstrip()
    for row in rows:
        told = row.asked if row.listed == "-" else row.listed if row.asked == "-" else f"{row.asked} = {row.listed}"
        yield _counted(row.points, f"{told}  ({row.how})")
    for item in reason.against:
        yield _counted(0.0 - item.cost, item.what)
    total = sum(row.points for row in rows) - sum(item.cost for item in reason.against)
    yield f"{_INDENT}  {total or 0.0:6.1f}  together"


def _blocks(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """The rows in pieces that fit on a line."""
    block: list[_Row] = []
    for row in rows:
        if block and sum(_width(each) + 2 for each in block) + _width(row) > _WIDTH:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _width(row: _Row) -> int:
    return max(len(row.asked), len(row.listed))


def _counted(points: float, told: str) -> str:
    return f"{_INDENT}  {points or 0.0:+6.1f}  {told}"
