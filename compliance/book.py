"""The book that is screened against: one register with its matcher, ready to be asked, kept in a folder.

A book is derived data. It is named by what it was derived from (the log's root, the day, the versions of the code)
and may be deleted at any time. Asking it reads only the entries that are hits.
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from compliance.entries import assemble
from compliance.identifiers import ENTRY, keys
from compliance.matching import MATCHER_VERSION, ListedName, Matcher
from compliance.register import Listing, ListState, Register

BOOK_VERSION = "2"  # changes when the files of a book change


def book_key(root: str, as_of: date) -> str:
    """The name of the book for a state of the log and a day on which something happened in it."""
    return sha256("\n".join([BOOK_VERSION, MATCHER_VERSION, root, as_of.isoformat()]).encode()).hexdigest()


class Book:
    """Read access to a book's folder: its lists, its entries by number, its matcher."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = json.loads((folder / "register.json").read_text("utf-8"))
        self.position: int = facts["position"]
        self.root: str = facts["root"]
        self.lists = {item["id"]: ListState.model_validate(item) for item in facts["lists"]}

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher over the book's names; loaded when first asked."""
        return Matcher.load(self.folder / "matcher")

    @cached_property
    def _lines(self) -> tuple[bytes | mmap.mmap, list[int]]:
        offsets = json.loads((self.folder / "offsets.json").read_text("ascii"))
        with open(self.folder / "listings.jsonl", "rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if len(offsets) > 1 else b""
        return data, offsets

    @cached_property
    def _identifiers(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "identifiers.json").read_text("utf-8"))
        return found

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self._lines[1]) - 1

    def listing(self, number: int) -> Listing:
        """The entry with this number, in the order of the register."""
        data, offsets = self._lines
        list_id, key, since, fields = json.loads(data[offsets[number] : offsets[number + 1]])
        return Listing(list_id, key, date.fromisoformat(since) if since else None, fields)

    def number_of(self, entry_id: str) -> int | None:
        """The number of the entry `LIST/KEY`, or None when the book does not hold it."""
        data, offsets = self._lines
        list_id, _, key = entry_id.partition("/")
        opening = b"[" + json.dumps(list_id).encode() + b", " + json.dumps(key).encode() + b", "
        if data[: len(opening)] == opening:
            return 0
        at = data.find(b"\n" + opening)
        return bisect_left(offsets, at + 1) if at >= 0 else None

    @property
    def identifier_kinds(self) -> frozenset[str]:
        """The kinds of identifiers that at least one entry states."""
        return frozenset(self._identifiers["kinds"])

    def with_identifier(self, key: str) -> list[int]:
        """The numbers of the entries that may carry an identifier, by one of its `identifiers.keys`."""
        found: list[int] = self._identifiers["numbers"].get(key, [])
        return found


def write_book(register: Register, root: str, folder: Path) -> None:
    """Writes the book of a register into an empty folder."""
    names: list[ListedName] = []
    numbers: dict[str, list[int]] = {}
    kinds: set[str] = set()
    offsets = [0]
    with open(folder / "listings.jsonl", "wb") as file:
        for number, listing in enumerate(register.listings()):
            offsets.append(offsets[-1] + file.write(_line(listing)))
            names.extend(listed_names(number, listing))
            stated = list(_identifiers(listing))
            kinds.update(kind for kind, _ in stated)
            for key in dict.fromkeys(key for kind, value in stated for key in keys(kind, value)):
                numbers.setdefault(key, []).append(number)
    (folder / "offsets.json").write_text(json.dumps(offsets), "ascii")
    (folder / "identifiers.json").write_text(json.dumps({"kinds": sorted(kinds), "numbers": numbers}), "utf-8")
    (folder / "matcher").mkdir()
    Matcher.build(names).save(folder / "matcher")
    facts = {
        "position": register.position,
        "root": root,
        "lists": [state.model_dump(mode="json") for state in register.lists.values()],
    }
    (folder / "register.json").write_text(json.dumps(facts), "utf-8")


def _line(listing: Listing) -> bytes:
    since = listing.since.isoformat() if listing.since else None
    return json.dumps([listing.list_id, listing.key, since, listing.fields]).encode() + b"\n"


def listed_names(number: int, listing: Listing) -> Iterator[ListedName]:
    """All names of an entry, as the matcher takes them."""
    entry = assemble(listing.list_id, listing.key, listing.fields)
    for name in entry.names:
        yield ListedName(entry=number, text=name.text, kind=name.kind.value, party_type=entry.type.value)


def _identifiers(listing: Listing) -> Iterator[tuple[str, str]]:
    entry = assemble(listing.list_id, listing.key, listing.fields)
    yield from ((identifier.kind, identifier.value) for identifier in entry.identifiers)
    if any(character.isdigit() for character in entry.key):
        yield ENTRY, entry.key
