"""The record of what was asked: one object to write it, find it and answer it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from compliance.answers import Answer
from compliance.knowledge import KnownLog
from compliance.records import RowHit, ScreeningRecorded
from compliance.screening import Options, Subject
from compliance.screenings.keeping import Keeping, NameKeys
from compliance.screenings.reading import Held, Wanted, find, get, row_hits
from compliance.screenings.recording import Recorder
from compliance.screenings.reproducing import Reproduced, ScreenerFor, reproduce
from compliance.settings import Settings

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
        append = partial(known.append, actor=settings.actor)
        self._recorder = Recorder(append, self._keeping, clock)

    def record(self, subject: Subject, options: Options, answer: Answer) -> str:
        """Records one answered question, durably, and returns its id. A broken log is not added to: LogBroken."""
        return self._recorder.screening(subject, options, answer)

    def find(self, wanted: Wanted = Wanted()) -> Iterator[Held]:  # noqa: B008 - a frozen value
        """The recorded screenings and runs that are wanted, newest first."""
        return find(self._known.log, self._known.facts().size, wanted, self.keys)

    def get(self, id_: str) -> Held:
        """One of them, by its id or the beginning of it. Raises BadInput."""
        return get(self._known.log, self._known.facts().size, id_)

    def rows(self, run_id: str) -> Iterator[RowHit]:
        """The rows of a run that had hits."""
        return row_hits(self._known.log, self._known.facts().size, run_id)

    def reproduce(self, record: ScreeningRecorded, given: Subject | None = None) -> Reproduced:
        """A recorded question answered again. `given` is who was asked for, where only digests of it were kept.

        Raises CannotSay, with the reason, where it cannot be answered again.
        """
        return reproduce(record, self._screener_for, self.keys, given)
