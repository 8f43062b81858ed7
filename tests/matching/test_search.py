"""What a search finds, what it leaves alone, and that it says why."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.matching import DEFAULT_THRESHOLD, ListedName, Matcher, Query
from compliance.matching.collecting import uncollected

from .conftest import NAMES


def found(matcher: Matcher, name: str, threshold: float = DEFAULT_THRESHOLD) -> list[int]:
    return [match.entry for match in matcher.search(Query(name), threshold=threshold)]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("SenseTime", 0),
        ("Sense Time Group Ltd", 0),
        ("Sensetime Grp", 0),
        ("商湯集團", 0),
        ("Semiconductor Manufacturing Intl Corp", 1),
        ("Rosneft", 2),
        ("ROSNEFFT TRADING", 2),
        ("Maduro", 3),
        ("Nicolas Maduro", 3),
        ("George Habash", 5),
        ("SIS DOO", 7),
        ("The 54th Research Institute of China Electronics Technology Group", 8),
        ("中国电子科技集团公司第五十四研究所", 8),
        ("Ayman al Zawahri", 10),
        ("Aiman Al-Dhawahiri", 10),
        ("عبد الرحمن ياسين", 11),
        ("Yaseen Abdelrahman", 11),
        ("Almaz Antey Concern", 12),
        ("АО Концерн Алмаз-Антей", 12),
        ("ОАО РЖД", 13),
        ("旷视科技有限公司", 14),
        ("中国电子科技集团", 15),
        ("Daniel Mohammad", 16),
        ("Adrian Darya-1", 17),
        ("Сбербанк России", 20),
        ("Сbеrbаnk of Russia", 20),
        ("S8erbank of Russia", 20),
        ("Tianhaixiang 7", 21),
        ("Kovyktneftegaz OOO", 22),
        ("Kovyktneftegaz Limited Liability Co", 22),
    ],
)
def test_a_name_finds_its_entry(matcher: Matcher, name: str, entry: int) -> None:
    """Other spelling, order, script, legal form, abbreviation or disguise."""
    assert entry in found(matcher, name)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("BELLETECH CORP", 4),  # the number was cleaned away, and CORP. matched CORP.
        ("George Bush", 5),
        ("Emma Daniels", 6),
        ("Emma Trading LLC", 6),
        ("55th Research Institute of China Electronics Technology Group", 8),
        ("54th Research Institute of China Electronics Technology Group", 9),
        ("Apple Inc", 4),
        ("Group Limited", 0),
        ("Technology Limited", 14),
        ("Russian Standard Vodka", 20),
        ("Adrian Darya 2", 17),
    ],
)
def test_what_users_of_other_tools_complained_about_is_no_hit(matcher: Matcher, name: str, entry: int) -> None:
    """Common words, legal forms and other numbers are no match."""
    assert entry not in found(matcher, name)


def test_an_equal_name_scores_100_whatever_its_words_weigh(matcher: Matcher) -> None:
    for entry, name, kind, _ in NAMES:
        best = next(match for match in matcher.search(Query(name)) if match.entry == entry)
        assert best.score == (85.0 if kind == "weak" else 100.0), name


def test_a_weak_alias_counts_for_less_and_says_so(matcher: Matcher) -> None:
    (match,) = [match for match in matcher.search(Query("Daniel Mohammad")) if match.entry == 16]
    assert match.score == DEFAULT_THRESHOLD
    assert any("weak" in note for note in match.explanation.notes)
    assert [item.what for item in match.explanation.against] == ["weak alias"]


words = st.sampled_from(
    "sensetime group limited semiconductor trading maduro corp emma llc 54th 55th institute russia al zawahiri ayman"
    " abdul rahman railways n. concern almaz antey daniel intl co tech 7 1 sense time habash george technology"
    " ltd".split()
)
queries = st.one_of(
    st.lists(words, min_size=1, max_size=7).map(" ".join),
    st.sampled_from([name for _, name, _, _ in NAMES]).flatmap(
        lambda name: st.tuples(st.integers(0, len(name) - 1), st.characters(categories=["L", "N"])).map(
            lambda at: name[: at[0]] + at[1] + name[at[0] + 1 :]
        )
    ),
    st.text(max_size=40),
)


@settings(max_examples=300, deadline=None)
@given(name=queries, threshold=st.sampled_from([40.0, 55.0, 75.0, 90.0, 100.0]))
def test_the_index_finds_exactly_what_scoring_all_finds(matcher: Matcher, name: str, threshold: float) -> None:
    """At every threshold: the same entries, names and scores in the same order."""
    quick = matcher.search(Query(name), threshold=threshold)
    slow = matcher.search_exhaustively(Query(name), threshold=threshold)
    assert [(m.entry, m.name, m.score) for m in quick] == [(m.entry, m.name, m.score) for m in slow]


@settings(max_examples=300, deadline=None)
@given(name=queries)
def test_an_explanation_adds_up_to_the_score(matcher: Matcher, name: str) -> None:
    """The points of the words less what is left over and what contradicts are the score."""
    for match in matcher.search_exhaustively(Query(name), threshold=1):
        why = match.explanation
        costs = [item.cost for item in (*why.left_in_query, *why.left_in_listed, *why.against)]
        assert round(sum(word.points for word in why.matched) - sum(costs), 1) == match.score
        used = [word for item in why.matched for word in item.query.split()]
        assert sorted(used + [w for item in why.left_in_query for w in item.token.split()]) == sorted(
            word for token in match.query.tokens for word in token.written.split()
        )


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=200))
def test_any_text_gets_an_answer(matcher: Matcher, name: str) -> None:
    """Emoji, combining marks, right-to-left and zero-width characters: an answer, and always the same one."""
    first = matcher.search(Query(name), threshold=50)
    assert [m.score for m in first] == [m.score for m in matcher.search(Query(name), threshold=50)]


@settings(max_examples=100, deadline=None)
@given(order=st.permutations(["Semiconductor", "Manufacturing", "International", "Shanghai", "Rosneft"]))
def test_the_order_of_words_does_not_change_the_score(matcher: Matcher, order: list[str]) -> None:
    scores = {m.entry: m.score for m in matcher.search_exhaustively(Query(" ".join(order)), threshold=1)}
    straight = Query("Semiconductor Manufacturing International Shanghai Rosneft")
    assert scores == {m.entry: m.score for m in matcher.search_exhaustively(straight, threshold=1)}


def test_several_names_in_one_text_are_asked_one_by_one(matcher: Matcher) -> None:
    assert found(matcher, "Qasim Sulaimani; Nicolas Maduro; Jane Roe") == [3]


def test_a_saved_matcher_answers_like_the_one_it_was_made_from(matcher: Matcher, tmp_path: Path) -> None:
    matcher.save(tmp_path)
    loaded = Matcher.load(tmp_path)
    for _, name, _, _ in NAMES:
        for asked in (name, name.lower().replace("a", "e"), name.split()[0]):
            one, other = (m.search(Query(asked), threshold=30) for m in (matcher, loaded))
            assert [(m.entry, m.score, m.explanation) for m in one] == [
                (m.entry, m.score, m.explanation) for m in other
            ]


def test_a_matcher_of_no_names_finds_nothing(tmp_path: Path) -> None:
    matcher = Matcher.build([])
    assert matcher.search(Query("SenseTime")) == []
    matcher.save(tmp_path)
    assert Matcher.load(tmp_path).search(Query("SenseTime")) == []


def test_the_score_does_not_depend_on_what_else_is_listed(matcher: Matcher) -> None:
    """A list of one name, and one on which the name's words are common, give the pair the same score."""
    alone = Matcher.build([ListedName(0, "SENSETIME GROUP LIMITED", "primary", "entity")])
    crowd = [ListedName(i, f"SENSETIME HOLDING {i}", "primary", "entity") for i in range(30, 60)]
    crowded = Matcher.build([*(ListedName(*name) for name in NAMES), *crowd])
    for asked in ("SenseTime", "Sensetime Grp", "Sens Time Group Ltd"):
        scores = {
            next(m.score for m in held.search(Query(asked), threshold=40) if m.entry == 0)
            for held in (alone, matcher, crowded)
        }
        assert len(scores) == 1, asked


def test_the_score_does_not_depend_on_what_else_an_entry_has(matcher: Matcher) -> None:
    """More aliases of an entry change no score of the name that matched."""
    more = Matcher.build([*(ListedName(*name) for name in NAMES), ListedName(3, "Nicolasito", "aka", "individual")])
    assert [m.score for m in more.search(Query("MADURO MOROS, Nicolas")) if m.entry == 3] == [100.0]


@settings(max_examples=60, deadline=None)
@given(names=st.lists(queries, max_size=12), threshold=st.sampled_from([40.0, 60.0, 75.0, 90.0]))
def test_many_names_at_once_get_the_answers_that_each_gets_alone(
    matcher: Matcher, names: list[str], threshold: float
) -> None:
    """To the last bit, though the loops are compiled."""
    pytest.importorskip("numba")
    many = list(matcher.search_many([Query(name) for name in names], threshold=threshold, worth=0))
    assert len(many) == len(names)
    for name, found in zip(names, many, strict=True):
        alone = matcher.search(Query(name), threshold=threshold)
        assert [(m.entry, m.name, m.score) for m in found] == [(m.entry, m.name, m.score) for m in alone]


def test_without_numba_many_names_are_asked_one_by_one(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compliance.matching.bulk", None)
    plain = Matcher.build([ListedName(*name) for name in NAMES])
    found = list(plain.search_many([Query("SenseTime"), Query("Nobody At All")], worth=0))
    assert [[m.entry for m in hits] for hits in found] == [[0, 18], []]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Dentunelektronik", "DENTUN ELEKTRONIK"),  # the second word is translated where it stands alone
        ("OOO Oboronnyeinitsiativy", "OOO OBORONNYE INITSIATIVY"),
        ("Dentun Elektro Nik", "DENTUN ELEKTRONIK"),
        ("РОССИЙСКИЕ ЖЕЛЕЗНЫЕ ДОРОГИ", "RUSSIAN RAILWAYS"),
    ],
)
def test_words_written_as_one_are_the_same_though_one_of_them_has_a_translation(name: str, listed: str) -> None:
    one = Matcher.build([ListedName(0, listed, "primary", "entity")])
    (match,) = one.search(Query(name), threshold=85)
    assert [m.score for m in one.search_exhaustively(Query(name), threshold=85)] == [match.score]


def test_the_search_for_circles_of_objects_rests_only_while_many_names_are_worked_on(matcher: Matcher) -> None:
    assert gc.isenabled()
    found = matcher.search_many([Query("SenseTime")] * 3, worth=0)
    next(found)
    assert gc.isenabled()  # the caller may take its time
    with pytest.raises(RuntimeError), uncollected():
        raise RuntimeError("in the midst of it")
    assert gc.isenabled()
