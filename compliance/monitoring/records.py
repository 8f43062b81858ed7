"""What is decided, watched and noticed, as events in the same log as the lists.

Decisions lie in a stream for each entry, a portfolio's counterparties in one for each portfolio, and the looks at it
with their alerts in another. A counterparty is named by the id that its holder gave it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from compliance.model import Value
from compliance.monitoring.model import AlertKind, Counterparty, EntryFacts, Found, Verdict, known
from events import NewEvent

DECISION_RECORDED: Literal["DecisionRecorded"] = "DecisionRecorded"
DECISION_CONFIRMED: Literal["DecisionConfirmed"] = "DecisionConfirmed"
PORTFOLIO_SET: Literal["PortfolioSet"] = "PortfolioSet"
COUNTERPARTIES_ADDED: Literal["CounterpartiesAdded"] = "CounterpartiesAdded"
COUNTERPARTIES_CHANGED: Literal["CounterpartiesChanged"] = "CounterpartiesChanged"
COUNTERPARTIES_REMOVED: Literal["CounterpartiesRemoved"] = "CounterpartiesRemoved"
ALERTS_LOOKED: Literal["AlertsLooked"] = "AlertsLooked"
ALERT_RAISED: Literal["AlertRaised"] = "AlertRaised"
ALERTS_DELIVERED: Literal["AlertsDelivered"] = "AlertsDelivered"


class DecisionRecorded(Value):
    """A person decided on a hit. `listed` and `counterparty` are the facts as they stood, with their SHA-256.

    `needs_confirmation` is true for a release under four eyes: until a second person confirms it, it releases nothing.
    `source` names the alert, the screening or the file that it came from.
    """

    id: str
    entry: str
    entry_name: str
    counterparty: Counterparty
    verdict: Verdict
    reason: str
    decided_by: str
    decided_at: str
    needs_confirmation: bool
    listed: EntryFacts
    entry_digest: str
    counterparty_digest: str
    score: str
    matcher: str
    source: str | None


class DecisionConfirmed(Value):
    """A second person confirmed a release."""

    decision: str
    confirmed_by: str
    confirmed_at: str


class PortfolioSet(Value):
    """How a portfolio is watched from now on: the lowest score that is a hit (text), and the lists; none means all."""

    portfolio: str
    threshold: str
    lists: tuple[str, ...]


class CounterpartiesAdded(Value):
    """These came under watch; at most 1,000 in one event, all of a file in one append."""

    portfolio: str
    counterparties: tuple[Counterparty, ...]


class CounterpartiesChanged(Value):
    """What is known of these is now this."""

    portfolio: str
    counterparties: tuple[Counterparty, ...]


class CounterpartiesRemoved(Value):
    """These are not watched any more."""

    portfolio: str
    ids: tuple[str, ...]


class AlertsLooked(Value):
    """A portfolio was looked at: everything up to `position`, as of a day. Its alerts follow in the same append.

    `asked` are the lists that were asked, `why` what an absence of hits cannot prove, `raised` and `released` how many
    hits stand now. `ahead` says that the log held events of lists that were effective later than that day. `notify` are
    the addressees to whom the alerts are owed until an `AlertsDelivered` says that they have them.
    """

    portfolio: str
    position: int
    as_of: date
    threshold: str
    lists: tuple[str, ...]
    asked: tuple[str, ...]
    ahead: bool
    matcher: str
    why: tuple[str, ...]
    counterparties: int
    raised: int
    released: int
    alerts: int
    notify: tuple[str, ...]


class AlertRaised(Value):
    """One hit of one counterparty is new, changed, back or gone since it was last told of.

    `id` is the same wherever the alert is sent, and however often. `hit` is the hit of now, or the last one that was
    told; `changes` say in words what differs; `decision` is the one that releases the hit, or did.
    """

    id: str
    portfolio: str
    kind: AlertKind
    counterparty: str
    entry: str
    hit: Found
    changes: tuple[str, ...]
    decision: str | None


class AlertsDelivered(Value):
    """An addressee took the alerts of the looks at these positions of the log."""

    portfolio: str
    addressee: str
    looks: tuple[int, ...]


def disposition_stream(entry: str) -> str:
    """The log's stream of the decisions on one entry."""
    return f"disposition/{entry}"


def portfolio_stream(name: str) -> str:
    """The log's stream of one portfolio's counterparties."""
    return f"portfolio/{name}"


def watch_stream(name: str) -> str:
    """The log's stream of the looks at one portfolio."""
    return f"watch/{name}"


def event(payload: Value, day: date) -> NewEvent:
    """The event of a payload, effective on the day it was made; its type is the name of the payload's class."""
    return NewEvent(type=type(payload).__name__, effective=day, payload=plain(payload))


def plain(payload: Value) -> dict[str, Any]:
    """The payload as JSON values; of a counterparty only what is known."""
    data = payload.model_dump(mode="json")
    if isinstance(payload, CounterpartiesAdded | CounterpartiesChanged):
        data["counterparties"] = [known(party) for party in payload.counterparties]
    return data
