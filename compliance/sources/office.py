"""The rows of a spreadsheet's first sheet: ODS and XLSX, both ZIPs, read with a bound and as text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from compliance.errors import BadInput, DamagedFile
from compliance.sources.csv_records import AGAIN, Record
from compliance.sources.files import InputFile
from compliance.sources.xml_records import records
from compliance.sources.zipped import is_zip

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MOST_BYTES = 512 * 2**20
# A sheet's last cell and last rows are repeated a million times to fill it: empty ones beyond this are no data.
_MOST_REPEATED = 1000


def is_spreadsheet(file: InputFile) -> bool:
    """Tell ODS and XLSX by what their ZIP holds, not by their names."""
    if not is_zip(file.data):
        return False
    return is_ods(file.data) or is_xlsx(file.data)


def is_ods(data: bytes) -> bool:
    """Tell an OpenDocument spreadsheet, whose first member says so uncompressed."""
    return _ODS in data[:200]


def is_xlsx(data: bytes) -> bool:
    """Tell an Office Open XML workbook by the member that every one has."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def sheet_rows(file: InputFile) -> Iterator[Record]:
    """The first sheet's rows that hold anything, as text; dates as ISO days. Raises DamagedFile."""
    try:
        _check_size(file)
        yield from _ods(file) if is_ods(file.data) else _xlsx(file)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise DamagedFile(f"{file.path}: the spreadsheet cannot be unpacked ({error}); {AGAIN}") from error


def _check_size(file: InputFile) -> None:
    with zipfile.ZipFile(BytesIO(file.data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
            raise BadInput(f"{file.path}: the spreadsheet unfolds into more than any list holds; it was not read")


def _ods(file: InputFile) -> Iterator[Record]:
    with zipfile.ZipFile(BytesIO(file.data)) as archive, archive.open("content.xml") as stream:
        content = stream.read(_MOST_BYTES)
    number, width, sheet = 1, 0, None
    for row in records(InputFile("content.xml", f"{file.path}!content.xml", content), ("table-row",)):
        sheet = sheet if sheet is not None else _sheet_of(row)
        if _sheet_of(row) != sheet:
            return
        cells = [value for cell in row for value in [_ods_text(cell)] * _repeated(cell, "number-columns-repeated")]
        while cells and not cells[-1] and len(cells) > width:
            cells.pop()
        if any(cells):
            width = width if number == 1 else max(width, len(cells))
            yield Record(number, cells + [""] * (width - len(cells)))
        number += _repeated(row, "number-rows-repeated")


def _sheet_of(row: Element) -> str:
    parent: Any = row.getparent()
    while parent is not None and parent.tag != f"{_TABLE}table":
        parent = parent.getparent()
    return str(parent.get(f"{_TABLE}name")) if parent is not None else ""


def _repeated(element: Element, name: str) -> int:
    return min(int(element.get(f"{_TABLE}{name}", "1")), _MOST_REPEATED)


def _ods_text(cell: Element) -> str:
    """A cell's text; its paragraphs are lines. An annotation in it is not its text."""
    lines = [_inner(part) for part in cell if str(part.tag).endswith("}p")]
    return "\n".join(lines).strip()


def _inner(paragraph: Any) -> str:
    return "".join(str(text) for text in paragraph.itertext())


def _xlsx(file: InputFile) -> Iterator[Record]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise BadInput(
            f"{file.path}: reading XLSX needs openpyxl: pip install 'entity-compliance[xlsx]', or save the sheet as CSV"
        ) from error
    try:
        book = load_workbook(BytesIO(file.data), read_only=True, data_only=True)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            cells = [_xlsx_text(value) for value in row]
            if any(cells):
                yield Record(number, cells)
    except (ValueError, TypeError, IndexError, AttributeError, OSError, SyntaxError) as error:
        raise DamagedFile(f"{file.path}: the workbook cannot be read ({error}); save it again") from error


def _xlsx_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
