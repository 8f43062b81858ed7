"""A Spark session, and the book on its executors."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from compliance.errors import BadInput, CannotSay

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_UNTOLD = (
    "python3"  # the workers' Python where PYSPARK_PYTHON says nothing: some Python, seldom the one with this package
)
ROWS = 10_000  # of a batch that goes to Python at once, and so of a piece
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS),
}


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session at a master's address, stopped at the end.

    What Spark itself is told by spark-defaults.conf, SPARK_CONF_DIR and PYSPARK_PYTHON holds. Raises BadInput where
    Spark or Java is missing, CannotSay where the cluster fails.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadInput("the Spark engine needs the extra 'spark': pip install 'entity-compliance[spark]'") from None
    from py4j.protocol import Py4JError

    builder = SparkSession.builder.master(master).appName("compliance")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise BadInput(f"Spark at {master} cannot be started ({_first(error)}): is Java 17 installed?") from error
    context: Any = spark.sparkContext
    if context.pythonExec == _UNTOLD:
        context.pythonExec = sys.executable
    try:
        yield spark
    except (PySparkException, Py4JError) as error:
        raise CannotSay(f"the cluster at {master} did not finish: {_cause(error)}; nothing is written") from error
    finally:
        spark.stop()


@contextmanager
def shipped(spark: SparkSession, book: Path) -> Iterator[str]:
    """Sends a book's folder to every executor, once each; the name under which it lies there is its digest."""
    name = f"book-{book.name}"
    with TemporaryDirectory(prefix="compliance-book-") as folder:
        archive = shutil.make_archive(str(Path(folder) / name), "zip", book)
        spark.sparkContext.addArchive(f"{archive}#{name}")
        yield name


def _first(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _cause(error: Exception) -> str:
    """What a task raised, where that can be told; else Spark's first line."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line.startswith("compliance.errors.")]
    return told[-1].partition(": ")[2] if told else _first(error)
