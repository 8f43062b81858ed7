"""The Spark engine of a run: takes the place of the local workers, and gives the same pieces in the same order."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING

from compliance.batch.chunks import Screening
from compliance.batch.values import Chunk, Question
from compliance.batch.workers import Done
from compliance.cluster.lines import screened_lines
from compliance.cluster.session import session, shipped
from compliance.cluster.tables import screened_table
from compliance.cluster.work import Work
from compliance.counterparties.values import Piece
from compliance.errors import BadInput
from compliance.matching import MATCHER_VERSION

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def screened(question: Question, screening: Screening, master: str) -> Iterator[Done]:
    """All pieces of a question in their order, screened by the cluster at this master's address.

    Raises BadInput for a form that a cluster cannot divide, CannotSay when the cluster does not finish.
    """
    for source in question.inputs:
        if source.layout.form not in ("csv", "parquet"):
            raise BadInput(f"{source.name}: the Spark engine reads CSV and Parquet; use --engine local")
    with session(master) as spark, shipped(spark, screening.book) as book:
        yield from _collected(_frames(spark, question, Work(book, pickle.dumps(screening), MATCHER_VERSION)))


def _frames(spark: SparkSession, question: Question, work: Work) -> Iterator[DataFrame]:
    forms = [source.layout.form for source in question.inputs]
    lines = [number for number, form in enumerate(forms) if form == "csv"]
    if lines:
        yield screened_lines(spark, question, lines, work)
    for number, form in enumerate(forms):
        if form == "parquet":
            yield screened_table(spark, number, question.inputs[number], work)


def _collected(frames: Iterator[DataFrame]) -> Iterator[Done]:
    """The results in order. They are kept on the executors' disks: putting them in order would screen twice."""
    from pyspark import StorageLevel

    whole = reduce(lambda one, other: one.unionAll(other), frames).persist(StorageLevel.DISK_ONLY)
    for row in whole.orderBy("input", "first").toLocalIterator(prefetchPartitions=True):
        chunk = pickle.loads(row.chunk)
        assert isinstance(chunk, Chunk)
        yield Done(Piece(row.input, row.first, None, row.done), chunk)
