"""The record of what was asked: one object to write it, find it and answer it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.answers import Answer
from compliance.errors import CannotSay
from compliance.knowledge import KnownLog
from compliance.records import Asked, RowHit, RunRecorded, ScreeningRecorded, run_events, run_stream
from compliance.screening import Options, Subject
from compliance.screenings.keeping import Keeping, NameKeys
from compliance.screenings.reading import Held, Wanted, find, get, row_hits, untold
from compliance.screenings.recording import Recorder
from compliance.screenings.reproducing import Reproduced, ScreenerFor, reproduce
from compliance.settings import Settings
from events.errors import ConcurrentAppend

if TYPE_CHECKING:
    from compliance.batch.unaltered import Earlier
    from compliance.batch.values import Result
    from compliance.screenings.runs import RunAgain, RunReproduced

KEYS = "keys"  # the folder of the name keys, in the data folder


class Journal:
    """Screenings and runs of one log. `screener_for` gives the screener that can answer a recorded question."""

    def __init__(
        self, known: KnownLog, settings: Settings, clock: Callable[[], datetime], screener_for: ScreenerFor
    ) -> None:
        self._known = known
        self._screener_for = screener_for
        self.keys = NameKeys(settings.data / KEYS)
        self._keeping = Keeping(self.keys if settings.record_names == "digest" else None)
        self._append = partial(known.append, actor=settings.actor)
        self._recorder = Recorder(self._append, self._keeping, clock)

    def record(self, subject: Subject, options: Options, answer: Answer) -> str:
        """Records one answered question, durably, and returns its id. A broken log is not added to: LogBroken."""
        return self._recorder.screening(subject, options, answer)

    def record_run(self, result: Result) -> None:
        """Records a finished run with its rows, all or none; one that is recorded already, as it is, is left alone.

        Raises CannotSay where another run has its id.
        """
        from compliance.screenings.runs import run_record

        run, rows = run_record(result, self._keeping)
        try:
            self._append(run_stream(run.id), 0, run_events(run, rows))
        except ConcurrentAppend:
            if self.get(run.id).record != run:
                raise CannotSay(
                    f"another run has the id {run.id}, as both began within a second: the results are in place, but "
                    "not recorded; screen again to have them recorded"
                ) from None

    def run_id(self, wanted: str, day: date) -> str:
        """An id for a run that no other has: as wanted, or with other last digits.

        Where names are not kept, the last digits are keyed: they tell of the input.
        """
        moment, _, digits = wanted.rpartition("-")
        for number in count():
            found = wanted
            if number or self._keeping.keys is not None:
                keyed = self._keeping.digest(f"{wanted}\n{number}".encode(), day)
                found = f"{moment}-{keyed[-len(digits) :]}"
            if not self._known.log.version(run_stream(found)):
                break
        return found

    def find(self, wanted: Wanted = Wanted()) -> Iterator[Held]:  # noqa: B008 - a frozen value
        """The recorded screenings and runs that are wanted, newest first."""
        return find(self._known.log, self._known.facts().size, wanted, self.keys)

    def untold(self, wanted: Wanted) -> int:
        """How many more might be wanted: their names were kept as digests alone, and the key of those is gone."""
        return untold(self._known.log, self._known.facts().size, wanted, self.keys)

    def get(self, id_: str) -> Held:
        """One of them, by its id or the beginning of it. Raises BadInput."""
        return get(self._known.log, self._known.facts().size, id_)

    def rows(self, run_id: str) -> Iterator[RowHit]:
        """The rows of a run that had hits."""
        return row_hits(self._known.log, self._known.facts().size, run_id)

    def reproduce_run(self, record: RunRecorded, again: RunAgain) -> RunReproduced:
        """A recorded run made again from its inputs. Raises CannotSay, with the reason, where it cannot be."""
        from compliance.screenings.runs import reproduce_run

        return reproduce_run(record, self.rows(record.id), self._screener_for, self.keys, again)

    def earlier(self, run_id: str, inputs: Sequence[Path], now: Asked) -> tuple[RunRecorded, Earlier]:
        """A recorded run that one of now can start from, with its inputs where they lie now.

        Raises BadInput where there is no such run or it asked otherwise, CannotSay where its inputs are not there.
        """
        from compliance.screenings.earlier import earlier

        held = self.get(run_id)
        return earlier(held.record, self.rows(held.id), inputs, self.keys, now)

    def reproduce(self, record: ScreeningRecorded, given: Subject | None = None) -> Reproduced:
        """A recorded question answered again. `given` is who was asked for, where only digests of it were kept.

        Raises CannotSay, with the reason, where it cannot be answered again.
        """
        return reproduce(record, self._screener_for, self.keys, given)
