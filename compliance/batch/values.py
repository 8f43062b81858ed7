"""A batch as plain values: what is asked, what became of the rows, and the result."""

from __future__ import annotations

from typing import NamedTuple

from compliance.counterparties.values import Input
from compliance.model import Value
from compliance.records import RecordedHit, RunRecorded
from compliance.screening import Subject


class Writing(Value):
    """How results are written: the form, whether clear rows too, and whether the hits are kept for the record."""

    form: str
    everything: bool = False
    keep_hits: bool = False


class Question(Value):
    """Which files are screened and how they are written. With a state of the log and options it decides every byte."""

    inputs: tuple[Input, ...]
    writing: Writing


class Counts(NamedTuple):
    """What became of the rows; `rows` is the sum of the others."""

    clear: int = 0
    hits: int = 0
    cannot_say: int = 0
    unreadable: int = 0

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self)

    def plus(self, other: Counts) -> Counts:
        """The sums."""
        return Counts(*(one + another for one, another in zip(self, other, strict=True)))


class KeptHits(NamedTuple):
    """The hits of one row, for the record: the input's number, the row's number and id, who was asked for."""

    input: int
    row: int
    row_id: str | None
    subject: Subject
    hits: tuple[RecordedHit, ...]


class Chunk(NamedTuple):
    """A screened piece: counts, records (empty lines too), rows of which something was not used, and the results."""

    counts: Counts
    records: int
    doubtful: int
    results: bytes
    unreadable: bytes
    hits: tuple[KeptHits, ...] = ()


class Result(NamedTuple):
    """A finished run: all that is recorded of it, and its hits where they were to be kept."""

    run: RunRecorded
    doubtful: int
    hits: tuple[KeptHits, ...]
