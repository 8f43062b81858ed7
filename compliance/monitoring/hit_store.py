"""The hits of a portfolio as of a look, kept in the cache folder: derived data, which may be deleted at any time."""

from __future__ import annotations

from pathlib import Path

import orjson
from pydantic import TypeAdapter

from compliance.monitoring.found import Hits, Pair
from compliance.monitoring.model import Found
from events.errors import CacheUnavailable
from events.projection import SnapshotStore

FORM = "1"  # changes when the file, or what is found of a hit, changes
_KEPT = 32
_FILE = "hits.jsonl"
_FOUND = TypeAdapter(Found)


class HitStore:
    """Hits by the key of what they were derived from."""

    def __init__(self, cache: Path) -> None:
        self._store = SnapshotStore(cache / "watch")

    def held(self, key: str) -> dict[Pair, Found] | None:
        """Those that are kept, if they are whole."""
        held = self._store.path(key, thorough=True)
        return _read(held / _FILE) if held else None

    def keep(self, key: str, found: Hits) -> None:
        """Keeps hits; where the cache folder cannot be written, everything is screened again the next time."""
        try:
            self._store.build(key, lambda folder: _write(found, folder / _FILE), thorough=True)
            self._store.prune(_KEPT)
        except CacheUnavailable:
            pass


def _write(found: Hits, path: Path) -> None:
    with open(path, "wb") as file:
        for pair, hit in found.items():
            file.write(orjson.dumps([*pair, hit.model_dump(mode="json")]) + b"\n")


def _read(path: Path) -> dict[Pair, Found]:
    found = {}
    with open(path, "rb") as file:
        for line in file:
            counterparty, entry, hit = orjson.loads(line)
            found[Pair(counterparty, entry)] = _FOUND.validate_python(hit, strict=False)
    return found
