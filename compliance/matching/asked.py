"""Many names that are asked for again and again, and which of them may be one of a few listed names.

The index turned round: it is built from the queries, once, and says for some listed names which queries are worth
scoring against them. As there, a bound is made of what each word of a query can at most keep and must at least miss; no
query that reaches the threshold is ever lost, and a property test holds that against scoring all.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from compliance.matching import arrays
from compliance.matching.arrays import Columns, Floats, Ints, hashed
from compliance.matching.index import SLACK
from compliance.matching.lexicon import KINDS, LEGAL, NUMBER, PARTICLE, Lexicon, Listed
from compliance.matching.likes import BY_INITIAL, Like, Likes, Together
from compliance.matching.names import AnalysedName, Kind
from compliance.matching.similarity import BARE, LEFT_IN_LISTED, LEFT_IN_QUERY, LOST, UNSAID, neighbours
from compliance.matching.sounds import skeleton
from compliance.matching.weights import LIGHT, weight
from compliance.matching.words import SHORTEST_JOINED

Bools = NDArray[np.bool_]
Alike = list[tuple[tuple[int, ...], Like]]  # by the places of the listed words
_LONGEST = 63  # letters that are told apart by length
_AT_ONCE = 10_000  # pairs of words that are measured at once


class Asked:
    """Queries by their numbers in the order in which they were given."""

    def __init__(self, lexicon: Lexicon, columns: Columns) -> None:
        self.lexicon = lexicon
        self.columns = columns

    @classmethod
    def build(cls, names: Iterable[AnalysedName]) -> Asked:
        """The queries of these names; they are read one at a time."""
        number: dict[Listed, int] = {}
        words, sizes, bare = array("i"), array("q", [0]), array("Q")
        wholes, vowelless = array("Q"), array("b")
        skeletons: dict[tuple[str, str], int] = {}
        for name in names:
            for token in name.tokens:
                kind = KINDS.index(token.kind)
                listed = Listed(token.text, kind, token.written, token.translated, name.vowelless)
                words.append(number.setdefault(listed, len(number)))
            for parts in neighbours(name.tokens):
                bare.append(_skeleton_of(parts, skeletons))
            bare.extend([0] * bool(name.tokens))
            sizes.append(len(words))
            wholes.append(hashed(name.together))
            vowelless.append(name.vowelless)
        order = sorted(number)
        place = np.zeros(len(order), np.int32)
        place[[number[word] for word in order]] = np.arange(len(order), dtype=np.int32)
        held = place[np.frombuffer(words, np.int32)] if len(words) else np.zeros(0, np.int32)
        starts = np.array(sizes, np.int64)
        owners = np.repeat(np.arange(len(sizes) - 1, dtype=np.int32), np.diff(starts))
        columns: Columns = {
            "words": held,
            "starts": starts,
            "postings": owners[np.argsort(held, kind="stable")],
            "posting_starts": arrays.offsets(np.bincount(held, minlength=len(order)).tolist()),
            "pair_skeletons": np.array(bare, np.uint64),
            "wholes": np.array(wholes, np.uint64),
            "vowelless": np.array(vowelless, np.bool_),
            "weights": np.array([weight(word.token()) for word in order], np.float64),
        }
        return cls(Lexicon.of(order), columns)

    def save(self, folder: Path) -> None:
        """Writes it into an empty folder."""
        self.lexicon.save(folder)
        arrays.save(folder, "asked", self.columns)

    @classmethod
    def load(cls, folder: Path) -> Asked:
        """Reads what `save` wrote."""
        return cls(Lexicon.load(folder), arrays.load(folder, "asked"))

    def __len__(self) -> int:
        return len(self.columns["wholes"])

    def worth_scoring(self, listed: Sequence[AnalysedName], thresholds: Floats) -> Ints:
        """The numbers of the queries that may reach their thresholds (one each) with one of the listed names."""
        if not len(self) or not listed:
            return np.zeros(0, np.int64)
        starts = self.columns["starts"]
        places = np.concatenate([[0], np.cumsum(self._may_be_joined(listed))])
        wholes = np.array([hashed(name.together) for name in listed], np.uint64)
        worth: Bools = places[starts[1:]] > places[starts[:-1]]
        worth |= np.isin(self.columns["wholes"], wholes) | self.columns["vowelless"]
        lowest = float(thresholds.min())
        for name in dict.fromkeys(listed):
            likes = self._likes_of(name)
            numbers = self._with_a_telling_word(name, likes, lowest)
            worth[numbers[self._bounds(name, likes, numbers) >= thresholds[numbers] - SLACK]] = True
        return np.flatnonzero(worth)

    def _likes_of(self, name: AnalysedName) -> Alike:
        """What the words of a listed name and its neighbours, written as one, are alike to; with their places in it."""
        found: Alike = [((i,), self._likes.of(token, name.vowelless)) for i, token in enumerate(name.tokens)]
        for i, parts in enumerate(neighbours(name.tokens)):
            if parts:
                found.append(((i, i + 1), self._likes.of(Together(*parts), name.vowelless)))
        return found

    def _with_a_telling_word(self, name: AnalysedName, likes: Alike, lowest: float) -> Ints:
        """The queries that have one of the words of the name without which it cannot be a hit, and those of one word.

        Words that are rare and weigh much come first, until with the others alone too little would be kept, and too
        much of the name left over.
        """
        heavy = {i: weight(token) for i, token in enumerate(name.tokens) if token.kind is not Kind.legal}
        light = sum(token.kind in (Kind.legal, Kind.particle) for token in name.tokens)
        queries = {i: sum(self._queries(like) for places, like in likes if i in places) for i in heavy}
        gone: set[int] = set()
        for i in sorted(heavy, key=lambda i: (queries[i] / heavy[i], i)):
            rest = sum(float(like.kept.max(initial=0.0)) for places, like in likes if gone.isdisjoint(places))
            left = LEFT_IN_LISTED * sum(heavy[j] for j in gone)
            if 100 / (1 + left / max(rest + LIGHT * light, 1e-9) ** 3) < lowest - SLACK:
                break
            gone.add(i)
        telling = [self._having(like.ids) for places, like in likes if not gone.isdisjoint(places)]
        if gone == set(heavy):  # a legal form may be a word of the query
            telling += [self._having(like.ids[like.kept > LIGHT]) for _, like in likes]
        has = np.zeros(len(self), np.bool_)
        for numbers in (*telling, *(_postings(*self._single, like.ids) for _, like in likes)):
            has[numbers] = True
        return np.flatnonzero(has)

    def _bounds(self, name: AnalysedName, likes: Alike, numbers: Ints) -> Floats:
        """A score for each of the queries that theirs with the listed name does not exceed."""
        most_kept, least_missed = self._of_words(likes)
        starts = self.columns["starts"]
        sizes = starts[numbers + 1] - starts[numbers]
        ends = np.cumsum(sizes)
        words = self.columns["words"][np.repeat(starts[numbers] - (ends - sizes), sizes) + np.arange(int(sizes.sum()))]

        def of_each(part: Floats | Bools) -> Any:
            """What the words of each query have together."""
            sums = np.concatenate([[0], np.cumsum(part[words])])
            return sums[ends] - sums[ends - sizes]

        kept, missed = of_each(most_kept), of_each(least_missed)
        for i, token in enumerate(name.tokens):
            if token.kind is not Kind.legal:
                alike = np.zeros(len(self.lexicon), np.bool_)
                for places, like in likes:
                    if i in places:
                        alike[like.ids] = True
                missed += np.where(of_each(alike) > 0, 0.0, LEFT_IN_LISTED * weight(token))
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds: Floats = np.where(kept > 1e-9, 100 / (1 + np.maximum(missed, 0.0) / kept**3), 0.0)
        same = np.zeros(len(self.lexicon), np.bool_)
        for _, like in likes:
            same[like.ids[like.likeness == 1.0]] = True
        one = np.flatnonzero(sizes == 1)
        bare = one[same[words[ends[one] - 1]]]
        bounds[bare] = np.maximum(bounds[bare], 100 * BARE)
        return bounds

    def _having(self, ids: Ints) -> Ints:
        """The queries that have one of these words; some of them more than once."""
        return _postings(self.columns["postings"], self.columns["posting_starts"], ids)

    def _queries(self, like: Like) -> int:
        begins = self.columns["posting_starts"]
        return int((begins[like.ids + 1] - begins[like.ids]).sum())

    @cached_property
    def _single(self) -> tuple[Ints, Ints]:
        """The queries of one word by their words, and where those of each word begin."""
        starts = self.columns["starts"]
        numbers = np.flatnonzero(np.diff(starts) == 1)
        words = self.columns["words"][starts[numbers]]
        sizes = np.bincount(words, minlength=len(self.lexicon))
        return numbers[np.argsort(words, kind="stable")], np.concatenate([[0], np.cumsum(sizes)])

    def _of_words(self, likes: Alike) -> tuple[Floats, Floats]:
        """For each word the most that it can keep, and the least that it must miss, alike to a listed word or left."""
        kept, missed = self._left_over[0].copy(), self._left_over[1].copy()
        for places, like in likes:
            np.maximum.at(kept, like.ids, like.kept)
            least = np.zeros(len(like.ids))
            if len(places) == 1:
                paired = like.kept / like.likeness
                unsaid = UNSAID * np.maximum(0.0, self.columns["weights"][like.ids] - paired)
                least = LOST * paired * (1 - like.likeness) + np.where(like.flags & BY_INITIAL, unsaid, 0.0)
            np.minimum.at(missed, like.ids, least)
        return kept, missed

    @cached_property
    def _left_over(self) -> tuple[Floats, Floats]:
        """For each word what it keeps and misses when nothing is like it; light words are taken as matched."""
        kinds = self.lexicon.kinds
        light = (kinds == LEGAL) | (kinds == PARTICLE)
        return np.where(light, LIGHT, 0.0), np.where(light, 0.0, LEFT_IN_QUERY * self.columns["weights"])

    def _may_be_joined(self, listed: Sequence[AnalysedName]) -> Bools:
        """Which words, by their places in all names, may stand together with a neighbour for one listed word."""
        words = self.columns["words"]
        texts = [token.text for name in listed for token in name.tokens if token.kind is Kind.word]
        whole = [text for text in dict.fromkeys(texts) if len(text) >= SHORTEST_JOINED]
        pairs = np.zeros(len(words), np.bool_)
        pairs[self._near_pairs(whole)] = True
        if any(name.vowelless for name in listed):
            bare = [hashed(skeleton(text)) for text in whole]
            pairs |= np.isin(self.columns["pair_skeletons"], np.array(bare, np.uint64))
        pairs &= self.columns["pair_skeletons"] != 0
        joined = pairs.copy()
        joined[1:] |= pairs[:-1]
        return joined

    def _near_pairs(self, whole: list[str]) -> Ints:
        """The places of words that with the next one are one of the texts, but for a typing error in long ones."""
        words = self.columns["words"].astype(np.int64)
        if not whole or len(words) < 2:
            return np.zeros(0, np.int64)
        ends = [np.array([side.get(text, 0) for text in self._written], np.uint64) for side in _ends(whole)]
        lengths = np.minimum(self._lengths[words[:-1]] + self._lengths[words[1:]], _LONGEST).astype(np.uint64)
        fits = ((ends[0][words[:-1]] | ends[1][words[1:]]) >> lengths) & np.uint64(1)
        places = np.flatnonzero((fits != 0) & (self.columns["pair_skeletons"][:-1] != 0))
        keys, which = np.unique(words[places] * len(self.lexicon) + words[places + 1], return_inverse=True)
        firsts, seconds = (part.tolist() for part in np.divmod(keys, len(self.lexicon)))
        together = [self._written[one] + self._written[other] for one, other in zip(firsts, seconds, strict=True)]
        near = np.zeros(len(together), np.bool_)
        for start in range(0, len(together), _AT_ONCE):
            part = together[start : start + _AT_ONCE]
            near[start : start + _AT_ONCE] = (cdist(part, whole, scorer=OSA.distance, score_cutoff=1) <= 1).any(axis=1)
        found: Ints = places[near[which]]
        return found

    @cached_property
    def _lengths(self) -> Ints:
        return np.array([len(text) for text in self._written], np.int64)

    @cached_property
    def _written(self) -> list[str]:
        """Each word as it is written together with a neighbour."""
        texts, writtens = self.lexicon.texts, self.lexicon.writtens
        kinds = self.lexicon.kinds.tolist()
        return [
            "" if kind == NUMBER else written.replace(" ", "") if kind == LEGAL else text
            for text, written, kind in zip(texts, writtens, kinds, strict=True)
        ]

    @cached_property
    def _likes(self) -> Likes:
        weights = self.columns["weights"]
        nothing: NDArray[Any] = np.zeros(len(weights) + 1, np.int64)
        return Likes(self.lexicon, {"heaviest": weights, "dearest": np.zeros(len(weights)), "starts": nothing})


def _postings(held: Ints, begins: Ints, ids: Ints) -> Ints:
    """What is held of these words one after another; `begins` tells where each word's part begins."""
    sizes = begins[ids + 1] - begins[ids]
    ends = np.cumsum(sizes)
    found: Ints = held[np.repeat(begins[ids] - (ends - sizes), sizes) + np.arange(int(sizes.sum()))]
    return found


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


def _skeleton_of(parts: tuple[str, str] | None, known: dict[tuple[str, str], int]) -> int:
    """The hash of two neighbours' skeleton, never 0; 0 where they cannot be written together."""
    if parts is None:
        return 0
    found = known.get(parts)
    if found is None:
        if len(known) > 1_000_000:
            known.clear()
        found = known[parts] = hashed(skeleton("".join(parts))) or 1
    return found
