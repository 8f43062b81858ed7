"""Some words of a lexicon, and which of them may be alike to a given text: by spelling, sound, contraction or table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from compliance.matching.arrays import Floats, Ints, hashed
from compliance.matching.lexicon import WORD, Lexicon, abbreviated
from compliance.matching.sounds import consonants, folded, skeleton
from compliance.matching.spellings import Spellings
from compliance.matching.vocabulary import abbreviations
from compliance.matching.words import (
    ABBREVIATED,
    CONTRACTED,
    CUT,
    FOLDED,
    LONG_KEY,
    PER_EDIT,
    SHORTEST_JOINED,
    SHORTEST_MISTYPED,
    is_contraction,
    may_be_contracted,
    same_consonants,
    unvowelled,
)


class Shelf:
    """Words of a lexicon by their numbers `ids`, with what they are looked up by."""

    def __init__(self, lexicon: Lexicon, ids: Ints) -> None:
        self._lexicon = lexicon
        self._ids = ids
        self._texts = [lexicon.texts[i] for i in ids.tolist()]
        self._folds = [lexicon.folds[i] for i in ids.tolist()]
        self._spellings = Spellings(self._texts, lexicon.columns["letters"][ids])

    def like(self, text: str, vowelless: bool) -> dict[int, float]:
        """`words.spelt` of a text with all words of the shelf: how alike they are, by their numbers."""
        best: dict[int, float] = {}
        for i, alike in self._candidates(text, vowelless):
            if alike > best.get(i, 0.0):
                best[i] = alike
        return best

    def nearly(self, text: str, vowelless: bool) -> list[int]:
        """Words that `words.joined` may find alike to the text; what is passed over is not."""
        if len(text) < SHORTEST_JOINED:
            return []
        near = self._spellings.near(text, 1)
        mistyped = len(text) >= SHORTEST_MISTYPED - 1
        found = set((near.numbers if mistyped else near.numbers[near.errors == 0]).tolist())
        if vowelless or len(self._vowelless):
            bare = (self._bare if vowelless else self._listed_bare).near(skeleton(text), 1)
            same = bare.numbers[bare.errors == 0]
            found.update((same if vowelless else self._vowelless[same]).tolist())
        ids: list[int] = self._ids[sorted(found)].tolist()
        return ids

    def _candidates(self, text: str, vowelless: bool) -> Iterator[tuple[int, float]]:
        fold, key = folded(text), consonants(text)
        yield from self._near(self._spellings, text, 1.0)
        yield from self._near(self._folded, fold, FOLDED)
        if len(key) >= LONG_KEY:
            for i in np.flatnonzero(self._keys == np.uint64(hashed(key))).tolist():
                yield int(self._ids[i]), same_consonants(fold, self._folds[i])
        ends = ord(text[0]) << 32 | ord(text[-1]) if text else 0
        for i in np.flatnonzero((self._ends if may_be_contracted(text) else self._ends_of_short) == ends).tolist():
            if is_contraction(text, self._texts[i]):
                yield int(self._ids[i]), CONTRACTED
        yield from self._of_kind(self._lexicon.cut(text), CUT)
        for other in (*abbreviations().get(text, ()), *abbreviated().get(text, ())):
            yield from self._of_kind(self._lexicon.equal(other), ABBREVIATED)
        if vowelless:
            yield from self._near_bare(self._bare, skeleton(text))
        elif len(self._vowelless):
            yield from self._near_bare(self._listed_bare, skeleton(text))

    def _near(self, spellings: Spellings, text: str, factor: float) -> Iterator[tuple[int, float]]:
        """`words.near` with all words, times a factor; equal ones whatever their length."""
        found = spellings.near(text)
        longer = np.maximum(len(text), spellings.length_of[found.numbers])
        alike: Floats = factor * np.maximum(0.0, 1 - PER_EDIT * found.errors / longer)
        yield from zip(self._ids[found.numbers].tolist(), alike.tolist(), strict=True)

    def _near_bare(self, spellings: Spellings, bare: str) -> Iterator[tuple[int, float]]:
        """`words.unvowelled` with all words."""
        own = self._ids if spellings is self._bare else self._ids[self._vowelless]
        for i in spellings.near(bare, 1).numbers.tolist():
            yield int(own[i]), unvowelled(bare, spellings.given[i])

    def _of_kind(self, ids: Iterator[int], alike: float) -> Iterator[tuple[int, float]]:
        return ((i, alike) for i in ids if self._lexicon.kinds[i] == WORD)

    @cached_property
    def _folded(self) -> Spellings:
        return Spellings(self._folds, self._lexicon.columns["folded_letters"][self._ids])

    @cached_property
    def _vowelless(self) -> Ints:
        """The places on the shelf of words of names in Arabic script."""
        return np.flatnonzero(self._lexicon.columns["vowelless"][self._ids])

    @cached_property
    def _bare(self) -> Spellings:
        return Spellings([skeleton(text) for text in self._texts])

    @cached_property
    def _listed_bare(self) -> Spellings:
        return Spellings([skeleton(self._texts[i]) for i in self._vowelless.tolist()])

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """The words' consonants, hashed."""
        keys: NDArray[np.uint64] = self._lexicon.columns["consonants"][self._ids]
        return keys

    @cached_property
    def _ends(self) -> Ints:
        """The words' first and last letters as numbers."""
        return _code([text[0] for text in self._texts]) << 32 | _code([text[-1] for text in self._texts])

    @cached_property
    def _ends_of_short(self) -> Ints:
        """The same of words that may be contractions; of others nothing that a word has."""
        return np.where(self._lexicon.columns["contracted"][self._ids], self._ends, -1)


def _code(letters: list[str]) -> Ints:
    """The number of each letter."""
    return np.frombuffer("".join(letters).encode("utf-32-le"), np.uint32).astype(np.int64)
