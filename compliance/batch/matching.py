"""Rows against the lists: the best hit for each entry over all names of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from compliance.answers import Hit, Outcome
from compliance.counterparties.subjects import Row
from compliance.screening import Screener, Subject, untold

Asked = tuple[Hit, Subject, str]  # a hit, who was asked for, and the column of that name


class Found(NamedTuple):
    """A row with its outcome (None for one that cannot be read), its hits, best first, and why it has no answer, or
    that more entries are hits."""

    row: Row
    outcome: Outcome | None
    hits: Sequence[Asked] = ()
    why: tuple[str, ...] = ()


def screened(screener: Screener, rows: Sequence[Row], *, everything: bool) -> Iterator[Found]:
    """The rows in their order; without `everything`, only those that have hits, cannot be read, or are
    without an answer for a reason of their own.

    Who is asked for twice is looked up once. Raises CannotSay when no list is loaded.
    """
    distinct = list(dict.fromkeys(subject for row in rows for subject, _ in row.subjects))
    known = {subject: hits for subject, hits in zip(distinct, screener.hits_many(distinct), strict=True) if hits}
    for row in rows:
        if row.problem is not None:
            yield Found(row, None)
        elif known and any(subject in known for subject, _ in row.subjects):
            best, limit = _best(row, known), screener.options.limit
            yield Found(row, Outcome.hits, best[:limit], tuple(untold(len(best), limit)))
        elif why := [why for subject, _ in row.subjects for why in screener.unnamed(subject)]:
            yield Found(row, Outcome.cannot_say, why=(*why, *screener.doubts))
        elif everything:
            yield Found(row, Outcome.cannot_say if screener.doubts else Outcome.clear, why=screener.doubts)


def _best(row: Row, known: dict[Subject, tuple[Hit, ...]]) -> Sequence[Asked]:
    """For each entry its best hit; an equal identifier goes before a name that scores the same."""
    asked = [(hit, subject, heading) for subject, heading in row.subjects for hit in known.get(subject, ())]
    best: dict[str, Asked] = {}
    for one in sorted(asked, key=lambda one: (-one[0].score, one[0].reason.by != "identifier")):
        best.setdefault(one[0].entry.id, one)
    return list(best.values())
