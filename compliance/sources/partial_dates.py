"""Dates as publishers write them, whole or in part, as the first and the last day that they can mean."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime
from typing import Any

from compliance.sources import ofac_dates

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.]+)?(?:Z|[+-]\d{2}:\d{2})?")
# The UK writes what it does not know as 00, or as the letters dd and mm.
_BRITISH = re.compile(r"(?i)(\d{1,2}|dd)/(\d{1,2}|mm)/(\d{4})")
_CIRCA = re.compile(r"(?i)^(?:circa|c\.|ca\.|approximately|about|approx\.)\s*")


def iso_day(text: str) -> date | None:
    """The day that an ISO date names, whatever time or zone follows; None when it is not a whole date."""
    match = _ISO.fullmatch(text.strip())
    return _day(match[1], match[2], match[3]) if match and match[3] else None


def british_day(text: str) -> date | None:
    """The day of `dd/mm/yyyy`; None when it is no day of the calendar."""
    match = _BRITISH.fullmatch(text.strip())
    return _day(match[3], match[2], match[1]) if match else None


def american_day(text: str) -> date | None:
    """The day of `June 21, 2022`; None when it is no such day."""
    try:
        return datetime.strptime(text.strip(), "%B %d, %Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def date_range(text: str, *, circa: bool = False) -> dict[str, Any]:
    """The JSON of a `DateRange`: always the text, and first and last day where they can be told."""
    bare = _CIRCA.sub("", text.strip())
    found: dict[str, Any] = {"text": text.strip()}
    span = _span(bare)
    if span is None:
        known = ofac_dates.date_range(bare)
        span = (date.fromisoformat(known["first"]), date.fromisoformat(known["last"])) if known else None
    if span:
        found |= {"first": span[0].isoformat(), "last": span[1].isoformat()}
    if circa or bare != text.strip():
        found["circa"] = True
    return found


def between(first: str, last: str, text: str, *, circa: bool = False) -> dict[str, Any]:
    """The range from the first day of one date to the last day of another."""
    found: dict[str, Any] = {"text": text}
    begin, end = _span(first), _span(last)
    if begin and end and begin[0] <= end[1]:
        found |= {"first": begin[0].isoformat(), "last": end[1].isoformat()}
    return found | ({"circa": True} if circa else {})


def _span(text: str) -> tuple[date, date] | None:
    if match := _ISO.fullmatch(text):
        return _from_parts(int(match[1]), int(match[2] or 0), int(match[3] or 0))
    if match := _BRITISH.fullmatch(text):
        day, month = (int(part) if part.isdigit() else 0 for part in match.groups()[:2])
        return _from_parts(int(match[3]), month, day)
    return None


def _from_parts(year: int, month: int, day: int) -> tuple[date, date] | None:
    """A part that is 0 is not known; a day without its month says no more than the year."""
    try:
        if month and day:
            whole = date(year, month, day)
            return whole, whole
        if month:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except (ValueError, calendar.IllegalMonthError):
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
