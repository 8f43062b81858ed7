"""How alike two words are, and in which way: a pure function of the two words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from compliance.matching.names import Kind, Token
from compliance.matching.sounds import consonants, folded, skeleton
from compliance.matching.vocabulary import abbreviations

FLOOR = 0.55  # two words less alike than this are two words
INITIAL = 0.83  # a letter for a word that begins with it
ABBREVIATED = 0.92  # an abbreviation in the reviewed table
CUT = 0.62  # one word is the beginning of the other: `Electr` for `Electronics`
CONTRACTED = 0.6  # the letters of one in the other, without vowels: `Mktg` for `Marketing`
TRANSLATED = 0.93
FOLDED = 0.88  # the same word under two standards of transliteration
SAME_CONSONANTS = (0.4, 0.55)  # equal consonants: this, and this times how alike the vowels make them
OTHER_SOUND = 0.6  # less alike than this, equal consonants are chance
SKELETON = {2: 0.72, 3: 0.85}  # equal letters with a word in Arabic script, by their number; more are 0.92
LONG_SKELETON = 0.92
SKELETON_ERROR = 0.72  # one letter of at least five differs
PER_EDIT = 1.25  # an edit costs this share of one letter of the longer word
LONG_KEY = 3  # consonant keys shorter than this meet by chance
MISTYPED_FORM = 0.7  # `LLxC`
JOINED = 0.985  # two words written as one
SHORTEST_JOINED, SHORTEST_MISTYPED = 4, 7  # letters of both; shorter ones meet by chance

_VOWELS = frozenset("aeiou")


class Likeness(NamedTuple):
    """0 (not alike) to 1 (equal), and the way in which the words are alike."""

    similarity: float
    how: str


NONE = Likeness(0.0, "")
_SAME = Likeness(1.0, "same")


def likeness(query: Token, listed: Token, *, vowelless: bool = False) -> Likeness:
    """How alike two words of names are; symmetric. `vowelless`: one of them was written in Arabic script."""
    if Kind.legal in (query.kind, listed.kind):
        return _legal(query, listed)
    if query.text == listed.text:
        return Likeness(TRANSLATED, "translation") if query.translated != listed.translated else _SAME
    if Kind.number in (query.kind, listed.kind):
        return NONE
    if Kind.particle in (query.kind, listed.kind) and query.kind is not listed.kind:
        return NONE
    if Kind.initial in (query.kind, listed.kind):
        return Likeness(INITIAL, "initial") if query.text[0] == listed.text[0] else NONE
    first, second = sorted((query.text, listed.text))
    return spelt(first, second, vowelless)


def _legal(query: Token, listed: Token) -> Likeness:
    """Forms of one class are equal; a form on one side may be a word on the other: `Pao, Hua Chiang`."""
    if query.written == listed.written:
        return _SAME
    if query.kind is listed.kind:
        return Likeness(1.0 if query.text == listed.text else FLOOR, "legal form")
    mistyped = (
        min(len(query.written), len(listed.written)) >= 3
        and OSA.distance(query.written, listed.written, score_cutoff=1) < 2
    )
    return Likeness(MISTYPED_FORM, "legal form") if mistyped and Kind.word in (query.kind, listed.kind) else NONE


@lru_cache(maxsize=1 << 19)
def spelt(first: str, second: str, vowelless: bool) -> Likeness:
    """How alike two different ordinary words are, by spelling, abbreviation or sound; the best of them."""
    found = [_edited(first, second), _abbreviated(first, second), _sounding(first, second)]
    if vowelless:
        found.append(_unvowelled(first, second))
    best = max(found, key=lambda likeness: likeness.similarity)
    return best if best.similarity >= FLOOR else NONE


def _mistyped(first: str, second: str) -> bool:
    """`putn` or `puitn` for `putin`: who forgets or swaps letters follows no other standard of transliteration."""
    other_letters = len(first) == len(second) and sorted(first) != sorted(second)
    return not other_letters and OSA.distance(first, second, score_cutoff=1) == 1


@lru_cache(maxsize=1 << 18)
def joined(whole: str, first: str, second: str, vowelless: bool) -> Likeness:
    """How alike a word is to two neighbours written as one: the same, or nearly; but not when one of them will do."""
    together = first + second
    if min(len(whole), len(together)) < SHORTEST_JOINED:
        return NONE
    if whole == together:
        return Likeness(JOINED, "joined words")
    alike = _nearly(whole, together, vowelless)
    if alike < FLOOR or max(_alone(whole, first, vowelless), _alone(whole, second, vowelless)) >= alike:
        return NONE
    return Likeness(alike * JOINED, "joined words")


def _nearly(whole: str, together: str, vowelless: bool) -> float:
    """How alike two words are that may differ by one typing error, or in Arabic script by their vowels."""
    if vowelless and skeleton(whole) == skeleton(together):
        return _unvowelled(whole, together).similarity
    if min(len(whole), len(together)) < SHORTEST_MISTYPED or OSA.distance(whole, together, score_cutoff=1) > 1:
        return 0.0
    return 1 - PER_EDIT / max(len(whole), len(together))


def _alone(whole: str, part: str, vowelless: bool) -> float:
    return 1.0 if whole == part else spelt(*sorted((whole, part)), vowelless).similarity


def edits_allowed(length: int) -> int:
    """How many typing errors a word of this length (the longer of the two) may have."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 9 else 3


def _edited(first: str, second: str) -> Likeness:
    return Likeness(_near(first, second), "spelling")


def _near(first: str, second: str) -> float:
    length = max(len(first), len(second))
    allowed = edits_allowed(length)
    if not allowed or abs(len(first) - len(second)) > allowed:
        return 0.0
    distance = OSA.distance(first, second, score_cutoff=allowed)
    return max(0.0, 1 - PER_EDIT * distance / length) if distance <= allowed else 0.0


def _abbreviated(first: str, second: str) -> Likeness:
    table = abbreviations()
    if second in table.get(first, ()) or first in table.get(second, ()):
        return Likeness(ABBREVIATED, "abbreviation")
    short, long = (first, second) if len(first) < len(second) else (second, first)
    if len(short) >= 3 and long.startswith(short):
        return Likeness(CUT, "abbreviation")
    return Likeness(CONTRACTED, "abbreviation") if is_contraction(first, second) else NONE


def may_be_contracted(word: str) -> bool:
    """Whether a word has no vowels but perhaps at its beginning, like `mktg`."""
    return len(word) >= 3 and not set(word[1:]) & _VOWELS


def is_contraction(first: str, second: str) -> bool:
    """Whether the shorter word is made of letters of the longer one, first and last included, without its vowels."""
    short, long = (first, second) if len(first) < len(second) else (second, first)
    if not may_be_contracted(short) or short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _sounding(first: str, second: str) -> Likeness:
    one, other = folded(first), folded(second)
    if one == other:
        return Likeness(FOLDED, "transliteration")
    near = FOLDED * _near(one, other)
    key = consonants(first)
    if len(key) >= LONG_KEY and key == consonants(second):
        near = max(near, same_consonants(one, other))
    return Likeness(near, "spelling" if _mistyped(first, second) else "transliteration")


def same_consonants(one: str, other: str) -> float:
    """How alike two folded words of equal consonants are, by their vowels."""
    alike = OSA.normalized_similarity(one, other)
    return SAME_CONSONANTS[0] + SAME_CONSONANTS[1] * alike if one != other and alike >= OTHER_SOUND else 0.0


def unvowelled(one: str, other: str) -> float:
    """How alike two words are that have no vowels left."""
    if one == other:
        return SKELETON.get(len(one), LONG_SKELETON if len(one) > 2 else 0.0)
    if max(len(one), len(other)) >= 5 and OSA.distance(one, other, score_cutoff=1) == 1:
        return SKELETON_ERROR
    return 0.0


def _unvowelled(first: str, second: str) -> Likeness:
    return Likeness(unvowelled(skeleton(first), skeleton(second)), "consonants")
