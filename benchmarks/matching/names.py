"""The names that are asked for and the names that are asked: of real lists and companies, and made of real words."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.__main__ import TYPES, rows
from compliance.matching import ListedName

Rows = list[dict[str, str]]


def listed_rows(corpus: Path) -> Rows:
    """The rows of matching/list.csv.gz: entity_id, list, name, kind, type."""
    return rows(corpus / "matching" / "list.csv.gz")


def listed_names(found: Rows) -> list[ListedName]:
    """The rows as the matcher wants them; entries are numbered as they come."""
    numbers = {entity: i for i, entity in enumerate(dict.fromkeys(row["entity_id"] for row in found))}
    return [ListedName(numbers[r["entity_id"]], r["name"], r["kind"], TYPES.get(r["type"], "entity")) for r in found]


def company_names(corpus: Path) -> list[str]:
    """All different names of benign.csv and of the portfolios, in an order that is random and always the same."""
    names = dict.fromkeys([*(row["query"] for row in rows(corpus / "matching" / "benign.csv")), *_portfolios(corpus)])
    shuffled = [name for name in names if name.strip()]
    random.Random(1).shuffle(shuffled)
    return shuffled


def labelled_names(corpus: Path) -> list[str]:
    """The names in the sets that have an entity to be found."""
    files = sorted((corpus / "matching").glob("*.csv"))
    return [row["query"] for file in files for row in rows(file) if "entity_id" in row]


def grown(found: Rows, times: int) -> Rows:
    """The list and, to that many times its length, names whose words are drawn from all of its words, new entries each.

    A made name is as long as a real one, has its kind and type, and each word comes as often as on the list.
    """
    draw = random.Random(times)
    words = [word for row in found for word in row["name"].split()]
    made = []
    for i in range(len(found) * (times - 1)):
        like = found[i % len(found)]
        name = " ".join(draw.choices(words, k=len(like["name"].split())))
        made.append({**like, "entity_id": f"made/{i}", "name": name})
    return [*found, *made]


def _portfolios(corpus: Path) -> Iterator[str]:
    for path in sorted((corpus / "portfolios").glob("*/*")):
        if path.suffix == ".json":
            yield from (row["title"] for row in json.loads(path.read_text("utf-8")).values())
        elif path.suffix == ".csv":
            with open(path, newline="", encoding="utf-8-sig") as file:
                yield from (row.get("name") or row.get("Security") or "" for row in csv.DictReader(file))
