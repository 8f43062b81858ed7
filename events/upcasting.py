"""Old versions of an event's payload to the present one, when read; what is stored never changes."""

from collections.abc import Callable, Mapping
from typing import Any

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]


class Upcasts:
    """A registry of steps: (event type, from schema version) to a function on the payload.

    Each step leads one version up, so that an old payload walks through all of them.

        Upcasts({("PartyListed", 1): lambda old: {**old, "aliases": []}})
    """

    def __init__(self, steps: Mapping[tuple[str, int], Upcast] | None = None) -> None:
        self._steps = dict(steps or {})

    def __bool__(self) -> bool:
        return bool(self._steps)

    def apply(self, type_: str, schema_version: int, payload: Payload) -> tuple[int, Payload]:
        """The schema version reached and the payload in it; both unchanged where no step is known."""
        while step := self._steps.get((type_, schema_version)):
            payload = step(payload)
            schema_version += 1
        return schema_version, payload
