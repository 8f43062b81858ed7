"""Who is worth scoring: for every listed name a bound that its score cannot exceed, from its words alone.

Words are paired only when they are alike, so each word of the query says what it can at most bring to each name that
has a word like it. Names whose bound stays under the threshold are not scored; no name above it is ever lost, and a
property test holds that against scoring all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from compliance.matching import arrays
from compliance.matching.arrays import Columns, Floats, Ints, hashed, hashes, offsets
from compliance.matching.lexicon import KINDS, LEGAL, PAIR, Lexicon, Listed
from compliance.matching.names import AnalysedName, Kind, Token
from compliance.matching.similarity import BARE, FORM_LEFT, LEFT_IN_LISTED, LEFT_IN_QUERY, LOST, bare_word, neighbours
from compliance.matching.weights import Weights, counted
from compliance.matching.words import Likeness

SLACK = 0.06  # scores are rounded to one decimal
PARTY_TYPES = ("entity", "individual", "vessel", "aircraft")
_REMEMBERED = 1 << 12  # words of queries whose like words are kept


class Brought(NamedTuple):
    """What one word of the query can at most bring to the names that have a word like it."""

    names: Ints
    kept: Floats
    saved: Floats  # what is not missed any more, on both sides


class Index:
    """The words of all listed names with their postings (which names have them), and the names by their words."""

    def __init__(self, lexicon: Lexicon, columns: Columns) -> None:
        self.lexicon = lexicon
        self.columns = columns
        self._brought = lru_cache(maxsize=_REMEMBERED)(self._of_word)
        self._brought_together = lru_cache(maxsize=_REMEMBERED)(self._of_pair)

    @classmethod
    def build(cls, names: Sequence[AnalysedName]) -> Index:
        """The index of analysed names, numbered as they come."""
        counts, total = counted(names)
        weights = Weights(lambda fold: counts[fold], total)
        words = [[*_words(name)] for name in names]
        pairs = [[*_pairs(name)] for name in names]
        order = sorted({*(w for ws in words for w in ws), *(p for ps in pairs for p in ps if p)})
        number = {word: i for i, word in enumerate(order)}
        ids = [[number[word] for word in ws] for ws in words]
        pair_ids = [[number[pair] if pair else -1 for pair in ps] for ps in pairs]
        postings: list[list[int]] = [[] for _ in order]
        for name, own in enumerate(zip(ids, pair_ids, strict=True)):
            for word in {i for part in own for i in part if i >= 0}:
                postings[word].append(name)
        folds = sorted(counts)
        columns: Columns = {
            "weights": np.array([weights(w.token()) if w.kind != PAIR else 0.0 for w in order], np.float64),
            "starts": offsets(map(len, postings)),
            "postings": np.array([name for posting in postings for name in posting], np.int32),
            "name_starts": offsets(map(len, ids)),
            "name_words": np.array([i for own in ids for i in own], np.int32),
            "pair_starts": offsets(map(len, pair_ids)),
            "name_pairs": np.array([i for own in pair_ids for i in own], np.int32),
            "party_types": np.array([_party_type(name) for name in names], np.int8),
            "vowelless": np.array([name.vowelless for name in names], np.bool_),
            "togethers": hashes(name.together for name in names),
            "folds": np.sort(hashes(folds)),
            "counts": np.array([counts[fold] for _, fold in sorted((hashed(f), f) for f in folds)], np.int32),
        }
        return cls(Lexicon.of(order), columns | _heaviest(names, ids, pair_ids, columns["weights"]))

    def save(self, folder: Path) -> None:
        """Writes the index into an empty folder."""
        self.lexicon.save(folder)
        arrays.save(folder, "index", self.columns)

    @classmethod
    def load(cls, folder: Path) -> Index:
        """Reads what `save` wrote."""
        return cls(Lexicon.load(folder), arrays.load(folder, "index"))

    def __len__(self) -> int:
        return len(self.columns["costs"])

    @cached_property
    def weights(self) -> Weights:
        """The weights that the index was built with."""
        return Weights(self._count, len(self))

    def name(self, i: int, text: str) -> AnalysedName:
        """The analysed name with this number; `text` is the name as published."""
        start, end = self.columns["name_starts"][i : i + 2].tolist()
        tokens = tuple(self._token(word) for word in self.columns["name_words"][start:end].tolist())
        together = "".join(token.text for token in tokens if token.kind is not Kind.legal)
        party_type = int(self.columns["party_types"][i])
        vowelless = bool(self.columns["vowelless"][i])
        return AnalysedName(text, tokens, vowelless, together, PARTY_TYPES[party_type] if party_type >= 0 else None)

    def candidates(self, query: AnalysedName, threshold: float) -> Ints:
        """The numbers of all listed names that may reach the threshold, in ascending order."""
        return np.flatnonzero(self.bounds(query) >= threshold - SLACK)

    def bounds(self, query: AnalysedName) -> Floats:
        """For every listed name a number, 0-100, that its score does not exceed."""
        weights = [self.weights(token) for token in query.tokens]
        kept = np.zeros(len(self))
        missed = self.columns["costs"] + sum(
            FORM_LEFT if token.kind is Kind.legal else LEFT_IN_QUERY * weight
            for token, weight in zip(query.tokens, weights, strict=True)
        )
        for brought in self._all_brought(query, weights):
            kept[brought.names] += brought.kept
            missed[brought.names] -= brought.saved
        np.maximum(missed, 0, out=missed)
        with np.errstate(invalid="ignore", divide="ignore"):
            bounds: Floats = np.nan_to_num(100 / (1 + missed / kept**3))
        bounds[kept <= 0] = 0.0
        bounds[self.columns["togethers"] == np.uint64(hashed(query.together))] = 100.0
        bare = bare_word(query, self.weights)
        if bare:
            with_it = self._brought(query.tokens[0], weights[0], query.vowelless).names
            bounds[with_it] = np.maximum(bounds[with_it], 100 * BARE)
        return bounds

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - an index lives as long as its process
    def _token(self, word: int) -> Token:
        return self.lexicon.word(word).token()

    def _count(self, fold: str) -> int:
        key, folds = np.uint64(hashed(fold)), self.columns["folds"]
        at = int(np.searchsorted(folds, key))
        return int(self.columns["counts"][at]) if at < len(folds) and folds[at] == key else 0

    def _all_brought(self, query: AnalysedName, weights: list[float]) -> Iterator[Brought]:
        for token, weight in zip(query.tokens, weights, strict=True):
            yield self._brought(token, weight, query.vowelless)
        for i, parts in enumerate(neighbours(query.tokens)):
            if parts:
                cost = sum(_cost(query.tokens[j], weights[j]) for j in (i, i + 1))
                yield self._brought_together(parts, weights[i] + weights[i + 1], cost, query.vowelless)

    def _of_word(self, token: Token, weight: float, vowelless: bool) -> Brought:
        found = [
            (i, *self._most(i, alike, weight, token.kind is Kind.legal))
            for i, alike in self.lexicon.alike(token, vowelless=vowelless)
        ]
        return self._to_names(found, _cost(token, weight))

    def _of_pair(self, parts: tuple[str, str], weight: float, cost: float, vowelless: bool) -> Brought:
        found = [
            (i, *self._most(i, alike, weight, False))
            for i, alike in self.lexicon.alike_together(*parts, vowelless=vowelless)
        ]
        return self._to_names(found, cost)

    def _most(self, i: int, alike: Likeness, weight: float, legal: bool) -> tuple[float, float]:
        """The most that a pair with this listed word keeps, and that it saves on the list's side."""
        other, lost = float(self.columns["heaviest"][i]), 1 - alike.similarity
        as_word = not lost and (legal or self._is_legal(i))  # a legal form that is a word on the other side
        kept = (max(weight, other) if as_word else min(weight, other)) * alike.similarity
        return kept, float(self.columns["dearest"][i]) - LOST * min(weight, other) * lost

    def _is_legal(self, i: int) -> bool:
        return int(self.lexicon.kinds[i]) == LEGAL

    def _to_names(self, found: list[tuple[int, float, float]], cost: float) -> Brought:
        """The most that one of the like words brings to each name that has it."""
        ids = np.array([i for i, _, _ in found], np.int64)
        if not len(ids):
            return Brought(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
        starts = self.columns["starts"]
        sizes = starts[ids + 1] - starts[ids]
        begins = np.repeat(starts[ids] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        names, where = np.unique(self.columns["postings"][begins + np.arange(int(sizes.sum()))], return_inverse=True)
        kept, saved = np.zeros(len(names)), np.zeros(len(names))
        np.maximum.at(kept, where, np.repeat([k for _, k, _ in found], sizes))
        np.maximum.at(saved, where, np.repeat([max(0.0, s) for _, _, s in found], sizes))
        return Brought(names.astype(np.int64), kept, saved + cost)


def _words(name: AnalysedName) -> Iterator[Listed]:
    for token in name.tokens:
        yield Listed(token.text, KINDS.index(token.kind), token.written, token.translated, name.vowelless)


def _pairs(name: AnalysedName) -> Iterator[Listed | None]:
    for parts in neighbours(name.tokens):
        yield Listed("".join(parts), PAIR, " ".join(parts), False, name.vowelless) if parts else None


def _party_type(name: AnalysedName) -> int:
    return PARTY_TYPES.index(name.party_type) if name.party_type else -1


def _cost(token: Token, weight: float) -> float:
    return FORM_LEFT if token.kind is Kind.legal else LEFT_IN_QUERY * weight


def _heaviest(names: Sequence[AnalysedName], ids: list[list[int]], pairs: list[list[int]], weights: Floats) -> Columns:
    """For every name what its words cost when left over; for every word the most it weighs and costs anywhere."""
    costs = np.zeros(len(names))
    heaviest, dearest = weights.copy(), np.zeros(len(weights))
    for i, (name, own, own_pairs) in enumerate(zip(names, ids, pairs, strict=True)):
        kinds = [token.kind for token in name.tokens]
        each = [0.0 if k is Kind.legal else LEFT_IN_LISTED * float(weights[w]) for k, w in zip(kinds, own, strict=True)]
        costs[i] = sum(each)
        dearest[own] = each
        for j, pair in enumerate(own_pairs):
            if pair >= 0:
                heaviest[pair] = max(heaviest[pair], weights[own[j]] + weights[own[j + 1]])
                dearest[pair] = max(dearest[pair], each[j] + each[j + 1])
    return {"costs": costs, "heaviest": heaviest, "dearest": dearest}
