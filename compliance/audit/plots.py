"""A list's additions and removals by month, as a picture. Needs matplotlib, the extra `plots`."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.audit.lists import ListStory
from compliance.errors import BadInput
from compliance.tabular import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMS = (".svg", ".png")
_CAME, _LEFT, _ON = "#b2182b", "#2166ac", "#444444"
_MOST_LABELS = 24


def check_plot(path: Path) -> None:
    """Raises BadInput where a plot cannot be made: before anything is worked out for it."""
    if path.suffix.lower() not in FORMS:
        raise BadInput(f"--plot {path}: the name must end in {' or '.join(FORMS)}")
    try:
        import matplotlib as _  # noqa: F401
    except ImportError:
        raise BadInput("--plot needs matplotlib: install it with `pip install entity-compliance[plots]`") from None


def write_plot(story: ListStory, title: str, path: Path) -> None:
    """Writes the plot of a list's months as SVG or PNG, whole or not at all; the same story gives the same bytes.

    Raises BadInput when it cannot be written.
    """
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "entity-compliance", "svg.fonttype": "none"}):
        form, drawn = path.suffix.lower().removeprefix("."), BytesIO()
        plot(story, title).savefig(drawn, format=form, metadata={"Date" if form == "svg" else "Software": None})
    write_whole(path, drawn.getvalue())


def plot(story: ListStory, title: str) -> Figure:
    """Above, how many were on the list at each month's end; below, bars up for who came and down for who left."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    names = [month.month for month in story.months]
    places = list(range(len(names)))
    figure = Figure(figsize=(10, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    above.set_title(f"{title}\n{story.list}: {story.at_first:,} entries on {story.began}", fontsize=10)
    above.plot(places, [month.entries for month in story.months], color=_ON, marker=".", label="on the list")
    above.set_ylim(bottom=0)
    below.bar(places, [month.listed for month in story.months], color=_CAME, label="listed")
    below.bar(places, [-month.delisted for month in story.months], color=_LEFT, label="delisted")
    below.axhline(0, color=_ON, linewidth=0.8)
    labelled = places[:: -(-len(places) // _MOST_LABELS)]
    below.set_xticks(labelled, [names[place] for place in labelled], rotation=60, fontsize=8)
    for axes in (above, below):
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.0f}"))
        axes.legend(fontsize=8)
    return figure
