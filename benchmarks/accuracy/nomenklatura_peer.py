"""The peer from OpenSanctions: nomenklatura's LogicV2 on the candidates that nomenklatura's own index gives.

The listed entities are held in its memory store with all their names; queries are entities of a wide schema, since one
who asks seldom knows what it is. Only pairs that the index shows are scored, as nomenklatura does it. Needs the `peers`
extra (it builds PyICU from source).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker import Index
from nomenklatura.matching import LogicV2
from nomenklatura.resolver import Linker
from nomenklatura.store import MemoryStore

from benchmarks.accuracy.recall import Rows, Scores

SCHEMATA = {"organization": "Organization", "person": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
PROPERTIES = {"primary": "name", "fka": "previousName"}  # others are aliases
ASKED = ("LegalEntity", "Vessel")  # LegalEntity is compared with persons and organizations, but not with vessels


def _entity(dataset: Any, number: str, schema: str, names: dict[str, list[str]]) -> Any:
    data = {"id": number, "schema": schema, "properties": names}
    return StatementEntity.from_data(dataset, data, cleaned=False)


def _listed(dataset: Any, rows: Rows, ids: dict[str, str]) -> Iterator[Any]:
    names: dict[str, dict[str, list[str]]] = {}
    schemata = {row["entity_id"]: SCHEMATA.get(row.get("type", ""), "Organization") for row in rows}
    for row in rows:
        held = names.setdefault(row["entity_id"], {})
        held.setdefault(PROPERTIES.get(row["kind"], "alias"), []).append(row["name"])
    for entity, held in names.items():
        yield _entity(dataset, ids[entity], schemata[entity], held)


class Peer:
    """The listed entities in nomenklatura's store and index, ready to be asked."""

    def __init__(self, listed: Rows, folder: Path) -> None:
        self._dataset = Dataset.make({"name": "listed", "title": "listed"})
        self._entities = list(dict.fromkeys(row["entity_id"] for row in listed))
        ids = {entity: f"listed-{i}" for i, entity in enumerate(self._entities)}
        store: Any = MemoryStore(self._dataset, Linker({}))
        with store.writer() as writer:
            for entity in _listed(self._dataset, listed, ids):
                writer.add_entity(entity)
        view = store.default_view()
        self._held = {entity.id: entity for entity in view.entities()}
        self._index = Index(view, folder)
        self._index.con.execute("SET enable_progress_bar = false")
        self._index.build()

    def scores(self, names: list[str]) -> list[dict[str, float]]:
        """For each name the entities that the index shows for it, with LogicV2's score above zero."""
        asked = {
            f"asked-{schema}-{i}": _entity(self._dataset, f"asked-{schema}-{i}", schema, {"name": [name]})
            for schema in ASKED
            for i, name in enumerate(names)
        }
        config = LogicV2.default_config()
        found: list[dict[str, float]] = [{} for _ in names]
        for query, candidates in self._index.match_entities(asked.values()):
            best = found[int(query.id.rpartition("-")[2])]
            for candidate, _ in candidates:
                value = LogicV2.compare(asked[query.id], self._held[candidate.id], config).score
                entity = self._entities[int(candidate.id.rpartition("-")[2])]
                if value > best.get(entity, 0.0):
                    best[entity] = value
        return found

    def close(self) -> None:
        """Lets go of the index's database."""
        self._index.close()


def scores(listed: Rows, queries: Rows) -> Scores:
    """LogicV2's best score for each query and entity, of those that its index shows."""
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(listed, Path(folder))
        found = peer.scores([row["query"] for row in queries])
        peer.close()
    return {row["query_id"]: best for row, best in zip(queries, found, strict=True)}
