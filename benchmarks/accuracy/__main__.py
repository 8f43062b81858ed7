"""Recall of true entities at equal rates of false alerts, on a folder of labelled names; peers in the same run.

    python -m benchmarks.accuracy --matching FOLDER --candidates OUT.csv --peers none|all|kept
        [--difference N] [--plot OUT.svg]

FOLDER holds list.csv.gz (entity_id, list, name, kind, type), benign.csv and sets of queries with an entity_id. Every
query is screened against the list by this matcher and by the peers installed. OUT.csv gets query_id, entity_id,
score of this matcher, which the folder's own score.py reads; each peer gets OUT.PEER.csv. Printed are the recall at 1 %
and 0.1 % of false alerts, the same by threshold, and with --difference cases that one finds and the other does not.
`kept` reads the peers' files of an earlier run again. --plot draws recall against false alerts (`.[report]`).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from benchmarks.accuracy.peers import PEERS
from benchmarks.accuracy.plot import draw
from benchmarks.accuracy.recall import Scores, by_threshold, differences, table
from compliance.matching import ListedName, Matcher, Query

TYPES = {"organization": "entity", "person": "individual", "vessel": "vessel", "aircraft": "aircraft"}
LOWEST = 40.0  # hits below are of no interest at any rate of false alerts that people bear


def rows(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ours(listed: list[dict[str, str]], queries: list[dict[str, str]]) -> Scores:
    """This matcher's best score for each query and entity."""
    numbers = {entity: i for i, entity in enumerate(dict.fromkeys(row["entity_id"] for row in listed))}
    entities = list(numbers)
    matcher = Matcher.build(
        ListedName(numbers[row["entity_id"]], row["name"], row["kind"], TYPES.get(row.get("type", ""), "entity"))
        for row in listed
    )
    found = matcher.search_many((Query(row["query"]) for row in queries), threshold=LOWEST)
    return {
        row["query_id"]: {entities[match.entry]: match.score for match in matches}
        for row, matches in zip(queries, found, strict=True)
    }


def write(path: Path, scores: Scores) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["query_id", "entity_id", "score"])
        writer.writerows((q, entity, score) for q, hits in scores.items() for entity, score in hits.items())


def read(path: Path) -> Scores | None:
    """The scores that an earlier run wrote; None where it wrote none."""
    if not path.exists():
        return None
    found: dict[str, dict[str, float]] = {}
    with open(path, newline="", encoding="utf-8") as file:
        for query, entity, score in islice(csv.reader(file), 1, None):
            found.setdefault(query, {})[entity] = float(score)
    return found


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__.split("\n\n")[0])
    parser.add_argument("--matching", type=Path, required=True)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--peers", choices=["none", "all", "kept"], default="none")
    parser.add_argument("--difference", type=int, default=0, metavar="N", help="cases to print of each kind")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="where to draw recall against false alerts")
    given = parser.parse_args(None if arguments is None else list(arguments))
    listed = rows(given.matching / "list.csv.gz")
    benign = rows(given.matching / "benign.csv")
    sets = {path.stem: rows(path) for path in sorted(given.matching.glob("*.csv")) if path.name != "benign.csv"}
    sets = {name: found for name, found in sets.items() if found and "entity_id" in found[0]}
    queries = [*benign, *(row for found in sets.values() for row in found)]
    results = {"this matcher": ours(listed, queries)}
    write(given.candidates, results["this matcher"])
    for name, peer in PEERS.items() if given.peers != "none" else ():
        kept = given.candidates.with_suffix(f".{name.split()[0]}.csv")
        scores = read(kept) if given.peers == "kept" else peer(listed, queries)
        if scores is None:
            print(f"{name}: not installed, left out")
            continue
        results[name] = scores
        if given.peers == "all":
            write(kept, scores)
    print("\n".join(table(benign, sets, results)))
    print("\n".join(by_threshold(benign, sets, results["this matcher"])))
    if given.plot:
        draw(given.plot, benign, sets, results)
    for peer_name in list(results)[1:]:
        print("\n".join(differences(benign, sets, results, peer_name, given.difference)))


if __name__ == "__main__":
    main()
