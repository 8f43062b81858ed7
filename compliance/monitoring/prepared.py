"""A large portfolio made ready for changes of the lists: its names analysed, so that only few of them need screening.

Derived data in the cache folder, named by the log's root at the position that it was made from. Whoever has changed
since that position is not in it as he is now, and is screened apart.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from compliance.context import Known, lowest
from compliance.identifiers import ENTRY, keys, kind_named
from compliance.identifying import identifiers_of
from compliance.matching import MATCHER_VERSION, arrays
from compliance.matching.arrays import Floats, Ints, hashed
from compliance.matching.asked import Asked
from compliance.matching.names import analyse, several
from compliance.model import Entry
from compliance.monitoring.model import Counterparty
from compliance.monitoring.portfolios import party_of
from compliance.numbers import in_name
from events.errors import CacheUnavailable
from events.projection import SnapshotStore

FORM = "1"  # changes when the files, or what is analysed of a name, change
_KEPT = 4
_COUNTRY, _BORN = 1, 2  # what is known of a party besides its names, as bits


class Prepared:
    """The counterparties of a portfolio at a position, by number."""

    def __init__(self, folder: Path, position: int) -> None:
        self.position = position
        self._asked = Asked.load(folder)
        self._columns = arrays.load(folder, "parties")
        with open(folder / "parties.jsonl", "rb") as file:
            size = int(self._columns["offsets"][-1])
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def party(self, number: int) -> Counterparty:
        """The counterparty with this number."""
        start, end = self._columns["offsets"][number : number + 2].tolist()
        return party_of(self._data[start:end])

    def worth_screening(self, entries: Iterable[Entry], threshold: float) -> Iterator[Counterparty]:
        """Those of whom one of the entries may be a hit; nobody else has one of them for a hit."""
        found = list(entries)
        listed = [analyse(name.text, entry.type.value) for entry in found for name in entry.names]
        shapes = self._columns["known"][self._columns["owners"]]
        by_name = self._asked.worth_scoring(listed, _thresholds(threshold)[shapes])
        numbers = {*self._columns["owners"][by_name].tolist(), *self._identified(found).tolist()}
        return map(self.party, sorted(numbers))

    def _identified(self, entries: Iterable[Entry]) -> Ints:
        stated = {key for entry in entries for i in identifiers_of(entry) for key in keys(i.kind, i.value)}
        stated |= {entry.id for entry in entries}
        held = self._columns["identifiers"]
        same = np.isin(held, np.array([hashed(key) for key in stated], np.uint64))
        numbers: Ints = self._columns["identified"][same]
        return numbers


def write(parties: Iterable[bytes], folder: Path) -> None:
    """Writes the files of a portfolio, given as the JSON of each counterparty, into an empty folder."""
    offsets, known, owners = [0], [], []
    identifiers: list[int] = []
    identified: list[int] = []

    def names() -> Iterator[Any]:
        with open(folder / "parties.jsonl", "wb") as file:
            for number, data in enumerate(parties):
                offsets.append(offsets[-1] + file.write(data + b"\n"))
                party = party_of(data)
                known.append((_COUNTRY if party.countries else 0) | (_BORN if party.born else 0))
                for key in _keys(party):
                    identifiers.append(hashed(key))
                    identified.append(number)
                for name in (party.name, *party.other_names):
                    for text in several(name):
                        owners.append(number)
                        yield analyse(text, party.party_type)

    Asked.build(names()).save(folder)
    columns: dict[str, Any] = {
        "offsets": np.array(offsets, np.int64),
        "known": np.array(known, np.int64),
        "owners": np.array(owners, np.int64),
        "identifiers": np.array(identifiers, np.uint64),
        "identified": np.array(identified, np.int64),
    }
    arrays.save(folder, "parties", columns)


class PreparedStore:
    """The prepared portfolios of a cache folder; of each the last one that was made is found again."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "prepared"
        self._store = SnapshotStore(self._folder)

    def last(self, portfolio: str, until: int, root_at: Callable[[int], str]) -> Prepared | None:
        """What was last prepared of a portfolio of this log; None where there is nothing, or it is not whole.

        `until` is the last position of the log, `root_at` tells the root at one.
        """
        try:
            position = int(json.loads(self._pointer(portfolio).read_text("utf-8"))["position"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not 0 < position <= until:
            return None
        held = self._store.path(_key(portfolio, root_at(position)))
        return Prepared(held, position) if held else None

    def prepare(self, portfolio: str, parties: Iterable[bytes], position: int, root: str) -> Prepared | None:
        """Prepares a portfolio as of a position; None where the cache folder cannot be written."""
        try:
            folder = self._store.build(_key(portfolio, root), lambda folder: write(parties, folder))
            self._store.prune(_KEPT)
            with suppress(OSError):
                self._pointer(portfolio).write_text(json.dumps({"position": position}), "utf-8")
        except CacheUnavailable:
            return None
        return Prepared(folder, position)

    def _pointer(self, portfolio: str) -> Path:
        return self._folder / f"{portfolio}.json"


def _key(portfolio: str, root: str) -> str:
    return sha256("\n".join([FORM, MATCHER_VERSION, portfolio, root]).encode()).hexdigest()


def _thresholds(threshold: float) -> Floats:
    """The lowest score of a name that may become a hit, by what else is known."""
    days = date.min, date.min
    found = np.zeros(4)
    for shape in range(4):
        known = Known(("XX",) if shape & _COUNTRY else (), days if shape & _BORN else None)
        found[shape] = lowest(threshold, known)
    return found


def _keys(party: Counterparty) -> Iterator[str]:
    """What an entry may be found by that is stated of the party, or stands in its name."""
    pairs = [*party.identifiers, *(pair for name in (party.name, *party.other_names) for pair in in_name(name))]
    for given, value in pairs:
        kind = kind_named(given)
        if kind == ENTRY:
            yield value.strip()
        yield from keys(kind, value)
