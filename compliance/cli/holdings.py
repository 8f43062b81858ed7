"""`holdings`: what may be bought, sold and held, for each row of a file of positions and trades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import (
    AsJson,
    KnownAtOption,
    Lists,
    MaxAge,
    Threshold,
    given,
    known_at,
    opened,
    past_day,
    print_json,
)
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.holdings.judging import Verdict
    from compliance.holdings.table import HoldingsTable
    from compliance.holdings.writing import Counts

_COLOUR = {"forbidden": typer.colors.RED, "cannot say": typer.colors.YELLOW, "permitted": typer.colors.GREEN}


def holdings(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV of positions and trades, with a header.")],
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day judged for rows without their own; today by default."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="USE=HEADING", help="A column by its heading: isin=Code; may be repeated."),
    ] = None,
    lists: Lists = None,
    known: KnownAtOption = None,
    threshold: Threshold = None,
    max_age: MaxAge = None,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="NAME", help="The file's encoding; UTF-8 by default.")
    ] = "utf-8-sig",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write every row with its verdict as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """May each row be bought, sold or held? Exit status: 0 all permitted, 1 something forbidden, 3 cannot say."""
    from compliance.holdings.judging import Judge
    from compliance.holdings.table import HoldingsTable
    from compliance.holdings.writing import counted

    table = HoldingsTable(file, _given_columns(columns or []), encoding=encoding)
    with opened(ctx) as compliance:
        today = compliance.today
        day = past_day(on, "--on", today) or today
        position = known_at(known, today)
        options = given(lists=tuple(lists) if lists else None, threshold=threshold, max_age=max_age)
        with compliance.chronicle(position) as chronicle:
            screener = lru_cache(maxsize=64)(lambda of: compliance.past_screener(chronicle, of, **options))
            judge = Judge(screener, chronicle, day, today)
            rows = sorted(table.rows(), key=lambda row: row.day or day)
            verdicts = sorted(map(judge.judge, rows), key=lambda verdict: verdict.row)
    counts = counted(verdicts)
    if output is not None:
        _write(verdicts, output)
    if as_json:
        _print_json(table, day, counts, verdicts)
    else:
        typer.echo("\n".join(_lines(table, day, verdicts, counts, output)))
    raise typer.Exit(counts.status)


def _given_columns(texts: Sequence[str]) -> dict[str, str]:
    from compliance.holdings.table import HEADINGS

    found = {}
    for text in texts:
        use, equals, heading = text.partition("=")
        if not equals or use not in HEADINGS:
            raise BadInput(f"--column {text!r}: write USE=HEADING, with one of {', '.join(HEADINGS)}")
        found[use] = heading
    return found


def _write(verdicts: Sequence[Verdict], output: Path) -> None:
    from compliance.holdings.writing import write_csv
    from compliance.tabular import appearing_whole

    with appearing_whole(output) as out:
        write_csv(verdicts, out)


def _print_json(table: HoldingsTable, day: date, counts: Counts, verdicts: Sequence[Verdict]) -> None:
    from compliance.holdings.writing import SCHEMA

    told = {"rows": counts.rows, **counts._asdict()}
    print_json({
        "schema": SCHEMA, "file": str(table.path), "columns": table.columns, "on": str(day), "counts": told,
        "rows": [verdict.model_dump(mode="json") for verdict in verdicts],
    })  # fmt: skip


def _lines(
    table: HoldingsTable, day: date, verdicts: Sequence[Verdict], counts: Counts, output: Path | None
) -> Iterator[str]:
    used = ", ".join(f"{use} {heading!r}" for use, heading in table.columns.items())
    yield f"{table.path}: rows without a day of their own as of {day}; columns: {used}"
    yield ""
    for verdict in verdicts:
        yield from _verdict_lines(verdict)
    yield ""
    for assumption in dict.fromkeys(text for verdict in verdicts for text in verdict.assumes):
        yield f"assumed where it is permitted or forbidden: {assumption}"
    rows = "1 row" if counts.rows == 1 else f"{counts.rows:,} rows"
    yield (
        f"{rows} = {counts.permitted:,} permitted + {counts.forbidden:,} forbidden + "
        f"{counts.cannot_say:,} cannot say + {counts.unreadable:,} unreadable" + (f"; in {output}" if output else "")
    )


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    standing = verdict.standing.value if verdict.standing else "unreadable"
    label = typer.style(f"{standing.upper():<10}", fg=_COLOUR.get(standing, typer.colors.YELLOW), bold=True)
    numbers = (verdict.cells.get(use) for use in ("isin", "ticker", "cusip", "lei", "name"))
    asked = f"{verdict.action} {verdict.day}  " if verdict.action else ""
    yield f"row {verdict.row:<5} {label}  {asked}{' '.join(filter(None, numbers))}"
    yield f"          {verdict.text}"
    if verdict.entry:
        yield f"          entry {verdict.entry} {verdict.entry_name}, by {verdict.matched}"
    if verdict.rule:
        yield f"          rule {verdict.rule}" + (f"; basis {verdict.basis}" if verdict.basis else "")
    if verdict.source:
        yield (
            f"          event at log position {verdict.source.position}, effective {verdict.source.effective}, "
            f"by the publication of {verdict.source.published}"
        )
    yield from (f"          also {other}" for other in verdict.also)
