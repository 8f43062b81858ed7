"""How much a word tells: rare words much, common words, legal forms and particles little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import log

from compliance.matching.names import AnalysedName, Kind, Token
from compliance.matching.sounds import folded
from compliance.matching.vocabulary import common_words

_PRIOR_NAMES = 3000.0  # the reviewed shares count as much as so many names: they carry a list of 68 as well
_RAREST = 1e-5  # a share below which words are equally rare: one name in a hundred thousand
LIGHT = 0.06  # legal forms and particles: they tell little wherever they stand
_BY_KIND = {Kind.legal: LIGHT, Kind.particle: LIGHT, Kind.initial: 0.15}
_NUMBER = 0.45  # a number tells which of several it is, seldom who
_SHORT = {1: 0.3, 2: 0.6, 3: 0.85}  # short words are hit by chance


class Weights:
    """The weight of every word, between 0 and 1; a pure function of the names that the matcher was built from.

    `count` tells in how many names a word stands, in whatever transliteration; `names` is how many names there are.
    """

    def __init__(self, count: Callable[[str], int], names: int) -> None:
        self.count = count
        self.names = names
        self._known: dict[tuple[str, Kind], float] = {}

    @classmethod
    def of(cls, names: Iterable[AnalysedName]) -> Weights:
        """The weights that these names give."""
        counts, total = counted(names)
        return cls(lambda fold: counts[fold], total)

    def __call__(self, token: Token) -> float:
        """The word's weight."""
        key = (token.text, token.kind)
        if key not in self._known:
            self._known[key] = self._weight(token)
        return self._known[key]

    def _weight(self, token: Token) -> float:
        if token.kind in _BY_KIND:
            return _BY_KIND[token.kind]
        if token.kind is Kind.number:
            return _NUMBER
        expected = common_words().get(token.text, 0.0) * _PRIOR_NAMES
        share = (self.count(folded(token.text)) + expected) / (self.names + _PRIOR_NAMES)
        return round(log(share + _RAREST) / log(_RAREST) * _SHORT.get(len(token.text), 1.0), 6)


def counted(names: Iterable[AnalysedName]) -> tuple[Counter[str], int]:
    """In how many names each word stands, all its transliterations together; and how many names there are."""
    counts: Counter[str] = Counter()
    total = 0
    for name in names:
        total += 1
        counts.update({folded(token.text) for token in name.tokens if token.kind is Kind.word})
    return counts, total
