"""The counterparties of a portfolio, folded out of the log, and what a new file changes in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson

from compliance.errors import BadInput
from compliance.matching import DEFAULT_THRESHOLD
from compliance.monitoring.model import Counterparty
from compliance.monitoring.records import (
    COUNTERPARTIES_ADDED,
    COUNTERPARTIES_CHANGED,
    COUNTERPARTIES_REMOVED,
    PORTFOLIO_SET,
    PortfolioSet,
    portfolio_stream,
)
from events import NewEvent

if TYPE_CHECKING:
    from datetime import date

    from compliance.facade import Compliance
    from compliance.timeline import RecordedEvent
    from events import EventLog

_IN_ONE_EVENT = 1_000  # counterparties: an event of some 100 kB; a million are a thousand events
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_T = TypeVar("_T")
PARTY_EVENTS = (COUNTERPARTIES_ADDED, COUNTERPARTIES_CHANGED, COUNTERPARTIES_REMOVED)


class Change(NamedTuple):
    """What came to a portfolio: how many counterparties were added, changed and removed; how many it has now."""

    added: int
    changed: int
    removed: int
    counterparties: int
    events: int


class Touched(NamedTuple):
    """Counterparties as they are after some events, None for those that went; and how many more there are now."""

    parties: dict[str, bytes | None]
    more: int


class Portfolio:
    """One portfolio as of a position of the log. What is known of each counterparty is kept as JSON, by its id."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.threshold = DEFAULT_THRESHOLD
        self.lists: tuple[str, ...] = ()
        self.parties: dict[str, bytes] = {}
        self.set_up = False

    @classmethod
    def load(cls, log: EventLog, name: str, until: int | None = None) -> Portfolio:
        """The portfolio as the log has it up to a position; one without anybody where it has none of that name."""
        portfolio = cls(checked(name))
        for event in log.rows(until=until, stream=portfolio_stream(name)):
            portfolio.apply(event)
        return portfolio

    def __len__(self) -> int:
        return len(self.parties)

    def __iter__(self) -> Iterator[Counterparty]:
        """Its counterparties in the order in which they came."""
        return map(party_of, self.parties.values())

    def get(self, party_id: str) -> Counterparty | None:
        """One counterparty, or None."""
        held = self.parties.get(party_id)
        return party_of(held) if held else None

    def apply(self, event: RecordedEvent) -> None:
        """Takes in one event of the portfolio's stream."""
        payload = event.payload
        if event.type == PORTFOLIO_SET:
            self.threshold, self.lists = float(payload["threshold"]), tuple(payload["lists"])
            self.set_up = True
        elif event.type == COUNTERPARTIES_REMOVED:
            for party_id in payload["ids"]:
                self.parties.pop(party_id, None)
        elif event.type in PARTY_EVENTS:
            self.parties.update((item["id"], as_bytes(item)) for item in payload["counterparties"])


def party_of(held: bytes) -> Counterparty:
    """A counterparty from its JSON."""
    return Counterparty.model_validate(orjson.loads(held))


def as_bytes(known: Mapping[str, Any]) -> bytes:
    """What is known of a counterparty, in one form only."""
    return bytes(memoryview(orjson.dumps(known, option=orjson.OPT_SORT_KEYS)))  # orjson's own keeps a large buffer


def checked(name: str) -> str:
    """The name of a portfolio. Raises BadInput for what cannot be one."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} cannot name a portfolio: use small letters, digits, dots and hyphens")
    return name


def options_of(log: EventLog, name: str, until: int | None = None) -> Portfolio:
    """How a portfolio is watched, without its counterparties. Raises BadInput for one that is not there."""
    portfolio = Portfolio(checked(name))
    for event in log.rows(until=until, stream=portfolio_stream(name), types=(PORTFOLIO_SET,)):
        portfolio.apply(event)
    return _there(portfolio, log)


def touched(log: EventLog, name: str, after: int, until: int) -> Touched:
    """Whom events after a position up to another speak of."""
    found: dict[str, bytes | None] = {}
    more = 0
    for event in log.rows(after=after, until=until, stream=portfolio_stream(name)):
        if event.type == COUNTERPARTIES_REMOVED:
            found.update(dict.fromkeys(event.payload["ids"]))
            more -= len(event.payload["ids"])
        elif event.type in PARTY_EVENTS:
            found.update((item["id"], as_bytes(item)) for item in event.payload["counterparties"])
            more += len(event.payload["counterparties"]) if event.type == COUNTERPARTIES_ADDED else 0
    return Touched(found, more)


def names(log: EventLog) -> list[str]:
    """The names of all portfolios, sorted."""
    found = log.rows(types=(PORTFOLIO_SET,))
    return sorted({event.payload["portfolio"] for event in found})


def existing(compliance: Compliance, name: str, until: int | None = None) -> Portfolio:
    """A portfolio that is there. Raises BadInput otherwise."""
    return _there(Portfolio.load(compliance.log, name, until), compliance.log)


def _there(portfolio: Portfolio, log: EventLog) -> Portfolio:
    if not portfolio.set_up:
        there = ", ".join(names(log)) or "none"
        raise BadInput(
            f"there is no portfolio {portfolio.name!r}; there are: {there}; make it with `compliance portfolio add`"
        )
    return portfolio


def add(
    compliance: Compliance,
    name: str,
    parties: Mapping[str, bytes],
    *,
    replace: bool = False,
    threshold: float | None = None,
    lists: Iterable[str] | None = None,
) -> Change:
    """Takes counterparties in: those that are new or known otherwise; with `replace`, whoever is not there is removed.

    All in one append, or nothing where nothing differs. Raises ConcurrentAppend when another changed it meanwhile.
    """
    compliance.facts()
    version = compliance.log.version(portfolio_stream(checked(name)))
    held = Portfolio.load(compliance.log, name)
    day = compliance.today
    wanted = PortfolioSet(
        portfolio=name,
        threshold=f"{held.threshold if threshold is None else threshold:g}",
        lists=held.lists if lists is None else tuple(sorted(set(lists))),
    )
    new = (
        []
        if held.set_up and _same_watch(held, wanted)
        else [_event(PORTFOLIO_SET, wanted.model_dump(mode="json"), day)]
    )
    added = [data for id_, data in parties.items() if id_ not in held.parties]
    changed = [data for id_, data in parties.items() if held.parties.get(id_, data) != data]
    removed = [id_ for id_ in held.parties if id_ not in parties] if replace else []
    new += _events(name, day, added, changed, removed)
    compliance.append(portfolio_stream(name), version, new)
    return Change(len(added), len(changed), len(removed), len(held) + len(added) - len(removed), len(new))


def remove(compliance: Compliance, name: str, ids: Iterable[str] | None = None) -> Change:
    """Takes counterparties out: those with these ids, or all. Raises BadInput for an id that is not there."""
    compliance.facts()
    version = compliance.log.version(portfolio_stream(checked(name)))
    held = existing(compliance, name)
    going = list(held.parties) if ids is None else list(dict.fromkeys(ids))
    missing = [id_ for id_ in going if id_ not in held.parties]
    if missing:
        raise BadInput(f"{name} has no counterparty {missing[0]!r}: nothing was removed")
    new = _events(name, compliance.today, [], [], going)
    compliance.append(portfolio_stream(name), version, new)
    return Change(0, 0, len(going), len(held) - len(going), len(new))


def find(compliance: Compliance, party_id: str) -> Counterparty | None:
    """What the portfolios know of a counterparty; None where no one holds it.

    Raises BadInput where two portfolios know something else under the same id.
    """
    found: dict[bytes, str] = {}
    for name in names(compliance.log):
        held = Portfolio.load(compliance.log, name).parties.get(party_id)
        if held:
            found.setdefault(held, name)
    if len(found) > 1:
        raise BadInput(
            f"{' and '.join(found.values())} know different things of {party_id!r}: say its name with --name"
        )
    return party_of(next(iter(found))) if found else None


def _same_watch(held: Portfolio, wanted: PortfolioSet) -> bool:
    return (f"{held.threshold:g}", held.lists) == (wanted.threshold, wanted.lists)


def _events(name: str, day: date, added: list[bytes], changed: list[bytes], removed: list[str]) -> list[NewEvent]:
    new = []
    for kind, items in ((COUNTERPARTIES_ADDED, added), (COUNTERPARTIES_CHANGED, changed)):
        for part in _parts(items):
            known = [orjson.loads(item) for item in part]
            new.append(_event(kind, {"portfolio": name, "counterparties": known}, day))
    for ids in _parts(removed):
        new.append(_event(COUNTERPARTIES_REMOVED, {"portfolio": name, "ids": ids}, day))
    return new


def _event(kind: str, payload: dict[str, Any], day: date) -> NewEvent:
    return NewEvent(type=kind, effective=day, payload=payload)


def _parts(items: list[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while part := list(islice(rest, _IN_ONE_EVENT)):
        yield part
