"""What an analyst is shown of a pair: which word met which and how, what was left over, and what to know besides."""

from __future__ import annotations

import pytest

from compliance.matching import Explanation, ListedName, Matcher, Query

from .conftest import NAMES


def explanation(matcher: Matcher, name: str, entry: int, party_type: str | None = None) -> Explanation:
    """The explanation of a name against an entry, whatever it scores, after checking that it adds up."""
    match = matcher.compare(Query(name, party_type), [ListedName(*each) for each in NAMES if each[0] == entry])
    why = match.explanation
    costs = sum(item.cost for item in (*why.left_in_query, *why.left_in_listed, *why.against))
    assert round(sum(pair.points for pair in why.matched) - costs, 1) == match.score
    return why


@pytest.mark.parametrize(
    ("name", "entry", "pairs"),
    [
        ("Semiconductor Manufacturing Intl Corp", 1, {("intl", "international"): "abbreviation"}),
        ("Rosnft Trading", 2, {("rosnft", "rosneft"): "spelling"}),
        ("Rosnfet Trading", 2, {("rosnfet", "rosneft"): "spelling"}),
        ("Ayman al Zawahri", 10, {("zawahri", "zawahiri"): "spelling", ("al", "al"): "same"}),
        ("Aiman Al-Zawahiri", 10, {("aiman", "ayman"): "transliteration"}),
        ("N. Maduro Moros", 3, {("n", "nicolas"): "initial"}),
        ("Sense Time Grp Ltd", 0, {("sense time", "sensetime"): "joined words", ("ltd", "limited"): "legal form"}),
        ("Tianhai Xiang 7", 21, {("tianhai xiang 7", "tian hai xiang 7"): "joined words"}),
        ("АО Концерн Алмаз-Антей", 12, {("ao", "joint stock company"): "legal form", ("almaz", "almaz"): "same"}),
        ("ОАО РЖД", 13, {("rzhd", "russian"): "translation", ("rzhd", "railways"): "translation"}),
        ("عبد الرحمن ياسين", 11, {("yasyn", "yasin"): "transliteration", ("rahman", "rahman"): "same"}),
        ("旷视科技有限公司", 14, {("megvii", "megvii"): "same", ("technology", "technology"): "same"}),
        ("SIS DOO", 7, {("doo", "doo"): "same", ("sis", "sis"): "same"}),
    ],
)
def test_a_pair_of_words_says_how_it_met(
    matcher: Matcher, name: str, entry: int, pairs: dict[tuple[str, str], str]
) -> None:
    found = {(pair.query, pair.listed): pair.how for pair in explanation(matcher, name, entry).matched}
    assert pairs.items() <= found.items(), found


@pytest.mark.parametrize(
    ("name", "entry", "note"),
    [
        ("Nicolas Maduro Moros", 3, "the words stand in another order, which costs nothing"),
        ("عبد الرحمن ياسين", 11, "عبد الرحمن ياسين is read as abd al rahman yasyn"),
        ("ОАО РЖД", 13, "ОАО РЖД is read as oao russian railways"),
        ("Сbеrbаnk of Russia", 20, "letters or digits that pose as others in Сbеrbаnk"),
        ("S8erbank of Russia", 20, "letters or digits that pose as others in S8erbank"),
        ("Daniel Mohammad", 16, "weak alias: counts for less, it only confirms"),
    ],
)
def test_what_counts_nothing_by_itself_is_noted(matcher: Matcher, name: str, entry: int, note: str) -> None:
    assert note in explanation(matcher, name, entry).notes


@pytest.mark.parametrize(
    ("name", "entry", "party_type", "what"),
    [
        ("55th Research Institute of China Electronics Technology Group", 8, None, "different numbers"),
        ("Nicolas Maduro LLC", 3, None, "another type of party"),
        ("Adrian Darya 1", 17, "individual", "another type of party"),
        ("Sensetime Group GmbH", 0, None, "another legal form"),
    ],
)
def test_what_contradicts_is_said_with_its_cost(
    matcher: Matcher, name: str, entry: int, party_type: str | None, what: str
) -> None:
    against = {item.what: item.cost for item in explanation(matcher, name, entry, party_type).against}
    assert against[what] > 0


def test_what_is_left_over_says_on_which_side_and_what_it_is(matcher: Matcher) -> None:
    why = explanation(matcher, "Maduro Trading LLC", 3)
    assert {(left.token, left.kind) for left in why.left_in_query} == {("trading", "name word"), ("llc", "legal form")}
    assert {left.token for left in why.left_in_listed} == {"moros", "nicolas"}
    assert "only in the query: trading, llc (legal form)" in why.summary()


def test_a_plain_pair_has_no_notes(matcher: Matcher) -> None:
    assert explanation(matcher, "Rosneft Trading S.A.", 2).notes == ()
