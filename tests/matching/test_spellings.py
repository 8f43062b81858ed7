"""Which words are near to one, and what letters they hold, found for many at once as they are one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from compliance.matching.arrays import letters, letters_of
from compliance.matching.spellings import Spellings
from compliance.matching.words import edits_allowed

WORDS = st.lists(st.text("abcd", max_size=14) | st.text("ab", min_size=60, max_size=70), max_size=30)


@settings(max_examples=150, deadline=None)
@given(words=WORDS, asked=st.text("abcd", max_size=14) | st.text("ab", min_size=60, max_size=64), one=st.booleans())
def test_the_words_near_to_one_are_those_that_measuring_all_of_them_finds(
    words: list[str], asked: str, one: bool
) -> None:
    words = [*words, asked[1:], asked[:3] + asked[4:], asked[::-1], f"{asked[1:2]}{asked[:1]}{asked[2:]}"]
    near = Spellings(words).near(asked, 1 if one else None)
    errors = {i: OSA.distance(asked, word) for i, word in enumerate(words) if len(word) <= 64}
    allowed = {i: 1 if one else edits_allowed(max(len(asked), len(words[i]))) for i in errors}
    assert dict(zip(near.numbers.tolist(), near.errors.tolist(), strict=True)) == {
        i: count for i, count in errors.items() if count <= allowed[i]
    }


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.text("az09 @", max_size=5) | st.text(max_size=3), max_size=12))
def test_the_letters_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    assert letters_of(texts).tolist() == [letters(text) for text in texts]
