"""Writing down what was asked and answered, one event for each screening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

from compliance.answers import Answer
from compliance.as_recorded import lists_asked, recorded_hits, recorded_options
from compliance.records import ScreeningRecorded, screening_event, screening_stream
from compliance.screening import Options, Subject
from compliance.screenings.keeping import Keeping
from events.canonical import canonical_text
from events.errors import ConcurrentAppend

if TYPE_CHECKING:
    from events import Event, NewEvent

Append = Callable[[str, int, "Sequence[NewEvent]"], "list[Event]"]
_ID_DIGITS = 6


class Recorder:
    """Records screenings through `append`, which puts events into a stream, under ids that `clock` dates."""

    def __init__(self, append: Append, keeping: Keeping, clock: Callable[[], datetime]) -> None:
        self._append = append
        self._keeping = keeping
        self._clock = clock
        self._numbers = count()  # tells equal screenings within a second apart

    def screening(self, subject: Subject, options: Options, answer: Answer) -> str:
        """Records one answered question, and returns the id under which it is found again."""
        record = screening_record(subject, options, answer, self._keeping)
        return self.under_new_id(
            record.model_dump(mode="json"),
            lambda new: self._append(
                screening_stream(new), 0, [screening_event(record.model_copy(update={"id": new}))]
            ),
        )

    def under_new_id(self, content: dict[str, Any], append: Callable[[str], object]) -> str:
        """Appends under an id made of the time and the content; another one where a stream has it already."""
        text = canonical_text(content)
        while True:
            new = id_of(self._clock(), f"{text}\n{next(self._numbers)}")
            try:
                append(new)
            except ConcurrentAppend:
                continue
            return new


def id_of(moment: datetime, content: str) -> str:
    """`YYYYMMDDTHHMMSSZ-xxxxxx`: when it was, and six digits of what it was."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{sha256(content.encode()).hexdigest()[:_ID_DIGITS]}"


def screening_record(subject: Subject, options: Options, answer: Answer, keeping: Keeping) -> ScreeningRecorded:
    """The record of one answered question, without its id."""
    return ScreeningRecorded(
        id="",
        who=keeping.who(subject, options.today),
        asked=recorded_options(options, answer.position, answer.root, answer.matcher),
        lists=lists_asked(answer.lists),
        outcome=answer.outcome.value,
        why=answer.why,
        hits=recorded_hits(answer.hits, names=keeping.keys is None),
        answer=keeping.digest(canonical_answer(answer), options.today),
    )


def canonical_answer(answer: Answer) -> bytes:
    """RFC 8785 JSON of the answer as `screen --json` prints it."""
    import rfc8785

    return rfc8785.dumps(answer.plain())
