"""Parquet on a cluster: Spark divides a file by row groups, and tells the number of each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.cluster.paths import as_spark_takes_it, is_remote
from compliance.cluster.work import RESULT, Work, results, table_pieces
from compliance.counterparties.opening import needed
from compliance.counterparties.values import Input

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession


def screened_table(spark: SparkSession, number: int, source: Input, work: Work) -> DataFrame:
    """The results of one Parquet input; the columns of a file at hand get the types that it says, as without Spark."""
    from pyspark.sql import functions

    types = None if is_remote(source.path) else list(_schema(source.path).types)
    quoted = [f"`{name.replace('`', '``')}`" for name in source.layout.header]
    columns = [functions.col(name).alias(f"c{at}") for at, name in enumerate(quoted)]
    place = functions.col("_metadata.row_index").alias("place")
    rows = spark.read.parquet(as_spark_takes_it(source.path)).select(*columns, place)

    def screen(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return results(work, table_pieces(number, batches, types))

    return rows.mapInArrow(screen, RESULT)


def _schema(path: str) -> pyarrow.Schema:
    found: pyarrow.Schema = needed("pyarrow.parquet", "parquet", "Parquet").read_schema(path)
    return found
