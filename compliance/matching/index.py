"""Who is worth scoring: for every listed name a bound that its score cannot exceed, from its words alone.

A pair of words counts only when they are alike, so a listed name is bounded by what each word of the query can at most
bring on it. Names whose bound stays under the threshold are not scored; no name above it is ever lost, and a property
test holds that against scoring all. Everything is flat arrays, so that an index is read by memory map.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from compliance.matching.names import AnalysedName, Kind, Token, consonants
from compliance.matching.similarity import ENOUGH, JOINED, LEFT_IN_LISTED, LEFT_IN_QUERY, LOST, joined
from compliance.matching.vocabulary import abbreviations, legal_forms
from compliance.matching.weights import Weights
from compliance.matching.words import FLOOR, edits_allowed, likeness

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_KINDS = list(Kind)
_SLACK = 0.06  # scores are rounded to one decimal
_ARRAYS = ("kinds", "counts", "weights", "starts", "names", "totals", "letters", "lengths")


class Index:
    """The words of all listed names with their postings. Words are sorted; joined neighbours are words too."""

    def __init__(self, words: Sequence[str], keys: Sequence[str], arrays: dict[str, NDArray[Any]]) -> None:
        self.words = words
        self.keys = keys
        self.arrays = arrays
        self.kinds = arrays["kinds"]  # the position of the word's kind in _KINDS; -1 for joined neighbours
        self.starts = arrays["starts"]
        self.word_weights = arrays["weights"]
        self.totals = arrays["totals"]
        self._neighbours: dict[tuple[str, Kind, str], tuple[Ints, Floats]] = {}
        self._joined: dict[str, tuple[Ints, Floats]] = {}

    @classmethod
    def build(cls, names: Sequence[AnalysedName]) -> Index:
        """The index of analysed names, numbered as they come."""
        weights = Weights.of(names)
        postings: dict[tuple[str, int], list[int]] = {}
        own_weight: dict[tuple[str, int], float] = {}
        for number, name in enumerate(names):
            for word, weight in _words_of(name, weights):
                own_weight[word] = max(weight, own_weight.get(word, 0.0))
                posting = postings.setdefault(word, [])
                if not posting or posting[-1] != number:
                    posting.append(number)
        order = sorted(postings)
        sizes = [len(postings[word]) for word in order]
        arrays: dict[str, NDArray[Any]] = {
            "kinds": np.array([kind for _, kind in order], np.int8),
            "counts": np.array([weights.counts.get(t, 0) if k == 0 else 0 for t, k in order], np.int64),
            "weights": np.array([own_weight[word] for word in order], np.float64),
            "starts": np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            "names": np.array([n for word in order for n in postings[word]], np.int32),
            "totals": np.array([sum(map(weights, name.tokens)) for name in names], np.float64),
            "letters": np.array([_letters(text) for text, _ in order], np.uint64),
            "lengths": np.array([len(text) for text, _ in order], np.int16),
        }
        keys = [consonants(text) if kind == 0 else "" for text, kind in order]
        return cls([text for text, _ in order], keys, arrays)

    def save(self, folder: Path) -> None:
        """Writes the index into an empty folder."""
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", self.arrays[name])
        (folder / "words.txt").write_text("\n".join(self.words), "utf-8")
        (folder / "keys.txt").write_text("\n".join(self.keys), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Index:
        """Reads what `save` wrote, the arrays by memory map where they are not empty."""
        arrays = {name: _array(folder / f"{name}.npy") for name in _ARRAYS}
        words = (folder / "words.txt").read_text("utf-8").split("\n") if len(arrays["kinds"]) else []
        keys = (folder / "keys.txt").read_text("utf-8").split("\n") if len(arrays["kinds"]) else []
        return cls(words, keys, arrays)

    @cached_property
    def weights(self) -> Weights:
        """The weights that the index was built with."""
        counts = self.arrays["counts"]
        seen = np.flatnonzero(counts)
        return Weights({self.words[i]: int(counts[i]) for i in seen.tolist()}, len(self.totals))

    def candidates(self, query: AnalysedName, threshold: float) -> Ints:
        """The numbers of all listed names that may reach the threshold, in ascending order."""
        bounds = self.bounds(query)
        return np.flatnonzero(bounds >= threshold - _SLACK)

    def bounds(self, query: AnalysedName) -> Floats:
        """For every listed name a number, 0-100, that its score does not exceed."""
        count = len(self.totals)
        matched, in_query, in_listed = np.zeros(count), np.zeros(count), np.zeros(count)
        weights = [self.weights(token) for token in query.tokens]
        pairs = [self._of_joined(first, second) for first, second in zip(query.tokens, query.tokens[1:], strict=False)]
        for i, token in enumerate(query.tokens):
            best, listed = np.zeros(count), np.zeros(count)
            ids, alike = self._of_word(token)
            self._raise(best, listed, ids, alike * (weights[i] + self.word_weights[ids]) / 2)
            for j in (i - 1, i):  # the pairs (i-1, i) and (i, i+1); each of their words brings half
                if 0 <= j < len(pairs):
                    ids, alike = pairs[j]
                    self._raise(best, listed, ids, alike * (weights[j] + weights[j + 1] + self.word_weights[ids]) / 4)
            matched += best
            in_listed += listed
            in_query += np.where(best > 0, weights[i], 0.0)
        rest = LEFT_IN_QUERY * (sum(weights) - in_query) + LEFT_IN_LISTED * np.maximum(0, self.totals - in_listed)
        share = np.divide(matched, matched + np.maximum(0, rest), out=np.zeros(count), where=matched > 0)
        bounds: Floats = 100 * np.minimum(1, np.sqrt(matched / ENOUGH)) * share
        return bounds

    def _raise(self, best: Floats, listed: Floats, ids: Ints, brought: Floats) -> None:
        """For every name with one of the words: the most that they bring, and the most that they weigh."""
        if not len(ids):
            return
        sizes = self.starts[ids + 1] - self.starts[ids]
        total = int(sizes.sum())
        offsets = np.repeat(self.starts[ids] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        names = self.arrays["names"][offsets + np.arange(total)]
        np.maximum.at(best, names, np.repeat(brought, sizes))
        np.maximum.at(listed, names, np.repeat(self.word_weights[ids], sizes))

    def _of_word(self, token: Token) -> tuple[Ints, Floats]:
        """The words that the token is alike to, with how much of a pair's weight it keeps at most."""
        key = (token.text, token.kind, token.written)
        if key not in self._neighbours:
            found: dict[int, float] = {}
            for i in self._near(token):
                alike = self._likeness(token, i)
                if alike >= FLOOR:
                    found[i] = max(0.0, 1 - LOST * (1 - alike))
            self._neighbours[key] = _as_arrays(found)
        return self._neighbours[key]

    def _of_joined(self, first: Token, second: Token) -> tuple[Ints, Floats]:
        """The words that two neighbours of the query, written as one, are alike to."""
        if Kind.number in (first.kind, second.kind) or Kind.legal in (first.kind, second.kind):
            return _as_arrays({})
        together = first.text + second.text
        if together not in self._joined:
            found = {}
            for i in self._spelt_like(together):
                if self.kinds[i] == 0:
                    whole = Token(self.words[i], Kind.word, self.words[i])
                    if alike := joined(whole, first, second):
                        found[i] = max(0.0, 1 - LOST * (1 - alike))
            self._joined[together] = _as_arrays(found)
        return self._joined[together]

    def _likeness(self, token: Token, i: int) -> float:
        """At least as much as any pair of the token with this word can be alike."""
        text, kind = self.words[i], int(self.kinds[i])
        if kind < 0:  # joined neighbours of the list
            if token.kind is not Kind.word or len(token.text) < 4:
                return 0.0
            alike = likeness(token, Token(text, Kind.word, text))
            return alike.similarity * JOINED if alike.how in ("same", "spelling", "translation") else 0.0
        listed = _KINDS[kind]
        if Kind.legal in (token.kind, listed):
            return 1.0
        return 1.0 if token.text == text else likeness(token, Token(text, listed, text)).similarity

    def _near(self, token: Token) -> Iterator[int]:
        """The words that may be alike to the token; too many is no harm, too few is."""
        if token.kind is Kind.number:
            yield from self._equal(token.text, {Kind.number})
        elif token.kind is Kind.legal:
            yield from self._legal
            yield from self._equal(token.written, {Kind.word, Kind.particle, Kind.initial})
        else:
            if (token.written,) in legal_forms():
                yield from self._legal
            if token.kind is Kind.initial:
                yield from self._beginning_with(token.text)
            else:
                yield from self._equal(token.text[0], {Kind.initial})
                yield from self._like_word(token.text)

    def _like_word(self, text: str) -> Iterator[int]:
        yield from self._spelt_like(text)
        yield from self._by_key.get(consonants(text), ())
        if len(text) >= 3:
            yield from self._beginning_with(text)
        for length in range(3, len(text)):
            yield from self._equal(text[:length])
        for word in (*abbreviations().get(text, ()), *_abbreviated().get(text, ())):
            yield from self._equal(word)

    def _spelt_like(self, text: str) -> Iterator[int]:
        """Words of a fitting length whose letters differ by no more than the allowed edits can change."""
        lengths, letters = self.arrays["lengths"], self.arrays["letters"]
        longer = np.abs(lengths - len(text))
        allowed = _EDITS[np.minimum(np.maximum(lengths, len(text)), len(_EDITS) - 1)]
        differing = _bits(np.bitwise_xor(letters, np.uint64(_letters(text))))
        near = np.flatnonzero((longer <= allowed) & (differing + longer <= 2 * allowed))
        candidates = [self.words[i] for i in near.tolist()]
        distances = cdist([text], candidates, scorer=OSA.distance, score_cutoff=_MOST_EDITS, dtype=np.uint8)
        for i in near[distances[0] <= allowed[near]] if candidates else ():
            yield int(i)

    def _equal(self, text: str, kinds: set[Kind] | None = None) -> Iterator[int]:
        start = bisect_left(self.words, text)
        while start < len(self.words) and self.words[start] == text:
            if kinds is None or _KINDS[int(self.kinds[start])] in kinds:
                yield start
            start += 1

    def _beginning_with(self, text: str) -> Iterator[int]:
        start = bisect_left(self.words, text)
        while start < len(self.words) and self.words[start].startswith(text):
            if self.kinds[start] >= 0:
                yield start
            start += 1

    @cached_property
    def _legal(self) -> list[int]:
        return [int(i) for i in np.flatnonzero(self.kinds == _KINDS.index(Kind.legal))]

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, key in enumerate(self.keys):
            if key:
                found.setdefault(key, []).append(i)
        return found


def _words_of(name: AnalysedName, weights: Weights) -> Iterator[tuple[tuple[str, int], float]]:
    """The name's words and its joined neighbours, each with its weight."""
    for token in name.tokens:
        yield (token.text, _KINDS.index(token.kind)), weights(token)
    for first, second in zip(name.tokens, name.tokens[1:], strict=False):
        if not {first.kind, second.kind} & {Kind.legal, Kind.number}:
            yield (first.text + second.text, -1), weights(first) + weights(second)


@cache
def _abbreviated() -> dict[str, list[str]]:
    """Words with the abbreviations that may stand for them."""
    found: dict[str, list[str]] = {}
    for short, words in abbreviations().items():
        for word in words:
            found.setdefault(word, []).append(short)
    return found


_MOST_EDITS = edits_allowed(1 << 10)
_EDITS = np.array([edits_allowed(length) for length in range(64)], np.int16)


def _as_arrays(found: dict[int, float]) -> tuple[Ints, Floats]:
    ids = sorted(found)
    return np.array(ids, np.int64), np.array([found[i] for i in ids], np.float64)


def _letters(text: str) -> int:
    """One bit for each letter and digit that the text holds."""
    bits = 0
    for character in text:
        bits |= 1 << (ord(character) % 64)
    return bits


def _bits(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """How many bits are set in each value."""
    if hasattr(np, "bitwise_count"):
        return np.asarray(np.bitwise_count(values), np.uint8)
    counted = np.zeros(len(values), np.uint8)
    for shift in range(0, 64, 8):
        counted += _BYTE_BITS[(values >> np.uint64(shift)) & np.uint64(255)]
    return counted


_BYTE_BITS = np.array([bin(value).count("1") for value in range(256)], np.uint8)


def _array(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, allow_pickle=False)
    return array
