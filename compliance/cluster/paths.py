"""How Spark names files: with a scheme, and with signs that mean something to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PATTERN = re.compile(r"([\[\]{}*?\\])")


def is_remote(name: str) -> bool:
    """Whether a file is named by an address that only Spark can open."""
    return bool(_SCHEME.match(name)) and not name.startswith("file:")


def fetched(spark: SparkSession, address: str, folder: Path) -> Path:
    """A copy of a remote file here, to be looked at: its digest, encoding and columns are told from all of it."""
    context: Any = spark.sparkContext
    paths = context._jvm.org.apache.hadoop.fs.Path
    copy = folder / address.rstrip("/").rpartition("/")[2]
    source = paths(address)
    source.getFileSystem(context._jsc.hadoopConfiguration()).copyToLocalFile(False, source, paths(str(copy)), True)
    return copy


def as_spark_takes_it(path: str) -> str:
    """A path for Spark's readers: local ones with their scheme, and no sign in it taken for a pattern."""
    named = path if _SCHEME.match(path) else f"file://{path}"
    return _PATTERN.sub(r"\\\1", named)


def same_file(address: str) -> str:
    """One name for one file, whether it is a path, an address, or one that Spark tells with %-escapes."""
    if not address.startswith("file:"):
        return unquote(address) if _SCHEME.match(address) else address
    return "/" + unquote(address.removeprefix("file:")).lstrip("/")
