"""`compliance report`: a page about a run, a screening or an entry, for people; and its evidence pack, for anybody."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import AsJson, counted, opened, print_json
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.facade import Compliance

_FORM_OF = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".pdf": "pdf"}


def report(
    ctx: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="RUN|SCREENING|ENTRY|PORTFOLIO", help="An id as `screenings list` prints it; LIST/KEY; or a name."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Standard output by default.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="html|md|pdf", help="By the output's name otherwise; md is for runs alone."),
    ] = None,
    details: Annotated[
        int, typer.Option("--details", min=0, metavar="N", help="So many cases, the gravest, are explained by word.")
    ] = 200,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="A ZIP instead: the page, the events concerned, and their proofs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """A page that a person reads: what was screened against what, the counts, and the cases by risk.

    With --evidence, a pack that `compliance log check-proof` checks without the log, and so can anybody without us.
    """
    with opened(ctx) as compliance:
        if evidence:
            if output is None:
                raise BadInput("say where the evidence pack is to be written: -o FILE.zip")
            told = _pack(compliance, subject, output)
        else:
            told = _page(compliance, subject, output, form, details, as_json)
    if as_json:
        print_json(told)
    elif output is not None:
        typer.echo(f"{told.pop('what')} in {output}", err=True)


def _page(
    compliance: Compliance, subject: str, output: Path | None, form: str | None, details: int, as_json: bool
) -> dict[str, object]:
    from compliance.report.evidence import concerned
    from compliance.report.gathering import run_report
    from compliance.report.page import FORMS, pdf, run_page
    from compliance.tabular import write_whole

    chosen = form or (_FORM_OF.get(output.suffix.lower(), "") if output else "html")
    if chosen not in FORMS or (chosen == "pdf" and output is None):
        raise BadInput(f"{form or output}: a report is html or md, or pdf with -o; say which with --format")
    if chosen == "md":
        what, text = f"screening run {subject}", run_page(run_report(compliance, subject, details), "md")
    else:
        found = concerned(compliance, subject, details)
        what, text = found.what, found.page
    if output is not None:
        write_whole(output, pdf(text) if chosen == "pdf" else text.encode())
    elif not as_json:
        typer.echo(text, nl=False)
    return {"what": what, "output": str(output) if output else None}


def _pack(compliance: Compliance, subject: str, output: Path) -> dict[str, object]:
    from compliance.report.evidence import gather
    from compliance.report.pack import packed
    from compliance.tabular import write_whole

    found = gather(compliance, subject)
    data = packed(found, compliance.signer())
    write_whole(output, data)
    digest = sha256(data).hexdigest()
    what = f"evidence about {subject}, {counted(len(found.proved), 'event')} with proof, SHA-256 {digest},"
    return {"what": what, "output": str(output), "events": len(found.proved), "sha256": digest}
