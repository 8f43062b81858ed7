"""`compliance screenings`: what was asked and recorded, found again, shown, answered again, proved."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.answers import Outcome
from compliance.cli.common import AsJson, counted, day, opened, print_json, table
from compliance.cli.proofs import write_proof
from compliance.cli.screen import party
from compliance.errors import BadInput
from compliance.model import PartyType
from compliance.records import RunRecorded, ScreeningRecorded
from compliance.tabular import appearing_whole

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.screening import Subject
    from compliance.screenings.reading import Held

app = typer.Typer(
    help="What was asked and recorded: list it, show it, answer it again, prove it.", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(metavar="ID", help="The id, or the beginning of it that no other has.")]


class Kind(StrEnum):
    """What is recorded: one name, or a batch."""

    screening = "screening"
    run = "run"


@app.command("list")
def list_(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Recorded on this day (UTC) or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Recorded on this day (UTC) or before.")
    ] = None,
    outcome: Annotated[
        Outcome | None, typer.Option("--outcome", help="With this outcome; of runs, those with such rows.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Asked for this name; of runs, in a row with hits."),
    ] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", metavar="ENTRY", help="With a hit on this entry, LIST/KEY.")
    ] = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Only single screenings, or only runs.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Recorded screenings and runs, newest first."""
    from compliance.screenings.reading import Wanted

    wanted = Wanted(
        since=day(since, "--since"),
        until=day(until, "--until"),
        outcome=outcome.value if outcome else None,
        name=name.strip() if name else None,
        entry=entry,
        runs=kind is Kind.run if kind else None,
    )
    with opened(ctx) as compliance:
        found = list(islice(compliance.journal.find(wanted), limit + 1))
        untold = compliance.journal.untold(wanted) if wanted.name else 0
    if len(found) > limit:
        found.pop()
        typer.echo(f"only the newest {limit:,} are shown: see --limit", err=True)
    if as_json:
        print_json([plain(held) for held in found])
    elif found:
        header = ["id", "as of", "outcome", "asked", "hits"]
        typer.echo(table([_row(held) for held in found], header))
    elif not untold:
        typer.echo("nothing like that is recorded", err=True)
    if untold:
        typer.echo(
            f"{counted(untold, 'more record')} cannot be told by a name: the key of the digests is gone", err=True
        )
        raise typer.Exit(0 if found else 3)


@app.command()
def show(
    ctx: typer.Context,
    id_: Id,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="At most so many of a run's rows with hits.")
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """One recorded screening or run whole: who asked what and when, of which lists, and what was answered."""
    from compliance.cli.recorded import shown

    with opened(ctx) as compliance:
        held = compliance.journal.get(id_)
        actor = compliance.log.get(held.position).actor
        rows = list(islice(compliance.journal.rows(held.id), limit)) if held.is_run else []
    if as_json:
        more = {"rows_with_hits": [row.model_dump(mode="json", exclude={"run"}) for row in rows]} if held.is_run else {}
        print_json({**plain(held), "actor": actor, **more})
    else:
        typer.echo("\n".join(shown(held, actor, rows)))


@app.command()
def reproduce(
    ctx: typer.Context,
    id_: Id,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Who was asked for, where only a digest was kept.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option("--country", metavar="CC", help="With --name: the country given then.")
    ] = None,
    born: Annotated[
        str | None, typer.Option("--born", metavar="DATE", help="With --name: the date of birth given then.")
    ] = None,
    party_type: Annotated[
        PartyType | None, typer.Option("--type", help="With --name: the kind of party given then.")
    ] = None,
    ids: Annotated[
        list[str] | None, typer.Option("--id", metavar="KIND=VALUE", help="With --name: an identifier given then.")
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", metavar="FILE", help="Of a run: where the input lies now; several in their order."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Keep the new answer: the bytes whose digest is compared."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a recorded question again from the log alone (a run: and from its input).

    Exit status: 0 the same answer, byte for byte, 1 another one, 3 it cannot be said.
    """
    if name is None and (country or born or party_type or ids):
        raise BadInput("what else was known of the party goes with its name: give it with --name")
    given = party(name.strip(), country, born, ids, party_type) if name is not None else None
    with opened(ctx) as compliance:
        record = compliance.journal.get(id_).record
        if isinstance(record, ScreeningRecorded):
            same = _screening_again(compliance, record, given, output, as_json=as_json)
        else:
            same = _run_again(compliance, record, inputs or [], output, as_json=as_json)
    raise typer.Exit(0 if same else 1)


@app.command()
def prove(
    ctx: typer.Context,
    id_: Id,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Standard output by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A proof that a recorded screening or run is in the log's head; `compliance log check-proof` checks it."""
    from events.proofs import dump_proof

    with opened(ctx) as compliance:
        held = compliance.journal.get(id_)
        proof = compliance.prove(held.position)
    told = {"file": str(output), "schema": proof.schema_, "head": proof.head} if as_json else None
    write_proof(dump_proof(proof), output, told)


def plain(held: Held) -> dict[str, Any]:
    """A record as plain JSON values, with where and when it stands in the log."""
    return {
        "kind": Kind.run.value if held.is_run else Kind.screening.value,
        "position": held.position,
        "recorded_at": held.recorded_at.isoformat(),
        **held.record.model_dump(mode="json"),
    }


def _screening_again(
    compliance: Compliance, record: ScreeningRecorded, given: Subject | None, output: Path | None, *, as_json: bool
) -> bool:
    from compliance.cli.recorded import again

    found = compliance.journal.reproduce(record, given)
    if output is not None:
        with appearing_whole(output) as file:
            file.write(found.canonical)
    if as_json:
        print_json(found.model_dump(mode="json", exclude={"canonical"}))
    else:
        typer.echo("\n".join(again(record, found)))
    return found.same


def _run_again(
    compliance: Compliance, record: RunRecorded, inputs: list[Path], output: Path | None, *, as_json: bool
) -> bool:
    from compliance.cli.recorded import run_again
    from compliance.screenings.runs import RunAgain

    found = compliance.journal.reproduce_run(record, RunAgain(inputs, output=output))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        typer.echo("\n".join(run_again(record, found)))
    return found.same


def _row(held: Held) -> list[str]:
    record = held.record
    if isinstance(record, RunRecorded):
        files = ", ".join(file.name for file in record.inputs)
        counts = f"{record.rows:,} rows: {record.clear:,} clear, {record.hits:,} hits, {record.cannot_say:,} cannot say"
        return [record.id, _iso(record.asked.as_of), "run", files, counts]
    hits = ", ".join(f"{hit.entry} {hit.score}" for hit in record.hits[:3])
    more = f" and {len(record.hits) - 3} more" if len(record.hits) > 3 else ""
    return [record.id, _iso(record.asked.as_of), record.outcome, record.who.name or _UNKEPT, f"{hits}{more}"]


_UNKEPT = "(name not kept)"


def _iso(day: date) -> str:
    return day.isoformat()
