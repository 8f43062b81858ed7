"""A whole run: from a question to its outputs and all that is recorded of it, the same whenever it is asked again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from compliance.as_recorded import lists_asked, recorded_options
from compliance.batch import writing
from compliance.batch.chunks import Begins, Screening
from compliance.batch.keeping import Kept
from compliance.batch.publishing import published
from compliance.batch.results import ResultRows
from compliance.batch.streaming import Streamed
from compliance.batch.values import Counts, Question, Result
from compliance.batch.workers import Done, screened
from compliance.counterparties.inputs import pieces
from compliance.counterparties.values import Piece
from compliance.errors import BadInput, CannotSay
from compliance.matching import MATCHER_VERSION
from compliance.records import Asked, FileRecord, RunRecorded
from compliance.screening import Screener


class Progress(NamedTuple):
    """How far a run has come: rows screened, rows with hits, bytes read of bytes in all.

    `kept_rows` and `kept` are the rows and bytes that an earlier, stopped process had done.
    """

    rows: int
    hits: int
    done: int
    total: int
    kept_rows: int = 0
    kept: int = 0


OnProgress = Callable[[Progress], None]
# Gives all pieces of a question in their order: what takes the place of the processes of this machine.
Engine = Callable[[Question, Screening], Iterator[Done]]


def run(
    question: Question,
    screener: Screener,
    output: Path | BinaryIO,
    *,
    run_id: str,
    jobs: int = 1,
    resume: bool = False,
    on_progress: OnProgress | None = None,
    on_done: Callable[[Result], None] | None = None,
    engine: Engine | None = None,
    screening: Begins | None = None,
) -> Result:
    """Screens all rows of the question's inputs and writes the output, which appears when it is complete.

    Beside it appear OUT.run.json (what is recorded of the run) and, where there are any, OUT.unreadable.csv. The bytes
    depend on the question, the state of the log and the options alone, not on `jobs` or on how often it was resumed.
    With an `engine` it screens, instead of `jobs` processes here; such a run cannot be resumed. With a `screening` the
    processes here screen by it: it must give what the screener gives (`unaltered.ScreeningSince` is quicker).
    To a stream (or a file that is none, such as a pipe) only the results go, as they come. `on_done` hears of the
    result when the outputs are in place. Raises BadInput when an input is not what was looked at or the output cannot
    be written, CannotSay when no answer can be given.
    """
    asked = asked_of(screener)
    kept: Kept | Streamed
    if isinstance(output, Path):
        kept = Kept(output, manifest(question, asked, run_id), resume=resume)
    else:
        kept = Streamed(output, writing.head(question.writing.form, columns_of(question, screener)))
    with closing(kept):
        _screen(question, screener, kept, jobs, on_progress, engine, screening)
        counts = _total(kept.entries)
        if not counts.rows:
            raise BadInput(f"{question.inputs[0].name} has no rows: there is nothing to screen; get the file again")
        record = _record(question, screener, run_id, counts)
        done = published(kept, output, record, question, columns_of(question, screener))
        doubtful = sum(entry.doubtful for entry in kept.entries)
        result = Result(done, doubtful, tuple(kept.hits()) if question.writing.keep_hits else ())
        if on_done:
            on_done(result)  # before what was kept is removed, so that `resume` can do it once more
        kept.remove()
    return result


def run_id_of(question: Question, screener: Screener, output: str, started: datetime) -> str:
    """The run's name: when it started, and six hex digits of a digest of what was asked of which state of the log.

    The output's name is in it: only one process at a time writes there, so no two runs begin in one second.
    """
    asked = asked_of(screener).model_dump(mode="json", include={"as_of", "lists", "threshold", "position", "root"})
    text = orjson.dumps([asked, [source.sha256 for source in question.inputs], output], option=orjson.OPT_SORT_KEYS)
    return f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(text).hexdigest()[:6]}"


def manifest(question: Question, asked: Asked, run_id: str) -> dict[str, Any]:
    """All that decides the bytes of the output, as plain values; where the inputs lie does not."""
    plain = question.model_dump(mode="json")
    for source in plain["inputs"]:
        del source["path"]
    return {"run": run_id, "question": plain, "asked": asked.model_dump(mode="json")}


def asked_of(screener: Screener) -> Asked:
    """The options of a screener as they are recorded."""
    options, book = screener.options, screener.book
    return recorded_options(options, book.position, book.root, MATCHER_VERSION)


def columns_of(question: Question, screener: Screener) -> Sequence[str]:
    """The columns of the results."""
    return ResultRows(screener, question.inputs).columns


def _screen(
    question: Question,
    screener: Screener,
    kept: Kept | Streamed,
    jobs: int,
    on_progress: OnProgress | None,
    engine: Engine | None,
    narrowed: Begins | None,
) -> None:
    sizes = [source.bytes for source in question.inputs]
    screening = Screening(screener.book.folder, screener.options, question)
    counts, records = _total(kept.entries), _Sequence(question)
    kept_rows, kept_bytes = counts.rows, 0
    for entry in kept.entries:
        records.follow(Piece(entry.input, entry.first, None, entry.done), entry.records)
        kept_bytes = sum(sizes[: entry.input]) + entry.done
    todo = islice(pieces(question.inputs), len(kept.entries), None)
    for done in engine(question, screening) if engine else screened(todo, narrowed or screening, jobs):
        records.follow(done.piece, done.chunk.records)
        kept.keep(done)
        counts = counts.plus(done.chunk.counts)
        if on_progress:
            read = sum(sizes[: done.piece.input]) + min(done.piece.done, sizes[done.piece.input])
            on_progress(Progress(counts.rows, counts.hits, read, sum(sizes), kept_rows, kept_bytes))


class _Sequence:
    """Checks that each piece begins with the row after the last one of the piece before: none was lost or doubled."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._input = -1
        self._next = 0

    def follow(self, piece: Piece, records: int) -> None:
        """Takes the next piece. Raises CannotSay when rows are missing before it."""
        if piece.input == self._input and piece.first != self._next:
            name = self._question.inputs[piece.input].name
            raise CannotSay(
                f"{name}: row {self._next:,} should follow, and row {piece.first:,} does; nothing is written"
            )
        self._input, self._next = piece.input, piece.first + records


def _total(entries: Sequence[Any]) -> Counts:
    counts = Counts()
    for entry in entries:
        counts = counts.plus(entry.counts)
    return counts


def _record(question: Question, screener: Screener, run_id: str, counts: Counts) -> RunRecorded:
    asked = asked_of(screener)
    inputs = manifest(question, asked, run_id)["question"]["inputs"]
    return RunRecorded(
        id=run_id,
        asked=asked,
        lists=lists_asked(screener.basis),
        inputs=tuple(FileRecord(name=i.name, bytes=i.bytes, sha256=i.sha256) for i in question.inputs),
        reading={"inputs": [_reading(source) for source in inputs]},
        outputs=(),
        writing=question.writing.model_dump(mode="json"),
        rows=counts.rows,
        **counts._asdict(),
        why=screener.doubts,
    )


def _reading(source: dict[str, Any]) -> dict[str, Any]:
    return {key: source[key] for key in ("layout", "columns", "assumed")}
