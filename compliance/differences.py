"""What a publication changes: its statements against a list's history, as the events still missing.

A party's true course on a list is a function of the list's publications alone. Each field has, on a publication's
day, what that publication states, and keeps it until the next publication that states it; presence on the list is
decided by every publication. Publications that follow each other and all hold an entry are a *stretch* of it. It is
true from the first own date that one of them gives, where this is later than the last publication that did not hold the
entry: one that held it and did not date it does not contradict. So importing in any order ends in the same register.

Nothing is ever taken back: where an own date has to give way to a publication filled in later, an event says so.
A field whose value is null is not known, or known to be empty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple

from compliance.changes import Cause, entry_event
from compliance.model import Statement
from compliance.timeline import Change, ListHistory, Party, fold, natural_order
from events import NewEvent

PRESENCE = "presence"
_UNRECORDED = 1 << 62  # the position of an event not yet written: after every recorded one of its day


class Difference(NamedTuple):
    """An event to be appended, with what the import's summary counts.

    `known` says that the record had the entry on the publication's day before it was imported.
    """

    event: NewEvent
    kind: Literal["Listed", "Amended", "Delisted"]
    cause: Cause
    known: bool


class Comparison:
    """One list's part of a publication, to be held against the list's history.

    For a publication that is read again, `reread` is what is to be known of that; see `Reread`.
    """

    def __init__(
        self,
        history: ListHistory,
        *,
        publication: str,
        published: date,
        covers: frozenset[str],
        reread: Reread | None = None,
    ) -> None:
        self.history = history
        self.publication = publication
        self.published = published
        self.covers = covers
        self.reread = reread
        self.publication_days = _covered_by_day(history)
        if reread:
            self.publication_days[published] = covers
        else:
            self.publication_days[published] = self.publication_days.get(published, frozenset()) | covers

    def differences(self, statements: Mapping[str, Statement]) -> Iterator[Difference]:
        """The events that make the history say what the statements say, in a fixed order."""
        parties = self.history.parties
        for key in sorted({*statements, *parties}, key=natural_order):
            statement, party = statements.get(key), parties.get(key) or Party()
            before = self.reread.before.parties.get(key) or Party() if self.reread else party
            if not self._already_said(party, before, statement):
                yield from self._mend(key, party, Course(self, party, before, statement))

    def _already_said(self, party: Party, before: Party, statement: Statement | None) -> bool:
        """The common case in one look: no own dates, and on the publication's day nothing new."""
        if (statement and statement.listed_on) or any(c.fields.get("listed_on") for c in party.changes):
            return False
        if self.reread and (self.reread.dropped or len(party.changes) != len(before.changes)):
            return False
        present, fields, _ = party.at(self.published)
        if statement is None or not present:
            return present == (statement is not None)
        return all(fields.get(field) == value for field, value in statement.fields.items())

    def _mend(self, key: str, party: Party, course: Course) -> Iterator[Difference]:
        """Walks the days of a party's course and yields an event wherever the record differs from it."""
        changes = list(party.changes)
        known = party.at(self.published).present
        for day in course.days():
            present, wanted = course.at(day)
            actual = fold(change for change in changes if change.effective <= day)
            new = {field for field, value in wanted.items() if actual.fields.get(field) != value}
            if present == actual.present and not new:
                continue
            kind = _kind(actual.present, present)
            publication, cause, covered = course.source(day, new if present == actual.present else {PRESENCE})
            whole = new | covered if new or kind == "Listed" else new
            said = {field: value for field, value in wanted.items() if field in whole} or None
            changes.append(Change(day, _UNRECORDED, present, said or {}, publication, cause))
            changes.sort(key=lambda change: change[:2])
            yield Difference(
                entry_event(
                    kind, list_id=self.history.list_id, key=key, publication=publication,
                    effective=day, cause=cause, fields=said,
                ),
                kind,
                cause,
                known,
            )  # fmt: skip


class Reread(NamedTuple):
    """What a comparison must know of a reading again, in which a list's publications follow each other by their days.

    `before` is the history as it was before the first of them: what the publications after this one said. `until` is
    the day of the next one that will be read again: from then on its own comparison decides. `dropped` are fields
    that the earlier reading covered and this one does not.
    """

    before: ListHistory
    until: date | None
    dropped: frozenset[str]


class Course:
    """What a party's presence and fields are from day to day, by the publications including the new one."""

    def __init__(self, comparison: Comparison, party: Party, before: Party, statement: Statement | None) -> None:
        self.comparison = comparison
        self.party = party
        self.before = before
        self.says = {day: self._saying(day, statement) for day in sorted(comparison.publication_days)}
        self.stretches = _stretches(self.says)
        dropped = comparison.reread.dropped if comparison.reread else frozenset()
        self.steps = {PRESENCE: sorted(self._presence(), key=lambda step: step[:2])}
        for field in sorted(dropped.union(*comparison.publication_days.values())):
            self.steps[field] = list(self._steps(field))

    def days(self) -> list[date]:
        """Every day on which a step begins or an event was recorded, up to where this comparison decides."""
        begun = {step.start for steps in self.steps.values() for step in steps}
        days = sorted(begun | {change.effective for change in self.party.changes})
        until = self.comparison.reread.until if self.comparison.reread else None
        return days if until is None else [day for day in days if day < until]

    def at(self, day: date) -> tuple[bool, dict[str, Any]]:
        """Presence, and the value of every field that any publication speaks of."""
        values = {field: self._value(steps, day) for field, steps in self.steps.items()}
        present = values.pop(PRESENCE)
        return present is True, values

    def source(self, day: date, changed: Iterable[str]) -> tuple[str, Cause, frozenset[str]]:
        """The publication that decides what changed on a day, why an event says so now, and the fields it covers."""
        new = self.comparison
        deciding = [step for field in changed if (step := _last(self.steps[field], day))]
        if not deciding:
            return new.publication, Cause.corrected, frozenset()
        step = max(deciding, key=lambda step: (step.published == new.published, step.start))
        covered = new.publication_days[step.published]
        if step.published == new.published:
            return new.publication, Cause.corrected if new.reread else _own_cause(day, step), new.covers
        named = [r.publication for r in new.history.publications if r.published == step.published]
        return named[-1], Cause.restored if day >= new.published else Cause.corrected, covered

    def _saying(self, day: date, statement: Statement | None) -> _Saying:
        new = self.comparison
        present, fields, _ = (self.before if day > new.published else self.party).at(day)
        if day == new.published:
            present = statement is not None
            fields = {**fields, **(statement.fields if statement else {})}
        dated = "listed_on" in new.publication_days[day] and fields.get("listed_on")
        return _Saying(present, fields, date.fromisoformat(dated) if dated else None)

    def _steps(self, field: str) -> Iterator[_Step]:
        """The days from which each publication's word on a field counts, the earliest first."""
        before: date | None = None
        for day, covered in sorted(self.comparison.publication_days.items()):
            if field not in covered:
                continue
            if self.says[day].present:
                yield _Step(self._start(field, day, before), day, self.says[day].fields.get(field))
            before = day

    def _presence(self) -> Iterator[_Step]:
        """The days from which each publication's word on the entry's presence counts."""
        for day, saying in self.says.items():
            stretch = self.stretches.get(day)
            yield _Step(stretch.start if stretch and day == stretch.dated_by else day, day, saying.present)

    def _start(self, field: str, day: date, before: date | None) -> date:
        """The day from which a publication's word on a field counts; `before` is the one that spoke of it before.

        What is first said of a field in a stretch reaches back to the stretch's start: said by its first publication,
        there is no other word on the days before; said later, if all publications until then date the entry. Who held
        it and gave it no date did not know the field of those days either.
        """
        stretch = self.stretches[day]
        if before is not None and before >= stretch.first:
            return day
        dates_it = field == "listed_on" and self.says[day].own == stretch.start
        known = all(said.own for other, said in self.says.items() if stretch.first <= other <= day)
        return stretch.start if day == stretch.first or dates_it or known else day

    @staticmethod
    def _value(steps: list[_Step], day: date) -> Any:
        step = _last(steps, day)
        return step.value if step else None


class _Saying(NamedTuple):
    """What holds of a party on a publication's day: presence, the known fields, the entry's own date."""

    present: bool
    fields: Mapping[str, Any]
    own: date | None


class _Stretch(NamedTuple):
    """Publications that follow each other and all hold the entry: the day of the first, and when the entry begins.

    `dated_by` is the day of the publication whose own date tells the start; of the first, where none does.
    """

    first: date
    start: date
    dated_by: date


def _stretches(says: Mapping[date, _Saying]) -> dict[date, _Stretch]:
    """The stretch of each publication, by its day, that holds the entry."""
    found: dict[date, _Stretch] = {}
    for holds, group in groupby(says.items(), key=lambda item: item[1].present):
        days = dict(group)
        first = min(days)
        if holds:
            lacking = max((day for day in says if day < first), default=date.min)
            own = ((said.own, day) for day, said in days.items() if said.own and lacking < said.own < first)
            start, dated_by = next(own, (first, first))
            found |= dict.fromkeys(days, _Stretch(first, start, dated_by))
    return found


class _Step(NamedTuple):
    """From `start` on, a field has this value, by the word of the publication of day `published`."""

    start: date
    published: date
    value: Any


def _own_cause(day: date, step: _Step) -> Cause:
    if day == step.published:
        return Cause.published
    return Cause.dated if day == step.start and day < step.published else Cause.restored


def _last(steps: list[_Step], day: date) -> _Step | None:
    """The step that counts on a day."""
    index = bisect_right(steps, day, key=_start)
    return steps[index - 1] if index else None


def _start(step: _Step) -> date:
    return step.start


def _kind(was: bool, now: bool) -> Literal["Listed", "Amended", "Delisted"]:
    if was == now:
        return "Amended"
    return "Listed" if now else "Delisted"


def _covered_by_day(history: ListHistory) -> dict[date, frozenset[str]]:
    days: dict[date, frozenset[str]] = {}
    for record in history.publications:
        days[record.published] = days.get(record.published, frozenset()) | record.covers
    return days
