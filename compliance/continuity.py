"""A log that was here must not be begun anew in silence: what speaks for one where there is none, or hardly one.

That is what was verified from here before, which the cache folder remembers, and for SQLite the originals in the
archive beside it, unless another log lies there, too, whose originals they may be. (For PostgreSQL they always may be.)
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.archive import Archive
from compliance.bundled import bundled_files
from compliance.errors import CannotSay
from compliance.knowledge import LogFacts, require_grown, what_to_do
from events.state import LOG_IN_SQLITE, database_path

if TYPE_CHECKING:
    from compliance.settings import Settings
    from events import EventLog, LogNotFound


def require_new(settings: Settings, before: LogFacts | None, absence: LogNotFound) -> None:
    """For a place without a log. Raises CannotSay when there must have been one."""
    if before is not None and before.size:
        held = f"it held {before.size:,} events when it was last verified from here"
        raise CannotSay(f"{absence}, but {held}: {what_to_do('begin anew')}")
    if _originals(settings):
        held = f"{settings.archive} holds originals that were imported into one"
        raise CannotSay(f"{absence}, but {held}: {what_to_do('begin anew')}")


def require_begun(settings: Settings, log: EventLog, before: LogFacts | None) -> None:
    """For a log that has only a part of the bundled list. Raises CannotSay when it must have held more.

    Whoever is stopped while the log is begun has archived at most one original more than the log names.
    """
    originals = _originals(settings)  # first: another process may be beginning this log just now
    publications = sum(1 for _ in log.rows(types=["ListPublished"]))
    require_grown(log, log.head().size, before)
    bundled = [sha256(path.read_bytes()).hexdigest() for paths, _ in bundled_files() for path in paths]
    if originals - set(bundled[: publications + 1]):
        held = f"{settings.archive} holds originals of more that was in it"
        raise CannotSay(f"{log.name} holds {log.head().size:,} events, but {held}: {what_to_do('begin anew')}")


def _originals(settings: Settings) -> set[str]:
    """The originals that can only be of this log."""
    path = database_path(settings.database_url)
    if path is None or any(_is_log(other) for other in path.parent.glob("*") if other != path):
        return set()
    return set(Archive(settings.archive).digests())


def _is_log(path: Path) -> bool:
    """Whether a file is a log in SQLite, by its header."""
    try:
        with open(path, "rb") as file:
            start = file.read(72)
    except OSError:
        return False
    return start[:16] == b"SQLite format 3\0" and start[68:72] == LOG_IN_SQLITE
