"""Finding what was recorded: screenings and runs, by id, time, outcome, name or entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from compliance.errors import BadInput
from compliance.records import (
    ROW_HIT,
    RUN_RECORDED,
    SCREENING_RECORDED,
    RowHit,
    RunRecorded,
    ScreeningRecorded,
    Who,
    run_stream,
    screening_stream,
)
from compliance.screenings.keeping import KeyMissing, NameKeys, has_name

if TYPE_CHECKING:
    from events import EventLog
    from events.event import Recorded

_TYPES = (SCREENING_RECORDED, RUN_RECORDED)
_PAGE = 5_000  # positions that are read together
_SHORTEST = 8  # characters of an id, a day: less names too many


class Held(NamedTuple):
    """A recorded screening or run, with its event's position in the log and the moment it was recorded (UTC)."""

    position: int
    recorded_at: datetime
    record: ScreeningRecorded | RunRecorded

    @property
    def id(self) -> str:
        """By what it is asked for."""
        return self.record.id

    @property
    def is_run(self) -> bool:
        """A batch; else one screening."""
        return isinstance(self.record, RunRecorded)


class Wanted(NamedTuple):
    """What to look for; None and False ask for nothing. Days are those of recording, in UTC.

    `outcome` is that of a screening, or one that some row of a run had; `name` a whole name as it was asked, whatever
    the case of its letters where names are kept; `entry` one that was a hit.
    """

    since: date | None = None
    until: date | None = None
    outcome: str | None = None
    name: str | None = None
    entry: str | None = None
    runs: bool | None = None


def find(log: EventLog, until: int, wanted: Wanted, keys: NameKeys) -> Iterator[Held]:
    """The screenings and runs that are wanted, newest first, among the events up to a position."""
    types = _TYPES if wanted.runs is None else _TYPES[1:] if wanted.runs else _TYPES[:1]
    if wanted.until:
        until = min(until, log.position_at(datetime.combine(wanted.until, time.max, UTC)))
    in_runs = _runs_with(log, until, wanted, keys) if wanted.runs is not False else None
    for row in _newest_first(log, until, types):
        if wanted.since and row.recorded_at.astimezone(UTC).date() < wanted.since:
            return
        held = _held(row)
        if _fits(held, wanted, keys, in_runs):
            yield held


def untold(log: EventLog, until: int, wanted: Wanted, keys: NameKeys) -> int:
    """How many of those that fit but for the name hold a digest of a name whose key is gone: nobody can tell."""
    found = find(log, until, wanted._replace(name=None), keys)
    return sum(any(_lost(who, keys, day) for who, day in _parties(log, until, held)) for held in found)


def get(log: EventLog, until: int, id_: str) -> Held:
    """The screening or run with this id, or with the only id that begins so. Raises BadInput."""
    for stream in (screening_stream(id_), run_stream(id_)):
        for row in log.rows(until=until, stream=stream, types=_TYPES):
            return _held(row)
    rows = _newest_first(log, until, _TYPES) if len(id_) >= _SHORTEST else iter(())
    found = [row for row in rows if row.payload["id"].startswith(id_)]
    if len(found) == 1:
        return _held(found[0])
    how = f"the beginning of {len(found)} ids" if found else "no id of a recorded screening or run"
    raise BadInput(f"{id_!r} is {how}: see `compliance screenings list`")


def _newest_first(log: EventLog, until: int, types: Sequence[str]) -> Iterator[Recorded]:
    """The events of these types from a position backwards, read a page at a time."""
    for end in range(until, 0, -_PAGE):
        yield from reversed(list(log.rows(after=max(0, end - _PAGE), until=end, types=types)))


def row_hits(log: EventLog, until: int, run_id: str) -> Iterator[RowHit]:
    """The rows of a run that had hits, in their order."""
    for row in log.rows(until=until, stream=run_stream(run_id), types=[ROW_HIT]):
        yield RowHit.model_validate(row.payload)


def _held(row: Recorded) -> Held:
    model = RunRecorded if row.type == RUN_RECORDED else ScreeningRecorded
    return Held(row.position, row.recorded_at, model.model_validate(row.payload))


def _fits(held: Held, wanted: Wanted, keys: NameKeys, in_runs: set[str] | None) -> bool:
    record = held.record
    if isinstance(record, RunRecorded):
        counts = {"clear": record.clear, "hits": record.hits, "cannot say": record.cannot_say}
        return not (wanted.outcome and not counts.get(wanted.outcome)) and (in_runs is None or record.id in in_runs)
    if wanted.outcome and record.outcome != wanted.outcome:
        return False
    if wanted.entry and not any(hit.entry == wanted.entry for hit in record.hits):
        return False
    return wanted.name is None or _named(record.who, wanted.name, keys, record.asked.today)


def _runs_with(log: EventLog, until: int, wanted: Wanted, keys: NameKeys) -> set[str] | None:
    """The runs in which some row with hits is by the name and of the entry; None where neither is asked for."""
    if wanted.name is None and wanted.entry is None:
        return None
    found = set()
    for row in log.rows(until=until, types=[ROW_HIT]):
        hit = RowHit.model_validate(row.payload)
        of_entry = wanted.entry is None or any(one.entry == wanted.entry for one in hit.hits)
        if of_entry and (wanted.name is None or _named(hit.who, wanted.name, keys, row.effective)):
            found.add(hit.run)
    return found


def _named(who: Who, name: str, keys: NameKeys, day: date) -> bool:
    if who.name is not None:
        return who.name.casefold() == name.casefold()
    try:
        return has_name(who, name, keys, day)
    except KeyMissing:
        return False  # nobody can tell any more; `untold` counts them


def _parties(log: EventLog, until: int, held: Held) -> Iterator[tuple[Who, date]]:
    """Who was asked for in a record (of a run: in its rows with hits), each with the day of the key."""
    if not isinstance(held.record, RunRecorded):
        yield held.record.who, held.record.asked.today
        return
    for row in log.rows(until=until, stream=run_stream(held.id), types=[ROW_HIT]):
        yield RowHit.model_validate(row.payload).who, row.effective


def _lost(who: Who, keys: NameKeys, day: date) -> bool:
    if who.name_digest is None:
        return False
    try:
        has_name(who, "", keys, day)
    except KeyMissing:
        return True
    return False
