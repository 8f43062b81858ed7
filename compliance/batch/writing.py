"""The forms that results can have. Rows are encoded piece by piece, in any process; these bodies make the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from compliance.batch.results import NUMBERS, Cells
from compliance.counterparties.opening import needed
from compliance.errors import BadInput
from compliance.tabular import TRIGGERS, harmless

_FORMS = {
    "": "csv", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "xlsx",
}  # fmt: skip
_TEXTS = ("csv", "jsonl")
_MOST_ROWS = 1_048_576  # of a worksheet
_LONGEST = 32_767  # characters of a cell of a worksheet
_GROUP = 100_000  # rows of a Parquet row group, about
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's own clock has no zone; the same results, the same bytes

Encode = Callable[[Iterable[Cells]], bytes]


def form_of(output: str) -> str:
    """The form that a file's name asks for; CSV for standard output. Raises BadInput for others."""
    form = "csv" if output == "-" else _FORMS.get(Path(output).suffix.lower())
    if form is None:
        raise BadInput(f"{output}: results can be written as .csv, .jsonl, .parquet or .xlsx")
    if form == "parquet":
        needed("pyarrow", "parquet", "Parquet")
    if form == "xlsx":
        needed("xlsxwriter", "xlsx", "XLSX")
    return form


def is_text(form: str) -> bool:
    """Whether the file is its head and its bodies, one after the other, so that it can go to a pipe."""
    return form in _TEXTS


def head(form: str, columns: Sequence[str]) -> bytes:
    """What a text file of results begins with."""
    return _csv([[harmless(column) for column in columns]]) if form == "csv" else b""


def encoder(form: str, columns: Sequence[str]) -> Encode:
    """The function that makes a body of rows."""
    if form == "csv":
        return lambda rows: _csv([_harmless(cell) for cell in row] for row in rows)
    if form == "jsonl":
        return lambda rows: b"".join(orjson.dumps(dict(zip(columns, row, strict=True))) + b"\n" for row in rows)
    if form == "parquet":
        return lambda rows: _arrow(columns, list(rows))
    return lambda rows: b"".join(orjson.dumps(row) + b"\n" for row in rows)


def assemble(form: str, columns: Sequence[str], bodies: Iterator[bytes], out: BinaryIO) -> None:
    """Writes the whole file. Raises BadInput when it has more rows than the form can hold."""
    if is_text(form):
        out.write(head(form, columns))
        for body in bodies:
            out.write(body)
    elif form == "parquet":
        _parquet(columns, bodies, out)
    else:
        _workbook(columns, bodies, out)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if type(cell) is str and cell.startswith(TRIGGERS) else cell


def _arrow(columns: Sequence[str], rows: list[Cells]) -> bytes:
    """The rows as an Arrow stream; nothing for no rows."""
    if not rows:
        return b""
    pyarrow = needed("pyarrow", "parquet", "Parquet")
    schema = _schema(columns)
    arrays = [pyarrow.array(values, kind) for values, kind in zip(zip(*rows, strict=True), schema.types, strict=True)]
    batch, out = pyarrow.record_batch(arrays, schema), io.BytesIO()
    with pyarrow.ipc.new_stream(out, schema) as stream:
        stream.write_batch(batch)
    return out.getvalue()


def _schema(columns: Sequence[str]) -> Any:
    pyarrow = needed("pyarrow", "parquet", "Parquet")
    kinds: dict[type | None, Any] = {int: pyarrow.int64(), float: pyarrow.float64(), None: pyarrow.string()}
    return pyarrow.schema([(column, kinds[NUMBERS.get(column)]) for column in columns])


def _parquet(columns: Sequence[str], bodies: Iterator[bytes], out: BinaryIO) -> None:
    """Row groups of whole pieces, until they hold enough rows."""
    pyarrow, parquet = needed("pyarrow", "parquet", "Parquet"), needed("pyarrow.parquet", "parquet", "Parquet")
    schema, held, size = _schema(columns), [], 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for body in bodies:
            if body:
                held.append(pyarrow.ipc.open_stream(body).read_all())
                size += held[-1].num_rows
            if size >= _GROUP:
                writer.write_table(pyarrow.concat_tables(held), row_group_size=size)
                held, size = [], 0
        if size:
            writer.write_table(pyarrow.concat_tables(held), row_group_size=size)


def _workbook(columns: Sequence[str], bodies: Iterator[bytes], out: BinaryIO) -> None:
    """One sheet. Texts are written as texts, those that look like formulas with Excel's own mark for that."""
    xlsxwriter = needed("xlsxwriter", "xlsx", "XLSX")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _CREATED})
        sheet, marked = book.add_worksheet("results"), book.add_format({"quote_prefix": True})
        sheet.freeze_panes(1, 0)
        lines = (orjson.loads(line) for body in bodies for line in body.splitlines())
        for number, cells in enumerate(_with_header(columns, lines)):
            if number >= _MOST_ROWS:
                raise BadInput(
                    f"a worksheet holds {_MOST_ROWS:,} rows, and there are more results: write .csv or .parquet"
                )
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, _fitting(cell), marked if cell.startswith(TRIGGERS) else None)
                elif cell is not None:
                    sheet.write_number(number, column, cell)


def _fitting(cell: str) -> str:
    """The cell, cut where a worksheet cannot hold it, and saying so."""
    return cell if len(cell) <= _LONGEST else f"{cell[: _LONGEST - 60]} … (cut here; {len(cell):,} characters)"


def _with_header(columns: Sequence[str], rows: Iterable[Cells]) -> Iterator[Cells]:
    yield list(columns)
    yield from rows
