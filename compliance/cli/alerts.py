"""`compliance alerts`: what is new, changed or gone for the counterparties under watch."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli.common import AsJson, MaxAge, counted, opened, print_json
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.monitoring.looking import Look
    from compliance.monitoring.notifying.outbox import Delivery
    from compliance.monitoring.notifying.parcel import Addressee
    from compliance.monitoring.records import AlertRaised


def alerts(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PORTFOLIO]...", help="Only these; all by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show only: the same will be told again the next time.")
    ] = False,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            "--notify",
            metavar="WHERE",
            help="Send the alerts on: https://..., mailto:ADDRESS, a file, or - (JSON Lines); may be repeated.",
        ),
    ] = None,
    max_age: MaxAge = None,
    as_json: AsJson = False,
) -> None:
    """Tell what came up since the last look. Exit status: 0 nothing new, 1 alerts, 3 a list is missing or too old."""
    from compliance.monitoring.looking import look, record

    if notify and dry_run:
        raise BadInput("--dry-run leaves the look undone, so there is nothing to --notify of")
    quiet = "-" in (notify or ())
    if quiet and as_json:
        raise BadInput("--notify - and --json both write to standard output: choose one")
    with opened(ctx) as compliance:
        addressees = _addressees(compliance, notify or ())
        looks = [look(compliance, name, max_age=max_age) for name in names or _all(compliance)]
        if addressees:  # recorded first: from then on the alerts are owed, whatever happens
            for found in looks:
                record(compliance, found, [addressee.label for addressee in addressees])
        deliveries = [] if dry_run else _deliver(compliance, looks, addressees)
        if not quiet:
            _print(looks, as_json)
        if not addressees and not dry_run:
            for found in looks:  # only now: what nobody could read is told again
                record(compliance, found)
    _say(deliveries)
    raise typer.Exit(1 if any(delivery.problem for delivery in deliveries) else status(looks))


def _addressees(compliance: Compliance, texts: Sequence[str]) -> list[Addressee]:
    from compliance.monitoring.notifying.outbox import addressee_of

    return [addressee_of(text, compliance.settings) for text in dict.fromkeys(texts)]


def _deliver(compliance: Compliance, looks: list[Look], addressees: list[Addressee]) -> list[Delivery]:
    from compliance.monitoring.notifying.outbox import deliver
    from compliance.monitoring.notifying.parcel import World

    world = World(compliance.clock, time.sleep)
    return [delivery for found in looks for delivery in deliver(compliance, found.looked.portfolio, addressees, world)]


def _say(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        if delivery.problem:
            typer.echo(
                f"compliance: {delivery.addressee} has not got {counted(delivery.owed, 'alert')}: {delivery.problem}; "
                "they are kept, and sent with the next --notify to it",
                err=True,
            )
        elif delivery.owed:
            waiting = f"{counted(delivery.owed, 'alert')} not yet sent to {delivery.addressee}"
            typer.echo(f"compliance: {waiting}: --notify it", err=True)


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
    yield f"{looked.portfolio}  {counted(len(found.news), 'alert')} {since}"
    for alert in found.alerts:
        yield from _alert_lines(alert)
    yield (
        f"  {counted(looked.counterparties, 'counterparty', 'counterparties')}, {counted(looked.raised, 'hit')}, "
        f"{looked.released:,} released; "
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
