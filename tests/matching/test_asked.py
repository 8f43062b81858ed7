"""Of the queries that are known beforehand, none is passed over that scores enough with a listed name."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.matching import ListedName, Matcher, Query
from compliance.matching.asked import Asked
from compliance.matching.names import analyse, several

WORDS = (
    "almaz", "antey", "antei", "rosneft", "trading", "bank", "golden", "star", "goldenstar", "godlenstar", "goldensta",
    "international", "intl",
    "marketing", "mktg", "electr", "electronics", "j", "john", "yusuf", "youssef", "pao", "llc",
    "limited", "54th", "55th", "institute", "of", "al", "qadhafi", "gaddafi", "abdulrahman", "банк", "золотая", "محمد",
    "علي", "mohamed", "muhammad", "ali", "中国", "zhongguo", "tian", "hai", "xiang", "tianhaixiang", "nstar", "goldes",
    "ntar", "shipping", "co",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
KINDS = st.sampled_from(["primary", "weak"])
TYPES = st.sampled_from(["entity", "individual", "vessel"])


@settings(max_examples=150, deadline=None)
@given(
    queries=st.lists(NAMES, min_size=1, max_size=12),
    listed=st.lists(st.tuples(NAMES, KINDS, TYPES), min_size=1, max_size=4),
    threshold=st.sampled_from([40.0, 66.0, 76.4, 80.0, 90.0]),
)
def test_no_query_that_reaches_the_threshold_is_passed_over(
    queries: list[str], listed: list[tuple[str, str, str]], threshold: float
) -> None:
    names = [ListedName(i, text, kind, party_type) for i, (text, kind, party_type) in enumerate(listed)]
    matcher = Matcher.build(names)
    asked = Asked.build(analyse(text, None) for text in queries)
    worth = asked.worth_scoring(
        [analyse(name.text, name.party_type) for name in names], np.full(len(queries), threshold)
    )
    hits = {i for i, text in enumerate(queries) if _hits(matcher, text, threshold)}
    assert hits <= set(worth.tolist())


def _hits(matcher: Matcher, text: str, threshold: float) -> bool:
    assert len(several(text)) == 1
    return bool(matcher.search_exhaustively(Query(text), threshold=threshold))


LISTED = (
    "BULIT TRADE LTD", "Al-Rashid Trust", "IRAN AIRCRAFT MANUFACTURING INDUSTRIAL COMPANY", "SISTEMA CORESCO, S.A.",
    "54TH RESEARCH INSTITUTE OF CHINA", "KOREA MINING DEVELOPMENT TRADING CORPORATION", "GOLDEN STAR TRADING LLC",
    "MADURO MOROS, Nicolas", "OAO ROSNEFT", "LIMITED", "EURO AFRICAN GROUP LTD", "JOINT STOCK COMPANY MIL AND KAMOV",
    "مؤسسة الرشيد", "Тяжпромэкспорт", "RPP LLC", "D2 IMAGINEERING, C.A.", "THE SAAD GROUP", "Tian-Hai-Xiang Shipping",
)  # fmt: skip


def varied(text: str, random: Random) -> str:
    """A name as somebody may write it: a word left out, cut to a letter, mistyped, joined, split, moved or added."""
    words = text.split()
    at = random.randrange(len(words))
    letter = random.randrange(len(words[at]) + 1)
    way = random.randrange(7)
    if way == 0 and len(words) > 1:
        del words[at]
    elif way == 1:
        words[at] = words[at][:1]
    elif way == 2:
        words[at] = f"{words[at][:letter]}{random.choice('aeiorst')}{words[at][letter + 1 :]}"
    elif way == 3:
        words[at : at + 2] = ["".join(words[at : at + 2])]
    elif way == 4:
        words[at : at + 1] = [part for part in (words[at][:letter], words[at][letter:]) if part]
    elif way == 5:
        random.shuffle(words)
    else:
        words.append(random.choice(LISTED).split()[-1])
    return " ".join(words)


@pytest.mark.parametrize("seed", range(4))
def test_no_way_of_writing_a_listed_name_is_passed_over(seed: int) -> None:
    random = Random(seed)
    queries = [varied(varied(random.choice(LISTED), random), random) for _ in range(300)]
    queries = [text for text in queries if any(map(str.isalnum, text)) and len(several(text)) == 1]
    names = [ListedName(i, text, "primary", "entity") for i, text in enumerate(LISTED)]
    matcher = Matcher.build(names)
    asked = Asked.build(analyse(text, None) for text in queries)
    listed = [analyse(text, "entity") for text in LISTED]
    for threshold in (50.0, 66.0, 80.0):
        worth = set(asked.worth_scoring(listed, np.full(len(queries), threshold)).tolist())
        hits = {i for i, text in enumerate(queries) if _hits(matcher, text, threshold)}
        assert len(hits) > 100
        assert {queries[i] for i in hits - worth} == set()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("golden star", "goldenstar shipping"),
        ("goldes ntar", "goldenstar"),
        ("goldenstar", "golden star"),
        ("tian hai xiang", "tianhaixiang"),
        ("rosneft", "rosneft trading"),
        ("محمد علي", "muhammad ali"),
        ("john smith", "j smith"),
        ("mktg almaz", "marketing almaz"),
        ("Железные Star", "zheleznyestar"),
        ("компания Орион", "kompaniyaorion"),
        ("محمد علي", "mohamedali"),
    ],
)
def test_it_is_found_in_every_way_in_which_words_can_be_alike(query: str, name: str) -> None:
    asked = Asked.build(analyse(text, None) for text in ("nothing like it", query))
    assert 1 in asked.worth_scoring([analyse(name, None)], np.full(2, 60.0))


def test_who_shares_no_word_is_passed_over_and_kept_queries_answer_the_same(tmp_path: Path) -> None:
    texts = [
        f"{one} {other}" for one in ("alder", "birch", "cedar", "maple") for other in ("foods", "motors", "paints")
    ]
    asked = Asked.build(analyse(text, None) for text in texts)
    asked.save(tmp_path)
    listed = [analyse("CEDAR MOTORS GMBH", "entity"), analyse("ROSNEFT", "entity")]
    for found in (asked, Asked.load(tmp_path)):
        worth = {texts[i] for i in found.worth_scoring(listed, np.full(len(texts), 80.0)).tolist()}
        assert "cedar motors" in worth
        assert all("cedar" in text or "motors" in text for text in worth)


def test_a_common_word_alone_or_words_of_a_listed_word_are_not_worth_scoring() -> None:
    texts = ["Group", "Ltd", "Technology I", "Ltd. Ltd. Co., Ltd.", "Euro African Group", "Orion"]
    asked = Asked.build(analyse(text, None) for text in texts)
    listed = [analyse(text, "entity") for text in ("EURO AFRICAN GROUP LTD", "ORION TECHNOLOGY COMPANY")]
    worth = asked.worth_scoring(listed, np.full(len(texts), 80.0))
    assert [texts[i] for i in worth.tolist()] == ["Euro African Group", "Orion"]


def test_without_queries_or_listed_names_nothing_is_worth_scoring() -> None:
    assert Asked.build([]).worth_scoring([analyse("x y", None)], np.zeros(0)).tolist() == []
    assert Asked.build([analyse("x y", None)]).worth_scoring([], np.zeros(1)).tolist() == []
