"""Registers kept in the cache folder: one file of listings, and where each begins.

A snapshot is named by what it was derived from: the log's root, the last day on which something happened by the day
asked for, and the versions of this form and of the events' payloads. Its bytes are checked against their SHA-256
before it is used; a damaged one is replayed anew.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from compliance.changes import ENTRY_EVENTS, PUBLICATION_EVENTS
from compliance.register import Listing, ListState, Register
from compliance.timeline import publications
from events.errors import CacheUnavailable
from events.projection import SnapshotStore

if TYPE_CHECKING:
    from events import EventLog

FORM = "3"  # changes when the files of a snapshot, the replay or the upcasts change
_KEPT = 8


def replayed(log: EventLog, as_of: date, position: int) -> Register:
    """The register of a day as known at a position, folded out of the log."""
    known = publications(log.rows(until=position, types=PUBLICATION_EVENTS))
    events = log.rows(until=position, types=ENTRY_EVENTS, as_of=as_of)
    return Register.replay(events, known, as_of=as_of, position=position)


class RegisterStore:
    """Registers of one log, from the cache folder where they are there, replayed where they are not."""

    def __init__(self, folder: Path, log: Callable[[], EventLog]) -> None:
        self._store = SnapshotStore(folder)
        self._log = log

    def register(self, as_of: date, *, day: date, position: int, root: str) -> Register:
        """The register of `as_of`; `day` is the last one up to it on which something happened."""
        key = sha256("\n".join([FORM, root, day.isoformat()]).encode()).hexdigest()
        if held := self._store.path(key, thorough=True):
            return read_register(held, as_of, position)
        register = replayed(self._log(), as_of, position)
        try:
            self._store.build(key, lambda folder: write_register(register, folder), thorough=True)
            self._store.prune(_KEPT)
        except CacheUnavailable:
            pass  # the next question replays again
        return register


def write_register(register: Register, folder: Path) -> None:
    """Writes a register into an empty folder."""
    keys: dict[str, list[str]] = {list_id: [] for list_id in register.lists}
    offsets = [0]
    with open(folder / "listings.jsonl", "wb") as file:
        for listing in register.listings():
            keys[listing.list_id].append(listing.key)
            since = listing.since.isoformat() if listing.since else None
            line = orjson.dumps([since, listing.position, listing.fields]) + b"\n"
            offsets.append(offsets[-1] + file.write(line))
    lists = [state.model_dump(mode="json") for state in register.lists.values()]
    (folder / "register.json").write_bytes(orjson.dumps({"lists": lists, "keys": keys, "offsets": offsets}))


def read_register(folder: Path, as_of: date, position: int) -> Register:
    """The register that was written there, for any day of which it is the register."""
    facts = orjson.loads((folder / "register.json").read_bytes())
    lists = {item["id"]: ListState.model_validate(item) for item in facts["lists"]}
    return Register(as_of, position, lists, _Kept(folder / "listings.jsonl", facts["keys"], facts["offsets"]))


class _Kept:
    """Listings on disk, read one at a time."""

    def __init__(self, file: Path, keys: dict[str, list[str]], offsets: list[int]) -> None:
        self._keys = keys
        self._offsets = offsets
        with open(file, "rb") as opened:
            self._data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if offsets[-1] else b""

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], int]:
        named = ((list_id, key) for list_id, keys in self._keys.items() for key in keys)
        return {name: number for number, name in enumerate(named)}

    def of(self, list_id: str) -> Iterator[Listing]:
        keys = self._keys.get(list_id, [])
        first = self._numbers[list_id, keys[0]] if keys else 0
        for number, key in enumerate(keys, first):
            yield self._listing(list_id, key, number)

    def find(self, list_id: str, key: str) -> Listing | None:
        number = self._numbers.get((list_id, key))
        return None if number is None else self._listing(list_id, key, number)

    def _listing(self, list_id: str, key: str, number: int) -> Listing:
        since, position, fields = orjson.loads(self._data[self._offsets[number] : self._offsets[number + 1]])
        return Listing(list_id, key, date.fromisoformat(since) if since else None, fields, position)
