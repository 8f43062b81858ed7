"""Dates as OFAC writes them in remarks: whole, partial, about, and from one to another."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache
from typing import Any

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}

# One date, down to a bare year, for use inside larger patterns: "17 Jan 1941", "Jan 1963", "1941".
DATE = r"(?:(?:[0-9]{1,2} )?[A-Z][a-z]{2,8} )?[0-9]{4}"

_PART = re.compile(rf"(?P<circa>circa )?(?P<first>{DATE})(?:(?: to |-)(?P<about>circa )?(?P<last>{DATE}))?")


def whole_day(text: str) -> date | None:
    """Read `08 Feb 2022`; None when it is no day of the calendar."""
    days = _span(text)
    return days[0] if days and days[0] == days[1] else None


def date_range(text: str) -> dict[str, Any] | None:
    """Read a date of birth into the JSON of a `DateRange`; None when it is in no known form."""
    match = _PART.fullmatch(text)
    if match is None:
        return None
    first = _span(match["first"])
    last = _span(match["last"]) if match["last"] else first
    if first is None or last is None or first[0] > last[1]:
        return None
    found: dict[str, Any] = {"text": text, "first": first[0].isoformat(), "last": last[1].isoformat()}
    if match["circa"] or match["about"]:
        found["circa"] = True
    return found


@lru_cache(maxsize=65536)
def _span(text: str) -> tuple[date, date] | None:
    """Return the first and the last day that a date can mean."""
    *front, year = text.split(" ")
    try:
        if not front:
            return date(int(year), 1, 1), date(int(year), 12, 31)
        month = _MONTHS[front[-1].lower()]
        if len(front) == 2:
            day = date(int(year), month, int(front[0]))
            return day, day
        return date(int(year), month, 1), date(int(year), month, calendar.monthrange(int(year), month)[1])
    except (KeyError, ValueError, OverflowError):
        return None
