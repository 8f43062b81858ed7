"""What runs on the executors: a piece in, its results out, by the same function as everywhere."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compliance.batch.chunks import Screening
from compliance.batch.values import Chunk
from compliance.counterparties.values import Piece
from compliance.errors import CannotSay
from compliance.matching import MATCHER_VERSION

if TYPE_CHECKING:
    import pyarrow

RESULT = "input int, first long, done long, chunk binary"


class Work(NamedTuple):
    """The question for the executors: the book's name there, how to screen (pickled), and the matcher that asks."""

    book: str
    screening: bytes
    matcher: str


class Lines(NamedTuple):
    """Lines of CSV that stand together: in which input, from which line on (0 is the header), and their bytes."""

    input: int
    first: int
    lines: list[bytes]


def results(work: Work, pieces: Iterable[Piece]) -> Iterator[pyarrow.RecordBatch]:
    """The results of pieces, one row of `RESULT` for each."""
    import pyarrow

    screen = _screen(work)
    for piece in pieces:
        values = ([piece.input], [piece.first], [piece.done], [pickle.dumps(screen(piece))])
        types = (pyarrow.int32(), pyarrow.int64(), pyarrow.int64(), pyarrow.binary())
        columns = [pyarrow.array(value, type_) for value, type_ in zip(values, types, strict=True)]
        yield pyarrow.RecordBatch.from_arrays(columns, names=["input", "first", "done", "chunk"])


def blocks(batch: pyarrow.RecordBatch) -> Iterator[tuple[str, int, list[bytes]]]:
    """The lines of a batch by file and by the block of the file that they are from, in their order."""
    lines, files, starts = (batch.column(name).to_pylist() for name in ("line", "file", "block"))
    for (file, start), found in groupby(zip(files, starts, lines, strict=True), key=lambda row: row[:2]):
        yield file, start, [line for _, _, line in found]


def text_pieces(found: Iterable[Lines], encodings: dict[int, str]) -> Iterator[Piece]:
    """Pieces out of lines: without the header, as text in which bytes that are not in the encoding are surrogates."""
    for number, first, lines in found:
        body = lines[1:] if first == 0 else lines
        if body:
            text = b"\n".join([*body, b""]).decode(encodings[number], "surrogateescape")
            yield Piece(number, max(first, 1) + 1, text, 0)


def table_pieces(
    number: int, batches: Iterable[pyarrow.RecordBatch], types: Sequence[pyarrow.DataType] | None
) -> Iterator[Piece]:
    """Pieces out of batches of a Parquet file, whose last column tells the row; cut where rows do not follow."""
    import pyarrow

    for batch in batches:
        *columns, places = batch.columns
        if types is not None:
            columns = [column.cast(type_) for column, type_ in zip(columns, types, strict=True)]
        whole = pyarrow.RecordBatch.from_arrays(columns, names=[str(at) for at in range(len(columns))])
        for start, end in _runs(rows := places.to_pylist()):
            yield Piece(number, rows[start] + 1, whole.slice(start, end - start), 0)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1:
            yield start, at
            start = at


@lru_cache(maxsize=1)
def _screen(work: Work) -> Callable[[Piece], Chunk]:
    """The screening function of a worker process, made once for all its tasks. Raises CannotSay for other versions."""
    from pyspark import SparkFiles

    if work.matcher != MATCHER_VERSION:
        raise CannotSay(
            f"a worker has matcher {MATCHER_VERSION}, this program {work.matcher}: install the same version"
        )
    screening: Any = pickle.loads(work.screening)
    assert isinstance(screening, Screening)
    return screening._replace(book=Path(SparkFiles.get(work.book))).begin()
