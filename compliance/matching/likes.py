"""Which words of the listed names a word is alike to, worked out once for each different word.

The rules are those of `words`, turned round: from one word to all that it may be alike to. A property test holds them
equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np

from compliance.matching.arrays import Columns, Floats, Ints
from compliance.matching.lexicon import INITIAL, LEGAL, PAIR, PARTICLE, Lexicon, parts_of
from compliance.matching.names import Kind, Token
from compliance.matching.shelf import Shelf
from compliance.matching.similarity import LEFT_IN_LISTED, LOST
from compliance.matching.spellings import Spellings
from compliance.matching.weights import LIGHT as LIGHT_WEIGHT
from compliance.matching.weights import weight
from compliance.matching.words import FLOOR, joined, likeness

# What is particular about a pair of like words: what an initial leaves unsaid; a legal form that weighs as the word on
# the other side; legal forms and particles on both sides, which weigh little and stand in every other name.
BY_INITIAL, AS_WORD_OF_LIST, AS_WORD_OF_QUERY, LIGHT = 1, 2, 4, 8
LIGHT_KEPT, LIGHT_SAVED = LIGHT_WEIGHT, LEFT_IN_LISTED * LIGHT_WEIGHT  # the most that a LIGHT pair brings
_REMEMBERED = 100_000  # words whose like words are kept


class Together(NamedTuple):
    """Two neighbours of a query, written as one."""

    first: str
    second: str


class Like(NamedTuple):
    """The listed words that a word is alike to, by ascending number; how alike; what is particular.

    `kept` and `saved` are the most that each brings: what a pair with it keeps, and what is then not missed on the
    list's side.
    """

    ids: Ints
    likeness: Floats
    flags: Ints
    kept: Floats
    saved: Floats


class Likes:
    """What words are alike to in a lexicon; `columns` are those of the index."""

    def __init__(self, lexicon: Lexicon, columns: Columns) -> None:
        self.lexicon = lexicon
        self._columns = columns
        self._words = Shelf(lexicon, lexicon.words)
        self._pairs = Shelf(lexicon, lexicon.pairs)
        self._forms = lexicon.legal, Spellings([lexicon.writtens[i] for i in lexicon.legal.tolist()])
        self._known: dict[tuple[Token | Together, bool], Like] = {}

    def of(self, what: Token | Together, vowelless: bool) -> Like:
        """The listed words that a word of a query, or two neighbours, are alike to."""
        key = (what, vowelless)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            token = what if isinstance(what, Token) else None
            found = self._like_token(token, vowelless) if token else self._like_pair(what[0], what[1], vowelless)
            self._known[key] = self._listed({i: alike for i, alike in found if alike >= FLOOR}, token)
        return self._known[key]

    @cached_property
    def _plain(self) -> tuple[Ints, Spellings]:
        """The words that a legal form may be mistyped for, as they are written."""
        ids = np.concatenate([self.lexicon.words, self.lexicon.particles])
        return ids, Spellings([self.lexicon.writtens[i] for i in ids.tolist()])

    @cached_property
    def _by_written(self) -> dict[str, list[int]]:
        """The legal forms by how they are written."""
        found: dict[str, list[int]] = {}
        for i in self.lexicon.legal.tolist():
            found.setdefault(self.lexicon.writtens[i], []).append(i)
        return found

    def _like_token(self, token: Token, vowelless: bool) -> Iterator[tuple[int, float]]:
        """The words that may be alike to the token, with how alike they are; of a word's values the last one counts."""
        if token.kind is Kind.word:
            yield from self._words.like(token.text, vowelless).items()
            yield from self._like_neighbours(token.text, vowelless)
        elif token.kind is Kind.particle:
            yield from self._exactly(token, self.lexicon.particles.tolist(), vowelless)
        elif token.kind is Kind.initial:
            yield from self._exactly(token, self.lexicon.beginning_with(token.text), vowelless)
        if token.kind is Kind.legal:
            yield from self._other_forms(token)
            yield from self._exactly(token, _one_error(self._plain, token.written), vowelless)
        elif token.kind is Kind.number:  # which no error makes a form
            yield from self._exactly(token, self._by_written.get(token.written, ()), vowelless)
        else:
            yield from self._exactly(token, _one_error(self._forms, token.written), vowelless)
        same = {*self.lexicon.equal(token.text), *self.lexicon.equal(token.written), *self.lexicon.equal(token.text[0])}
        yield from self._exactly(token, sorted(same), vowelless)

    def _exactly(self, token: Token, ids: Iterable[int], vowelless: bool) -> Iterator[tuple[int, float]]:
        for i in ids:
            listed = self.lexicon.word(i)
            yield i, likeness(token, listed.token(), vowelless=vowelless or listed.vowelless).similarity

    def _other_forms(self, token: Token) -> Iterator[tuple[int, float]]:
        """`words.likeness` of a legal form with all listed ones but for those of its class."""
        yield from zip(self.lexicon.legal.tolist(), repeat(FLOOR))
        yield from zip(self._by_written.get(token.written, ()), repeat(1.0))

    def _like_neighbours(self, text: str, vowelless: bool) -> Iterator[tuple[int, float]]:
        for i in self._pairs.nearly(text, vowelless):
            listed = self.lexicon.word(i)
            yield i, joined(text, *parts_of(listed), vowelless or listed.vowelless).similarity

    def _like_pair(self, first: str, second: str, vowelless: bool) -> Iterator[tuple[int, float]]:
        for i in self._words.nearly(first + second, vowelless):
            listed = self.lexicon.word(i)
            yield i, joined(listed.text, first, second, vowelless or listed.vowelless).similarity

    def _listed(self, found: dict[int, float], token: Token | None) -> Like:
        if not found:
            return NOBODY
        ids = np.array(sorted(found), np.int64)
        alike = np.array([found[i] for i in ids.tolist()], np.float64)
        flags = self._flags(ids, token)
        own = weight(token) if token else 1.0
        kept, saved = brought(self._columns, ids, alike, flags, own, own if token else 0.0)
        return Like(ids, alike, flags, kept, saved)

    def _flags(self, ids: Ints, token: Token | None) -> Ints:
        flags = np.zeros(len(ids), np.int64)
        if token is None:
            return flags
        kinds = self.lexicon.kinds[ids]
        legal, particle = token.kind is Kind.legal, token.kind is Kind.particle
        flags[(kinds == INITIAL) != (token.kind is Kind.initial)] = BY_INITIAL
        flags[kinds == PAIR] = 0
        flags[((kinds == LEGAL) & legal) | ((kinds == PARTICLE) & particle)] = LIGHT
        for at in np.flatnonzero((kinds == LEGAL) != legal).tolist():
            if self.lexicon.writtens[int(ids[at])] == token.written:
                flags[at] = AS_WORD_OF_LIST if legal else AS_WORD_OF_QUERY
        return flags


def brought(
    columns: Columns, ids: Ints, alike: Floats, flags: Ints, most: Floats | float, least: Floats | float
) -> tuple[Floats, Floats]:
    """The most that like words keep, and that they save on the list's side; the asked word weighs `least` to `most`."""
    heaviest = columns["heaviest"][ids]
    as_word = (flags & (AS_WORD_OF_LIST | AS_WORD_OF_QUERY)) != 0
    kept: Floats = np.where(as_word, np.maximum(most, heaviest), np.minimum(most, heaviest)) * alike
    saved: Floats = columns["dearest"][ids] - LOST * np.minimum(least, heaviest) * (1 - alike)
    return kept, saved


_NONE, _NOTHING = np.zeros(0, np.int64), np.zeros(0)
NOBODY = Like(_NONE, _NOTHING, _NONE, _NOTHING, _NOTHING)


def _one_error(words: tuple[Ints, Spellings], written: str) -> list[int]:
    ids, spellings = words
    found: list[int] = ids[spellings.near(written, 1).numbers].tolist()
    return found
