"""How alike two words are, and in which way: a pure function of the two words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Prefix

from compliance.matching.names import Kind, Token, consonants
from compliance.matching.vocabulary import abbreviations

FLOOR = 0.6  # two words less alike than this are two words
_CONSONANTS = 0.82  # equal consonants, other vowels: transliteration, or chance in short words
_INITIAL = 0.75  # a letter for a word that begins with it
_ABBREVIATED = 0.92  # an abbreviation in the reviewed table
_CUT = 0.8  # one word is the beginning of the other: `Electr` for `Electronics`
_TRANSLATED = 0.95
_PER_EDIT = 1.25  # an edit costs this share of one letter of the longer word
_LONG_KEY = 3  # consonant keys shorter than this meet by chance


class Likeness(NamedTuple):
    """0 (not alike) to 1 (equal), and the way in which the words are alike."""

    similarity: float
    how: str


NONE = Likeness(0.0, "")


def likeness(query: Token, listed: Token) -> Likeness:
    """How alike two words of names are; symmetric."""
    if Kind.legal in (query.kind, listed.kind):
        return _legal(query, listed)
    if query.text == listed.text and query.kind is listed.kind:
        other = query.translated != listed.translated
        return Likeness(_TRANSLATED, "translation") if other else Likeness(1.0, "same")
    if Kind.number in (query.kind, listed.kind):
        return NONE
    if Kind.initial in (query.kind, listed.kind):
        return Likeness(_INITIAL, "initial") if query.text[0] == listed.text[0] else NONE
    first, second = sorted((query.text, listed.text))
    return spelt(first, second)


def _legal(query: Token, listed: Token) -> Likeness:
    """Forms of one class are equal; a form on one side may be a word on the other: `Pao, Hua Chiang`."""
    if query.written == listed.written:
        return Likeness(1.0, "same")
    if query.kind is not listed.kind:
        return NONE
    return Likeness(1.0 if query.text == listed.text else FLOOR, "legal form")


@lru_cache(maxsize=1 << 18)
def spelt(first: str, second: str) -> Likeness:
    """How alike two different ordinary words are, by spelling, abbreviation or consonants; the best of them."""
    found = [_edited(first, second), _abbreviated(first, second), _sounding(first, second)]
    best = max(found, key=lambda likeness: likeness.similarity)
    return best if best.similarity >= FLOOR else NONE


def edits_allowed(length: int) -> int:
    """How many typing errors a word of this length (the longer of the two) may have."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 9 else 3


def _edited(first: str, second: str) -> Likeness:
    length = max(len(first), len(second))
    allowed = edits_allowed(length)
    if not allowed or abs(len(first) - len(second)) > allowed:
        return NONE
    distance = OSA.distance(first, second, score_cutoff=allowed)
    if distance > allowed:
        return NONE
    return Likeness(max(0.0, 1 - _PER_EDIT * distance / length), "spelling")


def _abbreviated(first: str, second: str) -> Likeness:
    table = abbreviations()
    if second in table.get(first, ()) or first in table.get(second, ()):
        return Likeness(_ABBREVIATED, "abbreviation")
    short, long = sorted((first, second), key=len)
    if len(short) >= 3 and Prefix.similarity(short, long) == len(short):
        return Likeness(_CUT, "abbreviation")
    return NONE


def _sounding(first: str, second: str) -> Likeness:
    key = _key(first)
    if len(key) < _LONG_KEY or key != _key(second):
        return NONE
    return Likeness(_CONSONANTS, "transliteration")


@lru_cache(maxsize=1 << 18)
def _key(word: str) -> str:
    return consonants(word)
