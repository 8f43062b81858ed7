"""OFSI's Consolidated List (`ConList.csv`, `sanctionsconlist.csv`): the UK's list until 2026-01-28.

Line 1 holds the date, line 2 the header; a party is a `Group ID` over as many rows as it needs. In cp1252 until 2021,
UTF-8 since. In 2022 columns were added; columns are read by their names.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.errors import DamagedFile
from compliance.model import Publication
from compliance.sources.catalogue import UK_CONLIST
from compliance.sources.csv_records import header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import british_day
from compliance.sources.stating import publication
from compliance.sources.uk_entry import Layout
from compliance.sources.uk_rows import statements

FORMAT_ID = "uk-conlist-csv"
_LINES = tuple(f"Address {number}" for number in range(1, 7))
LAYOUT = Layout(
    key="Group ID",
    type="Group Type",
    names=("Name 6", "Name 1", "Name 2", "Name 3", "Name 4", "Name 5"),
    name_type="Alias Type",
    alias_strength="Alias Quality",
    script=("Name Non-Latin Script", "Non-Latin Script Type", "Non-Latin Script Language"),
    address=(*_LINES, "Post/Zip Code", "Country"),
    place=("Town of Birth", "Country of Birth"),
    documents=(
        ("Passport Number", "Passport Details"),
        ("Passport Details", ""),
        ("National Identification Number", "National Identification Details"),
        ("NI Number", ""),
    ),
    numbers=(),
    births="DOB",
    nationalities="Nationality",
    programmes="Regime",
    listed="Listed On",
    remarks="Other Information",
    gender="",
    measures="",
)


def recognises(file: InputFile) -> bool:
    """Tell OFSI's list by the date in its first line and the header in its second."""
    return header_of(file)[:1] == ["Last Updated"] and {"Group ID", "Name 6"} <= set(header_of(file, line=1))


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its first line."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    found = rows(text_of(file, ("utf-8", "cp1252")), file)
    own = british_day([*next(found).fields, ""][1])
    if own is None:
        raise DamagedFile(f"{file.path}, line 1: no date after 'Last Updated'; the file is damaged, download it again")
    header = next(found).fields
    return publication(
        FORMAT_ID,
        file,
        (UK_CONLIST,),
        statements(LAYOUT, UK_CONLIST, table(found, header, file), header, file),
        dating,
        own,
    )
