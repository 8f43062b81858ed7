"""BIS's Entity List, Unverified List and Military End-User List as law: the eCFR's XML of 15 CFR part 744.

Supplements 4, 6 and 7 to the part are tables of country, party and Federal Register citation; supplement 4 also has the
licence requirement and the review policy. The file holds no date: it is the day for which the eCFR was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from compliance.countries import code_of
from compliance.errors import DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import BIS_EL, BIS_MEU, BIS_UVL
from compliance.sources.csv_records import AGAIN
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import key_of, told_apart
from compliance.sources.ecfr_party import read_party
from compliance.sources.federal_register import listing_day
from compliance.sources.files import InputFile
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, publication, stated
from compliance.sources.xml_records import line_of, name_of, records, root_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT_ID = "ecfr-xml"
_REST = f"other/{FORMAT_ID}"
_LISTS = {"4": BIS_EL, "6": BIS_UVL, "7": BIS_MEU}
_SUPPLEMENT = re.compile(r"(?i)supplement no\. (\d+) to part 744\b")
_REQUIREMENT = "License requirement"
_CITATION = "Federal Register citation"
_NOBODY = "[Reserved]"  # the place of a party that was removed, or of a country without one


class Row(NamedTuple):
    """One row of a table, by the names of its columns; the country carried on from above where it is blank."""

    line: int
    country: str
    party: str
    cells: dict[str, str]


def recognises(file: InputFile) -> bool:
    """Tell the eCFR by its elements and the part by its supplements."""
    root = root_of(file)
    is_ecfr = root is not None and re.fullmatch(r"DIV\d|ECFR|ECFRBRWS|DLPSTEXTCLASS", root.name) is not None
    return is_ecfr and re.search(rb"(?i)supplement no\. [467] to part 744", file.data) is not None


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication of the supplements that are in it."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    problems = Problems(file.path)
    warnings: list[str] = []
    found: dict[str, list[Row]] = {}
    for appendix in records(file, ("DIV9",)):
        match = _SUPPLEMENT.search(str(appendix.get("N", "")) or _text(appendix)[:200])
        if match and match[1] in _LISTS:
            rows = found.setdefault(_LISTS[match[1]], [])
            rows += [
                row
                for table in appendix.iter()
                if name_of(table) == "TABLE"
                for row in _rows(table, problems, warnings)
            ]
    problems.refuse(AGAIN)
    empty = [list_id for list_id, rows in found.items() if not rows]
    if empty or not found:
        raise DamagedFile(f"{file.path}: no table of parties in {', '.join(empty) or 'it'}; the file is cut, {AGAIN}")
    statements = [each for list_id, rows in found.items() for each in told_apart(_statements(list_id, rows))]
    notes = [f"{file.path}, {warning}" for warning in warnings]
    whole = publication(FORMAT_ID, file, tuple(found), statements, dating, warnings=notes)
    return whole._replace(covers=(*whole.covers, _REST))


def _rows(table: Element, problems: Problems, warnings: list[str]) -> Iterator[Row]:
    header: list[str] = []
    country = ""
    for line, cells in _cells(table):
        if not header:
            header = [" ".join(cell.split()) for cell in cells]
            if header[:1] != ["Country"] or header[-1].casefold() != _CITATION.casefold():
                warnings.append(f"line {line:,}: a table of other columns, passed over: {', '.join(header)[:80]}")
                return
        elif len(cells) == 1:
            warnings.append(f"line {line:,}: a note below the table, passed over: {' '.join(cells[0].split())[:80]}")
        elif len(cells) != len(header):
            problems.add(line, f"{len(cells)} cells where the table has {len(header)} columns")
        else:
            country = " ".join(cells[0].split()) or country
            wrong = _wrong(country, cells)
            if wrong:
                problems.add(line, wrong)
            elif cells[1].strip() not in ("", _NOBODY):
                named = zip(header, cells, strict=True)
                yield Row(line, country, cells[1], {name: text for name, text in named if text.strip()})


def _cells(table: Element) -> Iterator[tuple[int, list[str]]]:
    """Each row's line and cells; a cell that spans rows is blank in those below it."""
    below = 0
    for element in table.iter():
        if name_of(element) == "TR":
            held = [cell for cell in element if name_of(cell) in ("TD", "TH")]
            spans = str(held[0].get("rowspan", "1")) if held else "1"
            cells = [_text(cell) for cell in held]
            yield line_of(element), ["", *cells] if below else cells
            below = int(spans) - 1 if spans.isdigit() and int(spans) > 1 else max(0, below - 1)


def _wrong(country: str, cells: Sequence[str]) -> str | None:
    """A row of a country alone is a heading; one with anything else needs both."""
    if not any(cell.strip() for cell in cells[1:]):
        return None
    return "the row has no country" if not country else None if cells[1].strip() else "the row names no party"


def _statements(list_id: str, rows: Sequence[Row]) -> Iterator[tuple[Statement, str]]:
    for row in rows:
        party = read_party(row.party)
        citation = next((text for name, text in row.cells.items() if name.casefold() == _CITATION.casefold()), "")
        fields = stated(
            type="entity",
            name=party.name,
            aliases=list(party.aliases),
            addresses=[each for text in party.addresses if (each := address(street=text, country=row.country))]
            or [address(country=row.country)],
            remarks=" ".join(row.cells.get(_REQUIREMENT, "").split()),
        )
        fields[_REST] = _rest(row)
        key = key_of(country_code(row.country), party.name)
        yield Statement(key, (list_id,), fields, listing_day(citation)), f"{citation} {row.party}"


def _rest(row: Row) -> Fields:
    return {name: text for name, text in row.cells.items() if name not in ("Country", _REQUIREMENT)}


def country_code(country: str) -> str:
    """The code of a heading such as `CHINA, PEOPLE'S REPUBLIC OF`; the heading itself where it is no country."""
    first, _, rest = country.partition(", ")
    return (code_of(country) or (code_of(f"{rest} {first}") if rest else None) or code_of(first) or country).casefold()


def _text(element: Any) -> str:
    """The text with its line breaks."""
    parts: list[str] = [element.text or ""]
    for child in element:
        parts += ["\n" if name_of(child) == "BR" or name_of(child) == "br" else _text(child), child.tail or ""]
    return "".join(parts).strip()
