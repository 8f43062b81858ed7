"""The contents of a page, from the log: nothing else is asked, so that it can be made again years later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from compliance.errors import BadInput
from compliance.records import (
    ROW_HIT,
    RUN_RECORDED,
    SCREENING_RECORDED,
    RowHit,
    RunRecorded,
    ScreeningRecorded,
    run_stream,
    screening_stream,
)
from compliance.report.contents import Case, Gathering, ListShown, RunReport, lists_shown

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from events import Event


class ScreeningReport(NamedTuple):
    """All that the page of one screening says."""

    record: ScreeningRecorded
    position: int
    recorded_at: str
    actor: str
    lists: tuple[ListShown, ...]
    cases: tuple[Case, ...]


def run_report(compliance: Compliance, run_id: str, details: int) -> RunReport:
    """`report_of` the run with this id, or with the beginning of it. Raises BadInput when the log holds none."""
    return report_of(compliance, recorded(compliance, run_id), details)


def report_of(compliance: Compliance, events: Sequence[Event], details: int) -> RunReport:
    """Everything the report of a run says, from its events; the `details` gravest cases explained word by word.

    Raises BadInput for the events of a screening, CannotSay where the log never was in the state that answered.
    """
    opening = events[0]
    if opening.type != RUN_RECORDED:
        raise BadInput(f"{opening.payload['id']} is a screening of one name, not a run")
    run = RunRecorded.model_validate(opening.payload)
    rows = [RowHit.model_validate(event.payload) for event in events if event.type == ROW_HIT]
    groups = Gathering(compliance.screener_of(run.asked), details).groups(rows)
    titled = Counter(shown.list_title for group in groups for case in group.cases for shown in case.hits)
    return RunReport(
        run=run,
        position=opening.position,
        recorded_at=_moment(opening),
        actor=opening.actor,
        lists=tuple(lists_shown(run.asked, run.lists, titled)),
        groups=groups,
        explained=min(details, sum(len(group.cases) for group in groups)),
    )


def screening_report(compliance: Compliance, event: Event) -> ScreeningReport:
    """Everything the page of one screening says, from its event."""
    record = ScreeningRecorded.model_validate(event.payload)
    asked = RowHit(run=record.id, row=0, row_id=None, who=record.who, hits=record.hits)
    groups = Gathering(compliance.screener_of(record.asked), 1).groups([asked])
    cases = tuple(case for group in groups for case in group.cases)
    titled = Counter(shown.list_title for case in cases for shown in case.hits)
    lists = tuple(lists_shown(record.asked, record.lists, titled))
    return ScreeningReport(record, event.position, _moment(event), event.actor, lists, cases)


def recorded(compliance: Compliance, record_id: str) -> list[Event]:
    """The events of a run or of a screening, by its id or the beginning of it. Raises BadInput for none."""
    held = compliance.journal.get(record_id)
    stream = run_stream(held.id) if held.is_run else screening_stream(held.id)
    return list(compliance.log.read(stream=stream, types=(RUN_RECORDED, ROW_HIT, SCREENING_RECORDED)))


def _moment(event: Event) -> str:
    return event.recorded_at.isoformat(timespec="seconds")
