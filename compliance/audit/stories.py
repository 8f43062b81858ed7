"""The story of a party over all lists: listed, amended, moved, delisted, listed again, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from compliance.audit.chronicle import Chronicle, Party
from compliance.audit.fields import FieldChange, field_changes
from compliance.audit.identity import Followed, Identity, Related
from compliance.changes import Cause
from compliance.model import Value
from compliance.provenance import Original, files_of
from compliance.timeline import ListHistory, State, fold

SCHEMA = "entity-compliance/history/1"


class Step(Value):
    """One event of a party's story: what happened, from which day, when it was learned, and from which files.

    `learned` is None where the log was not asked. `what` is listed, amended, delisted or listed again; `moved` tells,
    for one that came from another list of the same publisher's or went there, from or to which entry.
    """

    entry: str
    effective: date
    learned: date | None
    position: int
    what: str
    moved: str | None = None
    cause: str
    publication: str
    published: date | None = None
    files: tuple[str, ...] = ()
    originals: tuple[Original, ...] = ()
    changes: tuple[FieldChange, ...] = ()


class Story(Value):
    """All that happened to a party: under which identities, step by step, and who else may be looked at."""

    entry: str
    identities: tuple[Identity, ...]
    steps: tuple[Step, ...]
    related: tuple[Related, ...] = ()


class _Window(NamedTuple):
    """Between which days a party came to a list, or left it: after the publication before, up to the day itself."""

    after: date
    until: date

    def meets(self, other: _Window) -> bool:
        return max(self.after, other.after) < min(self.until, other.until)


def party_story(chronicle: Chronicle, party: Party) -> Story:
    """Everything that the log says of a party, oldest first."""
    followed = Followed(chronicle, party)
    learned = chronicle.learned(m.position for one in followed.identities for m in chronicle.mentions(one))
    steps = [step for one, history in followed.histories.items() for step in entry_history(history, one.key, learned)]
    steps.sort(key=lambda step: (step.effective, step.position))
    return Story(
        entry=party.id,
        identities=tuple(followed.identities.values()),
        steps=tuple(_moves(steps, followed)),
        related=tuple(followed.related()),
    )


def entry_history(history: ListHistory, key: str, learned: Mapping[int, date] | None = None) -> Iterator[Step]:
    """Every event of one entry in deciding order, each with what it changed against the one before.

    `learned` are the days on which events were recorded, by position.
    """
    named = {record.publication: record for record in history.publications}
    changes = history.parties[key].changes
    before, ever = State(False, {}), False
    for index, change in enumerate(changes):
        after = fold(changes[: index + 1])
        record = named.get(change.publication)
        yield Step(
            entry=f"{history.list_id}/{key}",
            effective=change.effective,
            learned=(learned or {}).get(change.position),
            position=change.position,
            what=_what(before, after, ever),
            cause=change.cause,
            publication=change.publication,
            published=record.published if record else None,
            files=tuple(name for name, _ in record.files) if record else (),
            originals=files_of(record) if record else (),
            changes=tuple(field_changes(before.fields, after.fields)) if after.present else (),
        )
        before, ever = after, ever or after.present


def _what(before: State, after: State, ever: bool) -> str:
    if before.present == after.present:
        return "amended"
    if not after.present:
        return "delisted"
    return "listed again" if ever else "listed"


def _moves(steps: Sequence[Step], followed: Followed) -> Iterator[Step]:
    """The steps, those that belong together as a move marked on both sides."""
    windows = {step.position: window for step in steps if (window := _window(step, followed))}
    pairs: dict[int, str] = {}
    for left in (step for step in steps if step.what == "delisted" and step.position in windows):
        for came in (step for step in steps if step.what.startswith("listed") and step.position in windows):
            if came.entry != left.entry and windows[left.position].meets(windows[came.position]):
                pairs.setdefault(left.position, f"to {came.entry}")
                pairs.setdefault(came.position, f"from {left.entry}")
    yield from (step.model_copy(update={"moved": pairs.get(step.position)}) for step in steps)


def _window(step: Step, followed: Followed) -> _Window | None:
    """When it can have happened; None for an amendment, and where no earlier publication of the list is held."""
    if step.what == "amended":
        return None
    if step.cause == Cause.dated.value:
        return _Window(step.effective - timedelta(days=1), step.effective)
    list_id = step.entry.partition("/")[0]
    histories = (history for party, history in followed.histories.items() if party.list_id == list_id)
    earlier = [r.published for history in histories for r in history.publications if r.published < step.effective]
    return _Window(max(earlier), step.effective) if earlier else None
