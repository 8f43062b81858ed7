"""How much a word tells: rare words much, common words, legal forms and particles little.

A weight is a pure function of the word, whatever the list. So a pair of names has the same score on every list and
every day, and screening only what changed gives the answers of screening all.
"""

from __future__ import annotations

from functools import lru_cache
from math import log

from compliance.matching.names import Kind, Token
from compliance.matching.vocabulary import common_words

_RAREST = 1e-5  # a share below which words are equally rare: one name in a hundred thousand
LIGHT = 0.06  # legal forms and particles: they tell little wherever they stand
_BY_KIND = {Kind.legal: LIGHT, Kind.particle: LIGHT, Kind.initial: 0.15, Kind.number: 0.45}  # which, seldom who
_SHORT = {1: 0.3, 2: 0.6, 3: 0.85}  # short words are hit by chance


def weight(token: Token) -> float:
    """The word's weight, between 0 and 1: a word in no table of common words weighs 1, if it is not short."""
    fixed = _BY_KIND.get(token.kind)
    return _of_word(token.text) if fixed is None else fixed


@lru_cache(maxsize=1 << 17)
def _of_word(text: str) -> float:
    share = common_words().get(text, 0.0)
    return round(log(share + _RAREST) / log(_RAREST) * _SHORT.get(len(text), 1.0), 6)
