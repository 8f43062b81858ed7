"""`compliance batch`: a file of counterparties against the lists."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from compliance.cli.common import (
    AsOf,
    KnownAtOption,
    Lists,
    MaxAge,
    Threshold,
    given,
    known_at,
    opened,
    past_day,
)
from compliance.cli.progress import progress
from compliance.cli.terminal import data_output
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.batch import Counts
    from compliance.screening import Screener


def batch(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header row.")],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Results: .csv, or .jsonl for JSON Lines; `-` is standard output.",
        ),
    ],
    name_column: Annotated[
        str | None,
        typer.Option("--name-column", metavar="C", help="The column of names; found by its usual headings otherwise."),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option("--id-column", metavar="C", help="A column to carry along, so that results find their way back."),
    ] = None,
    country_column: Annotated[
        str | None, typer.Option("--country-column", metavar="C", help="The column of countries.")
    ] = None,
    lists: Lists = None,
    as_of: AsOf = None,
    known: KnownAtOption = None,
    threshold: Threshold = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many hits for a row.")] = 10,
    max_age: MaxAge = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Write every row, not only hits and unreadable ones.")
    ] = False,
    encoding: Annotated[
        str,
        typer.Option("--encoding", metavar="NAME", help="The file's encoding, for example cp1252; UTF-8 by default."),
    ] = "utf-8-sig",
) -> None:
    """Screen a CSV of counterparties. Exit status: 0 all clear, 1 hits, 2 unusable file, 3 rows without an answer."""
    from compliance.batch import run
    from compliance.counterparties import Table

    form = _form(output)
    if output.exists() and file.exists() and output.samefile(file):
        raise BadInput(f"{output} is the file of counterparties itself: name another file for the results")
    table = Table(file, name=name_column, id_=id_column, country=country_column, encoding=encoding)
    with opened(ctx) as compliance:
        screener = compliance.screener(
            as_of=past_day(as_of, "--as-of", compliance.today),
            known_at=known_at(known, compliance.today),
            limit=limit,
            **given(lists=tuple(lists) if lists else None, threshold=threshold, max_age=max_age),
        )
        _say(f"screening column {table.columns.name!r} of {file} as of {screener.options.as_of}")
        with _target(output) as out, progress(f"screening {file}", "bytes") as bar:
            counts = run(table, screener, out, form=form, everything=everything, rows=table.rows(bar.advance))
    _summary(counts, screener, output)
    raise typer.Exit(1 if counts.hits else 3 if counts.cannot_say or counts.unreadable else 0)


def _form(output: Path) -> str:
    if output.suffix.lower() in (".jsonl", ".ndjson"):
        return "jsonl"
    if output.suffix.lower() in (".csv", "") or str(output) == "-":
        return "csv"
    raise BadInput(f"{output}: results can be written as .csv or .jsonl")


def _target(output: Path) -> AbstractContextManager[TextIO]:
    from compliance.tabular import appearing_whole

    return nullcontext(data_output()) if str(output) == "-" else appearing_whole(output)


def _summary(counts: Counts, screener: Screener, output: Path) -> None:
    from compliance.answers import narrower

    where = "standard output" if str(output) == "-" else str(output)
    _say(
        f"{counts.rows:,} rows = {counts.clear:,} clear + {counts.hits:,} with hits + "
        f"{counts.cannot_say:,} without an answer + {counts.unreadable:,} unreadable; results in {where}"
    )
    if counts.unreadable:
        _say("unreadable rows are in the results with their row number and the reason")
    for doubt in screener.doubts:
        _say(f"cannot say clear: {doubt}")
    if rest := narrower(screener.basis):
        _say(f"or ask only the lists that can answer: {rest}")
    _say(f"log position {screener.book.position}, root {screener.book.root[:16]}")


def _say(text: str) -> None:
    typer.echo(text, err=True)
