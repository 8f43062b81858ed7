"""A small append-only event log with tamper evidence. It knows nothing of what the events mean.

Names are loaded when first used: `from events.state import storage_state` must stay a matter of
milliseconds, and SQLModel with SQLAlchemy takes a third of a second to import.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from events.errors import (
        CacheUnavailable,
        ConcurrentAppend,
        EventsError,
        InvalidEvent,
        LogBroken,
        LogNotFound,
        LogOutdated,
        LogReplaced,
        LogUnavailable,
        LogUnprotected,
        NoSuchPosition,
        NotALog,
    )
    from events.event import Event, NewEvent, Recorded, canonical_bytes, leaf_hash
    from events.head import Head, Verification
    from events.log import EventLog
    from events.projection import SnapshotStore, fold
    from events.state import RememberedHead, storage_state
    from events.upcasting import Upcasts

__all__ = [
    "CacheUnavailable",
    "ConcurrentAppend",
    "Event",
    "EventLog",
    "EventsError",
    "Head",
    "InvalidEvent",
    "LogBroken",
    "LogNotFound",
    "LogOutdated",
    "LogReplaced",
    "LogUnavailable",
    "LogUnprotected",
    "NewEvent",
    "NoSuchPosition",
    "NotALog",
    "Recorded",
    "RememberedHead",
    "SnapshotStore",
    "Upcasts",
    "Verification",
    "canonical_bytes",
    "fold",
    "leaf_hash",
    "storage_state",
]

_ELSEWHERE = {
    "Event": "event",
    "EventLog": "log",
    "Head": "head",
    "NewEvent": "event",
    "Recorded": "event",
    "RememberedHead": "state",
    "SnapshotStore": "projection",
    "Upcasts": "upcasting",
    "Verification": "head",
    "canonical_bytes": "event",
    "fold": "projection",
    "leaf_hash": "event",
    "storage_state": "state",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
