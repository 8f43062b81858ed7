"""What is sent: the alerts of one look, in lines of JSON, under keys that stay the same however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

from compliance.monitoring.records import AlertRaised, AlertsLooked

SCHEMA = "entity-compliance/alert/1"
ATTEMPTS = 5
FIRST_WAIT = 1.0  # seconds before the second attempt; each later one waits twice as long


class NotDelivered(Exception):
    """It was not taken, and why, in words. It is owed as before."""


class Refused(NotDelivered):
    """It was not taken and trying again at once is of no use."""


class World(NamedTuple):
    """What sending needs from outside: the time, and how to wait for so many seconds."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]


class Parcel(NamedTuple):
    """The alerts of one look; `position` is that of the look's event in the log."""

    position: int
    looked: AlertsLooked
    alerts: tuple[AlertRaised, ...]

    @property
    def key(self) -> str:
        """The same for the same alerts of the same look, in any process."""
        told = [self.looked.portfolio, str(self.position), *(alert.id for alert in self.alerts)]
        return sha256("\n".join(told).encode()).hexdigest()[:32]

    def parts(self, most: int) -> Iterator[Parcel]:
        """Parcels of so many alerts at most: always the same ones."""
        for start in range(0, len(self.alerts), most):
            yield self._replace(alerts=self.alerts[start : start + most])

    def plain(self) -> list[dict[str, Any]]:
        """Each alert as JSON values; its `id` is the key by which it is known when it comes twice."""
        looked = self.looked
        rest = {"as_of": looked.as_of.isoformat(), "position": self.position, "why": list(looked.why)}
        return [{"schema": SCHEMA, **alert.model_dump(mode="json"), **rest} for alert in self.alerts]

    def lines(self) -> bytes:
        """One line of JSON for each alert."""
        return b"".join(orjson.dumps(alert) + b"\n" for alert in self.plain())


class Addressee(Protocol):
    """Where alerts go. `label` names it in the log, without anything secret."""

    @property
    def label(self) -> str:
        """The name of the addressee in the log."""
        ...

    def send(self, parcel: Parcel, world: World) -> None:
        """Returns when the alerts were taken. Raises NotDelivered."""
        ...


def trying(attempt: Callable[[], None], world: World, asked_to_wait: Callable[[], float | None] = lambda: None) -> None:
    """Attempts until one succeeds, waiting longer each time. Raises the last NotDelivered, and Refused at once."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except Refused:
            raise
        except NotDelivered:
            if number == ATTEMPTS - 1:
                raise
            world.sleep(max(FIRST_WAIT * 2**number, asked_to_wait() or 0.0))
    return None
