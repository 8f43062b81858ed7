"""`compliance decide` and `compliance decisions`: what a person says of a hit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli.common import AsJson, counted, country_code, opened, print_json, table
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.monitoring.deciding import Pair
    from compliance.monitoring.decisions import Decision
    from compliance.monitoring.model import Verdict

VERDICTS = ("true-match", "false-positive", "escalate")
decisions = typer.Typer(
    name="decisions", help="What was decided: list it, write it as CSV, take CSV in.", no_args_is_help=True
)


def decide(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENTRY] VERDICT",
            help="The entry (LIST/KEY) that was a hit, and true-match, false-positive or escalate.",
        ),
    ] = None,
    counterparty: Annotated[
        str | None,
        typer.Option("--counterparty", metavar="ID", help="The counterparty, by its own id, or by its name."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Its name, where no portfolio knows the id."),
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option("--country", metavar="CC", help="Its country, with --name; may be repeated.")
    ] = None,
    alert: Annotated[str | None, typer.Option("--alert", metavar="ID", help="The alert that is decided on.")] = None,
    screening: Annotated[
        str | None, typer.Option("--screening", metavar="ID", help="The recorded screening whose hit is decided on.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; it is kept for good.")] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="ID", help="Confirm a release of another person (four eyes).")
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="WHO", help="Who decides; the actor of the settings by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record a decision on a hit: a false positive is not raised again until what it rested on changes."""
    from compliance.monitoring import deciding

    given = list(words or ())
    with opened(ctx) as compliance:
        if confirm:
            if given or counterparty or alert or screening:
                raise BadInput("--confirm stands alone: it takes the id of a decision, and --actor")
            made = deciding.confirm(compliance, confirm, actor)
        else:
            entry, verdict = _asked(given)
            pair = _pair(compliance, entry, alert, screening, _who(counterparty, name, country))
            made = deciding.decide(compliance, pair, verdict, reason or "", actor)
    if as_json:
        print_json(plain(made))
    else:
        typer.echo("\n".join(_told(made)))


@decisions.command("list")
def list_(
    ctx: typer.Context,
    pending: Annotated[bool, typer.Option("--pending", help="Only releases that wait for a second person.")] = False,
    entry: Annotated[str | None, typer.Option("--entry", metavar="ENTRY", help="Only on this entry.")] = None,
    counterparty: Annotated[
        str | None, typer.Option("--counterparty", metavar="ID", help="Only on this counterparty.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the decisions, the oldest first."""
    with opened(ctx) as compliance:
        found = [
            decision
            for decision in _all(compliance)
            if (entry is None or decision.made.entry == entry)
            and (counterparty is None or decision.made.counterparty.id == counterparty)
            and (decision.pending or not pending)
        ]
    if as_json:
        print_json([plain(decision) for decision in found])
    elif not found:
        typer.echo("no decisions")
    else:
        rows = [_cells(decision) for decision in found]
        typer.echo(table(rows, ["id", "decided", "by", "verdict", "counterparty", "entry", "confirmed", "reason"]))


@decisions.command("export")
def export(
    ctx: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The CSV; standard output by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write all decisions as CSV; `decisions import` takes it in again."""
    from compliance.monitoring.decision_file import write
    from compliance.tabular import appearing_whole

    with opened(ctx) as compliance:
        found = list(_all(compliance))
    if output is None or str(output) == "-":
        if as_json:
            print_json([plain(decision) for decision in found])
        else:
            write(found, sys.stdout)
        return
    with appearing_whole(output) as out:
        count = write(found, out)
    if as_json:
        print_json({"file": str(output), "decisions": count})
    else:
        typer.echo(f"{output}: {counted(count, 'decision')}")


@decisions.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header row.")],
    as_json: AsJson = False,
) -> None:
    """Take decisions in: those of `decisions export`, or of another tool. The same file twice changes nothing."""
    from compliance.monitoring.decision_file import read

    with opened(ctx) as compliance:
        counts = read(compliance, file)
    if as_json:
        print_json({what: counts[what] for what in ("recorded", "confirmed", "known")})
    else:
        typer.echo(
            f"{file}: {counts['recorded']:,} recorded, {counts['confirmed']:,} confirmed, "
            f"{counts['known']:,} known before"
        )


def plain(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values."""
    made, confirmed = decision
    return {
        **made.model_dump(mode="json"),
        "pending": decision.pending,
        "confirmed_by": confirmed.confirmed_by if confirmed else None,
        "confirmed_at": confirmed.confirmed_at if confirmed else None,
    }


def _all(compliance: Compliance) -> list[Decision]:
    from compliance.monitoring.decisions import Decisions

    compliance.facts()
    return list(Decisions.of(compliance.log))


def _asked(given: list[str]) -> tuple[str | None, Verdict]:
    from compliance.monitoring.model import Verdict

    verdicts = [word for word in given if word in VERDICTS]
    entries = [word for word in given if word not in VERDICTS]
    if len(verdicts) != 1 or len(entries) > 1:
        raise BadInput(f"write the entry and one of {', '.join(VERDICTS)}; see `compliance decide --help`")
    return (entries[0] if entries else None), Verdict(verdicts[0])


def _who(
    counterparty: str | None, name: str | None, country: list[str] | None
) -> tuple[str | None, str | None, tuple[str, ...]]:
    return counterparty, name, tuple(sorted({country_code(code) for code in country or ()}))


def _pair(
    compliance: Compliance,
    entry: str | None,
    alert: str | None,
    screening: str | None,
    who: tuple[str | None, str | None, tuple[str, ...]],
) -> Pair:
    from compliance.monitoring import pairs

    counterparty, name, countries = who
    given = sum(map(bool, (alert, screening, counterparty or name)))
    if given != 1:
        how = "only one of them" if given else "say whose hit it was"
        raise BadInput(f"{how}: --counterparty ID, --alert ID or --screening ID")
    if alert:
        return pairs.of_alert(compliance, alert, entry)
    if screening:
        return pairs.of_screening(compliance, screening, entry)
    if entry is None:
        raise BadInput("say which entry was the hit, LIST/KEY as `screen` prints it")
    return pairs.of_counterparty(compliance, entry, counterparty or name or "", name, countries)


def _told(decision: Decision) -> list[str]:
    made = decision.made
    lines = [f"{made.id}  {made.counterparty.id} ({made.counterparty.name}) against {made.entry} {made.entry_name}"]
    lines.append(f"  {decision.in_words()}")
    if decision.pending:
        lines.append(f"  waits for a second person: compliance decide --confirm {made.id} --actor WHO")
    return lines


def _cells(decision: Decision) -> list[str]:
    made, confirmed = decision
    state = "waits" if decision.pending else confirmed.confirmed_by if confirmed else "-"
    return [
        made.id, made.decided_at[:10], made.decided_by, made.verdict.value, made.counterparty.id, made.entry, state,
        made.reason,
    ]  # fmt: skip
