"""Verdicts as rows of a CSV and as JSON values; every row of the input has one."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TextIO

from compliance.holdings.judging import Verdict
from compliance.holdings.rules import Standing
from compliance.tabular import harmless_row

SCHEMA = "entity-compliance/holdings/1"
COLUMNS = (
    "row", "id", "isin", "ticker", "exchange", "cusip", "lei", "name", "quantity", "action", "day", "standing", "says",
    "until_or_since", "text", "entry", "entry_name", "matched", "certain", "basis", "rule", "event", "event_effective",
    "publication", "published", "assumes", "also",
)  # fmt: skip


class Counts(NamedTuple):
    """What became of the rows; `rows` is the sum of the others."""

    permitted: int
    forbidden: int
    cannot_say: int
    unreadable: int

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self)

    @property
    def status(self) -> int:
        """The exit status: 1 where something is forbidden, 3 where something cannot be said, 0 if all is permitted."""
        return 1 if self.forbidden else 3 if self.cannot_say or self.unreadable else 0


def counted(verdicts: Iterable[Verdict]) -> Counts:
    """How many rows are permitted, forbidden, without an answer, and unreadable."""
    counts = Counter(verdict.standing for verdict in verdicts)
    return Counts(counts[Standing.permitted], counts[Standing.forbidden], counts[Standing.cannot_say], counts[None])


def write_csv(verdicts: Sequence[Verdict], out: TextIO) -> None:
    """A row for each verdict, in their order; no cell is ever executed by a spreadsheet."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in verdicts:
        writer.writerow(harmless_row(_flat(verdict), COLUMNS))


def _flat(verdict: Verdict) -> dict[str, Any]:
    told = verdict.model_dump(mode="json", exclude={"cells", "source", "assumes", "also"})
    source = verdict.source
    more = {
        "event": source.position, "event_effective": source.effective.isoformat(),
        "publication": source.publication, "published": source.published.isoformat(),
    } if source else {}  # fmt: skip
    cells = {use: verdict.cells.get(use, "") for use in COLUMNS if use in verdict.cells}
    return {**cells, **told, **more, "assumes": "; ".join(verdict.assumes), "also": " | ".join(verdict.also)}
