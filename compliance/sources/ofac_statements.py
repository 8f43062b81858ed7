"""The rows of one set of OFAC's delimited files, joined into statements: what the file says of each party."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from compliance.model import Statement
from compliance.sources.catalogue import CMIC, SDN, consolidated_lists
from compliance.sources.ofac_checks import (
    DAMAGED,
    address_check,
    alias_check,
    check_known,
    entry_check,
    tail_check,
)
from compliance.sources.ofac_parts import Parts, tags
from compliance.sources.ofac_remarks import CUT_AT, parse
from compliance.sources.ofac_rows import Row, Table, check_rows

DETAILS = ("Title", "Call_Sign", "Vess_type", "Tonnage", "GRT", "Vess_flag", "Vess_owner")
COVERS = {
    "prim": ("type", "name", "programmes", "details", "remarks"),
    "alt": ("aliases",),
    "add": ("addresses",),
    "comments": ("continuation",),
}
_LISTING_DATE = "Listing Date (CMIC)"

Fields = dict[str, Any]


def covers(parts: Parts) -> tuple[str, ...]:
    """Return the fields that the files at hand state completely; a file that is missing says nothing."""
    return tuple(name for part, names in COVERS.items() if getattr(parts, part) for name in names)


def statements(parts: Parts) -> list[Statement]:
    """Join the rows into one statement for each row of the primary file, refusing rows that do not fit."""
    check_rows(parts.prim, entry_check(), DAMAGED)
    aliases = _by_key(parts, parts.alt, alias_check, _alias)
    addresses = _by_key(parts, parts.add, address_check, _address)
    tails = _tails(parts)
    consolidated = parts.consolidated
    found = []
    for row in parts.prim.rows:
        fields = _entry(row, tails)
        if tails is not None:
            fields["continuation"] = _whole(row, tails)
        if aliases is not None:
            fields["aliases"] = aliases.get(row.key, [])
        if addresses is not None:
            fields["addresses"] = addresses.get(row.key, [])
        found.append(_statement(row, fields, consolidated=consolidated))
    return found


def _statement(row: Row, fields: Fields, *, consolidated: bool) -> Statement:
    lists = consolidated_lists(fields["programmes"]) if consolidated else (SDN,)
    facts = fields.get("continuation") or fields["remarks"] or {}
    day = facts.get("dates", {}).get(_LISTING_DATE)
    # A statement has one date: it is stated only where it can be no other list's.
    listed_on = date.fromisoformat(day) if day and lists == (CMIC,) else None
    return Statement(str(row.key), lists, fields, listed_on)


def _entry(row: Row, tails: dict[int, str] | None) -> Fields:
    values = row.fields
    remarks = values[11]
    # A text of exactly the greatest length is cut, unless the file of what was cut is there and has nothing.
    cut = remarks is not None and len(remarks) == CUT_AT and (tails is None or row.key in tails)
    return {
        "type": values[2] or "entity",
        "name": values[1],
        "programmes": tags(values[3]),
        "details": {name: value for name, value in zip(DETAILS, values[4:11], strict=True) if value is not None},
        "remarks": None if remarks is None else parse(remarks, truncated=cut),
    }


def _whole(row: Row, tails: dict[int, str]) -> Fields | None:
    # The cut falls in the middle of a word, so that nothing goes between the two halves.
    return parse((row.fields[11] or "") + tails[row.key]) if row.key in tails else None


def _alias(row: Row) -> Fields:
    return _present(text=row.fields[3], kind=row.fields[2], source_id=row.fields[1], remarks=row.fields[4])


def _address(row: Row) -> Fields:
    _, number, street, city, country, remarks = row.fields
    return _present(street=street, city=city, country=country, source_id=number, remarks=remarks)


def _present(**values: str | None) -> Fields:
    return {name: value for name, value in values.items() if value is not None}


def _by_key(
    parts: Parts,
    table: Table | None,
    make_check: Callable[[], Callable[[Row], str | None]],
    make: Callable[[Row], Fields],
) -> dict[int, list[Fields]] | None:
    if table is None:
        return None
    check_known(table, parts.prim)
    check_rows(table, make_check(), DAMAGED)
    found: dict[int, list[Fields]] = defaultdict(list)
    for row in table.rows:
        found[row.key].append(make(row))
    return found


def _tails(parts: Parts) -> dict[int, str] | None:
    table = parts.comments
    if table is None:
        return None
    check_known(table, parts.prim)
    check_rows(table, tail_check(), DAMAGED)
    heads = {row.key: row.fields[11] or "" for row in parts.prim.rows}
    for row in table.rows:
        if len(heads[row.key]) != CUT_AT:
            table.warnings.append(
                f"{table.file.path}, line {row.line:,}: goes on with remarks that were not cut "
                f"at {CUT_AT:,} characters; is the file of the same day?"
            )
    return {row.key: row.fields[1] or "" for row in table.rows}
