"""The UK Sanctions List of the FCDO, XML (`UK-Sanctions-List.xml`): `Designations/Designation`.

Its elements are turned into the rows of the CSV form, so that both say the same of a party.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from compliance.errors import DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import UK_SANCTIONS
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import british_day
from compliance.sources.stating import once, publication
from compliance.sources.uk_rows import statement
from compliance.sources.uk_sanctions import LAYOUT
from compliance.sources.xml_records import name_of, records, root_of, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT_ID = "uk-sanctions-list-xml"
_AGAIN = "the file is damaged, download it again"
# The elements whose members belong together, in one row; everything else is a row of its own.
_GROUPS = ("Name", "NonLatinName", "Address", "Passport", "NationalIdentifier", "Location")
# From the element's name to the column's; an element that is not here is a column of its own name.
_COLUMNS: Mapping[str, str] = {
    **{f"Name{number}": f"Name {number}" for number in range(1, 7)},
    **{f"AddressLine{number}": f"Address Line {number}" for number in range(1, 7)},
    "UniqueID": "Unique ID",
    "OFSIGroupID": "OFSI Group ID",
    "UNReferenceNumber": "UN Reference Number",
    "LastUpdated": "Last Updated",
    "DateDesignated": "Date Designated",
    "NameType": "Name type",
    "AliasStrength": "Alias strength",
    "NameNonLatinScript": "Name non-latin script",
    "NonLatinScriptType": "Non-latin script type",
    "NonLatinScriptLanguage": "Non-latin script language",
    "RegimeName": "Regime Name",
    "IndividualEntityShip": "Designation Type",
    "DesignationSource": "Designation source",
    "SanctionsImposed": "Sanctions Imposed",
    "OtherInformation": "Other Information",
    "UKStatementofReasons": "UK Statement of Reasons",
    "AddressPostalCode": "Address Postal Code",
    "AddressCountry": "Address Country",
    "PhoneNumber": "Phone number",
    "EmailAddress": "Email address",
    "DOB": "D.O.B",
    "Nationality": "Nationality(/ies)",
    "PassportNumber": "Passport number",
    "PassportAdditionalInformation": "Passport additional information",
    "NationalIdentifierNumber": "National Identifier number",
    "NationalIdentifierAdditionalInformation": "National Identifier additional information",
    "TownOfBirth": "Town of birth",
    "CountryOfBirth": "Country of birth",
    "TypeOfEntity": "Type of entity",
    "Subsidiary": "Subsidiaries",
    "ParentCompany": "Parent company",
    "BusinessRegistrationNumber": "Business registration number (s)",
    "IMONumber": "IMO number",
    "CurrentOwnerOperator": "Current owner/operator (s)",
    "PreviousOwnerOperator": "Previous owner/operator (s)",
    "CurrentBelievedFlagOfShip": "Current believed flag of ship",
    "PreviousFlag": "Previous flags",
    "TypeOfShip": "Type of ship",
    "TonnageOfShip": "Tonnage of ship",
    "LengthOfShip": "Length of ship",
    "YearBuilt": "Year Built",
    "HullIdentificationNumber": "Hull identification number (HIN)",
}


def recognises(file: InputFile) -> bool:
    """Tell the list by its outermost element."""
    root = root_of(file)
    return root is not None and root.name == "Designations"


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its `DateGenerated`."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    dated = next(records(file, ("DateGenerated",)), None)
    own = british_day(text_of(dated)) if dated is not None else None
    if own is None:
        raise DamagedFile(f"{file.path}, line 1: no DateGenerated; {_AGAIN}")
    return publication(FORMAT_ID, file, (UK_SANCTIONS,), once(_statements(file), file), dating, own)


def _statements(file: InputFile) -> Iterator[tuple[str, Statement]]:
    for element in records(file, ("Designation",)):
        place = f"line {element.sourceline or 1:,}"
        rows = list(_rows(element))
        keys = [row[LAYOUT.key] for row in rows if LAYOUT.key in row]
        named = any(part in row for row in rows for part in (*LAYOUT.names, LAYOUT.script[0]))
        typed = any(LAYOUT.type in row for row in rows)
        if not (keys and named and typed):
            missing = "UniqueID" if not keys else "name" if not named else "IndividualEntityShip"
            raise DamagedFile(f"{file.path}, {place}: the designation has no {missing}; {_AGAIN}")
        yield place, statement(LAYOUT, UK_SANCTIONS, keys[0], rows)


def _rows(element: Element) -> Iterator[dict[str, str]]:
    for part in element:
        if name_of(part) in _GROUPS and len(part):
            row = {_COLUMNS.get(name_of(held), name_of(held)): text_of(held) for held in part}
            yield {column: text for column, text in row.items() if text}
        elif len(part):
            yield from _rows(part)
        elif text_of(part):
            yield {_COLUMNS.get(name_of(part), name_of(part)): text_of(part)}
