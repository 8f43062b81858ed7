"""The front door: every command with its group."""

from __future__ import annotations

from typing import Annotated

import typer

from compliance.cli import (
    alerts,
    audit,
    batch,
    decide,
    differing,
    exports,
    history,
    holdings,
    imports,
    lists,
    log,
    originals,
    portfolio,
    report,
    screen,
    screenings,
    update,
)

app = typer.Typer(
    name="compliance",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from compliance.matching import MATCHER_VERSION

        typer.echo(f"compliance {version('entity-compliance')}, matcher {MATCHER_VERSION}")
        raise typer.Exit


@app.callback()
def compliance(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="The program's version and the matcher's."
        ),
    ] = False,
) -> None:
    """Screen names against official entity lists, as of any day, from an append-only log."""


app.command("screen")(screen.screen)
app.command("batch")(batch.batch)
app.command("decide")(decide.decide)
app.add_typer(decide.decisions)
app.add_typer(portfolio.portfolio)
app.command("alerts")(alerts.alerts)
app.command("holdings")(holdings.holdings)
app.command("import")(imports.import_)
app.command("update")(update.update)
app.command("original")(originals.original)
app.command("lists")(lists.lists)
app.command("show")(lists.show)
app.command("history")(history.history)
app.command("diff")(differing.diff)
app.command("audit")(audit.audit)
app.command("export")(exports.export)
app.command("report")(report.report)
app.add_typer(screenings.app, name="screenings")
app.add_typer(log.app, name="log")
