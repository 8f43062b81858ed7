"""Whether the index and the compiled loops lose or change anything: held against scoring every listed name."""

from __future__ import annotations

import random
from collections.abc import Iterator

from compliance.matching import ListedName, Match, Matcher, Query

THRESHOLDS = (50.0, 60.0, 75.0, 90.0)
PART = 3_000  # listed names of the smaller list, on which more names can be tried in the same time
Hits = list[tuple[int, str, str, float]]


def plain(matches: list[Match]) -> Hits:
    """What must be the same: entries in order, with the name that won and the score."""
    return [(match.entry, match.name, match.kind, match.score) for match in matches]


def against_all(matcher: Matcher, names: list[str]) -> Iterator[str]:
    """Each name for which `search` or `search_many` differs from `search_exhaustively` at a threshold.

    Scoring all is done once for a name, at the lowest threshold: a higher one only leaves hits out.
    """
    queries = [Query(name) for name in names]
    everything = [plain(matcher.search_exhaustively(query, threshold=THRESHOLDS[0])) for query in queries]
    for threshold in THRESHOLDS:
        many = matcher.search_many(queries, threshold=threshold)
        for query, full, bulk in zip(queries, everything, many, strict=True):
            expected = [hit for hit in full if hit[3] >= threshold]
            for way, found in ("search", matcher.search(query, threshold=threshold)), ("search_many", bulk):
                if plain(found) != expected:
                    yield f"{way}({query.name!r}, threshold={threshold}): {_first(expected, plain(found))}"


def one_by_one(matcher: Matcher, names: list[str]) -> Iterator[str]:
    """Each name for which `search_many` differs from `search` at a threshold."""
    queries = [Query(name) for name in names]
    for threshold in THRESHOLDS:
        for query, bulk in zip(queries, matcher.search_many(queries, threshold=threshold), strict=True):
            single, found = plain(matcher.search(query, threshold=threshold)), plain(bulk)
            if single != found:
                yield f"search_many({query.name!r}, threshold={threshold}): {_first(single, found)}"


def report(listed: list[ListedName], matcher: Matcher, asked: list[str], times: int) -> int:
    """Prints the differences, of which there must be none, and gives their number."""
    draw = random.Random(7)
    part = Matcher.build(draw.sample(listed, min(PART, len(listed))))
    runs = (
        ("search, search_many = scoring all", matcher, 4 * times, against_all, len(listed)),
        ("the same on a part of the list", part, 60 * times, against_all, PART),
        ("search_many = search", matcher, 300 * times, one_by_one, len(listed)),
    )
    total = 0
    for label, held, count, compare, size in runs:
        chosen = draw.sample(asked, min(count, len(asked)))
        differences = list(compare(held, chosen))
        total += len(differences)
        print(f"{label:42} {len(differences)} differences, {len(chosen)} names x {len(THRESHOLDS)} thresholds x {size}")
        print("".join(f"  {line}\n" for line in differences[:20]), end="", flush=True)
    return total


def _first(expected: Hits, found: Hits) -> str:
    lost = [hit for hit in expected if hit not in found]
    more = [hit for hit in found if hit not in expected]
    return f"missing {lost[:2]}, not expected {more[:2]}" if lost or more else "another order"
