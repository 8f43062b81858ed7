"""Two neighbouring words of a query that, written as one, are a word of a listed name: `Golden Star`, `Goldenstar`.

Such neighbours differ from the listed word by one typing error at most. The error is in one of the two, so the other
one is there as it is: it begins the listed word, or it ends it. That is looked up; what is found is compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compliance.matching.arrays import Columns, Floats, Ints, among, hashed
from compliance.matching.lexicon import LEGAL, Lexicon
from compliance.matching.similarity import neighbours
from compliance.matching.sounds import skeleton
from compliance.matching.spellings import Spellings
from compliance.matching.words import FLOOR, SHORTEST_JOINED, joined

_LONGEST = 63  # letters that are told apart by length


class Joined(NamedTuple):
    """Where neighbours are like one listed word: the place of the first of the two among all words, and how alike."""

    places: Ints
    likeness: Floats


class Neighbours:
    """The neighbouring words of all queries; `columns` are those of `Asked`."""

    def __init__(self, lexicon: Lexicon, columns: Columns) -> None:
        self._lexicon = lexicon
        self._columns = columns
        self._words: Ints = columns["words"]

    def like(self, texts: Iterable[str], vowelless: bool) -> dict[str, Joined]:
        """The neighbours that are like each of the words of listed names; `vowelless` as these names are."""
        wanted = [text for text in dict.fromkeys(texts) if len(text) >= SHORTEST_JOINED]
        if not wanted or len(self._words) < 2:
            return {}
        places = np.concatenate([self._by_ends(wanted), self._by_skeleton(wanted, vowelless)])
        places = np.unique(places[self._columns["pair_skeletons"][places] != 0])
        words = self._words.astype(np.int64)
        keys, which = np.unique(words[places] * len(self._lexicon) + words[places + 1], return_inverse=True)
        pairs = list(zip(*(part.tolist() for part in np.divmod(keys, len(self._lexicon))), strict=True))
        order = np.argsort(which, kind="stable")
        starts = np.searchsorted(which[order], np.arange(len(pairs) + 1))
        found = {}
        for text, numbers, alike in self._alike(wanted, pairs, vowelless):
            own = [places[order[starts[i] : starts[i + 1]]] for i in numbers]
            found[text] = Joined(np.concatenate(own), np.repeat(alike, [len(part) for part in own]))
        return found

    def _alike(
        self, texts: list[str], pairs: list[tuple[int, int]], vowelless: bool
    ) -> Iterable[tuple[str, list[int], list[float]]]:
        """For each text the numbers of the pairs that are like it, where there are any, and how alike they are."""
        firsts = np.array([first for first, _ in pairs], np.int64)
        bare = self._lexicon.columns["vowelless"][firsts] | vowelless
        together = Spellings(self._together(pairs))
        skeletons: dict[str, list[int]] = {}
        for i in np.flatnonzero(bare).tolist():
            skeletons.setdefault(skeleton(together.given[i]), []).append(i)
        for text in texts:
            near = {*together.near(text, 1).numbers.tolist(), *skeletons.get(skeleton(text), ())}
            alike = {i: joined(text, *self._parts(*pairs[i]), bool(bare[i])).similarity for i in sorted(near)}
            kept = {i: value for i, value in alike.items() if value >= FLOOR}
            if kept:
                yield text, list(kept), list(kept.values())

    def _by_ends(self, texts: list[str]) -> Ints:
        """The places of words that begin one of the texts, or that the next word ends, if their lengths fit."""
        first, second = (self._words_of(side) for side in _ends(texts))
        words = self._words
        places = np.flatnonzero((first != 0)[words[:-1]] | (second != 0)[words[1:]])
        ones, others = words[places], words[places + 1]
        lengths = np.minimum(self._lengths[ones] + self._lengths[others], _LONGEST).astype(np.uint64)
        fits = ((first[ones] | second[others]) >> lengths) & np.uint64(1) != 0
        found: Ints = places[fits | self._rewritten[ones] | self._rewritten[others]]
        return found

    def _words_of(self, ends: dict[str, int]) -> NDArray[np.uint64]:
        """For each word how long it and its neighbour may be together, as bits."""
        lengths = np.zeros(len(self._lexicon), np.uint64)
        for text, bits in ends.items():
            for word in (*self._lexicon.equal(text), *self._by_written.get(text, ())):
                lengths[word] |= np.uint64(bits)
        return lengths

    def _by_skeleton(self, texts: list[str], vowelless: bool) -> Ints:
        """The places of words that with the next one have the consonants of a text; one side is in Arabic script."""
        places = np.arange(len(self._words) - 1) if vowelless else self._vowelless
        skeletons = (hashed(skeleton(text)) or 1 for text in texts)
        found: Ints = places[among(self._columns["pair_skeletons"][places], skeletons)]
        return found

    @cached_property
    def _vowelless(self) -> Ints:
        """The places of the words of queries in Arabic script."""
        bare = self._lexicon.columns["vowelless"]
        return np.flatnonzero(bare[self._words[:-1]]) if bare.any() else np.zeros(0, np.int64)

    @cached_property
    def _lengths(self) -> Ints:
        return np.array(list(map(len, self._lexicon.texts)), np.int64)

    @cached_property
    def _rewritten(self) -> NDArray[np.bool_]:
        """The words that may be written otherwise beside a neighbour than they are compared alone."""
        columns = self._lexicon.columns
        found: NDArray[np.bool_] = (columns["kinds"] == LEGAL) | columns["translated"]
        return found

    @cached_property
    def _by_written(self) -> dict[str, list[int]]:
        """Those by how they are written, without spaces."""
        found: dict[str, list[int]] = {}
        for i in np.flatnonzero(self._rewritten).tolist():
            found.setdefault(self._lexicon.writtens[i].replace(" ", ""), []).append(i)
        return found

    def _together(self, pairs: list[tuple[int, int]]) -> list[str]:
        """What stands together in each pair."""
        texts, translated = self._lexicon.texts, self._lexicon.columns["translated"].tolist()
        legal = {i: self._lexicon.writtens[i].replace(" ", "") for i in self._lexicon.legal.tolist()}
        return [
            "".join(self._parts(one, other))
            if translated[one] or translated[other]
            else (legal.get(one) or texts[one]) + (legal.get(other) or texts[other])
            for one, other in pairs
        ]

    def _parts(self, first: int, second: int) -> tuple[str, str]:
        (parts,) = neighbours((self._lexicon.word(first).token(), self._lexicon.word(second).token()))
        return parts or ("", "")


def _ends(texts: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """What the first, and what the second of two words can be that are one of the texts but for one typing error.

    The error is in one of the two, so the other one is there as it is; or two letters where they meet are swapped. With
    each goes how long the two can be together, as bits.
    """
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    for text in texts:
        lengths = sum(1 << min(len(text) + more, _LONGEST) for more in (-1, 0, 1) if len(text) < _LONGEST or more == 0)
        for cut in range(1, len(text) + 1):
            swapped = [text[: cut - 1] + text[cut]] if cut < len(text) else []
            for side, ends in ((first, [text[:cut], *swapped]), (second, [text[cut - 1 :]])):
                for end in ends:
                    side[end] = side.get(end, 0) | lengths
    return first, second
