"""`compliance update`: the official files from their publishers into the log."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import AsJson, counted, opened, print_json
from compliance.cli.terminal import as_it_is
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.updating.outcome import ListOutcome, Outcome

Progress = Callable[[str, str, int, int | None], None]


def update(
    ctx: typer.Context,
    lists: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LIST...]", help="Only these lists; all that can be fetched by default."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch, and show what would change; nothing is imported.")
    ] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Import the named lists although unusually many entries are gone.")
    ] = False,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Print a cron line and a systemd timer that run this, and stop.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch the official files and import what is new.

    Exit status: 0 every list is as fresh as its publisher's address, 3 a list could not be fetched or was held back.
    """
    asked = tuple(dict.fromkeys(lists or ()))
    if accept_removals and not asked:
        raise BadInput("--accept-removals needs the lists that it is meant for: update LIST --accept-removals")
    if schedule:
        from compliance.updating.schedule import schedule as lines

        typer.echo(lines(_program(), asked, os.environ))
        return
    from compliance.updating.session import update as run

    outcomes = []
    with opened(ctx) as compliance:
        with _progress() as (progress, say):
            for outcome in run(compliance, asked, dry=dry_run, accept_removals=accept_removals, progress=progress):
                outcomes.append(outcome)
                if not as_json:
                    say("\n".join(_lines(outcome)))
        if not asked:
            _tell_of_others(compliance)
    if as_json:
        print_json([outcome.model_dump(mode="json") for outcome in outcomes])
    bad = [outcome.source for outcome in outcomes if not outcome.good]
    if bad:
        typer.echo(f"compliance: not updated: {', '.join(bad)}; these lists stay as they were", err=True)
        raise typer.Exit(3)


def _tell_of_others(compliance: Compliance) -> None:
    """Names the lists that are loaded and that no update brings up to date: nobody should take them for fresh."""
    from compliance.updating.addresses import load, not_fetched

    sources = load(compliance.settings.data, compliance.settings.mirror)
    for list_id, reason in not_fetched(sources, compliance.held_publications()).items():
        typer.echo(f"note: {list_id} was not fetched: {reason}", err=True)


def _lines(outcome: Outcome) -> Iterator[str]:
    head = f"{outcome.source}: {outcome.status}"
    if outcome.reason:
        yield f"{head}: {outcome.reason}"
        return
    if outcome.published:
        source = f" ({outcome.date_source})" if outcome.date_source else ""
        head += f"{' since' if outcome.status == 'nothing new' else ', published'} {outcome.published}{source}"
    yield head
    yield from (f"  warning: {warning}" for warning in outcome.warnings)
    for part in outcome.lists:
        if part.entries or part.changes:
            yield f"  {part.list}: {_changes(part)}"
            yield from (f"    {line}" for line in part.named)
            hidden = sum(part.changes.values()) - len(part.named)
            if part.named and hidden > 0:
                yield f"    and {hidden:,} more"


def _changes(part: ListOutcome) -> str:
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(part.changes.items())) or "no change"
    return f"{counted(part.entries, 'entry', 'entries')}: {told}"


def _program() -> str:
    """The path under which this program can be started again."""
    return shutil.which("compliance") or os.path.abspath(sys.argv[0])


@contextmanager
def _progress() -> Iterator[tuple[Progress, Callable[[str], None]]]:
    """A bar for each file on a terminal, nothing in a pipe; and what prints a line without spoiling the bars."""
    if not sys.stderr.isatty():
        yield (lambda *_: None), typer.echo
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    console = Console(file=as_it_is(sys.stderr))
    with Bars(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        tasks = {}

        def say(text: str) -> None:
            bars.stop()
            typer.echo(text)
            bars.start()

        def advance(source: str, name: str, done: int, total: int | None) -> None:
            if (source, name) not in tasks:
                tasks[source, name] = bars.add_task(f"{source} {name}")
            bars.update(tasks[source, name], completed=done, total=total)
            if done == total:
                bars.remove_task(tasks.pop((source, name)))

        yield advance, say
