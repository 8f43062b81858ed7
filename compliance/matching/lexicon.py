"""All words of the listed names, and which of them a given word is alike to.

First cheap tests over all words at once, then the definition for the few left over. The tests may let too many through,
never too few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from compliance.matching import arrays
from compliance.matching.arrays import Columns, hashes, letters
from compliance.matching.names import Kind, Token
from compliance.matching.shelf import Shelf, ends_of
from compliance.matching.sounds import consonants, folded, skeleton
from compliance.matching.vocabulary import abbreviations
from compliance.matching.words import FLOOR, SHORTEST_JOINED, Likeness, joined, likeness

KINDS = list(Kind)
PAIR = -1  # the kind of two neighbours written as one
WORD, LEGAL, PARTICLE = (KINDS.index(kind) for kind in (Kind.word, Kind.legal, Kind.particle))
_VOWELS = letters("aeiou")


class Listed(NamedTuple):
    """A word of a listed name, or two neighbours (kind PAIR, `written` with a space between them)."""

    text: str
    kind: int
    written: str
    translated: bool
    vowelless: bool

    def token(self) -> Token:
        """The word as the analysis gave it."""
        return Token(self.text, KINDS[self.kind], self.written, self.translated)


class Lexicon:
    """The different words of the listed names in order, each known by its number."""

    def __init__(self, texts: Sequence[Sequence[str]], columns: Columns) -> None:
        self.texts, self.writtens, self.folds = texts
        self.columns = columns
        self.kinds = columns["kinds"]

    @classmethod
    def of(cls, words: Sequence[Listed]) -> Lexicon:
        """The lexicon of sorted words."""
        texts = [word.text for word in words]
        folds = [folded(text) for text in texts]
        skeletons = [skeleton(text) for text in texts]
        columns: Columns = {
            "kinds": np.array([word.kind for word in words], np.int8),
            "translated": np.array([word.translated for word in words], np.bool_),
            "vowelless": np.array([word.vowelless for word in words], np.bool_),
            "folds": hashes(folds),
            "consonants": hashes(consonants(text) for text in texts),
            "skeletons": hashes(skeletons),
            "ends": np.array([ends_of(text) for text in texts], np.uint16),
            "contracted": np.array([len(text) >= 3 and not letters(text[1:]) & _VOWELS for text in texts], np.bool_),
        }
        for prefix, own in (("", texts), ("folded_", folds), ("skeleton_", skeletons)):
            columns[prefix + "lengths"] = np.array([len(text) for text in own], np.int16)
            columns[prefix + "letters"] = np.array([letters(text) for text in own], np.uint64)
        return cls((texts, [word.written for word in words], folds), columns)

    def save(self, folder: Path) -> None:
        """Writes the lexicon."""
        lines = ("\n".join(texts) for texts in (self.texts, self.writtens, self.folds))
        (folder / "words.txt").write_text("\n\n".join(lines), "utf-8")
        arrays.save(folder, "lexicon", self.columns)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Reads what `save` wrote."""
        columns = arrays.load(folder, "lexicon")
        parts = (folder / "words.txt").read_text("utf-8").split("\n\n")
        return cls([part.split("\n") if len(columns["kinds"]) else [] for part in parts], columns)

    def __len__(self) -> int:
        return len(self.kinds)

    def word(self, i: int) -> Listed:
        """The word with this number."""
        held = self.columns
        return Listed(
            self.texts[i], int(self.kinds[i]), self.writtens[i], bool(held["translated"][i]), bool(held["vowelless"][i])
        )

    def alike(self, token: Token, *, vowelless: bool) -> Iterator[tuple[int, Likeness]]:
        """The words that the token of a query is alike to, and how."""
        for i in sorted(set(self._near(token, vowelless))):
            listed = self.word(i)
            either = vowelless or listed.vowelless
            if listed.kind != PAIR:
                alike = likeness(token, listed.token(), vowelless=either)
            elif token.kind is Kind.word:
                alike = joined(token.text, *parts_of(listed), either)
            else:
                continue
            if alike.similarity >= FLOOR:
                yield i, alike

    def alike_together(self, first: str, second: str, *, vowelless: bool) -> Iterator[tuple[int, Likeness]]:
        """The words that two neighbours of the query, written as one, are alike to."""
        if len(first) + len(second) < SHORTEST_JOINED:
            return
        for i in self.words.nearly(first + second, vowelless=vowelless).tolist():
            listed = self.word(i)
            if listed.kind == WORD:
                alike = joined(listed.text, first, second, vowelless or listed.vowelless)
                if alike.similarity >= FLOOR:
                    yield i, alike

    @cached_property
    def words(self) -> Shelf:
        """The ordinary words and the particles."""
        return self._shelf((WORD, PARTICLE))

    @cached_property
    def pairs(self) -> Shelf:
        """The neighbours, written as one."""
        return self._shelf((PAIR,))

    @cached_property
    def legal(self) -> list[tuple[str, int]]:
        """The legal forms as written, with their numbers."""
        return [(self.writtens[i], i) for i in np.flatnonzero(self.kinds == LEGAL).tolist()]

    def _shelf(self, kinds: tuple[int, ...]) -> Shelf:
        ids = np.flatnonzero(np.isin(self.kinds, kinds))
        return Shelf(ids, self.texts, self.folds, self.columns)

    def _near(self, token: Token, vowelless: bool) -> Iterator[int]:
        if token.kind is Kind.legal:
            yield from (i for _, i in self.legal)
            yield from self.words.nearly(token.written, vowelless=False).tolist()
            yield from self._equal(token.written)
        elif token.kind is Kind.number:
            yield from self._equal(token.text)
        elif token.kind is Kind.initial:
            yield from self._beginning_with(token.text)
        else:
            yield from self._equal(token.text[0])
            yield from (i for form, i in self.legal if abs(len(form) - len(token.written)) <= 1)
            yield from self._like_word(token.text, vowelless)
            if token.kind is Kind.word:
                yield from self.pairs.nearly(token.text, vowelless=vowelless).tolist()

    def _like_word(self, text: str, vowelless: bool) -> Iterator[int]:
        yield from self.words.like(text, vowelless=vowelless).tolist()
        if len(text) >= 3:
            yield from self._beginning_with(text)
        for length in range(3, len(text)):
            yield from self._equal(text[:length])
        for word in (*abbreviations().get(text, ()), *_abbreviated().get(text, ())):
            yield from self._equal(word)

    def _equal(self, text: str) -> Iterator[int]:
        start = bisect_left(self.texts, text)
        while start < len(self.texts) and self.texts[start] == text:
            if self.kinds[start] != PAIR:
                yield start
            start += 1

    def _beginning_with(self, text: str) -> Iterator[int]:
        start = bisect_left(self.texts, text)
        while start < len(self.texts) and self.texts[start].startswith(text):
            if self.kinds[start] != PAIR:
                yield start
            start += 1


def parts_of(pair: Listed) -> tuple[str, str]:
    """The two words of a pair."""
    first, _, second = pair.written.partition(" ")
    return first, second


@cache
def _abbreviated() -> dict[str, list[str]]:
    """Words with the abbreviations that may stand for them."""
    found: dict[str, list[str]] = {}
    for short, words in sorted(abbreviations().items()):
        for word in words:
            found.setdefault(word, []).append(short)
    return found
