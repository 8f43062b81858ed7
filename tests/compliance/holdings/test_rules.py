"""What a measure means for buying, selling and holding, day by day: the boundaries exactly as published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.holdings.rules import Action, Deal, Instrument, Ruling, Standing, ruling
from compliance.measures import securities_state
from compliance.model import Measure, MeasureKind

LISTED = st.dates(date(2021, 6, 3), date(2030, 12, 31))
NEAR = st.integers(-3, 3)
DAY = timedelta(days=1)


def cmic(listed: date) -> Measure:
    return Measure(
        kind=MeasureKind.securities, basis="CMIC-EO13959",
        effective=listed + timedelta(days=60), divest_by=listed + timedelta(days=365),
    )  # fmt: skip


def asked(measure: Measure, action: Action, day: date, instrument: Instrument = Instrument.unknown) -> Ruling:
    return ruling(measure, Deal(action, instrument, day, date(2020, 1, 1)))


def words(measure: Measure, day: date) -> dict[Action, tuple[str, date | None]]:
    told = {action: asked(measure, action, day) for action in Action}
    return {action: (one.says, one.day) for action, one in told.items()}


@given(LISTED, NEAR, st.sampled_from([60, 365]))
@example(date(2021, 12, 10), -1, 60)
@example(date(2021, 12, 10), 0, 365)
def test_ns_cmic_near_its_dates_on_workdays_and_weekends(listed: date, off: int, after: int) -> None:
    """The effective date is the first forbidden day, the divestment date the first day without the wind-down."""
    measure, day = cmic(listed), listed + timedelta(days=after + off)
    effective, divest_by = listed + timedelta(days=60), listed + timedelta(days=365)
    told = words(measure, day)
    if day < effective:
        assert told[Action.buy] == told[Action.sell] == told[Action.short] == ("permitted", None)
    elif day < divest_by:
        assert told[Action.buy] == ("purchase forbidden since", effective)
        assert told[Action.sell] == ("sale to divest permitted until", divest_by)
        assert told[Action.short] == ("sale forbidden since", effective)
    else:
        assert told[Action.buy] == ("purchase forbidden since", effective)
        assert told[Action.sell] == ("sale forbidden since", divest_by)
        assert told[Action.short] == ("sale forbidden since", effective)
    assert told[Action.hold] == ("may be held", None)


@given(LISTED, st.integers(-30, 800))
def test_ns_cmic_agrees_with_the_state_that_screen_prints(listed: date, days: int) -> None:
    measure, day = cmic(listed), listed + timedelta(days=days)
    told = words(measure, day)
    state = {
        "permitted": "announced", "sale to divest permitted until": "divest-only", "sale forbidden since": "hold-only",
    }[told[Action.sell][0]]  # fmt: skip
    assert securities_state(measure, day) == state


@given(LISTED, st.integers(-30, 800))
def test_what_is_forbidden_stays_forbidden_and_holding_never_is(listed: date, days: int) -> None:
    measure, day = cmic(listed), listed + timedelta(days=days)
    for action in (Action.buy, Action.sell, Action.short):
        if asked(measure, action, day).standing is Standing.forbidden:
            assert asked(measure, action, day + DAY).standing is Standing.forbidden
    assert asked(measure, Action.hold, day).standing is Standing.permitted


def test_sensetimes_own_dates() -> None:
    """2022-12-10, the divestment date, was a Saturday: the last day was Friday the 9th, and no rule moves it."""
    measure = cmic(date(2021, 12, 10))
    told = {
        day: asked(measure, Action.sell, day).text for day in (date(2022, 2, 7), date(2022, 12, 9), date(2022, 12, 10))
    }
    assert told == {
        date(2022, 2, 7): "permitted: announced, and sale is forbidden only from 2022-02-08",
        date(2022, 12, 9): "sale solely to divest permitted until 2022-12-10 (last day 2022-12-09)",
        date(2022, 12, 10): "sale forbidden, also to divest, since 2022-12-10; to be rejected, and reported within "
        "10 business days, not blocked",
    }


def test_without_dates_a_trade_cannot_be_judged_and_a_position_may_be_held() -> None:
    measure = Measure(kind=MeasureKind.securities, basis="CMIC-EO13959")
    assert {a: asked(measure, a, date(2022, 1, 1)).says for a in Action} == {
        Action.buy: "cannot say", Action.sell: "cannot say", Action.short: "cannot say", Action.hold: "may be held",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [MeasureKind.blocking, MeasureKind.asset_freeze])
@pytest.mark.parametrize("action", list(Action))
def test_what_is_blocked_may_not_be_touched(kind: MeasureKind, action: Action) -> None:
    told = asked(Measure(kind=kind, basis="SDGT", rule="its rule"), action, date(2022, 1, 1))
    assert (told.standing, told.says, told.day) == (Standing.forbidden, "blocked since", date(2020, 1, 1))
    assert "its rule" in told.rule
    assert "report" in told.text


@pytest.mark.parametrize("directive", ["1", "2", "3"])
@pytest.mark.parametrize("action", list(Action))
def test_sectoral_debt_and_equity_cannot_be_told_from_a_list_but_equity_under_2_and_3(
    directive: str, action: Action
) -> None:
    measure = Measure(kind=MeasureKind.debt_equity, basis=f"EO 13662 Directive {directive}")
    for instrument in Instrument:
        told = asked(measure, action, date(2022, 1, 1), instrument)
        free = directive in ("2", "3") and instrument is Instrument.equity
        assert told.standing is (Standing.permitted if free else Standing.cannot_say)
        assert "FAQ 370" in told.rule


def test_a_directive_that_is_not_effective_yet_forbids_nothing_yet() -> None:
    measure = Measure(kind=MeasureKind.debt_equity, basis="EO 14024 Directive 3", effective=date(2022, 3, 26))
    assert asked(measure, Action.buy, date(2022, 3, 25)).standing is Standing.permitted
    assert asked(measure, Action.buy, date(2022, 3, 26)).standing is Standing.cannot_say


@given(st.sampled_from(MeasureKind), st.sampled_from(Action), st.sampled_from(Instrument))
def test_every_measure_has_an_answer_and_an_unknown_one_is_never_permitted(
    kind: MeasureKind, action: Action, instrument: Instrument
) -> None:
    told = asked(Measure(kind=kind, basis="X", rule="r"), action, date(2022, 1, 1), instrument)
    if kind in (MeasureKind.unknown, MeasureKind.menu_based, MeasureKind.correspondent_account, MeasureKind.internal):
        assert told.standing is Standing.cannot_say
    assert told.text
    assert told.rule
