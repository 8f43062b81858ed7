"""Citations of the Federal Register, which date the entries of the lists in the Export Administration Regulations."""

from __future__ import annotations

import re
from datetime import date

# "76 FR 71869, 11/21/11", also without the comma, with a line break, with four digits of the year, with points in FR.
_CITATION = re.compile(r"(\d{1,3})\s+F\.?\s?R\.?\s+(\d+)[,.]?\s+(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")
_FIRST = re.compile(r"\s*\d{1,3}\s+F\.?\s?R\.?\s+\d+")


def listing_day(text: str) -> date | None:
    """The day of the first citation, which is the listing; later ones are changes. None when it has no day."""
    match = _CITATION.match(text.strip())
    if match is None or not _FIRST.match(text):
        return None
    month, day, year = (int(part) for part in match.groups()[2:])
    try:
        return date(year + 2000 if year < 100 and year < 70 else year + 1900 if year < 100 else year, month, day)
    except ValueError:
        return None
