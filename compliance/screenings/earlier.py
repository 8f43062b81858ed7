"""An earlier run that one of now starts from: what of it is known from the record, and that it was screened alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from compliance.batch.unaltered import Earlier
from compliance.errors import BadInput, CannotSay
from compliance.records import Asked, RowHit, RunRecorded, ScreeningRecorded
from compliance.screenings.keeping import NameKeys
from compliance.screenings.runs import inputs_again

_INSTEAD = "screen everything, without --changed-since"


def earlier(
    record: RunRecorded | ScreeningRecorded, rows: Iterable[RowHit], given: Sequence[Path], keys: NameKeys, now: Asked
) -> tuple[RunRecorded, Earlier]:
    """The run and what it read and found. Its inputs lie where they lay, or where it is given.

    Raises BadInput where it asked otherwise than is asked now, CannotSay where an input is another file or is not
    there, or where the record of its hits is not whole.
    """
    if not isinstance(record, RunRecorded):
        raise BadInput(f"{record.id} is a screening of one name: name a run, as `compliance screenings list` prints it")
    if other := "; ".join(_otherwise(record.asked, now)):
        raise BadInput(f"what {record.id} found says nothing of a run of now: {other}. {_INSTEAD.capitalize()}")
    with_hits = frozenset((row.input, row.row) for row in rows)
    if len(with_hits) != record.hits:
        raise CannotSay(
            f"{record.id} had {record.hits:,} rows with hits, and {len(with_hits):,} are recorded: {_INSTEAD}"
        )
    try:
        inputs = tuple(inputs_again(record, given, keys))
    except CannotSay as error:
        raise CannotSay(f"{str(error).replace('--input', '--earlier-input')}; or {_INSTEAD}") from error
    return record, Earlier(inputs, record.rows, with_hits)


def _otherwise(then: Asked, now: Asked) -> Iterator[str]:
    """What decides who is a hit, besides the parties and the lists, where it is not the same."""
    for what in ("program", "matcher", "threshold"):
        before, after = getattr(then, what), getattr(now, what)
        if before != after:
            yield f"its {what} was {before}, and is {after} now"
