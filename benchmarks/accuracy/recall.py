"""Recall at the thresholds that keep a rate of false alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Scores = Mapping[str, Mapping[str, float]]
Rows = list[dict[str, str]]
RATES = (0.01, 0.001)
_NONE = float("-inf")


def thresholds(benign: Rows, scores: Scores) -> list[float]:
    """For each rate the score above which no more of the ordinary names than that have any hit."""
    best = sorted((max(scores.get(row["query_id"], {}).values(), default=_NONE) for row in benign), reverse=True)
    return [best[int(rate * len(best))] for rate in RATES]


def groups(sets: Mapping[str, Rows]) -> Iterator[tuple[str, Rows]]:
    """The queries by set, noise and script, as far as the rows tell, without names that are on the list."""
    for name, found in sets.items():
        counted = [row for row in found if row.get("exact") != "1"]
        if "script" in found[0]:
            yield f"{name}, Latin", [row for row in counted if row["script"] == "latin"]
            yield f"{name}, non-Latin", [row for row in found if row["script"] != "latin"]
        else:
            yield name, counted
        for noise in dict.fromkeys(row.get("noise", "") for row in found):
            if noise:
                yield f"  {noise}", [row for row in counted if row["noise"] == noise]


def found_at(row: Mapping[str, str], scores: Scores, threshold: float) -> bool:
    """Whether the query's entity scores above the threshold."""
    return scores.get(row["query_id"], {}).get(row["entity_id"], _NONE) > threshold


def table(benign: Rows, sets: Mapping[str, Rows], results: Mapping[str, Scores]) -> Iterator[str]:
    """Recall in per cent at each rate, a line for each group, a pair of columns for each matcher."""
    at = {name: thresholds(benign, scores) for name, scores in results.items()}
    yield f"{'recall % at 1 % / 0.1 % false alerts':38}{'n':>6}" + "".join(f"{name[:20]:>22}" for name in results)
    for group, rows in groups(sets):
        cells = [
            " / ".join(
                f"{100 * sum(found_at(row, scores, t) for row in rows) / max(len(rows), 1):.1f}" for t in at[name]
            )
            for name, scores in results.items()
        ]
        yield f"{group:38}{len(rows):6}" + "".join(f"{cell:>22}" for cell in cells)
    yield f"{'thresholds (a hit is above)':44}" + "".join(
        f"{' / '.join(f'{t:.4g}' for t in ts):>22}" for ts in at.values()
    )


def by_threshold(benign: Rows, sets: Mapping[str, Rows], scores: Scores) -> Iterator[str]:
    """What each threshold means: ordinary names with a hit in a thousand, and recall of each set in per cent."""
    chosen = [(group, rows) for group, rows in groups(sets) if not group.startswith(" ")]
    best = [max(scores.get(row["query_id"], {}).values(), default=_NONE) for row in benign]
    yield f"{'threshold':>10}{'alerts/1000':>13}" + "".join(f"{group:>27}" for group, _ in chosen)
    for threshold in (60, 65, 70, 75, 80, 85, 90, 95):
        at = threshold - 0.05  # a hit is at or above the threshold
        alerts = 1000 * sum(score > at for score in best) / len(best)
        found = (100 * sum(found_at(row, scores, at) for row in rows) / max(len(rows), 1) for _, rows in chosen)
        yield f"{threshold:>10}{alerts:>13.1f}" + "".join(f"{recall:>27.1f}" for recall in found)


def differences(
    benign: Rows, sets: Mapping[str, Rows], results: Mapping[str, Scores], peer: str, most: int
) -> Iterator[str]:
    """Cases that one of the two finds at the lower rate of false alerts and the other does not."""
    mine, *_ = results
    at = {name: thresholds(benign, results[name])[1] for name in (mine, peer)}
    for one, other in ((mine, peer), (peer, mine)):
        cases = [
            row
            for rows in sets.values()
            for row in rows
            if found_at(row, results[one], at[one]) and not found_at(row, results[other], at[other])
        ]
        yield f"{len(cases)} found by {one} and not by {other}"
        yield from (
            f"  {row['query']}  ->  {row['entity_id']}" for row in cases[:: max(1, len(cases) // max(most, 1))][:most]
        )
