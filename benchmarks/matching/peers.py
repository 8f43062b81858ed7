"""The peers of the bulk run. Each is prepared in its process and then takes names; None where it is not installed."""

from __future__ import annotations

import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.matching.names import Rows
from benchmarks.matching.race import Prepare, Search

RATIO = 75.0  # of 100, as this matcher's default threshold
COSINE = 0.6  # a usual threshold for trigrams
TOP = 0.7  # where LogicV2's users put it
_CHUNK = 200


def ratio(names: list[str]) -> Search:
    """rapidfuzz: the ratio with every listed name."""
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    listed = [name.lower() for name in names]

    def search(asked: list[str]) -> int:
        hits = 0
        for start in range(0, len(asked), _CHUNK):
            chunk = [name.lower() for name in asked[start : start + _CHUNK]]
            scores = cdist(chunk, listed, scorer=fuzz.ratio, score_cutoff=RATIO, dtype=np.uint8)
            hits += int(np.count_nonzero(scores))
        return hits

    return search


def trigrams(names: list[str]) -> Search:
    """A sparse index of three-letter pieces, weighed by rarity, and the cosine: what many record linkers use."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    index = pieces.fit_transform(names).T.tocsr()

    def search(asked: list[str]) -> int:
        hits = 0
        for start in range(0, len(asked), _CHUNK):
            found = pieces.transform(asked[start : start + _CHUNK]) @ index
            hits += int(np.count_nonzero(found.data >= COSINE))
        return hits

    return search


def logic_v2(listed: Rows) -> Search:
    """nomenklatura's LogicV2 on the candidates of its own index."""
    from benchmarks.accuracy.nomenklatura_peer import Peer

    folder = tempfile.TemporaryDirectory()
    peer = Peer(listed, Path(folder.name))

    def search(asked: list[str], _keep: object = folder) -> int:
        return sum(score >= TOP for found in peer.scores(asked) for score in found.values())

    return search


def peers(listed: Rows) -> dict[str, tuple[int, Prepare | None]]:
    """For each peer how many of the names it is given, since some are slow, and how it is prepared."""
    names = [row["name"] for row in listed]
    return {
        "ratio (rapidfuzz cdist)": (2_000, partial(ratio, names)),
        "trigrams (scikit-learn)": (4_000, partial(trigrams, names) if find_spec("sklearn") else None),
        "LogicV2 (nomenklatura)": (1_000, partial(logic_v2, listed) if find_spec("nomenklatura") else None),
    }
