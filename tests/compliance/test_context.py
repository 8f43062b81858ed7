"""What is known besides the name raises or lowers a score; what the entry does not state changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.context import Known, lowest, weighed
from compliance.model import Address, DateRange, Entry, Name, NameKind, PartyType


def entry(*countries: str, births: tuple[DateRange, ...] = ()) -> Entry:
    return Entry(
        list_id="us-ofac-sdn",
        key="1",
        type=PartyType.individual,
        names=(Name(text="DOE, Jane", kind=NameKind.primary),),
        addresses=tuple(Address(country=country) for country in countries),
        births=births,
    )


BORN_1962 = DateRange(text="23 Nov 1962", first=date(1962, 11, 23), last=date(1962, 11, 23))


@pytest.mark.parametrize(
    ("known", "against", "change"),
    [
        (Known(("VE",)), entry("Venezuela"), 1),
        (Known(("DE",)), entry("Venezuela"), -1),
        (Known(("DE",)), entry(), 0),
        (Known((), (date(1962, 11, 23), date(1962, 11, 23))), entry(births=(BORN_1962,)), 1),
        (Known((), (date(1962, 1, 1), date(1962, 12, 31))), entry(births=(BORN_1962,)), 1),
        (Known((), (date(1990, 1, 1), date(1990, 12, 31))), entry(births=(BORN_1962,)), -1),
        (Known((), (date(1990, 1, 1), date(1990, 12, 31))), entry(), 0),
        (Known(), entry("Venezuela", births=(BORN_1962,)), 0),
    ],
)
def test_agreement_raises_difference_lowers_and_silence_does_nothing(known: Known, against: Entry, change: int) -> None:
    score, evidence = weighed(70.0, known, against)
    assert (score > 70) - (score < 70) == change
    assert round(70 + sum(item.points for item in evidence), 1) == score
    assert all(item.what for item in evidence)


@given(
    st.floats(1, 100).map(lambda value: round(value, 1)),
    st.floats(40, 100),
    st.booleans(),
    st.booleans(),
    st.sampled_from([entry(), entry("Iran"), entry("Iran", births=(BORN_1962,)), entry(births=(BORN_1962,))]),
)
def test_a_name_that_context_can_lift_to_the_threshold_is_looked_at(
    score: float, threshold: float, country: bool, born: bool, against: Entry
) -> None:
    """Nothing at or above the threshold is lost by searching for names from `lowest` on."""
    known = Known(("IR",) if country else (), (date(1962, 11, 23), date(1962, 11, 23)) if born else None)
    if weighed(score, known, against)[0] >= threshold:
        assert score >= lowest(threshold, known)
