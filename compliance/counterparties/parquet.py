"""Parquet: read in record batches; every column is made text, as it would stand in CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compliance.counterparties.opening import needed, unreadable_file
from compliance.counterparties.values import Given, Layout, Records
from compliance.errors import BadInput

_ROWS = 10_000


def look(path: Path, name: str, encoding: str, given: Given) -> Layout:  # noqa: ARG001 - as the other forms
    """The columns of the file's schema. Raises BadInput for what is no Parquet."""
    with _file(path, name) as file:
        return Layout(form="parquet", header=tuple(file.schema_arrow.names))


def pieces(path: Path, name: str, layout: Layout) -> Iterator[tuple[int, Any, int]]:  # noqa: ARG001
    """The rows, ten thousand at a time: the number of the first, the batch, bytes so far (about)."""
    with _file(path, name) as file:
        number, rows, size = 1, max(file.metadata.num_rows, 1), path.stat().st_size
        for batch in file.iter_batches(batch_size=_ROWS):
            yield number, batch, size * (number - 1 + batch.num_rows) // rows
            number += batch.num_rows


def records(content: Any, layout: Layout) -> Records:  # noqa: ARG001 - as the other forms
    """The rows of a batch as texts; null is an empty cell."""
    columns = [_texts(column) for column in content.columns]
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    return Records(rows, not any("\0" in cell for cells in columns for cell in cells))


@contextmanager
def _file(path: Path, name: str) -> Iterator[Any]:
    pyarrow, parquet = needed("pyarrow", "parquet", "Parquet"), needed("pyarrow.parquet", "parquet", "Parquet")
    try:
        with unreadable_file(name), parquet.ParquetFile(path) as file:
            yield file
    except pyarrow.ArrowException as error:
        raise BadInput(f"{name} is no Parquet file that can be read: {str(error).splitlines()[0]}") from error


def _texts(column: Any) -> list[str]:
    pyarrow, compute = needed("pyarrow", "parquet", "Parquet"), needed("pyarrow.compute", "parquet", "Parquet")
    try:
        texts: list[str] = compute.fill_null(compute.cast(column, pyarrow.string()), "").to_pylist()
    except (pyarrow.ArrowNotImplementedError, pyarrow.ArrowInvalid):
        return ["" if value is None else str(value) for value in column.to_pylist()]
    return texts
