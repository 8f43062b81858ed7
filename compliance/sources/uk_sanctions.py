"""The FCDO's UK Sanctions List as rows: CSV (`UK-Sanctions-List.csv`) and ODS, the UK's only list since 2026-01-28.

Line 1 holds the date (`Report Date: 08-Oct-2026`), line 2 the header; a party is a `Unique ID` over as many rows as it
needs. The XML form of the same list is read by `uk_sanctions_xml.py` into the same fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from compliance.errors import DamagedFile
from compliance.model import Publication
from compliance.sources.catalogue import UK_SANCTIONS
from compliance.sources.csv_records import Record, header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.office import is_ods, sheet_rows
from compliance.sources.partial_dates import british_day
from compliance.sources.stating import publication
from compliance.sources.uk_entry import Layout
from compliance.sources.uk_rows import statements

FORMAT_ID = "uk-sanctions-list"
_DATE = re.compile(r"Report Date:?,?\s*(\d{1,2}[-/ ][A-Za-z0-9]{2,9}[-/ ]\d{4})")
LAYOUT = Layout(
    key="Unique ID",
    type="Designation Type",
    names=("Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5"),
    name_type="Name type",
    alias_strength="Alias strength",
    script=("Name non-latin script", "Non-latin script type", "Non-latin script language"),
    address=(*(f"Address Line {number}" for number in range(1, 7)), "Address Postal Code", "Address Country"),
    place=("Town of birth", "Country of birth"),
    documents=(
        ("Passport number", "Passport additional information"),
        ("National Identifier number", "National Identifier additional information"),
    ),
    numbers=("IMO number", "Business registration number (s)", "Phone number", "Website", "Email address"),
    births="D.O.B",
    nationalities="Nationality(/ies)",
    programmes="Regime Name",
    listed="Date Designated",
    remarks="Other Information",
    gender="Gender",
    measures="Sanctions Imposed",
)


def recognises(file: InputFile) -> bool:
    """Tell the list by the date in its first line and the header in its second."""
    if is_ods(file.data):
        return any(LAYOUT.key in record.fields and LAYOUT.measures in record.fields for record in _top(file))
    return "Report Date" in "".join(header_of(file)[:1]) and {LAYOUT.key, LAYOUT.measures} <= set(
        header_of(file, line=1)
    )


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its first line."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    found = sheet_rows(file) if is_ods(file.data) else rows(text_of(file), file)
    own = report_day(",".join(next(found).fields))
    if own is None:
        raise DamagedFile(f"{file.path}, line 1: no date after 'Report Date:'; the file is damaged, download it again")
    header = next(found).fields
    stated = statements(LAYOUT, UK_SANCTIONS, table(found, header, file), header, file)
    return publication(FORMAT_ID, file, (UK_SANCTIONS,), stated, dating, own)


def report_day(line: str) -> date | None:
    """The day in `Report Date: 08-Oct-2026`; None when there is none."""
    match = _DATE.search(line)
    if match is None:
        return None
    for form in ("%d-%b-%Y", "%d-%B-%Y"):
        try:
            return datetime.strptime(re.sub(r"[/ ]", "-", match[1]), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return british_day(match[1].replace("-", "/"))


def _top(file: InputFile) -> Iterator[Record]:
    try:
        for record, _ in zip(sheet_rows(file), range(2), strict=False):
            yield record
    except DamagedFile:
        return
