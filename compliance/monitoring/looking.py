"""A look at a portfolio: its hits of now, against those that were told of before."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from compliance.matching import MATCHER_VERSION
from compliance.monitoring.basis import differences
from compliance.monitoring.decisions import Decisions
from compliance.monitoring.found import Hits, Movement, Pair, changes, movements, released
from compliance.monitoring.hit_store import HitStore
from compliance.monitoring.hits_of_now import LARGE, Watched, key_of
from compliance.monitoring.model import AlertKind, Found
from compliance.monitoring.records import (
    ALERT_RAISED,
    ALERTS_LOOKED,
    AlertRaised,
    AlertsLooked,
    event,
    watch_stream,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance.facade import Compliance
    from events import EventLog


class Watch(NamedTuple):
    """What the log says of the looks at a portfolio so far: the last one, the last alert of each pair, the version."""

    last: AlertsLooked | None
    told: dict[Pair, AlertRaised]
    version: int


class Look(NamedTuple):
    """What a look found, ready to be recorded. `hits` are all of now; `version` is that of the stream of looks,
    `root` the log's at the position that was looked at."""

    looked: AlertsLooked
    alerts: list[AlertRaised]
    hits: Hits
    last: AlertsLooked | None
    version: int
    root: str

    @property
    def news(self) -> list[AlertRaised]:
        """The alerts that somebody has to look at: all but what people released themselves."""
        return [alert for alert in self.alerts if alert.kind != AlertKind.released]


def watch_of(log: EventLog, name: str) -> Watch:
    """What was looked at and told so far."""
    last: AlertsLooked | None = None
    told: dict[Pair, AlertRaised] = {}
    version = 0
    for row in log.rows(stream=watch_stream(name)):
        version = row.version
        if row.type == ALERTS_LOOKED:
            last = AlertsLooked.model_validate(row.payload)
        elif row.type == ALERT_RAISED:
            alert = AlertRaised.model_validate(row.payload)
            told[Pair(alert.counterparty, alert.entry)] = alert
    return Watch(last, told, version)


def look(compliance: Compliance, name: str, *, max_age: int | None = None, large: int = LARGE) -> Look:
    """Compares a portfolio's hits of now with what was told of before. Nothing is recorded.

    A portfolio of `large` counterparties is prepared in the cache folder, for changes of the lists to take seconds.
    Raises BadInput for a portfolio that is not there, CannotSay when no list is loaded, LogBroken.
    """
    facts = compliance.facts()
    watch = watch_of(compliance.log, name)
    watched = Watched(compliance, name, watch.last, max_age, large)
    hits = watched.hits()
    decisions = Decisions.of(compliance.log, until=facts.size)
    moved = movements(watch.told, hits, decisions)
    alerts = [_alert(name, movement, watched.why_gone(movement.pair)) for movement in moved]
    quiet = len(released(hits, decisions))
    looked = AlertsLooked(
        portfolio=name,
        position=facts.size,
        as_of=compliance.today,
        threshold=f"{watched.options.threshold:g}",
        lists=watched.options.lists,
        asked=watched.screener.asked,
        ahead=any(day > compliance.today for day in facts.days),
        matcher=MATCHER_VERSION,
        why=watched.screener.doubts,
        counterparties=watched.counterparties,
        raised=len(hits) - quiet,
        released=quiet,
        alerts=len(alerts),
        notify=(),
    )
    return Look(looked, alerts, hits, watch.last, watch.version, facts.root)


def record(compliance: Compliance, found: Look, notify: Sequence[str] = ()) -> int | None:
    """Records a look with its alerts, all at once; they are owed to the addressees from then on. Its position.

    A look that found nothing is recorded once a day: None where nothing had to be. Raises ConcurrentAppend where
    somebody else has looked meanwhile: their alerts are not told twice.
    """
    looked, position = found.looked.model_copy(update={"notify": tuple(notify) if found.alerts else ()}), None
    if found.alerts or found.last is None or _says_otherwise(found.last, looked):
        new = [event(payload, compliance.today) for payload in (looked, *found.alerts)]
        appended = compliance.append(watch_stream(looked.portfolio), found.version, new)
        position = appended[0].position
        HitStore(compliance.settings.cache).keep(key_of(looked, found.root), found.hits)
    return position


def _says_otherwise(last: AlertsLooked, now: AlertsLooked) -> bool:
    ours = {"position", "notify", "alerts", "counterparties"}
    return last.model_dump(exclude=ours) != now.model_dump(exclude=ours)


def _alert(portfolio: str, movement: Movement, gone: str) -> AlertRaised:
    pair, before, decision = movement.pair, movement.before, movement.decision
    hit = movement.now or (before.hit if before else None)
    assert hit is not None, "what is neither told nor there does not move"
    told = [portfolio, *pair, movement.kind, before.id if before else "", hit.model_dump_json()]
    return AlertRaised(
        id=sha256("\n".join(told).encode()).hexdigest()[:16],
        portfolio=portfolio,
        kind=movement.kind,
        counterparty=pair.counterparty,
        entry=pair.entry,
        hit=hit,
        changes=(gone,) if movement.kind == AlertKind.gone else tuple(_why(movement, hit)),
        decision=decision.made.id if decision else None,
    )


def _why(movement: Movement, hit: Found) -> Iterator[str]:
    """What is to be said of a movement: what differs, and what was decided before."""
    before, decision = movement.before, movement.decision
    if movement.kind == AlertKind.changed and before:
        yield from changes(before.hit, hit)
    if decision:
        yield decision.in_words()
    if movement.kind == AlertKind.returned and decision:
        yield from (f"since then the entry's {change}" for change in differences(decision.made.listed, hit.listed))
        if decision.made.counterparty_digest != hit.counterparty_digest:
            yield "since then what is known of the counterparty"
