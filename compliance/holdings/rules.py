"""What a measure means for buying, selling and holding a security of the listed party itself, on a day.

Dates are taken as published, weekends and holidays too: no rule moves them. docs/holdings.md has the sources in full.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from compliance.model import Measure, MeasureKind, Value


class Action(StrEnum):
    """What is done with a security; a short sale is a sale that divests of nothing."""

    buy = "buy"
    sell = "sell"
    short = "short"
    hold = "hold"


class Instrument(StrEnum):
    """What kind of security a row says it is; `exposure` is a fund or a derivative, which others' securities are in."""

    equity = "equity"
    debt = "debt"
    exposure = "exposure"
    unknown = "unknown"


class Standing(StrEnum):
    """Whether it may be done. In order: what is further down decides over what is above."""

    permitted = "permitted"
    cannot_say = "cannot say"
    forbidden = "forbidden"


class Ruling(Value):
    """What a measure says to an action: `says` in the fixed words, `day` the day that goes with them.

    `day` of "sale to divest permitted until" is the first day on which it is not: the last permitted one is before it.
    """

    standing: Standing
    says: str
    day: date | None = None
    text: str
    rule: str
    basis: str = ""
    assumes: tuple[str, ...] = ()


class Deal(NamedTuple):
    """What is asked: an action with an instrument on a day; `listed` is since when the party is on the list."""

    action: Action
    instrument: Instrument
    day: date
    listed: date | None


PERMITTED, MAY_BE_HELD, CANNOT_SAY = "permitted", "may be held", "cannot say"
PURCHASE_FORBIDDEN, SALE_FORBIDDEN = "purchase forbidden since", "sale forbidden since"
DIVEST_UNTIL, BLOCKED = "sale to divest permitted until", "blocked since"

US_PERSON = "the trade is a US person's, or in the United States"
NEW_YORK = "the trade date is the day in New York"
SOLELY = "the sale is solely to divest"
TRADED = "it is a publicly traded security of the listed party itself"
CMIC_BASIS = "CMIC-EO13959"
_CMIC = "EO 13959 sec. 1 as amended by EO 14032; 31 CFR part 586"
_SSI = "EO 13662 Directive {}; OFAC FAQ 370, 371, 373, 404"
_TENORS = {"1": "14 days or new equity", "2": "60 days", "3": "30 days"}  # since 2017-11-28: FAQ 370
_NO_RULE = "does not forbid dealing in its securities"
_NOT_ABOUT_SECURITIES = frozenset({
    MeasureKind.oil_projects, MeasureKind.export_licence, MeasureKind.export_denial, MeasureKind.export_unverified,
    MeasureKind.import_presumption, MeasureKind.procurement, MeasureKind.debarment, MeasureKind.travel_ban,
    MeasureKind.arms_embargo, MeasureKind.transport, MeasureKind.director_disqualification,
})  # fmt: skip


def ruling(measure: Measure, deal: Deal) -> Ruling:
    """What the measure says to the deal. What no rule here knows is "cannot say", never permitted."""
    if measure.kind in _NOT_ABOUT_SECURITIES:
        return _said(measure, Standing.permitted, PERMITTED, None, f"{measure.kind.value} {_NO_RULE}", measure.rule)
    return _RULES.get(measure.kind, _review)(measure, deal)


def _securities(measure: Measure, deal: Deal) -> Ruling:
    """NS-CMIC: holding is never forbidden; trading is, from the effective date on, but for the wind-down."""
    if deal.action is Action.hold:
        text = "may be held: holding is not forbidden, and divesting is not required"
        return _said(measure, Standing.permitted, MAY_BE_HELD, None, text, f"{_CMIC}; OFAC FAQ 1046, 1047")
    if measure.effective is None or measure.divest_by is None:
        text = "purchase and sale are forbidden from a day that the file does not give"
        return _said(measure, Standing.cannot_say, CANNOT_SAY, None, text, _CMIC)
    assumes = (US_PERSON, NEW_YORK, TRADED)
    if deal.day < measure.effective:
        what = "purchase" if deal.action is Action.buy else "sale"
        text = f"permitted: announced, and {what} is forbidden only from {measure.effective}"
        return _said(measure, Standing.permitted, PERMITTED, None, text, _CMIC, *assumes)
    if deal.action is Action.buy:
        text = f"purchase forbidden since {measure.effective}"
        return _said(measure, Standing.forbidden, PURCHASE_FORBIDDEN, measure.effective, text, _CMIC, *assumes)
    return _sale(measure, deal, assumes)


def _sale(measure: Measure, deal: Deal, assumes: tuple[str, ...]) -> Ruling:
    assert measure.effective
    assert measure.divest_by
    if deal.day < measure.divest_by and deal.action is Action.sell:
        last = measure.divest_by - timedelta(days=1)
        text = f"sale solely to divest permitted until {measure.divest_by} (last day {last})"
        rule = f"{_CMIC}; OFAC FAQ 1046, 865"
        return _said(measure, Standing.permitted, DIVEST_UNTIL, measure.divest_by, text, rule, *assumes, SOLELY)
    since = measure.effective if deal.action is Action.short else measure.divest_by
    what = (
        "a short sale divests of nothing: forbidden"
        if deal.action is Action.short
        else "sale forbidden, also to divest,"
    )
    text = f"{what} since {since}; to be rejected, and reported within 10 business days, not blocked"
    rule = f"{_CMIC}; OFAC FAQ 1046, 1048"
    return _said(measure, Standing.forbidden, SALE_FORBIDDEN, since, text, rule, *assumes)


def _blocking(measure: Measure, deal: Deal) -> Ruling:
    since = f" since {deal.listed}" if deal.listed else ""
    text = (
        f"blocked{since}: may not be bought, sold, transferred or otherwise dealt in; what is held is blocked "
        "property, to be kept in a blocked account and reported within 10 business days"
    )
    rule = f"{measure.rule}; 31 CFR 501.603 (reports), 501.604 (rejected trades)"
    return _said(measure, Standing.forbidden, BLOCKED, deal.listed, text, rule, US_PERSON)


def _freeze(measure: Measure, deal: Deal) -> Ruling:
    since = f" since {deal.listed}" if deal.listed else ""
    text = f"frozen{since}: may not be dealt in by those whom the regime binds; what is held is to be reported to it"
    return _said(measure, Standing.forbidden, BLOCKED, deal.listed, text, measure.rule, "the regime binds you")


def _debt_equity(measure: Measure, deal: Deal) -> Ruling:
    """Only new debt and new equity are meant, and when a security was issued, and for how long, no list says."""
    directive = measure.basis.rpartition(" ")[2]
    sectoral = measure.basis.startswith("EO 13662")
    rule = _SSI.format(directive) if sectoral else measure.rule
    if measure.effective and deal.day < measure.effective:
        text = f"permitted: forbidden for new debt and equity only from {measure.effective}"
        return _said(measure, Standing.permitted, PERMITTED, None, text, rule, US_PERSON)
    if sectoral and directive in ("2", "3") and deal.instrument is Instrument.equity:
        text = f"permitted: {measure.basis} forbids dealing in new debt, not in equity"
        return _said(
            measure, Standing.permitted, PERMITTED, None, text, rule, US_PERSON, "it is equity, as the row says"
        )
    what = f"new debt of more than {_TENORS[directive]}" if sectoral and directive in _TENORS else "new debt or equity"
    text = (
        f"dealing in {what} is forbidden; whether it was issued on or after the directive's day, and for how long, "
        "is not on the list"
    )
    return _said(measure, Standing.cannot_say, CANNOT_SAY, None, text, rule)


def _reject(measure: Measure, deal: Deal) -> Ruling:
    if deal.action is Action.hold:
        return _review(measure, deal)
    says = PURCHASE_FORBIDDEN if deal.action is Action.buy else SALE_FORBIDDEN
    text = "a transaction with the party is to be rejected, not blocked"
    return _said(measure, Standing.forbidden, says, deal.listed, text, measure.rule, US_PERSON)


def _review(measure: Measure, _: Deal) -> Ruling:
    text = f"{measure.kind.value}: what is forbidden stands in the entry's own text and its rule; read them"
    return _said(measure, Standing.cannot_say, CANNOT_SAY, None, text, measure.rule)


def _said(
    measure: Measure, standing: Standing, says: str, day: date | None, text: str, rule: str, *assumes: str
) -> Ruling:
    return Ruling(
        standing=standing, says=says, day=day, text=text, rule=rule, basis=measure.basis, assumes=assumes,
    )  # fmt: skip


_RULES: dict[MeasureKind, Callable[[Measure, Deal], Ruling]] = {
    MeasureKind.securities: _securities,
    MeasureKind.blocking: _blocking,
    MeasureKind.asset_freeze: _freeze,
    MeasureKind.debt_equity: _debt_equity,
    MeasureKind.reject: _reject,
    MeasureKind.sanctions_evader: _reject,
}
