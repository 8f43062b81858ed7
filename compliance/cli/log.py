"""`compliance log`: the record itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from compliance.cli import proofs
from compliance.cli.common import AsJson, counted, opened, print_json
from compliance.errors import BadInput

app = typer.Typer(help="The append-only log: its head, its verification, its proofs, its events.", no_args_is_help=True)
app.command("prove")(proofs.prove)
app.command("check-proof")(proofs.check_proof)


@app.command()
def head(
    ctx: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Standard output by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The log's size and Merkle root as a checkpoint: keep it elsewhere, and the log can later be held against it.

    The form is that of C2SP's tlog-checkpoint, signed where a key is configured (see keygen).
    """
    from compliance.tabular import appearing_whole
    from events.checkpoint import parse_head

    with opened(ctx) as compliance:
        text = note = compliance.head()
        found = parse_head(note)
        recorded_at = compliance.log.head_at(found.size).recorded_at
    if as_json:
        moment = recorded_at.isoformat() if recorded_at else None
        facts = {"size": found.size, "root": found.root.hex(), "recorded_at": moment}
        text = json.dumps({**facts, "origin": found.origin, "checkpoint": note}, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    with appearing_whole(output) as file:
        file.write(text)


@app.command()
def keygen(
    ctx: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="log.key in the data folder by default.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Names the log in its heads, for example example.com/lists."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A new Ed25519 key that signs heads: the private key into a file, the verifier key for everybody else printed."""
    from compliance import evidence
    from events.note import InvalidNote, Signer

    with opened(ctx) as compliance:
        target = output or compliance.settings.data / "log.key"
        if name is None:
            compliance.facts()  # a broken log gives no key its name
            name = evidence.origin(compliance.log)
    try:
        signer = Signer.make(name)
    except InvalidNote as error:
        raise BadInput(str(error)) from error
    evidence.write_signer(signer, target)
    if as_json:
        print_json({"file": str(target), "verifier_key": str(signer.verifier)})
        return
    typer.echo(f"private key in {target}: heads are signed when COMPLIANCE_LOG_KEY names it", err=True)
    typer.echo(str(signer.verifier))


@app.command()
def verify(
    ctx: typer.Context,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar=proofs.HEAD, help="A head kept elsewhere: was the log only added to since?"),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Take a log that is not the one verified here before as it is; begin a lost one."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Recompute the whole log: every hash, position, version and checkpoint. Exit status 3 when anything is wrong.

    A log that is shorter than when it was last verified from here, or another one, or gone, gives no answer to any
    command until you restore it, or say with --accept that it is meant to be so.
    """
    from events import Head

    kept = proofs.kept_head(against) if against is not None else None
    with opened(ctx) as compliance:
        checked = compliance.verify(Head(size=kept.size, root=kept.root.hex()) if kept else None, accept=accept)
    if as_json:
        print_json({"ok": True, "checked": checked.checked, "size": checked.head.size, "root": checked.head.root})
        return
    typer.echo(f"the log is whole: {counted(checked.checked, 'event')}, root {checked.head.root}")
    if kept:
        typer.echo(f"it begins with the {counted(kept.size, 'event')} of the head kept elsewhere")


@app.command()
def migrate(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Bring a log of an earlier version up to date, in one transaction; what is recorded stays as it is.

    Append-only triggers that are missing, changed or foreign are put back as they were made.
    """
    with opened(ctx) as compliance:
        done = compliance.migrate()
    if as_json:
        facts = {"before": done.before, "after": done.after, "restored": done.restored}
        print_json({**facts, "size": done.head.size, "root": done.head.root})
        return
    for fault in done.restored:
        typer.echo(f"put right: {fault}")
    if done.before == done.after:
        typer.echo(f"the log is of version {done.after} already{'' if done.restored else ': nothing to do'}")
    else:
        events = f"all {counted(done.head.size, 'event')} are as they were, root {done.head.root}"
        typer.echo(f"version {done.before} to {done.after}; {events}")


@app.command()
def events(
    ctx: typer.Context,
    after: Annotated[
        int, typer.Option("--after", min=0, metavar="POSITION", help="Only what follows this position.")
    ] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many events.")] = 20,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="STREAM", help="For example list/us-ofac-sdn.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The events as they are stored, oldest first; with --json one object a line."""
    with opened(ctx) as compliance:
        size = compliance.facts().size
        for count, event in enumerate(compliance.log.read(after=after, until=size, stream=stream)):
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
