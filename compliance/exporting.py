"""A list of one day as a file: JSON Lines with everything, CSV with one row for each entry."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Any, TextIO

from compliance.entries import plain
from compliance.model import Entry
from compliance.register import Listing
from compliance.tabular import harmless_row

COLUMNS = (
    "id", "list", "key", "type", "name", "other_names", "programmes", "measures", "listed_on", "since",
    "identifiers", "addresses", "births", "birthplaces", "nationalities", "citizenships", "gender", "details",
    "linked_to", "remarks", "unknown",
)  # fmt: skip
_BETWEEN = " | "


def write_jsonl(listings: Iterable[Listing], out: TextIO) -> int:
    """One JSON object a line, the entry whole; returns how many."""
    count = 0
    for listing in listings:
        count += 1
        since = listing.since.isoformat() if listing.since else None
        out.write(json.dumps({**plain(listing.entry()), "since": since}, ensure_ascii=False) + "\n")
    return count


def write_csv(listings: Iterable[Listing], out: TextIO) -> int:
    """A header and one row for each entry; several values of a field are joined by ` | `. Returns how many."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for listing in listings:
        count += 1
        writer.writerow(harmless_row(_row(listing.entry(), listing), COLUMNS))
    return count


def _row(entry: Entry, listing: Listing) -> dict[str, Any]:
    return {
        "id": entry.id,
        "list": entry.list_id,
        "key": entry.key,
        "type": entry.type.value,
        "name": entry.primary_name,
        "other_names": _joined(f"{name.text} ({name.kind})" for name in entry.names[1:]),
        "programmes": _joined(entry.programmes),
        "measures": _joined(measure.kind.value for measure in entry.measures),
        "listed_on": entry.listed_on,
        "since": listing.since,
        "identifiers": _joined(
            f"{i.label} {i.value}" + (f" ({i.country})" if i.country else "") for i in entry.identifiers
        ),
        "addresses": _joined(", ".join(filter(None, (a.street, a.city, a.country))) for a in entry.addresses),
        "births": _joined(birth.text for birth in entry.births),
        "birthplaces": _joined(entry.birthplaces),
        "nationalities": _joined(entry.nationalities),
        "citizenships": _joined(entry.citizenships),
        "gender": entry.gender,
        "details": _joined(f"{key}={value}" for key, value in entry.details.items()),
        "linked_to": _joined(entry.linked_to),
        "remarks": entry.remarks,
        "unknown": _joined(entry.unknown),
    }


def _joined(texts: Iterable[str]) -> str:
    return _BETWEEN.join(texts)
