"""What was asked and answered, as events in the same log as the lists: a recorded "clear" is evidence too.

A screening is one event in a stream of its own. A run (a batch) is one event and one for every row with hits, all in
the run's stream, appended at once when its output is complete. Nothing of the lists is repeated: `position` names the
state of the log that answered, and the rest can be had from there again.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from compliance.model import Value
from events import NewEvent

SCREENING_RECORDED: Literal["ScreeningRecorded"] = "ScreeningRecorded"
RUN_RECORDED: Literal["RunRecorded"] = "RunRecorded"
ROW_HIT: Literal["RowHit"] = "RowHit"


class Asked(Value):
    """The options of a screening or a run, all of them: what is needed to ask again.

    `today` is the day in UTC on which it was asked; `position` and `root` the state of the log that answered; `program`
    the version of this program, `matcher` that of its matcher. The threshold is text: the log holds no floats.
    """

    as_of: date
    today: date
    lists: tuple[str, ...]
    threshold: str
    limit: int | None
    max_age: int
    position: int
    root: str
    matcher: str
    program: str


class ListAsked(Value):
    """One list that was asked, by the digest of its publication; None where it was not held."""

    id: str
    publication: str | None
    published: date | None
    coverage: str
    stale: bool


class Who(Value):
    """The party that was asked for: its name, and what else was known of it.

    Where names are not kept, `name` is None and the rest empty; `given` then tells what was known, without its values.
    `digest` is the keyed digest of all of it and `name_digest` that of the name alone (docs/privacy.md): who has the
    key and the name can show that it was this. Where names are kept, there are no digests.
    """

    name: str | None
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    party_type: str | None = None
    born: tuple[date, date] | None = None
    given: tuple[str, ...] = ()
    digest: str | None = None
    name_digest: str | None = None


class RecordedHit(Value):
    """A hit in short: the entry, its score (as text), by which name or identifier, and the reason in words.

    The reason repeats words of the name that was asked: it is empty where names are not kept.
    """

    entry: str
    entry_name: str
    score: str
    matched_name: str
    matched_kind: str
    reason: str


class ScreeningRecorded(Value):
    """One name was screened. `answer` is the digest of the canonical JSON (RFC 8785) of the whole answer.

    It begins with `sha256:`; where names are not kept with `hmac-sha256:`, as an answer repeats the name.
    """

    id: str
    who: Who
    asked: Asked
    lists: tuple[ListAsked, ...]
    outcome: str
    why: tuple[str, ...]
    hits: tuple[RecordedHit, ...]
    answer: str


class FileRecord(Value):
    """A file by its name as it was given, its size in bytes and its SHA-256 (hex).

    Where names are not kept, that digest's keyed digest: `hmac-sha256:` and so on.
    """

    name: str
    bytes: int
    sha256: str


class RunRecorded(Value):
    """A batch was screened to its end. rows = clear + hits + cannot_say + unreadable.

    `reading` holds how the input was read (encoding, delimiter, columns by use), `writing` how the output was written
    (form, whether every row was): with the inputs they make the same output again, byte for byte.
    """

    id: str
    asked: Asked
    lists: tuple[ListAsked, ...]
    inputs: tuple[FileRecord, ...]
    reading: dict[str, Any]
    outputs: tuple[FileRecord, ...]
    writing: dict[str, Any]
    rows: int
    clear: int
    hits: int
    cannot_say: int
    unreadable: int
    why: tuple[str, ...]


class RowHit(Value):
    """One row of a run that has hits: who was asked for, and the hits.

    `input` is the number of its input, from 0, `row` the row's number as a spreadsheet counts, `row_id` the cell of the
    id column (None where names are not kept).
    """

    run: str
    input: int = 0
    row: int
    row_id: str | None
    who: Who
    hits: tuple[RecordedHit, ...]


def screening_stream(screening_id: str) -> str:
    """The log's stream of one screening."""
    return f"screening/{screening_id}"


def run_stream(run_id: str) -> str:
    """The log's stream of one run."""
    return f"run/{run_id}"


def screening_event(payload: ScreeningRecorded) -> NewEvent:
    """The event of one screening, effective on the day it was asked."""
    return NewEvent(type=SCREENING_RECORDED, effective=payload.asked.today, payload=payload.model_dump(mode="json"))


def run_events(run: RunRecorded, rows: tuple[RowHit, ...]) -> list[NewEvent]:
    """The events of one run: the run, then its rows with hits in their order."""
    day = run.asked.today
    return [
        NewEvent(type=RUN_RECORDED, effective=day, payload=run.model_dump(mode="json")),
        *(NewEvent(type=ROW_HIT, effective=day, payload=row.model_dump(mode="json")) for row in rows),
    ]
