"""The labels under which OFAC's remarks give numbers and codes, and what kind each of them is.

The labels are the publisher's own words (as read in the files of 2018 to 2025); a label that is not here
leaves its item among `other`, verbatim, so that nothing is lost when OFAC coins a new one.
"""

from __future__ import annotations

import re
from typing import Any

from compliance.sources.ofac_dates import DATE

_LABELS: dict[str, tuple[str, ...]] = {
    "isin": ("ISIN",),
    "ticker": ("Equity Ticker",),
    "issuer-name": ("Issuer Name",),
    "lei": ("Legal Entity Number", "Legal Entity Identifier"),
    "bic": ("SWIFT/BIC",),
    "bik": ("BIK (RU)",),
    "duns": ("D-U-N-S Number",),
    "imo": ("Vessel Registration Identification IMO",),
    "imo-company": ("Company Number IMO", "Identification Number IMO"),
    "mmsi": ("MMSI",),
    "vessel-registration": ("Vessel Registration Identification",),
    "call-sign": ("Other Vessel Call Sign",),
    "aircraft-tail": ("Aircraft Tail Number", "Previous Aircraft Tail Number"),
    "aircraft-serial": (
        "Aircraft Construction Number (also called L/N or S/N or F/N)",
        "Aircraft Manufacturer's Serial Number (MSN)",
        "Aircraft Serial Identification",
    ),
    "aircraft-mode-s": ("Aircraft Mode S Transponder Code",),
    "passport": ("Passport", "Passport No.", "Passport Booklet", "Diplomatic Passport", "Service Passport"),
    "travel-document": ("Travel Document Number", "Stateless Person Passport", "VisaNumberID"),
    "drivers-licence": ("Driver's License No.",),
    "birth-certificate": ("Birth Certificate Number",),
    "national-id": (
        *("National ID No.", "National ID Number", "National Foreign ID Number", "Personal ID Card", "SSN"),
        *("Cedula No.", "Cedula de Ciudadania", "D.N.I.", "C.U.R.P.", "C.U.R.P. #", "CURP", "C.U.I.P."),
        *("C.U.I.", "I.F.E.", "Credencial electoral", "Electoral Registry No.", "Numero de Identidad"),
        *("Cartilla de Servicio Militar Nacional", "LE Number", "Tazkira National ID Card", "Kenyan ID No."),
        *("Citizen's Card Number", "Turkish Identification Number", "Turkish Identificiation Number"),
        *("Residency Number", "Refugee ID Card", "Moroccan Personal ID No.", "Bosnian Personal ID No."),
        *("Stateless Person ID Card", "Identity Card", "Personal ID No.", "Tarjeta Profesional"),
    ),
    "tax-id": (
        *("Tax ID No.", "NIT #", "RUC #", "R.F.C.", "R.F.C. #", "RFC", "V.A.T. Number", "RTN", "RIF #"),
        *("US FEIN", "Italian Fiscal Code", "C.U.I.T.", "C.I.F.", "Fiscal Code", "N.I.E.", "C.N.P.J."),
    ),
    "uscc": (
        "Unified Social Credit Code (USCC)",
        "United Social Credit Code Certificate (USCCC)",
    ),
    "registration": (
        *("Registration Number", "Registration ID", "C.R. No.", "Company Number", "UK Company Number"),
        *("Business Registration Number", "Business Registration Document #", "Public Registration Number"),
        *("Commercial Registry Number", "Government Gazette Number", "Folio Mercantil No.", "File Number"),
        *("Matricula Mercantil No", "Trade License No.", "License", "Economic Register Number (CBLS)"),
        *("Central Registration System Number", "Istanbul Chamber of Comm. No.", "Business Number"),
        *("Chamber of Commerce Number", "Dubai Chamber of Commerce Membership No.", "Enterprise Number"),
        *("Branch Unit Number", "Registered Charity No.", "Certificate of Incorporation Number"),
        *("Romanian C.R.", "Organization Code", "Permit Number", "SRE Permit No."),
    ),
    "id-number": ("Identification Number",),
    "website": ("Website",),
    "email": ("Email Address",),
    "phone": ("Phone Number", "Phone No.", "PHONE", "Telephone", "Telephone No.", "Telephone Number"),
    "fax": ("Fax", "Fax No.", "FAX"),
}
KINDS = {label: kind for kind, labels in _LABELS.items() for label in labels}

_LONGEST_FIRST = "|".join(re.escape(label) for label in sorted(KINDS, key=len, reverse=True))
_LABELLED = re.compile(rf"({_LONGEST_FIRST}):? *(?=[ (+])(.+)")
_WALLET = re.compile(r"(Digital Currency Address - [A-Z0-9.]{2,12}) (\S+)")
_NUMBER = re.compile(
    rf"(?P<value>.*?[0-9].*?)(?P<place> \([^()]*\))??(?: \((?P<country>[^()]*)\))?"
    rf"(?: issued (?P<issued>{DATE}))?(?: expires (?P<expires>{DATE}))?"
)
# A sentence that happens to begin with a label ("Passport 1 issued under the name ...") is not a number.
_SENTENCE = re.compile(r"(?<![A-Za-z.'])[a-z]{2,}(?![A-Za-z.'])")
_PLAIN = {
    "website": re.compile(r"\S+\.\S+"),
    "email": re.compile(r"\S+@\S+"),
    "phone": re.compile(r"[^a-z]*[0-9][^a-z]*"),
    "fax": re.compile(r"[^a-z]*[0-9][^a-z]*"),
    "ticker": re.compile(r"[A-Z0-9./ -]+"),
    "isin": re.compile(r"[A-Z]{2}[A-Z0-9]{10}"),
    "issuer-name": re.compile(r".+"),
    "bic": re.compile(r"[A-Z0-9][A-Z0-9 ]{5,}"),
}


def read_identifier(item: str) -> dict[str, Any] | None:
    """Read one item of the remarks into the JSON of an `Identifier`; None when it is none that we know."""
    wallet = _WALLET.fullmatch(item)
    if wallet:
        return {"kind": "wallet", "value": wallet[2], "label": wallet[1]}
    match = _LABELLED.fullmatch(item)
    if match is None:
        return None
    label, rest = match[1], match[2].strip()
    kind = KINDS[label]
    if kind in _PLAIN:
        if _PLAIN[kind].fullmatch(rest) is None:
            return None
        return {"kind": kind, "value": " ".join(rest.split()), "label": label}
    return _number(kind, label, rest)


def _number(kind: str, label: str, rest: str) -> dict[str, Any] | None:
    match = _NUMBER.fullmatch(rest)
    if match is None or _SENTENCE.search(match["value"]):
        return None
    if kind == "imo" and not _is_ship_number(match["value"]):
        kind = "imo-company"
    # A place before the country ("Folio Mercantil No. 26075 (Jalisco) (Mexico)") names the register.
    found = {"kind": kind, "value": match["value"], "label": label + (match["place"] or "")}
    for key in ("country", "issued", "expires"):
        if match[key]:
            found[key] = match[key]
    return found


def _is_ship_number(value: str) -> bool:
    """Check the last digit of an IMO ship number.

    In OFAC's files every vessel's number passes; what fails under the same label are shipping companies.
    """
    if not re.fullmatch(r"[0-9]{7}", value):
        return False
    digits = [int(digit) for digit in value]
    return sum(digit * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]
