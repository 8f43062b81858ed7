"""BIS's Denied Persons List (`dpl.txt`): tab separated, a header, a row for each address of a denied person.

It holds neither its date nor numbers. A party is its name: orders are renewed with new dates and citations, and names
are respelt (AL NASER, AL-NASER, ALNASER), while the party stays. Orders end: whoever leaves the file on or after the
end of the order has not been taken off, the order has expired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from compliance.model import EXPIRES, NameKind, Publication, Statement
from compliance.sources.catalogue import BIS_DPL
from compliance.sources.csv_records import AGAIN, Record, header_of, rows, table, text_of
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import folded
from compliance.sources.files import InputFile
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, present, publication, stated, unique

FORMAT_ID = "bis-dpl"
HEADER = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date",
    "Standard_Order", "Last_Update", "Action", "FR_Citation",
)  # fmt: skip
_ORDER = HEADER[6:]
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

Row = dict[str, str]


def recognises(file: InputFile) -> bool:
    """Tell the list by its header."""
    return tuple(header_of(file, delimiter="\t")) == HEADER


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    found = rows(text_of(file, ("utf-8", "cp1252")), file, delimiter="\t")
    next(found)
    whole = publication(FORMAT_ID, file, (BIS_DPL,), _statements(table(found, HEADER, file), file), dating)
    return whole._replace(covers=(*whole.covers, "dates"))


def _statements(records: Iterable[Record], file: InputFile) -> list[Statement]:
    problems = Problems(file.path)
    parties: dict[str, list[Row]] = {}
    for record in records:
        row = dict(zip(HEADER, record.fields, strict=True))
        wrong = _wrong(row)
        if wrong:
            problems.add(record.line, wrong)
        else:
            parties.setdefault(folded(row["Name"]), []).append(row)
    problems.refuse(AGAIN)
    return [_statement(key, held) for key, held in parties.items()]


def _wrong(row: Row) -> str | None:
    if not row["Name"].strip():
        return "the row has no name"
    if _day(row["Effective_Date"]) is None:
        return f"the effective date {row['Effective_Date'][:20]!r} is no day (MM/DD/YYYY)"
    ends = row["Expiration_Date"].strip()
    return f"the expiration date {ends[:20]!r} is no day (MM/DD/YYYY)" if ends and _day(ends) is None else None


def _statement(key: str, held: list[Row]) -> Statement:
    names = unique(" ".join(row["Name"].split()) for row in held)
    orders = unique(present(**{column: row[column] for column in _ORDER}) for row in held)
    begun = min(day for row in held if (day := _day(row["Effective_Date"])))
    ends = [_day(row["Expiration_Date"]) for row in held]
    last = None if None in ends else max(end for end in ends if end)
    fields = stated(
        type="entity",
        name=names[0],
        aliases=[{"text": name, "kind": NameKind.aka.value} for name in names[1:]],
        addresses=unique(_address(row) for row in held),
        other={"orders": orders},
    )
    return Statement(key, (BIS_DPL,), fields | {"dates": {EXPIRES: last.isoformat()} if last else {}}, begun)


def _address(row: Row) -> Fields:
    return address(
        street=row["Street_Address"], city=row["City"], state=row["State"],
        postcode=row["Postal_Code"], country=row["Country"],
    )  # fmt: skip


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text.strip())
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None
