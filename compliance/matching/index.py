"""Who is worth scoring: for every listed name a bound that its score cannot exceed, from its words alone.

Words are paired only when they are alike, so each word of the query says what it can at most bring to each name that
has a word like it. Names whose bound stays under the threshold are not scored; no name above it is ever lost, and a
property test holds that against scoring all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from compliance.matching import arrays
from compliance.matching.arrays import Columns, Floats, Ints, hashed, hashes, offsets
from compliance.matching.lexicon import KINDS, PAIR, Lexicon, Listed
from compliance.matching.likes import LIGHT, LIGHT_KEPT, LIGHT_SAVED, Like, Likes, Together
from compliance.matching.names import AnalysedName, Kind, Token, without_spaces
from compliance.matching.similarity import BARE, LEFT_IN_LISTED, LEFT_IN_QUERY, bare_word, neighbours
from compliance.matching.weights import weight

SLACK = 0.06  # scores are rounded to one decimal
PARTY_TYPES = ("entity", "individual", "vessel", "aircraft")


class Index:
    """The words of all listed names with their postings (which names have them), and the names by their words."""

    def __init__(self, lexicon: Lexicon, columns: Columns) -> None:
        self.lexicon = lexicon
        self.columns = columns

    @classmethod
    def build(cls, names: Sequence[AnalysedName]) -> Index:
        """The index of analysed names, numbered as they come."""
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
        columns: Columns = {
            "weights": np.array([weight(w.token()) if w.kind != PAIR else 0.0 for w in order], np.float64),
            "starts": offsets(map(len, postings)),
            "postings": np.array([name for posting in postings for name in posting], np.int32),
            "name_starts": offsets(map(len, ids)),
            "name_words": np.array([i for own in ids for i in own], np.int32),
            "pair_starts": offsets(map(len, pair_ids)),
            "name_pairs": np.array([i for own in pair_ids for i in own], np.int32),
            "party_types": np.array([_party_type(name) for name in names], np.int8),
            "vowelless": np.array([name.vowelless for name in names], np.bool_),
            "togethers": hashes(name.together for name in names),
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

    def name(self, i: int, text: str) -> AnalysedName:
        """The analysed name with this number; `text` is the name as published."""
        start, end = self.columns["name_starts"][i : i + 2].tolist()
        tokens = tuple(self._token(word) for word in self.columns["name_words"][start:end].tolist())
        together = without_spaces(tokens)
        party_type = int(self.columns["party_types"][i])
        vowelless = bool(self.columns["vowelless"][i])
        return AnalysedName(text, tokens, vowelless, together, PARTY_TYPES[party_type] if party_type >= 0 else None)

    @cached_property
    def likes(self) -> Likes:
        """What words are alike to among those of the listed names."""
        return Likes(self.lexicon, self.columns)

    def candidates(self, query: AnalysedName, threshold: float) -> Ints:
        """The numbers of all listed names that may reach the threshold, in ascending order."""
        names, bounds = self.bounds(query)
        return names[bounds >= threshold - SLACK]

    def bounds(self, query: AnalysedName) -> tuple[Ints, Floats]:
        """Numbers of names in ascending order with a score, 0-100, that theirs does not exceed; the others score 0.

        Legal forms and particles are taken as matched: they weigh next to nothing, and stand in every other name.
        """
        light = [token.kind in (Kind.legal, Kind.particle) for token in query.tokens]
        costs = [0.0 if little else LEFT_IN_QUERY * weight(t) for t, little in zip(query.tokens, light, strict=True)]
        brought = [
            (self.likes.of(token, query.vowelless), cost) for token, cost in zip(query.tokens, costs, strict=True)
        ]
        for i, parts in enumerate(neighbours(query.tokens)):
            if parts:
                brought.append((self.likes.of(Together(*parts), query.vowelless), costs[i] + costs[i + 1]))
        kept, missed = np.full(len(self), LIGHT_KEPT * sum(light)), self.columns["costs"] + sum(costs)
        missed -= LIGHT_SAVED * sum(light)
        touched = [self._wholes(query)]
        for like, cost in brought:
            names, most_kept, most_saved = self._to_names(like, cost)
            kept[names] += most_kept
            missed[names] -= most_saved
            touched.append(names)
        found = np.flatnonzero(np.bincount(np.concatenate(touched), minlength=1))
        bounds = 100 / (1 + np.maximum(missed[found], 0.0) / kept[found] ** 3)
        bare = bare_word(query)
        if bare:
            bounds = np.maximum(bounds, 100 * BARE)
        bounds[np.isin(found, touched[0])] = 100.0
        return found, bounds

    @lru_cache(maxsize=1 << 16)  # noqa: B019 - an index lives as long as its process
    def _token(self, word: int) -> Token:
        return self.lexicon.word(word).token()

    def _wholes(self, query: AnalysedName) -> Ints:
        """The names that may be the query but for its spaces."""
        return np.flatnonzero(self.columns["togethers"] == np.uint64(hashed(query.together)))

    def _to_names(self, like: Like, cost: float) -> tuple[Ints, Floats, Floats]:
        """The names that have one of the like words, with the most that it keeps, and that it saves."""
        heavy = (like.flags & LIGHT) == 0
        ids, starts = like.ids[heavy], self.columns["starts"]
        sizes = starts[ids + 1] - starts[ids]
        begins = np.repeat(starts[ids] - (np.cumsum(sizes) - sizes), sizes)
        postings = self.columns["postings"][begins + np.arange(len(begins))].astype(np.int64)
        order = np.lexsort((np.repeat(like.kept[heavy], sizes), postings))
        kept, saved = np.repeat(like.kept[heavy], sizes)[order], np.repeat(like.saved[heavy], sizes)[order]
        names = postings[order]
        last = np.flatnonzero(np.diff(names, append=-1))  # of a name's rows the one that keeps most
        most_saved = np.maximum.reduceat(saved, np.concatenate([[0], last[:-1] + 1])) if len(last) else saved
        return names[last], kept[last], np.maximum(0.0, most_saved + cost)


def _words(name: AnalysedName) -> Iterator[Listed]:
    for token in name.tokens:
        yield Listed(token.text, KINDS.index(token.kind), token.written, token.translated, name.vowelless)


def _pairs(name: AnalysedName) -> Iterator[Listed | None]:
    for parts in neighbours(name.tokens):
        yield Listed("".join(parts), PAIR, " ".join(parts), False, name.vowelless) if parts else None


def _party_type(name: AnalysedName) -> int:
    return PARTY_TYPES.index(name.party_type) if name.party_type else -1


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
