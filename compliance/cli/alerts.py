"""`compliance alerts`: what is new, changed or gone for the counterparties under watch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli.common import AsJson, MaxAge, opened, print_json

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.monitoring.looking import Look
    from compliance.monitoring.records import AlertRaised


def alerts(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PORTFOLIO]...", help="Only these; all by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show only: the same will be told again the next time.")
    ] = False,
    max_age: MaxAge = None,
    as_json: AsJson = False,
) -> None:
    """Tell what came up since the last look. Exit status: 0 nothing new, 1 alerts, 3 a list is missing or too old."""
    from compliance.monitoring.looking import look, record

    with opened(ctx) as compliance:
        looks = [look(compliance, name, max_age=max_age) for name in names or _all(compliance)]
        _print(looks, as_json)
        for found in () if dry_run else looks:  # only now: what nobody could read is told again
            record(compliance, found)
    raise typer.Exit(status(looks))


def _print(looks: list[Look], as_json: bool) -> None:
    if as_json:
        print_json([plain(found) for found in looks])
    elif not looks:
        typer.echo("no portfolios; make one with `compliance portfolio add`")
    else:
        typer.echo("\n".join(line for found in looks for line in _lines(found)))
    sys.stdout.flush()


def status(looks: list[Look]) -> int:
    """1 where there is something to look at, else 3 where that cannot be said, else 0."""
    if any(found.news for found in looks):
        return 1
    return 3 if any(found.looked.why for found in looks) else 0


def plain(found: Look) -> dict[str, Any]:
    """A look as plain JSON values."""
    looked = found.looked
    return {
        "portfolio": looked.portfolio,
        "since": {"as_of": found.last.as_of.isoformat(), "position": found.last.position} if found.last else None,
        "as_of": looked.as_of.isoformat(),
        "position": looked.position,
        "counterparties": looked.counterparties,
        "raised": looked.raised,
        "released": looked.released,
        "why": list(looked.why),
        "lists": list(looked.asked),
        "matcher": looked.matcher,
        "threshold": float(looked.threshold),
        "alerts": [alert.model_dump(mode="json") for alert in found.alerts],
    }


def _all(compliance: Compliance) -> list[str]:
    from compliance.monitoring.portfolios import names

    compliance.facts()
    return names(compliance.log)


def _lines(found: Look) -> Iterator[str]:
    looked = found.looked
    since = f"since {found.last.as_of} (log position {found.last.position:,})" if found.last else "for the first time"
    yield f"{looked.portfolio}  {len(found.news):,} alerts {since}"
    for alert in found.alerts:
        yield from _alert_lines(alert)
    yield (
        f"  {looked.counterparties:,} counterparties, {looked.raised:,} hits, {looked.released:,} released; "
        f"as of {looked.as_of}, log position {looked.position:,}"
    )
    if looked.why:
        yield "  an absence of alerts proves nothing here:"
        yield from (f"    {doubt}" for doubt in looked.why)


def _alert_lines(alert: AlertRaised) -> Iterator[str]:
    hit = alert.hit
    yield f"  {alert.kind.upper():8}  {hit.score:>5}  {alert.counterparty}  {hit.name}"
    yield f"                   {hit.entry_name}  ({alert.entry})  alert {alert.id}"
    if alert.kind in ("new", "returned"):
        yield from (f"                   {text}" for text in hit.forbidden)
        yield f"                   {hit.reason}"
    yield from (f"                   {change}" for change in alert.changes)
