"""What a row of OFAC's delimited files must have, so that nothing of it would have to be guessed."""

from __future__ import annotations

from collections.abc import Callable

from compliance.sources.ofac_parts import ALIAS_KINDS, PARTY_TYPES, tags
from compliance.sources.ofac_rows import AGAIN, Row, Table, check_rows

DAMAGED = f"the file is damaged, {AGAIN}"


def check_known(table: Table, prim: Table) -> None:
    """Refuse a table that speaks of entries that the primary file does not have."""
    known = prim.keys
    name = prim.file.name
    check_rows(
        table,
        lambda row: None if row.key in known else f"ent_num {row.key} is not in {name}",
        f"{name} is cut, or the two are of different days: download all files of one day together",
    )


def entry_check() -> Callable[[Row], str | None]:
    """Return the check of the rows of the primary file."""
    seen: set[int] = set()

    def check(row: Row) -> str | None:
        _, name, kind, programmes, *_ = row.fields
        if row.key in seen:
            return f"ent_num {row.key} stands there twice"
        seen.add(row.key)
        if name is None or not name.strip():
            return "the entry has no name"
        if programmes is None or not all(tag.strip() for tag in tags(programmes)):
            return "the entry has no programme, or an empty one"
        return None if kind is None or kind in PARTY_TYPES else f"the type {kind!r} is unknown"

    return check


def alias_check() -> Callable[[Row], str | None]:
    """Return the check of the alias rows."""
    once = _once("alt_num")

    def check(row: Row) -> str | None:
        if row.fields[2] not in ALIAS_KINDS:
            return f"the kind of alias {row.fields[2]!r} is unknown"
        return "the alias has no name" if not (row.fields[3] or "").strip() else once(row)

    return check


def address_check() -> Callable[[Row], str | None]:
    """Return the check of the address rows."""
    return _once("add_num")


def _once(label: str) -> Callable[[Row], str | None]:
    seen: set[tuple[int, str]] = set()

    def check(row: Row) -> str | None:
        number = row.fields[1] or ""
        if not (number.isascii() and number.isdigit()):
            return f"{label} is {number[:20]!r}, not a whole number"
        if (row.key, number) in seen:
            return f"{label} {number} stands there twice for ent_num {row.key}"
        seen.add((row.key, number))
        return None

    return check


def tail_check() -> Callable[[Row], str | None]:
    """Return the check of the rows that go on with cut remarks."""
    seen: set[int] = set()

    def check(row: Row) -> str | None:
        if row.key in seen:
            return f"ent_num {row.key} stands there twice"
        seen.add(row.key)
        return "the row has no text" if row.fields[1] is None else None

    return check
