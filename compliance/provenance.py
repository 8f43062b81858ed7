"""From an event to the official files that it was written from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.changes import PUBLICATION_EVENTS
from compliance.errors import BadInput
from compliance.model import Value
from compliance.timeline import HISTORY_EVENTS, PublicationRecord, publications
from events import EventLog, LogBroken, NoSuchPosition


class Original(Value):
    """An official file in the archive: its name as obtained and its SHA-256 (hex)."""

    name: str
    sha256: str


class Origin(Value):
    """The publication that an event was written from, and its archived files."""

    publication: str
    published: date
    files: tuple[Original, ...]


def files_of(record: PublicationRecord) -> tuple[Original, ...]:
    """A publication's files in the archive."""
    return tuple(Original(name=name, sha256=digest) for name, digest in record.files)


def origin(log: EventLog, position: int) -> Origin:
    """The publication that the event at a position was written from. Raises BadInput when there is none."""
    try:
        event = log.get(position)
    except NoSuchPosition as error:
        raise BadInput(str(error)) from error
    if event.type not in HISTORY_EVENTS:
        raise BadInput(f"the event at position {position} ({event.type}) came from no official file")
    records = publications(log.rows(stream=event.stream, types=PUBLICATION_EVENTS)).get(event.payload["list"], ())
    record = next((r for r in records if r.publication == event.payload["publication"]), None)
    if record is None:
        raise LogBroken(position, "the publication that it came from is not found in its stream")
    return Origin(publication=record.publication, published=record.published, files=files_of(record))


def originals(log: EventLog, what: str) -> Sequence[Original]:
    """The archived files that a log position or a SHA-256, whole or its beginning, leads to. Raises BadInput."""
    if what.isdigit() and len(what) < 12:
        return origin(log, int(what)).files
    held = publications(log.rows(types=PUBLICATION_EVENTS))
    known = {file.sha256: file for records in held.values() for record in records for file in files_of(record)}
    found = [file for digest, file in known.items() if len(what) >= 8 and digest.startswith(what.lower())]
    if len(found) != 1:
        how = f"the beginning of {len(found)} originals" if found else "no original that the log names"
        raise BadInput(f"{what!r} is {how}: give a SHA-256, at least its first 8 digits, or a log position")
    return found
