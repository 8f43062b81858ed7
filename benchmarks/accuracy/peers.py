"""The peers: each takes the listed names and the queries, and gives its best score for each query and entity.

A peer that is not installed gives None. They are brought by `pip install ".[bench,peers]"`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from anyascii import anyascii

from benchmarks.accuracy.recall import Rows, Scores

_FORMS = frozenset("co company corp corporation gmbh inc jsc limited llc ltd ooo oao pao plc sa zao ag bv".split())
_LOWEST = 50  # scores below are not looked at
_CHUNK = 200


def _words(text: str) -> str:
    words = re.findall(r"\w+", anyascii(text).lower())
    return " ".join(sorted(word for word in words if word not in _FORMS) or words)


def sorted_words(listed: Rows, queries: Rows) -> Scores | None:
    """rapidfuzz's ratio of the sorted words in Latin letters without legal forms, against every listed name."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    names = [_words(row["name"]) for row in listed]
    numbers = {entity: i for i, entity in enumerate(dict.fromkeys(row["entity_id"] for row in listed))}
    owners, entities = np.array([numbers[row["entity_id"]] for row in listed]), list(numbers)
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(queries), _CHUNK):
        chunk = queries[start : start + _CHUNK]
        asked = [_words(row["query"]) for row in chunk]
        scores = cdist(asked, names, scorer=fuzz.ratio, score_cutoff=_LOWEST, dtype=np.float32, workers=-1)
        for row, line in zip(chunk, scores, strict=True):
            best: dict[str, float] = {}
            for i in np.flatnonzero(line).tolist():
                entity = entities[owners[i]]
                best[entity] = max(float(line[i]), best.get(entity, 0.0))
            found[row["query_id"]] = best
    return found


def logic_v2(listed: Rows, queries: Rows) -> Scores | None:
    """nomenklatura's LogicV2 on the candidates of its own blocking index, where they are installed."""
    try:
        from benchmarks.accuracy.nomenklatura_peer import scores
    except ImportError:
        return None
    return scores(listed, queries)


PEERS: dict[str, Callable[[Rows, Rows], Any]] = {
    "ratio of sorted words (rapidfuzz)": sorted_words,
    "LogicV2 (nomenklatura)": logic_v2,
}
