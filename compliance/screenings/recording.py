"""Writing down what was asked and answered, one event for each screening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any

from compliance import __version__
from compliance.answers import Answer, Hit, ListBasis
from compliance.records import (
    Asked,
    ListAsked,
    RecordedHit,
    ScreeningRecorded,
    screening_event,
    screening_stream,
)
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
        asked=asked(options, answer.position, answer.root, answer.matcher),
        lists=lists_asked(answer.lists),
        outcome=answer.outcome.value,
        why=answer.why,
        hits=recorded_hits(answer.hits, names=keeping.keys is None),
        answer=keeping.digest(canonical_answer(answer), options.today),
    )


def asked(options: Options, position: int, root: str, matcher: str) -> Asked:
    """The options as they are recorded."""
    return Asked(
        as_of=options.as_of,
        today=options.today,
        lists=options.lists,
        threshold=repr(float(options.threshold)),
        limit=options.limit,
        max_age=options.max_age,
        position=position,
        root=root,
        matcher=matcher,
        program=__version__,
    )


def lists_asked(lists: Sequence[ListBasis]) -> tuple[ListAsked, ...]:
    """The lists that an answer rests on, in short."""
    return tuple(
        ListAsked(
            id=basis.id,
            publication=basis.publication,
            published=basis.published,
            coverage=basis.coverage,
            stale=basis.stale,
        )
        for basis in lists
    )


def recorded_hits(hits: Sequence[Hit], *, names: bool) -> tuple[RecordedHit, ...]:
    """The hits in short; without the reasons where names are not kept, since they repeat the name."""
    return tuple(
        RecordedHit(
            entry=hit.entry.id,
            entry_name=hit.entry.primary_name,
            score=repr(hit.score),
            matched_name=hit.matched_name,
            matched_kind=hit.matched_kind,
            reason=hit.reason.summary if names else "",
        )
        for hit in hits
    )


def canonical_answer(answer: Answer) -> bytes:
    """RFC 8785 JSON of the answer as `screen --json` prints it."""
    import rfc8785

    return rfc8785.dumps(answer.plain())
