"""The unit of work: a piece of the input in, its results out; a pure function of book, options, question and piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from compliance.answers import Outcome
from compliance.as_recorded import recorded_hits
from compliance.batch import writing
from compliance.batch.matching import Found, screened
from compliance.batch.results import ResultRows, printable
from compliance.batch.values import Chunk, Counts, KeptHits, Question
from compliance.book import Book
from compliance.counterparties.subjects import rows
from compliance.counterparties.values import Piece
from compliance.screening import Options, Screener
from compliance.tabular import harmless


class Begins(Protocol):
    """What is sent to a process for it to screen pieces."""

    def begin(self) -> Callable[[Piece], Chunk]:
        """The function that screens pieces."""
        ...


class Screening(NamedTuple):
    """What a process must know to screen pieces: where the book is, how to screen, and what is asked."""

    book: Path
    options: Options
    question: Question

    def begin(self) -> Callable[[Piece], Chunk]:
        """The function that screens pieces; the book is opened when first asked."""
        return Chunks(Screener(Book(self.book), self.options), self.question).screen


class Chunks:
    """Screens the pieces of a question with one screener."""

    def __init__(self, screener: Screener, question: Question) -> None:
        self._screener = screener
        self._question = question
        self._rows = ResultRows(screener, question.inputs)
        self._encode = writing.encoder(question.writing.form, self._rows.columns)

    def screen(self, piece: Piece) -> Chunk:
        """The results of a piece, as they go into the output. Raises CannotSay when no list is loaded."""
        read, records = rows(piece, self._question.inputs[piece.input])
        everything = self._question.writing.everything
        found = list(screened(self._screener, read, everything=everything))
        return Chunk(
            counts=self._counted(found, len(read)),
            records=records,
            doubtful=sum([bool(row.notes) for row in read]),
            results=self._encode(cells for one in found for cells in self._rows.of(piece.input, one)),
            unreadable=self._unreadable(piece.input, found),
            hits=tuple(self._kept(piece.input, found)) if self._question.writing.keep_hits else (),
        )

    def _counted(self, found: list[Found], rows: int) -> Counts:
        """What became of the rows; those that are not among the found are clear, or without an answer like all."""
        outcomes = [one.outcome for one in found]
        clear, hits, cannot_say, unreadable = (
            outcomes.count(which) for which in (Outcome.clear, Outcome.hits, Outcome.cannot_say, None)
        )
        rest = rows - len(found)
        if self._screener.doubts:
            return Counts(clear, hits, cannot_say + rest, unreadable)
        return Counts(clear + rest, hits, cannot_say, unreadable)

    def _unreadable(self, number: int, found: list[Found]) -> bytes:
        out = io.StringIO(newline="")
        writer, name = csv.writer(out, lineterminator="\n"), self._question.inputs[number].name
        for row in (one.row for one in found if one.outcome is None):
            writer.writerow([name, row.number, row.problem, *(harmless(printable(cell)) for cell in row.cells)])
        return out.getvalue().encode()

    def _kept(self, number: int, found: list[Found]) -> Iterator[KeptHits]:
        for one in found:
            if one.hits:
                hits = recorded_hits(hit for hit, _, _ in one.hits)
                yield KeptHits(number, one.row.number, self._rows.id_of(number, one.row.cells), one.hits[0][1], hits)
