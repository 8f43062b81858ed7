"""The words of asked names by number, each with what it weighs and what listed words it is alike to.

That depends on the word alone, so it is worked out once, for many new words together, by compiled loops; the few that
are no plain words (other scripts, translations, abbreviations, legal forms, numbers) go by `likes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compliance.matching import alike, kernels
from compliance.matching.arrays import Floats, Ints, hashed
from compliance.matching.index import Index
from compliance.matching.lexicon import PAIR, WORD, abbreviated, parts_of
from compliance.matching.likes import LIGHT, Together, brought
from compliance.matching.names import Kind, Token, without_spaces
from compliance.matching.shelves import Arrays, Shelves
from compliance.matching.similarity import FORM_LEFT, LEFT_IN_QUERY, LOST, is_clear, neighbours, tells_alone
from compliance.matching.vocabulary import abbreviations
from compliance.matching.weights import weight
from compliance.matching.words import ABBREVIATED, FLOOR, joined

_SECOND = (1 << 32) - 1  # of a key of two numbers


class Grown:
    """An array that grows by what is added at its end; its room doubles where that does not fit."""

    def __init__(self, kind: Any) -> None:
        self._room: NDArray[Any] = np.zeros(1 << 12, kind)
        self._size = 0

    def add(self, values: Any) -> None:
        """Adds the values."""
        size = self._size + len(values)
        if size > len(self._room):
            larger = np.zeros(2 * size, self._room.dtype)
            larger[: self._size] = self.values
            self._room = larger
        self._room[self._size : size] = values
        self._size = size

    @property
    def values(self) -> NDArray[Any]:
        """What was added."""
        return self._room[: self._size]


class BulkWords:
    """The asked words, and two neighbours written as one where a listed word may be alike to them, by number.

    The columns `of_word` have a row for each number: weight, cost when left over, flags, hash of the text, whether it
    tells alone. Those `of_like` have one for each like word: its number on the list, how alike, flags, the most that it
    keeps and the least that it misses; `starts` says where the like words of a number begin.
    """

    def __init__(self, index: Index) -> None:
        self._index, self._shelves = index, Shelves(index.lexicon)
        self.forget()

    def forget(self) -> None:
        """Begins anew: what is known of a million words would fill the memory."""
        self._numbers: dict[tuple[Token, bool], int] = {}
        self._pairs: dict[int, int] = {}
        self.words: list[tuple[Token | Together, bool]] = []
        self.texts: list[str] = []
        self.parts: list[str] = []  # what each word adds to a name without spaces and legal forms
        self.translated: set[int] = set()
        self.of_word = tuple(Grown(kind) for kind in (np.float64, np.float64, np.int64, np.uint64, np.bool_))
        self.of_like = tuple(Grown(kind) for kind in (np.int64, np.float64, np.int64, np.float64, np.float64))
        self.starts, self.most, self.mass = Grown(np.int64), Grown(np.float64), Grown(np.int64)
        self.starts.add([0])

    def number(self, token: Token, vowelless: bool) -> int:
        """The number of a word; the rest about it is known after `settle`."""
        key = token, vowelless
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.words)
            self.words.append(key)
            self.texts.append(token.text)
            self.parts.append("" if token.kind is Kind.legal else token.text)
            if token.translated:
                self.translated.add(number)
        return number

    def settle(self) -> None:
        """Works out everything about the words that are new since the last time."""
        first = len(self.mass.values)
        tokens = [what for what, _ in self.words[first:] if isinstance(what, Token)]
        if not tokens:
            return
        quick = [first + i for i, token in enumerate(tokens) if _is_plain(token) and not self.words[first + i][1]]
        found = self._shelves.like([self.texts[i] for i in quick], pairs=False)
        rows = _at(found, quick), self._abbreviated(quick), *self._slowly({*range(first, len(self.words))} - {*quick})
        weights = np.array([weight(token) for token in tokens], np.float64)
        self._add(first, rows, weights)
        flags = np.array([_flags(token) for token in tokens], np.int64)
        costs = np.where(flags & kernels.LEGAL, FORM_LEFT, LEFT_IN_QUERY * weights)
        texts, alone = [hashed(token.text) for token in tokens], [tells_alone(token) for token in tokens]
        for grown, values in zip(self.of_word, (weights, costs, flags, texts, alone), strict=True):
            grown.add(values)

    def together(self, firsts: Ints, seconds: Ints) -> Ints:
        """The numbers of two words each written as one; -1 where no listed word is alike to them."""
        keys: list[int] = ((firsts << 32) | seconds).tolist()
        known = self._pairs
        new = [key for key in dict.fromkeys(keys) if key not in known]
        if new:
            self._add_pairs(new)
        return np.array([known[key] for key in keys], np.int64)

    def _add_pairs(self, keys: list[int]) -> None:
        self._pairs.update(dict.fromkeys(keys, -1))
        pairs = [(key, parts) for key in keys if (parts := self._joined(key >> 32, key & _SECOND))]
        plain = [
            len(first) + len(second) <= alike.MOST_LETTERS and not self.words[key >> 32][1]
            for key, (first, second) in pairs
        ]
        quick = [i for i, is_plain in enumerate(plain) if is_plain]
        found = self._shelves.like(["".join(pairs[i][1]) for i in quick], pairs=True)
        used, places = np.unique(found[0], return_inverse=True)
        chosen = [*(quick[i] for i in used.tolist()), *(i for i, is_plain in enumerate(plain) if not is_plain)]
        start = len(self.words)
        for key, parts in (pairs[i] for i in chosen):
            self._pairs[key] = len(self.words)
            self.words.append((Together(*parts), self.words[key >> 32][1]))
            self.texts.append(" ".join(parts))
            self.parts.append("")
        rows = (start + places, *found[1:]), *self._slowly(range(start + len(used), len(self.words)))
        self._add(start, rows, None)
        for grown in self.of_word:
            grown.add(np.zeros(len(chosen)))

    def _joined(self, first: int, second: int) -> tuple[str, str] | None:
        """Two words as they may be written together; of most it is their texts."""
        one, other = self.words[first][0], self.words[second][0]
        if isinstance(one, Token) and isinstance(other, Token):
            return neighbours((one, other))[0]
        return None

    def whole(self, row: Sequence[int]) -> str:
        """A name of these words without spaces and legal forms."""
        if self.translated.isdisjoint(row):
            return "".join([self.parts[i] for i in row])
        return without_spaces(tuple(word for word in (self.words[i][0] for i in row) if isinstance(word, Token)))

    def _slowly(self, numbers: Iterable[int]) -> Iterator[Arrays]:
        """What words are alike to that the compiled loops do not know."""
        for number in sorted(numbers):
            like = self._index.likes.of(*self.words[number])
            yield np.full(len(like.ids), number), like.ids, like.likeness, like.flags

    def _abbreviated(self, numbers: Iterable[int]) -> Arrays:
        """The listed words that words abbreviate, or that abbreviate them."""
        lexicon = self._index.lexicon
        found = [
            (number, i)
            for number in numbers
            for other in (*abbreviations().get(self.texts[number], ()), *abbreviated().get(self.texts[number], ()))
            for i in lexicon.equal(other)
            if lexicon.kinds[i] == WORD
        ]
        rows = np.array(found, np.int64).reshape(-1, 2)
        return rows[:, 0], rows[:, 1], np.full(len(rows), ABBREVIATED), np.zeros(len(rows), np.int64)

    def _compared(self, numbers: Ints, ids: Ints, likeness: Floats) -> None:
        """Asks `words.joined` how alike neighbours are that were found."""
        for at in np.flatnonzero(likeness == alike.JOINED).tolist():
            (what, _), listed = self.words[numbers[at]], self._index.lexicon.word(int(ids[at]))
            if isinstance(what, Token):
                likeness[at] = joined(what.text, *parts_of(listed), listed.vowelless).similarity
            else:
                likeness[at] = joined(listed.text, *what, listed.vowelless).similarity

    def _add(self, first: int, rows: Iterable[Arrays], weights: Floats | None) -> None:
        """Adds the like words of the new ones from `first` on; without weights they are two neighbours each."""
        numbers, ids, likeness, flags = (np.concatenate(columns) for columns in zip(*rows, strict=True))
        self._compared(numbers, ids, likeness)
        order = np.lexsort((-likeness, ids, numbers))  # a word's best likeness first, and only that
        order = order[likeness[order] >= FLOOR]
        again = (np.diff(numbers[order]) == 0) & (np.diff(ids[order]) == 0)
        order = np.delete(order, np.flatnonzero(again) + 1)
        items, ids, likeness, flags = numbers[order] - first, ids[order], likeness[order], flags[order]
        own = 1.0 if weights is None else weights[items]
        columns, count = self._index.columns, len(self.words) - first
        kept, _ = brought(columns, ids, likeness, flags, own, own)
        missed = LOST * np.minimum(own, columns["heaviest"][ids]) * (1 - likeness)
        missed[(self._index.lexicon.kinds[ids] == PAIR) | (weights is None)] = 0.0
        for grown, values in zip(self.of_like, (ids, likeness, flags, kept, missed), strict=True):
            grown.add(values)
        self.starts.add(self.starts.values[-1] + np.cumsum(np.bincount(items, minlength=count)))
        heavy = (flags & LIGHT) == 0
        sizes = np.diff(columns["starts"])[ids[heavy]]
        self.mass.add(np.bincount(items[heavy], sizes, count).astype(np.int64))
        most = np.zeros(count)
        np.maximum.at(most, items[heavy], kept[heavy])
        self.most.add(most)


def _at(found: Arrays, numbers: list[int]) -> Arrays:
    """Rows of places in a list of numbers as rows of those numbers."""
    return np.array(numbers, np.int64)[found[0]], *found[1:]


def _is_plain(token: Token) -> bool:
    """Whether the compiled loops know what the word may be alike to."""
    return token.kind is Kind.word and not token.translated and len(token.text) <= alike.MOST_LETTERS


def _flags(token: Token) -> int:
    clear = kernels.CLEAR if token.kind is Kind.legal and is_clear(token.written) else 0
    little = kernels.LITTLE if token.kind in (Kind.legal, Kind.particle) else 0
    return clear | little | {Kind.legal: kernels.LEGAL, Kind.number: kernels.NUMBER}.get(token.kind, 0)
