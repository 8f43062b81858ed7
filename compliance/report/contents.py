"""What the report of a run says, gathered from the log: what was asked, against what, and the cases by risk.

The run's own events say who was hit and with which score. What the listing forbids and how the words were matched is
read from the lists as the run saw them, at its position of the log; where that no longer gives the recorded score (a
newer matcher, names that were not kept), the recorded reason stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from compliance.answers import Hit, LeftoverView, TokenView
from compliance.book import Book
from compliance.countries import code_of
from compliance.measures import in_words
from compliance.model import Entry, MeasureKind
from compliance.records import Asked, ListAsked, RecordedHit, RowHit, RunRecorded
from compliance.screening import Screener, Subject
from compliance.screenings.keeping import subject_of
from compliance.sources.catalogue import list_info

# Gravest first: what is forbidden altogether, then what is forbidden in part, then what asks for a look.
RISKS: tuple[tuple[str, frozenset[MeasureKind]], ...] = (
    ("Property blocked or frozen: no dealings", frozenset({MeasureKind.blocking, MeasureKind.asset_freeze})),
    (
        "Securities, debt or accounts restricted",
        frozenset(
            {
                MeasureKind.securities,
                MeasureKind.debt_equity,
                MeasureKind.correspondent_account,
                MeasureKind.menu_based,
                MeasureKind.sanctions_evader,
                MeasureKind.reject,
                MeasureKind.oil_projects,
            }
        ),
    ),
    ("On a list of your own", frozenset({MeasureKind.internal})),
    (
        "Trade restricted: exports, imports, transport, arms",
        frozenset(
            {
                MeasureKind.export_licence,
                MeasureKind.export_denial,
                MeasureKind.export_unverified,
                MeasureKind.import_presumption,
                MeasureKind.debarment,
                MeasureKind.nonproliferation,
                MeasureKind.arms_embargo,
                MeasureKind.transport,
                MeasureKind.trade,
            }
        ),
    ),
)
OTHER_RISK = "Other measures, or none that is known: review the entry"


class HitShown(NamedTuple):
    """A hit with what the listing says; `tokens` and `left_over` explain it where it could be explained again."""

    hit: RecordedHit
    list_title: str
    risk: int
    forbidden: tuple[str, ...]
    since: str
    countries: tuple[str, ...]
    tokens: tuple[TokenView, ...] = ()
    left_over: tuple[LeftoverView, ...] = ()
    notes: tuple[str, ...] = ()


class Case(NamedTuple):
    """One row of the input with its hits, best first: one piece of work for an analyst."""

    row: RowHit
    hits: tuple[HitShown, ...]

    @property
    def risk(self) -> int:
        """The gravest risk of its hits: the lower the graver."""
        return min(shown.risk for shown in self.hits)

    @property
    def score(self) -> float:
        """The best score."""
        return max(float(shown.hit.score) for shown in self.hits)


class Group(NamedTuple):
    """The cases of one risk, highest score first."""

    title: str
    cases: tuple[Case, ...]


class ListShown(NamedTuple):
    """One list that the run asked: its age in days on the day asked about, None where it was not held."""

    id: str
    title: str
    published: str
    age: int | None
    stale: bool
    hits: int


class RunReport(NamedTuple):
    """All that the page of a run says. `explained` counts the cases that are explained word by word."""

    run: RunRecorded
    position: int
    recorded_at: str
    actor: str
    lists: tuple[ListShown, ...]
    groups: tuple[Group, ...]
    explained: int

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases in the order of the page."""
        return tuple(case for group in self.groups for case in group.cases)

    def scores(self) -> list[float]:
        """The best score of every row with hits."""
        return [case.score for case in self.cases]

    def by_list(self) -> Counter[str]:
        """How many hits each list has."""
        return Counter(shown.list_title for case in self.cases for shown in case.hits)

    def by_country(self) -> Counter[str]:
        """How many rows were hit by a party of each country, by its code where the lists' word for it has one;
        `not given` where they give none."""
        return Counter(
            country
            for case in self.cases
            for country in sorted({code_of(c) or c for s in case.hits for c in s.countries} or {"not given"})
        )


class Gathering:
    """Makes cases out of a run's rows, with the lists as the run saw them."""

    def __init__(self, screener: Screener, details: int) -> None:
        self._screener = screener
        self._details = details
        self._entries: dict[str, tuple[Entry | None, str]] = {}

    def groups(self, rows: Iterable[RowHit]) -> tuple[Group, ...]:
        """The cases by risk; the first `details` of them explained word by word."""
        plain = [Case(row, tuple(self._shown(hit) for hit in row.hits)) for row in rows if row.hits]
        ordered = sorted(plain, key=lambda case: (case.risk, -case.score, case.row.row))
        cases = [self._explained(case) if at < self._details else case for at, case in enumerate(ordered)]
        titles = [*(title for title, _ in RISKS), OTHER_RISK]
        found = (Group(title, tuple(c for c in cases if c.risk == risk)) for risk, title in enumerate(titles))
        return tuple(group for group in found if group.cases)

    def _shown(self, hit: RecordedHit) -> HitShown:
        if hit.entry not in self._entries:
            self._entries[hit.entry] = _entry(self._screener.book, hit.entry)
        entry, since = self._entries[hit.entry]
        title = list_info(hit.entry.partition("/")[0]).title
        if entry is None:
            return HitShown(hit, title, len(RISKS), ("the entry is not on the lists at that position",), since, ())
        forbidden = tuple(in_words(measure) for measure in entry.measures)
        countries = tuple(dict.fromkeys(a.country for a in entry.addresses if a.country)) or entry.nationalities
        return HitShown(hit, title, _risk(entry), forbidden, since, countries)

    def _explained(self, case: Case) -> Case:
        if case.row.who.name is None:
            return case
        subject = subject_of(case.row.who)
        return case._replace(hits=tuple(self._again(subject, shown) for shown in case.hits))

    def _again(self, subject: Subject, shown: HitShown) -> HitShown:
        """The words of the match, if it still comes to the recorded score: else they would explain another answer."""
        if self._entries[shown.hit.entry][0] is None:
            return shown
        again: Hit = self._screener.why_not(subject, shown.hit.entry)
        if f"{again.score:.1f}" != f"{float(shown.hit.score):.1f}" or again.matched_name != shown.hit.matched_name:
            return shown
        reason = again.reason
        return shown._replace(tokens=reason.matched, left_over=reason.left_over, notes=reason.notes)


def lists_shown(asked: Asked, lists: Iterable[ListAsked], titled: Counter[str]) -> Iterator[ListShown]:
    """The lists that were asked, with their hits."""
    for one in lists:
        title = list_info(one.id).title
        age = (asked.as_of - one.published).days if one.published else None
        published = one.published.isoformat() if one.published else "not held"
        yield ListShown(one.id, title, published, age, one.stale, titled[title])


def _entry(book: Book, entry_id: str) -> tuple[Entry | None, str]:
    number = book.number_of(entry_id)
    if number is None:
        return None, ""
    listing = book.listing(number)
    since = listing.since.isoformat() if listing.since else ""
    return listing.entry(), since


def _risk(entry: Entry) -> int:
    kinds = {measure.kind for measure in entry.measures}
    return min((at for at, (_, graver) in enumerate(RISKS) if kinds & graver), default=len(RISKS))
