"""From a row to its verdict: who the issuer is on the lists, what follows, and on which events it rests.

An equal identifier decides who it is. A name, or a ticker without its exchange, only may be it: where that would
change the answer the answer is "cannot say", to be confirmed. What rests on an absence needs lists that can carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from compliance.answers import Hit
from compliance.audit.chronicle import Chronicle
from compliance.holdings.rules import (
    CANNOT_SAY,
    CMIC_BASIS,
    PERMITTED,
    Action,
    Deal,
    Instrument,
    Ruling,
    Standing,
    ruling,
)
from compliance.holdings.table import Row
from compliance.identifier_checks import fault
from compliance.identifiers import ticker
from compliance.model import Value
from compliance.screening import Screener, Subject

_ORDER = tuple(Standing)
_SECURITIES_LISTS = ("us-ofac-sdn", "us-ofac-cmic", "us-ofac-ssi", "us-ofac-mbs", "us-ofac-capta")
_ABSENCE = "nothing on the lists asked forbids it"
_ASSUMES_ABSENCE = (
    "the issuer is not owned by listed parties (lists do not carry ownership)",
    "it is no fund or derivative that gives exposure to listed securities (OFAC FAQ 860)",
)


class Source(Value):
    """The event that a verdict rests on: its log position, effective day, and publication."""

    position: int
    effective: date
    publication: str
    published: date


class Verdict(Value):
    """What is said to one row. `says` and `until_or_since` are the fixed words and their day; `text` says it whole.

    `certain` tells whether the issuer was found by an equal identifier. `day` is the day that was judged.
    """

    row: int
    cells: dict[str, str]
    action: Action | None = None
    day: date | None = None
    standing: Standing | None = None
    says: str
    until_or_since: date | None = None
    text: str
    entry: str | None = None
    entry_name: str | None = None
    matched: str | None = None
    certain: bool = False
    basis: str | None = None
    rule: str | None = None
    source: Source | None = None
    assumes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class _Found(NamedTuple):
    """A ruling on one of the entries that the issuer is, or may be."""

    hit: Hit
    certain: bool
    ruling: Ruling

    @property
    def standing(self) -> Standing:
        return self.ruling.standing


class Judge:
    """Judges rows, each on its own day; `screener` gives the lists of a day, `chronicle` the events behind them."""

    def __init__(self, screener: Callable[[date], Screener], chronicle: Chronicle, on: date, today: date) -> None:
        self._screener = screener
        self._chronicle = chronicle
        self._on = on
        self._today = today

    def judge(self, row: Row) -> Verdict:
        """The verdict on one row; an unreadable row has one too."""
        if row.problem is not None:
            return Verdict(row=row.number, cells=dict(row.cells), says="unreadable", text=row.problem)
        day = row.day or self._on
        if day > self._today:
            return self._verdict(row, day, _nobody(Standing.cannot_say, f"{day} is in the future: no list says yet"))
        screener = self._screener(day)
        found = list(_found(screener, row, day))
        chosen = _decided(found) or _absence(row, screener)
        return self._verdict(row, day, _doubted(chosen, row, screener), [f for f in found if not _same(f, chosen)])

    def _verdict(self, row: Row, day: date, found: _Found | Ruling, others: Sequence[_Found] = ()) -> Verdict:
        told = found.ruling if isinstance(found, _Found) else found
        verdict = Verdict(
            row=row.number,
            cells=dict(row.cells),
            action=row.action,
            day=day,
            standing=told.standing,
            says=told.says,
            until_or_since=told.day,
            text=told.text,
            basis=told.basis or None,
            rule=told.rule or None,
            assumes=told.assumes,
            also=tuple(dict.fromkeys(_also(other) for other in others)),
        )
        return verdict.model_copy(update=self._about(found, day)) if isinstance(found, _Found) else verdict

    def _about(self, found: _Found, day: date) -> dict[str, object]:
        entry = found.hit.entry
        return {
            "entry": entry.id,
            "entry_name": entry.primary_name,
            "matched": _matched(found),
            "certain": found.certain,
            "source": self._source(entry.list_id, entry.key, day),
        }

    def _source(self, list_id: str, key: str, day: date) -> Source | None:
        party = self._chronicle.party(list_id, key)
        spoken = [m for m in self._chronicle.mentions(party) if m.effective <= day] if party else []
        if not spoken:
            return None
        last = spoken[-1]
        record = next(r for r in self._chronicle.publications(list_id) if r.publication == last.publication)
        return Source(
            position=last.position,
            effective=last.effective,
            publication=last.publication,
            published=record.published,
        )


def _identifiers(row: Row) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The identifiers that decide, and those that only may be it."""
    cells = row.cells
    kinds = ("isin", "cusip", "lei")
    sure = [(kind, cells[kind]) for kind in kinds if cells.get(kind) and not fault(kind, cells[kind])]
    text = cells.get("ticker", "")
    if not text or not ticker(text).symbol:
        return tuple(sure), ()
    if ticker(text).market is None:
        text = f"{text} {cells.get('exchange', '')}".strip()
    return (tuple(sure), (("ticker", text),)) if ticker(text).market is None else ((*sure, ("ticker", text)), ())


def _found(screener: Screener, row: Row, day: date) -> Iterator[_Found]:
    """The rulings on everybody that the issuer is, or may be."""
    sure, unsure = _identifiers(row)
    name = row.cells.get("name", "")
    hits = _hits(screener, name, sure)
    if hits and not name:
        # the issuer may be on other lists without this number: its listed name is asked for as well
        hits = _hits(screener, hits[0].entry.primary_name, sure)
    known = {hit.entry.id for hit in hits}
    for hit in hits:
        yield from _rulings(hit, hit.reason.by == "identifier", row, day)
    for hit in _hits(screener, "", unsure):
        if hit.entry.id not in known:
            yield from _rulings(hit, False, row, day)


def _hits(screener: Screener, name: str, identifiers: tuple[tuple[str, str], ...]) -> tuple[Hit, ...]:
    return screener.screen(Subject(name, identifiers=identifiers)).hits if name or identifiers else ()


def _rulings(hit: Hit, certain: bool, row: Row, day: date) -> Iterator[_Found]:
    deal = Deal(row.action, row.instrument, day, hit.entry.listed_on or hit.since)
    yield from (_Found(hit, certain, ruling(measure, deal)) for measure in hit.entry.measures)


def _decided(found: Sequence[_Found]) -> _Found | None:
    """The ruling that decides, made a question where it only may be the party; None where nobody was found."""
    worst = max((f for f in found if f.certain), key=_weight, default=None)
    maybe = max((f for f in found if not f.certain), key=_weight, default=None)
    if maybe is None or (worst is not None and worst.standing is Standing.forbidden):
        return worst
    if maybe.standing is Standing.permitted:
        return worst or maybe
    whom = f"it is {maybe.hit.entry.primary_name} itself (its parents and subsidiaries are not, OFAC FAQ 857)"
    if maybe.ruling.basis != CMIC_BASIS:
        whom = f"it is {maybe.hit.entry.primary_name}"
    text = f"possible: confirm that {whom}; if so: {maybe.ruling.text}"
    asked = maybe.ruling.model_copy(
        update={"standing": Standing.cannot_say, "says": CANNOT_SAY, "day": None, "text": text}
    )
    return maybe._replace(ruling=asked)


def _weight(found: _Found) -> tuple[int, bool]:
    """The graver standing first; of permissions, that of a rule about securities."""
    return _ORDER.index(found.standing), found.ruling.says != PERMITTED


def _same(one: _Found, other: _Found | Ruling) -> bool:
    """Whether they are about one measure of one entry."""
    return isinstance(other, _Found) and (one.hit.entry.id, one.ruling.basis, one.ruling.rule) == (
        other.hit.entry.id, other.ruling.basis, other.ruling.rule,
    )  # fmt: skip


def _absence(row: Row, screener: Screener) -> Ruling:
    """What can be said of a row of which nothing was found."""
    if not row.cells.get("name"):
        silent = "many entries have no ISIN and no ticker: an absent number clears nobody; give the issuer's name"
        return _nobody(Standing.cannot_say, silent)
    return _nobody(Standing.permitted, f"permitted: {_ABSENCE} ({', '.join(screener.asked)})")


def _doubted(chosen: _Found | Ruling, row: Row, screener: Screener) -> _Found | Ruling:
    """A permission becomes "cannot say" where the lists cannot carry it, or the row is not what lists speak of."""
    told = chosen.ruling if isinstance(chosen, _Found) else chosen
    if told.standing is not Standing.permitted:
        return chosen
    reasons = list(screener.doubts)
    if row.instrument is Instrument.exposure and not (isinstance(chosen, _Found) and chosen.certain):
        reasons.append("a fund or derivative: in whose securities it gives exposure, the row does not tell (FAQ 860)")
    if not (isinstance(chosen, _Found) and chosen.certain):
        reasons.extend(f"an identifier is wrong: {doubt}" for doubt in row.doubts)
    if not reasons:
        return _assuming(chosen, screener)
    text = f"{told.text.removeprefix('permitted: ')}; but that is not enough: {'; '.join(reasons)}"
    doubted = told.model_copy(update={"standing": Standing.cannot_say, "says": CANNOT_SAY, "day": None, "text": text})
    return chosen._replace(ruling=doubted) if isinstance(chosen, _Found) else doubted


def _assuming(chosen: _Found | Ruling, screener: Screener) -> _Found | Ruling:
    """A permission says which of OFAC's lists with rules about securities it was not held against."""
    absent = ", ".join(list_id for list_id in _SECURITIES_LISTS if list_id not in screener.asked)
    if not absent:
        return chosen
    told = chosen.ruling if isinstance(chosen, _Found) else chosen
    told = told.model_copy(update={"assumes": (*told.assumes, f"lists that were not asked forbid nothing: {absent}")})
    return chosen._replace(ruling=told) if isinstance(chosen, _Found) else told


def _nobody(standing: Standing, text: str) -> Ruling:
    says = PERMITTED if standing is Standing.permitted else CANNOT_SAY
    assumes = _ASSUMES_ABSENCE if standing is Standing.permitted else ()
    return Ruling(standing=standing, says=says, text=text, rule="", assumes=assumes)


def _matched(found: _Found) -> str:
    if found.hit.reason.by == "identifier":
        how = found.hit.reason.summary
        return how if found.certain else f"{how}, its exchange unknown: confirm"
    return f"name, {found.hit.score:.1f} ({found.hit.matched_name}): confirm"


def _also(found: _Found) -> str:
    sure = "" if found.certain else " (possible: confirm)"
    return f"{found.hit.entry.id} {found.hit.entry.primary_name}{sure}: {found.ruling.text}"
