"""The plots of a report, drawn by matplotlib as SVG that stands in the page itself.

They are the same bytes for the same numbers: no date, and names that do not change from one drawing to the next.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compliance.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import MaxNLocator

_COLOUR = "#2f5d8a"
_WIDTH, _ROW = 6.4, 0.28  # inches
_STYLE: dict[str, Any] = {
    "svg.hashsalt": "entity-compliance",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def histogram(values: Sequence[float], low: float, *, xlabel: str, ylabel: str) -> str:
    """How many values lie in each whole point from `low` to 100, as SVG. Raises BadInput without matplotlib."""

    def draw(axes: Axes) -> None:
        axes.hist(values, bins=[low + step for step in range(int(100 - low) + 2)], color=_COLOUR, edgecolor="white")
        axes.set_xlim(low, 101)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        axes.yaxis.set_major_locator(_whole_numbers())

    return _drawn(draw, 2.4)


def bars(counts: Mapping[str, int], *, xlabel: str, most: int = 15) -> str:
    """Horizontal bars, longest first, as SVG; beyond `most` they are summed up. Raises BadInput without matplotlib."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ordered[:most]
    if rest := ordered[most:]:
        shown.append((f"{len(rest)} others", sum(count for _, count in rest)))

    def draw(axes: Axes) -> None:
        labels = [label if len(label) <= 40 else f"{label[:39]}…" for label, _ in shown]
        drawn = axes.barh(range(len(shown)), [count for _, count in shown], color=_COLOUR)
        axes.set_yticks(range(len(shown)), labels)
        axes.invert_yaxis()
        axes.bar_label(drawn, padding=3)
        axes.set_xlabel(xlabel)
        axes.xaxis.set_major_locator(_whole_numbers())
        axes.margins(x=0.1)

    return _drawn(draw, 0.9 + _ROW * len(shown))


def _whole_numbers() -> MaxNLocator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _drawn(draw: Callable[[Axes], None], height: float) -> str:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise BadInput("plots need matplotlib: pip install 'entity-compliance[report]'") from None
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = out.getvalue()
    return text[text.index("<svg") :]
