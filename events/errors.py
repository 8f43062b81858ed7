"""What can go wrong with a log, each as its own class under `EventsError`.

Every message is one plain line meant for a person; no driver exception leaves this package.
"""

from collections.abc import Sequence


class EventsError(Exception):
    """Base of every error this package raises on purpose."""


class LogNotFound(EventsError):
    """There is no log at that address, and none was to be created."""


class NotALog(EventsError):
    """Something is there, but it is not a log of ours, or one of a newer schema."""


class LogUnavailable(EventsError):
    """The log cannot be read or written just now: permissions, lock, full disk, closed."""


class LogReplaced(LogUnavailable):
    """The file of the log was removed, or another was put in its place, while it was open. Open it again."""


class LogOutdated(LogUnavailable):
    """The log has an older schema: it can be read, and written once it has been migrated."""

    def __init__(self, log: str, version: int, current: int) -> None:
        super().__init__(
            f"{log} is a log of version {version}, which can only be read: migrate it to version {current}"
        )
        self.version = version
        self.current = current


class InvalidEvent(EventsError, ValueError):
    """The event cannot be stored: a value that is not JSON, a bad name, a clock without a zone."""


class NoSuchPosition(EventsError, LookupError):
    """The log has no event at that position."""

    def __init__(self, position: int, size: int) -> None:
        super().__init__(f"the log has no position {position}: it holds {size} events")
        self.position = position
        self.size = size


class LogBroken(EventsError):
    """The log is not what was written: tampered with or damaged.

    `position` is the first wrong one; 0 when no single position can be named.
    """

    def __init__(self, position: int, reason: str) -> None:
        where = f" at position {position}" if position else ""
        super().__init__(f"the log is broken{where}: {reason}")
        self.position = position
        self.reason = reason


class LogUnprotected(LogBroken):
    """The database does not refuse changes as it was made to do. The rows may be right; `EventLog.protect` helps."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(0, f"nothing keeps it append-only ({'; '.join(faults)}): find out who did that, and repair it")
        self.faults = tuple(faults)


class ConcurrentAppend(EventsError):
    """Somebody else appended to the stream first; read it again and decide again."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream!r} is at version {actual}, not {expected}: it changed meanwhile")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class CacheUnavailable(EventsError):
    """The cache folder cannot be used; the work can go on without it."""
