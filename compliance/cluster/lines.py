"""CSV on a cluster: Spark divides a file at line ends into blocks, and tells where each block begins.

So rows keep their numbers: a first, quick pass counts the lines of each block. What is no row by itself cannot be
divided, a record over several lines above all: the file is refused then, and the local engine or Parquet takes it.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from compliance.batch.values import Question
from compliance.cluster.paths import as_spark_takes_it, same_file
from compliance.cluster.work import RESULT, Lines, Work, blocks, results, text_pieces
from compliance.counterparties.values import Input
from compliance.errors import BadInput

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")
_COUNTED = "file string, block long, lines long, bytes long, whole boolean"
Place = tuple[int, int]  # an input's number and where a block of it begins, in bytes


class Counted(NamedTuple):
    """Lines of a block: how many, of how many bytes, and whether each is whole by itself."""

    lines: int = 0
    bytes: int = 0
    whole: bool = True


def screened_lines(spark: SparkSession, question: Question, numbers: list[int], work: Work) -> DataFrame:
    """The results of all CSV inputs (by their numbers). Raises BadInput for one that cannot be divided by lines."""
    inputs = {number: question.inputs[number] for number in numbers}
    for source in inputs.values():
        if (source.layout.encoding or "").startswith(_WIDE):
            raise BadInput(
                f"{source.name} is in {source.layout.encoding}, which a cluster cannot divide: make it UTF-8"
            )
    lines = _lines(spark, inputs.values())
    known = {same_file(source.path): number for number, source in inputs.items()}
    firsts = _first_lines(_count(lines, inputs, known), inputs)
    encodings = {n: (source.layout.encoding or "utf-8").replace("utf-8-sig", "utf-8") for n, source in inputs.items()}

    def screen(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return results(work, text_pieces(_numbered(batches, known, firsts), encodings))

    return lines.mapInArrow(screen, RESULT)


def _lines(spark: SparkSession, inputs: Iterable[Input]) -> DataFrame:
    from pyspark.sql import functions

    paths = [as_spark_takes_it(source.path) for source in inputs]
    return spark.read.text(paths, lineSep="\n").select(
        functions.col("value").cast("binary").alias("line"),
        functions.col("_metadata.file_path").alias("file"),
        functions.col("_metadata.file_block_start").alias("block"),
    )


def _count(lines: DataFrame, inputs: Mapping[int, Input], known: Mapping[str, int]) -> dict[Place, Counted]:
    quotes = {name: (inputs[number].layout.quote or "").encode() for name, number in known.items()}
    found: dict[Place, Counted] = {}

    def count(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return _counts(batches, quotes)

    for row in lines.mapInArrow(count, _COUNTED).toLocalIterator():
        place = known[row.file], row.block
        before = found.get(place, Counted())
        found[place] = Counted(before.lines + row.lines, before.bytes + row.bytes, before.whole and row.whole)
    return found


def _counts(batches: Iterable[pyarrow.RecordBatch], quotes: Mapping[str, bytes]) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    for batch in batches:
        for file, start, lines in blocks(batch):
            name = same_file(file)
            whole = all(_is_whole(line, quotes[name]) for line in lines)
            size = sum(map(len, lines)) + len(lines)
            row = {"file": [name], "block": [start], "lines": [len(lines)], "bytes": [size], "whole": [whole]}
            yield pyarrow.RecordBatch.from_pydict(row)


def _is_whole(line: bytes, quote: bytes) -> bool:
    """Whether quotes open and close in the line, and it is no more than one line to anybody."""
    even = not quote or not line.count(quote) & 1
    return even and line.find(b"\r") in (-1, len(line) - 1)


def _first_lines(counted: Mapping[Place, Counted], inputs: Mapping[int, Input]) -> dict[Place, int]:
    """By block, how many lines stand before it in its file. Raises BadInput for what is not what was looked at."""
    firsts: dict[Place, int] = {}
    lines, sizes = Counter[int](), Counter[int]()
    for (number, start), block in sorted(counted.items()):
        if not block.whole:
            raise BadInput(
                f"{inputs[number].name} has records over several lines, or quotes that are left open: a cluster cannot "
                "divide it; use --engine local, or Parquet"
            )
        firsts[number, start] = lines[number]
        lines[number] += block.lines
        sizes[number] += block.bytes
    for number, source in inputs.items():
        mark = len(codecs.BOM_UTF8) if source.layout.encoding == "utf-8-sig" else 0  # Spark leaves it out
        if sizes[number] + mark not in (source.bytes, source.bytes + 1):  # the last line may have no end
            raise BadInput(f"{source.name} was changed while it was read: start again")
        if lines[number] < 2:
            raise BadInput(f"{source.name} has a header and no rows: there is nothing to screen; get the file again")
    return firsts


def _numbered(
    batches: Iterable[pyarrow.RecordBatch], known: Mapping[str, int], firsts: Mapping[Place, int]
) -> Iterator[Lines]:
    """The lines with the number of their first; a block's lines come in order, in one task, whatever the batches."""
    seen = Counter[Place]()
    for batch in batches:
        for file, start, lines in blocks(batch):
            place = known[same_file(file)], start
            yield Lines(place[0], firsts[place] + seen[place], lines)
            seen[place] += len(lines)
