"""`compliance portfolio`: counterparties under watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli.common import AsJson, Lists, Threshold, counted, opened, print_json, table
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.monitoring.portfolios import Change

portfolio = typer.Typer(name="portfolio", help="Counterparties under watch.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="PORTFOLIO", help="The portfolio's name: small letters, digits, . and -.")]


@portfolio.command("add")
def add(
    ctx: typer.Context,
    name: Name,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, XLSX, Parquet or JSON Lines; it needs a column of ids.")
    ],
    name_column: Annotated[
        str | None,
        typer.Option("--name-column", metavar="C", help="The column of names; found by its usual headings otherwise."),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option("--id-column", metavar="C", help="The column of your own ids; `id` and the like otherwise."),
    ] = None,
    country_column: Annotated[
        str | None, typer.Option("--country-column", metavar="C", help="The column of countries.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="The file is all of it: whoever is not in it is removed.")
    ] = False,
    accept_unreadable: Annotated[
        bool, typer.Option("--accept-unreadable", help="Leave out rows that cannot be watched, and say so.")
    ] = False,
    threshold: Threshold = None,
    lists: Lists = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="The file's encoding, for example cp1252; found otherwise."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take the counterparties of a file under watch: those that are new or known otherwise. Twice is once."""
    from compliance.counterparties.inputs import looked_at
    from compliance.counterparties.values import Given
    from compliance.monitoring import portfolios
    from compliance.monitoring.reading import read
    from compliance.sources.catalogue import list_info

    wanted = [list_info(list_id).id for list_id in lists] if lists else None
    columns = {"names": (name_column,) if name_column else (), "countries": (country_column,) if country_column else ()}
    source = looked_at(file, str(file), Given(encoding=encoding, id=id_column, **columns))
    found = read(source, accept_unreadable=accept_unreadable)
    with opened(ctx) as compliance:
        change = portfolios.add(compliance, name, found.parties, replace=replace, threshold=threshold, lists=wanted)
    for number, problem in found.left_out:
        typer.echo(f"not watched: row {number}: {problem}", err=True)
    _tell(name, change, as_json, left_out=len(found.left_out))


@portfolio.command("remove")
def remove(
    ctx: typer.Context,
    name: Name,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="The ids of those to remove.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Remove all of them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take counterparties out of watch; what was recorded of them stays in the log."""
    from compliance.monitoring import portfolios

    if bool(ids) == everyone:
        raise BadInput("say who is removed: ids, or --all")
    with opened(ctx) as compliance:
        change = portfolios.remove(compliance, name, None if everyone else ids)
    _tell(name, change, as_json)


@portfolio.command("show")
def show(
    ctx: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most so many counterparties.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show a portfolio: how it is watched, when it was last looked at, and who is in it."""
    from itertools import islice

    from compliance.monitoring.model import known
    from compliance.monitoring.portfolios import existing

    with opened(ctx) as compliance:
        compliance.facts()
        held = existing(compliance, name)
        told = _summary(compliance, name, len(held), held.threshold, held.lists)
        parties = [known(party) for party in islice(held, limit)]
    if as_json:
        print_json({**told, "shown": parties})
        return
    typer.echo("\n".join(_lines(told)))
    if parties:
        rows = [[party["id"], party["name"], ", ".join(party.get("countries", ()))] for party in parties]
        typer.echo(table(rows, ["id", "name", "countries"]))
    if len(held) > len(parties):
        typer.echo(f"... and {len(held) - len(parties):,} more (--limit)")


@portfolio.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the portfolios, with their sizes and last looks."""
    from compliance.monitoring.portfolios import existing, names

    with opened(ctx) as compliance:
        compliance.facts()
        told = []
        for name in names(compliance.log):
            held = existing(compliance, name)
            told.append(_summary(compliance, name, len(held), held.threshold, held.lists))
    if as_json:
        print_json(told)
    elif not told:
        typer.echo("no portfolios; make one with `compliance portfolio add`")
    else:
        rows = [
            [item["portfolio"], f"{item['counterparties']:,}", _looked(item), f"{item['raised']:,}"] for item in told
        ]
        typer.echo(table(rows, ["portfolio", "counterparties", "last look", "hits"]))


def _tell(name: str, change: Change, as_json: bool, **more: int) -> None:
    if as_json:
        print_json({"portfolio": name, **change._asdict(), **more})
        return
    if not change.events:
        typer.echo(f"{name}: nothing to do; {_parties(change.counterparties)} under watch")
        return
    parts = [
        f"{count:,} {what}"
        for what, count in (("added", change.added), ("changed", change.changed), ("removed", change.removed))
        if count
    ]
    done = ", ".join(parts) or "nobody added; watched otherwise from now on"
    typer.echo(f"{name}: {done}; {_parties(change.counterparties)} under watch")


def _summary(compliance: Compliance, name: str, size: int, threshold: float, lists: tuple[str, ...]) -> dict[str, Any]:
    from compliance.monitoring.looking import watch_of

    last = watch_of(compliance.log, name).last
    return {
        "portfolio": name,
        "counterparties": size,
        "threshold": threshold,
        "lists": list(lists),
        "looked": last.as_of.isoformat() if last else None,
        "position": last.position if last else None,
        "raised": last.raised if last else 0,
        "released": last.released if last else 0,
    }


def _parties(count: int) -> str:
    return counted(count, "counterparty", "counterparties")


def _looked(told: dict[str, Any]) -> str:
    return str(told["looked"] or "never")


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [
        f"{told['portfolio']}: {_parties(told['counterparties'])}, threshold {told['threshold']:g}, "
        f"lists {', '.join(told['lists']) or 'all that are loaded'}"
    ]
    if told["looked"]:
        lines.append(
            f"  last look as of {told['looked']}, log position {told['position']:,}: "
            f"{counted(told['raised'], 'hit')}, {told['released']:,} released"
        )
    else:
        lines.append("  never looked at: `compliance alerts` does")
    return lines
