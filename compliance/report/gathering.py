"""The contents of a report, from the log: nothing else is asked, so that it can be made again years later."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from compliance.errors import BadInput
from compliance.records import ROW_HIT, RUN_RECORDED, RowHit, RunRecorded, run_stream
from compliance.report.contents import Gathering, RunReport, lists_shown

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from events import Event


def run_report(compliance: Compliance, run_id: str, details: int) -> RunReport:
    """Everything the report of a run says; the `details` gravest cases explained word by word.

    Raises BadInput when the log holds no such run, LogBroken when it is not whole.
    """
    compliance.facts()
    events = list(compliance.log.read(stream=run_stream(run_id)))
    opening = next((event for event in events if event.type == RUN_RECORDED), None)
    if opening is None:
        raise BadInput(f"the log holds no run {run_id!r}: `compliance screenings list` prints them")
    run = RunRecorded.model_validate(opening.payload)
    groups = _gathering(compliance, run, details).groups(_rows(events))
    titled = Counter(shown.list_title for group in groups for case in group.cases for shown in case.hits)
    return RunReport(
        run=run,
        position=opening.position,
        recorded_at=opening.recorded_at.isoformat(timespec="seconds"),
        actor=opening.actor,
        lists=tuple(lists_shown(run, titled)),
        groups=groups,
        explained=min(details, sum(len(group.cases) for group in groups)),
    )


def _rows(events: list[Event]) -> list[RowHit]:
    return [RowHit.model_validate(event.payload) for event in events if event.type == ROW_HIT]


def _gathering(compliance: Compliance, run: RunRecorded, details: int) -> Gathering:
    asked = run.asked
    screener = compliance.screener(
        as_of=asked.as_of,
        known_at=asked.position,
        lists=asked.lists,
        threshold=float(asked.threshold),
        max_age=asked.max_age,
    )
    return Gathering(screener, details)
