"""`compliance log`: the record itself."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from compliance.cli.common import AsJson, opened, print_json

app = typer.Typer(help="The append-only log: its head, its verification, its events.", no_args_is_help=True)


@app.command()
def head(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The log's size and Merkle root: keep it elsewhere, and the log can later be held against it."""
    with opened(ctx) as compliance:
        found = compliance.log.head()
    facts = {
        "size": found.size,
        "root": found.root,
        "recorded_at": found.recorded_at.isoformat() if found.recorded_at else None,
    }
    if as_json:
        print_json(facts)
    else:
        typer.echo(f"size {found.size}\nroot {found.root}\nrecorded {facts['recorded_at'] or '-'}")


@app.command()
def verify(
    ctx: typer.Context,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="SIZE:ROOT", help="A head kept elsewhere: was the log only added to since?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute the whole log: every hash, position, version and checkpoint. Exit status 3 when anything is wrong."""
    with opened(ctx) as compliance:
        checked = compliance.log.verify(against=_head(against) if against else None)
    if as_json:
        print_json({"ok": True, "checked": checked.checked, "size": checked.head.size, "root": checked.head.root})
    else:
        typer.echo(f"the log is whole: {checked.checked:,} events, root {checked.head.root}")


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Bring a log of an earlier version up to date, in one transaction; what is recorded stays as it is."""
    with opened(ctx) as compliance:
        kept = compliance.log.verify().head
        before, after = compliance.log.migrate()
        checked = compliance.log.verify(against=kept)
    if before == after:
        typer.echo(f"the log is of version {after} already: nothing to do")
    else:
        typer.echo(f"version {before} to {after}; all {checked.checked:,} events are as they were, root {kept.root}")


@app.command()
def events(
    ctx: typer.Context,
    after: Annotated[int, typer.Option("--after", min=0, metavar="POSITION")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N")] = 20,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="STREAM", help="For example list/us-ofac-sdn.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The events as they are stored, oldest first; with --json one object a line."""
    with opened(ctx) as compliance:
        for count, event in enumerate(compliance.log.read(after=after, stream=stream)):
            if count == limit:
                break
            facts: dict[str, Any] = event.model_dump(mode="json")
            if as_json:
                typer.echo(json.dumps(facts, ensure_ascii=False))
            else:
                subject = event.payload.get("key", "")
                typer.echo(
                    f"{event.position:>8}  {event.effective}  {event.stream} v{event.version}  {event.type} {subject}"
                )


def _head(text: str) -> Any:
    from compliance.errors import BadInput
    from events import Head

    size, colon, root = text.partition(":")
    if not colon or not size.isdigit() or len(root) != 64:
        raise BadInput(f"{text!r} is not a head: write SIZE:ROOT as `compliance log head` prints them")
    return Head(size=int(size), root=root.lower())
