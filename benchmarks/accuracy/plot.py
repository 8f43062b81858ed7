"""Recall against false alerts, drawn as SVG: what a threshold buys and what it costs, beside the peers of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.recall import Rows, Scores, found_at, groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKED = (70, 80, 85, 90, 95)  # thresholds that are marked on this matcher's curve
_STYLE: dict[str, Any] = {"svg.hashsalt": "entity-compliance", "svg.fonttype": "none", "font.size": 9}
_FEWEST, _MOST = 0.1, 200.0  # false alerts in a thousand: one in 10,000 names, and more than people bear


def curve(benign: Rows, rows: Rows, scores: Scores) -> list[tuple[float, float]]:
    """(alerts in 1,000 ordinary names, recall in per cent): the most that can be found with so many alerts."""
    best = sorted((max(scores.get(row["query_id"], {}).values(), default=0.0) for row in benign), reverse=True)
    hits = sorted((scores.get(row["query_id"], {}).get(row["entity_id"], 0.0) for row in rows), reverse=True)
    points, found = [], 0
    for alerts, next_alert in enumerate(best):
        if alerts and best[alerts - 1] == next_alert:
            continue  # names of one score alert together
        while found < len(hits) and hits[found] > next_alert:
            found += 1
        points.append((1000 * alerts / len(best), 100 * found / max(len(hits), 1)))
    return points


def draw(path: Path, benign: Rows, sets: Mapping[str, Rows], results: Mapping[str, Scores]) -> None:
    """Writes the plot, a panel for each set of names. The same figures give the same bytes. Needs matplotlib."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    chosen = [(group, rows) for group, rows in groups(sets) if not group.startswith(" ")]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(3.4 * len(chosen), 3.6), layout="constrained")
        panels: Sequence[Axes] = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
        for axes, (group, rows) in zip(panels, chosen, strict=True):
            _panel(axes, f"{group} ({len(rows):,})", benign, rows, results)
        panels[0].set_ylabel("entities found, %")
        panels[0].legend(loc="lower right", frameon=False, fontsize=8)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _panel(axes: Axes, title: str, benign: Rows, rows: Rows, results: Mapping[str, Scores]) -> None:
    for number, (name, scores) in enumerate(results.items()):
        points = curve(benign, rows, scores)
        own = {"color": "#2f5d8a", "linewidth": 2} if not number else {"color": ("0.35", "0.65")[number % 2]}
        axes.step(*zip(*points, strict=True), where="post", label=name, **own)
    _mark(axes, benign, rows, next(iter(results.values())))
    axes.set_xscale("log")
    axes.set_xlim(_FEWEST, _MOST)
    axes.set_ylim(20, 100)
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.grid(alpha=0.25)
    axes.set_title(title, fontsize=9)
    axes.set_xlabel("false alerts in 1,000 ordinary names")


def _mark(axes: Axes, benign: Rows, rows: Rows, scores: Scores) -> None:
    """The thresholds on this matcher's curve."""
    best = [max(scores.get(row["query_id"], {}).values(), default=0.0) for row in benign]
    for threshold in MARKED:
        at = threshold - 0.05  # a hit is at or above the threshold
        alerts = 1000 * sum(score > at for score in best) / len(best)
        recall = 100 * sum(found_at(row, scores, at) for row in rows) / max(len(rows), 1)
        axes.plot([alerts], [recall], "o", color="#2f5d8a", markersize=4)
        axes.annotate(str(threshold), (alerts, recall), xytext=(3, -11), textcoords="offset points", fontsize=8)
