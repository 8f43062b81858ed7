"""What is owed to whom, and paying it: the log is the outbox, so nothing is lost when a process or a server dies.

A look is recorded with the addressees that are to have its alerts; an `AlertsDelivered` says that one of them has them.
What lies between is owed, and sent again with the next look: at least once, under the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from compliance.errors import BadInput
from compliance.monitoring.notifying.lines import LinesFile, StandardOutput
from compliance.monitoring.notifying.parcel import Addressee, NotDelivered, Parcel, World
from compliance.monitoring.records import (
    ALERT_RAISED,
    ALERTS_DELIVERED,
    ALERTS_LOOKED,
    AlertRaised,
    AlertsDelivered,
    AlertsLooked,
    event,
    watch_stream,
)

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.settings import Settings
    from events import EventLog


class Delivery(NamedTuple):
    """What became of what was owed to one addressee: how many alerts it took, how many it still has to get, and why."""

    addressee: str
    sent: int
    owed: int
    problem: str | None


def addressee_of(text: str, settings: Settings) -> Addressee:
    """`-`, an address of the web, `mailto:ADDRESS`, or a file. Raises BadInput for what cannot be sent to."""
    scheme = urlsplit(text).scheme if "://" in text or text.startswith("mailto:") else ""
    if text == "-":
        return StandardOutput()
    if scheme in ("http", "https"):
        from compliance.monitoring.notifying.webhook import Webhook

        return Webhook(text, settings.webhook_secret)
    if scheme == "mailto":
        from compliance.monitoring.notifying.mail import Mailbox

        return Mailbox(text.removeprefix("mailto:"), settings.smtp, settings.mail_from)
    if scheme:
        raise BadInput(
            f"alerts cannot be sent to {scheme}://: give https://, mailto:, a file, or - for standard output"
        )
    return LinesFile(Path(text))


def owed(log: EventLog, portfolio: str) -> dict[str, list[Parcel]]:
    """What each addressee has not got yet, the oldest first."""
    looks: dict[int, AlertsLooked] = {}
    alerts: dict[int, list[AlertRaised]] = {}
    delivered: set[tuple[str, int]] = set()
    current = 0
    for row in log.rows(stream=watch_stream(portfolio)):
        if row.type == ALERTS_LOOKED:
            current = row.position
            looks[current] = AlertsLooked.model_validate(row.payload)
        elif row.type == ALERT_RAISED and looks[current].notify:
            alerts.setdefault(current, []).append(AlertRaised.model_validate(row.payload))
        elif row.type == ALERTS_DELIVERED:
            payload = AlertsDelivered.model_validate(row.payload)
            delivered.update((payload.addressee, position) for position in payload.looks)
    found: dict[str, list[Parcel]] = {}
    for position, looked in looks.items():
        for label in looked.notify:
            if (label, position) not in delivered:
                found.setdefault(label, []).append(Parcel(position, looked, tuple(alerts[position])))
    return found


def deliver(compliance: Compliance, portfolio: str, addressees: Iterable[Addressee], world: World) -> list[Delivery]:
    """Sends what is owed to these addressees, and records what they took. What was not taken stays owed."""
    due = owed(compliance.log, portfolio)
    told = []
    for addressee in addressees:
        parcels = due.pop(addressee.label, [])
        sent, problem = _send(addressee, parcels, world)
        if sent:
            payload = AlertsDelivered(portfolio=portfolio, addressee=addressee.label, looks=tuple(sent))
            stream = watch_stream(portfolio)
            compliance.append(stream, compliance.log.version(stream), [event(payload, compliance.today)])
        rest = parcels[len(sent) :]
        told.append(Delivery(addressee.label, _alerts(parcels) - _alerts(rest), _alerts(rest), problem))
    told += [Delivery(label, 0, _alerts(parcels), None) for label, parcels in due.items()]
    return told


def _send(addressee: Addressee, parcels: list[Parcel], world: World) -> tuple[list[int], str | None]:
    sent: list[int] = []
    for parcel in parcels:
        try:
            addressee.send(parcel, world)
        except NotDelivered as error:
            return sent, " ".join(str(error).split())
        sent.append(parcel.position)
    return sent, None


def _alerts(parcels: list[Parcel]) -> int:
    return sum(len(parcel.alerts) for parcel in parcels)
