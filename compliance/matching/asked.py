"""Many names that are asked for again and again, and which of them may be one of a few listed names.

The index turned round: it is built from the queries, once, and says for some listed names which queries are worth
scoring against them. As there, a bound is made of what each word of a query can at most keep and must at least miss; no
query that reaches the threshold is ever lost, and a property test holds that against scoring all.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compliance.matching import arrays
from compliance.matching.arrays import Columns, Floats, Ints, among, hashed
from compliance.matching.asked_joined import Joined, Neighbours
from compliance.matching.index import SLACK
from compliance.matching.lexicon import KINDS, LEGAL, PARTICLE, Lexicon, Listed
from compliance.matching.likes import BY_INITIAL, Like, Likes, Together
from compliance.matching.names import AnalysedName, Kind
from compliance.matching.similarity import BARE, LEFT_IN_LISTED, LEFT_IN_QUERY, LOST, UNSAID, neighbours, tells_alone
from compliance.matching.sounds import skeleton
from compliance.matching.weights import LIGHT, weight

Bools = NDArray[np.bool_]
Alike = list[tuple[tuple[int, ...], Like]]  # by the places of the listed words
Standing = Sequence[Joined | None]  # for each of the listed words what stands together for it


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
        worth = among(self.columns["wholes"], (hashed(name.together) for name in listed))
        lowest = float(thresholds.min())
        joined = {
            vowelless: self._neighbours.like(_words(name for name in listed if name.vowelless == vowelless), vowelless)
            for vowelless in {name.vowelless for name in listed}
        }
        for name in dict.fromkeys(listed):
            likes = self._likes_of(name)
            together = [joined[name.vowelless].get(token.text) for token in name.tokens]
            numbers = self._with_a_telling_word(name, likes, together, lowest)
            worth[numbers[self._bounds(name, likes, together, numbers) >= thresholds[numbers] - SLACK]] = True
        return np.flatnonzero(worth)

    def _likes_of(self, name: AnalysedName) -> Alike:
        """What the words of a listed name and its neighbours, written as one, are alike to; with their places in it."""
        found: Alike = [((i,), self._likes.of(token, name.vowelless)) for i, token in enumerate(name.tokens)]
        for i, parts in enumerate(neighbours(name.tokens)):
            if parts:
                found.append(((i, i + 1), self._likes.of(Together(*parts), name.vowelless)))
        return found

    def _with_a_telling_word(self, name: AnalysedName, likes: Alike, together: Standing, lowest: float) -> Ints:
        """The queries that have one of the words of the name without which it cannot be a hit, and those of one word
        or with two that stand together for one.

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
        bare = (_postings(*self._bare, like.ids[like.likeness == 1.0]) for _, like in likes)
        for numbers in (*telling, *bare, *(self._owners(one.places) for one in together if one)):
            has[numbers] = True
        return np.flatnonzero(has)

    def _bounds(self, name: AnalysedName, likes: Alike, together: Standing, numbers: Ints) -> Floats:
        """A score for each of the queries that theirs with the listed name does not exceed.

        What is kept cannot be more than its own words keep at most, nor than the words of the listed name do.
        """
        starts = self.columns["starts"]
        sizes = starts[numbers + 1] - starts[numbers]
        begins = np.cumsum(sizes) - sizes
        places = np.repeat(starts[numbers] - begins, sizes) + np.arange(int(sizes.sum()))
        words = self.columns["words"][places]
        kept, missed = self._of_words(likes, words)
        by_listed, left = np.zeros(len(numbers)), np.zeros(len(numbers))
        for i, token in enumerate(name.tokens):
            brought, one = self._brought(i, likes, words), together[i]
            if one:
                at = np.searchsorted(places, one.places)
                _join(weight(token) * one.likeness, at, kept, missed, brought)
            most = np.maximum.reduceat(brought, begins) if len(numbers) else by_listed
            by_listed += np.maximum(most, LIGHT) if token.kind in (Kind.legal, Kind.particle) else most
            if token.kind is not Kind.legal:
                left += np.where(most > 0, 0.0, LEFT_IN_LISTED * weight(token))
        return self._with_bare(_shares(kept, missed, begins, by_listed, left), likes, numbers)

    def _brought(self, i: int, likes: Alike, words: Ints) -> Floats:
        """The most that words keep as the listed word at a place, or as half of that one and its neighbour."""
        mine = [(like.ids, like.kept / len(places)) for places, like in likes if i in places]
        ids, kept = (np.concatenate(part) for part in zip(*mine, strict=True))
        return _with(np.maximum, self._nothing, ids, kept, words)

    def _with_bare(self, bounds: Floats, likes: Alike, numbers: Ints) -> Floats:
        """The same; one telling word that the listed name has is enough."""
        bare = [_postings(*self._bare, like.ids[like.likeness == 1.0]) for _, like in likes]
        alone = np.isin(numbers, np.concatenate([np.zeros(0, np.int64), *bare]))
        bounds[alone] = np.maximum(bounds[alone], 100 * BARE)
        return bounds

    def _having(self, ids: Ints) -> Ints:
        """The queries that have one of these words; some of them more than once."""
        return _postings(self.columns["postings"], self.columns["posting_starts"], ids)

    def _queries(self, like: Like) -> int:
        begins = self.columns["posting_starts"]
        return int((begins[like.ids + 1] - begins[like.ids]).sum())

    def _owners(self, places: Ints) -> Ints:
        """The queries to which the words at these places belong."""
        found: Ints = np.searchsorted(self.columns["starts"], places, side="right") - 1
        return found

    @cached_property
    def _bare(self) -> tuple[Ints, Ints]:
        """The queries of one telling word by their words, and where those of each word begin."""
        starts = self.columns["starts"]
        numbers = np.flatnonzero(np.diff(starts) == 1)
        words = self.columns["words"][starts[numbers]]
        telling = [word for word in np.unique(words).tolist() if tells_alone(self.lexicon.word(word).token())]
        numbers = numbers[np.isin(words, telling)]
        words = self.columns["words"][starts[numbers]]
        sizes = np.bincount(words, minlength=len(self.lexicon))
        return numbers[np.argsort(words, kind="stable")], np.concatenate([[0], np.cumsum(sizes)])

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self.lexicon, self.columns)

    def _of_words(self, likes: Alike, words: Ints) -> tuple[Floats, Floats]:
        """The most that words can keep, and the least that they must miss, alike to a listed word or left over."""
        ids = np.concatenate([like.ids for _, like in likes])
        kept = np.concatenate([like.kept for _, like in likes])
        missed = np.concatenate([self._least_missed(like, len(places) == 1) for places, like in likes])
        keeps, misses = self._left_over
        return _with(np.maximum, keeps, ids, kept, words), _with(np.minimum, misses, ids, missed, words)

    def _least_missed(self, like: Like, alone: bool) -> Floats:
        if not alone:
            return np.zeros(len(like.ids))
        paired = like.kept / like.likeness
        unsaid = UNSAID * np.maximum(0.0, self.columns["weights"][like.ids] - paired)
        least: Floats = LOST * paired * (1 - like.likeness) + np.where(like.flags & BY_INITIAL, unsaid, 0.0)
        return least

    @cached_property
    def _nothing(self) -> Floats:
        return np.zeros(len(self.lexicon))

    @cached_property
    def _left_over(self) -> tuple[Floats, Floats]:
        """For each word what it keeps and misses when nothing is like it; light words are taken as matched."""
        kinds = self.lexicon.kinds
        light = (kinds == LEGAL) | (kinds == PARTICLE)
        return np.where(light, LIGHT, 0.0), np.where(light, 0.0, LEFT_IN_QUERY * self.columns["weights"])

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


def _words(names: Iterable[AnalysedName]) -> Iterator[str]:
    """The ordinary words of names."""
    return (token.text for name in names for token in name.tokens if token.kind is Kind.word)


def _with(change: np.ufunc, held: Floats, ids: Ints, values: Floats, words: Ints) -> Floats:
    """What is held of words after a change at `ids`; it is held as before afterwards: a copy would be of all words."""
    before = held[ids]
    change.at(held, ids, values)
    found: Floats = held[words]
    held[ids] = before
    return found


def _join(most: Floats, at: Ints, kept: Floats, missed: Floats, brought: Floats) -> None:
    """Writes into what words keep and miss what two of them do that stand together for one and keep `most`.

    Each of the two is given half of it: both together then never have less than the pair, nor than each by itself.
    """
    for side in (at, at + 1):
        np.maximum.at(kept, side, most / 2)
        np.maximum.at(brought, side, most)
        missed[side] = 0.0


def _shares(kept: Floats, missed: Floats, begins: Ints, by_listed: Floats, left: Floats) -> Floats:
    """The bounds of queries from what each of their words keeps and misses; each one's words begin at one place."""
    if not len(begins):
        return np.zeros(0)
    keeps = np.minimum(np.add.reduceat(kept, begins), by_listed)
    misses = np.maximum(np.add.reduceat(missed, begins) + left, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds: Floats = np.where(keeps > 1e-9, 100 / (1 + misses / keeps**3), 0.0)
    return bounds


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
