"""`compliance report`: a page about a run, for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance.cli.common import AsJson, opened, print_json
from compliance.errors import BadInput

_FORM_OF = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md"}


def report(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run, as `batch` and `screenings list` name it.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Standard output by default.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", metavar="html|md", help="By the output's name otherwise; HTML by default.")
    ] = None,
    details: Annotated[
        int, typer.Option("--details", min=0, metavar="N", help="So many cases, the gravest, are explained by word.")
    ] = 200,
    as_json: AsJson = False,
) -> None:
    """A page about a run that a person reads: what was screened against what, the counts, and the cases by risk."""
    from compliance.report.gathering import run_report
    from compliance.report.page import run_page

    chosen = form or (_FORM_OF.get(output.suffix.lower(), "") if output else "html")
    if chosen not in ("html", "md"):
        raise BadInput(f"{form or output}: a report is written as html or md; say which with --format")
    with opened(ctx) as compliance:
        found = run_report(compliance, run, details)
        text = run_page(found, chosen)
    if output is not None:
        _write(output, text)
    if as_json:
        print_json({"run": found.run.model_dump(mode="json"), "cases": len(found.cases), "output": _named(output)})
    elif output is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"report of run {run} in {output}: {len(found.cases):,} rows with hits", err=True)


def _write(output: Path, text: str) -> None:
    from compliance.tabular import appearing_whole

    with appearing_whole(output) as file:
        file.write(text)


def _named(output: Path | None) -> str | None:
    return str(output) if output else None
