"""What a short script does with the same file: pandas and rapidfuzz's `cdist`, or nomenklatura, by its own standard.

python -m benchmarks.batch.peers cdist|nomenklatura BOOK.csv LISTED.json
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

CUTOFF = 90.0  # of 100, of WRatio
_CHUNK = 500  # rows whose scores are held at once


def cdist(path: Path, listed: list[str]) -> int:
    """Every row with every listed name, on all cores; best match of each row."""
    import numpy as np
    import pandas as pd
    from rapidfuzz import fuzz, process, utils

    table = pd.read_csv(path)
    asked = [utils.default_process(name) for name in table["name"].astype(str)]
    names, best = [utils.default_process(name) for name in listed], []
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        scores = process.cdist(chunk, names, scorer=fuzz.WRatio, score_cutoff=CUTOFF, dtype=np.uint8, workers=-1)
        best += [(int(row.argmax()), int(row.max())) for row in scores]
    table["listed"] = [listed[at] if score else "" for at, score in best]
    table["score"] = [score for _, score in best]
    table[table["score"] > 0].to_csv(path.with_suffix(".found.csv"), index=False)
    return int((table["score"] > 0).sum())


def nomenklatura(path: Path, listed: list[str]) -> int:
    """LogicV2 on the candidates of nomenklatura's own index; hits at 0.7."""
    from benchmarks.matching.peers import logic_v2

    with open(path, newline="", encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    rows = [{"entity_id": str(at), "name": name, "kind": "primary"} for at, name in enumerate(listed)]
    return logic_v2(rows)(names)


if __name__ == "__main__":
    which, book, names = sys.argv[1:]
    print({"cdist": cdist, "nomenklatura": nomenklatura}[which](Path(book), json.loads(Path(names).read_text())))
