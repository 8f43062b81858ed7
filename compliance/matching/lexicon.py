"""All words of the listed names in order, each known by its number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from compliance.matching import arrays
from compliance.matching.arrays import Columns, Ints, hashes, letters_of
from compliance.matching.names import Kind, Token
from compliance.matching.sounds import consonants, folded
from compliance.matching.vocabulary import abbreviations
from compliance.matching.words import may_be_contracted

KINDS = list(Kind)
PAIR = -1  # the kind of two neighbours written as one
WORD, LEGAL, NUMBER, PARTICLE, INITIAL = range(len(KINDS))


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
        columns: Columns = {
            "kinds": np.array([word.kind for word in words], np.int8),
            "translated": np.array([word.translated for word in words], np.bool_),
            "vowelless": np.array([word.vowelless for word in words], np.bool_),
            "letters": letters_of(texts),
            "folded_letters": letters_of(folds),
            "consonants": hashes(consonants(text) for text in texts),
            "contracted": np.array([may_be_contracted(text) for text in texts], np.bool_),
        }
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

    @cached_property
    def words(self) -> Ints:
        """The numbers of the ordinary words."""
        return np.flatnonzero(self.kinds == WORD)

    @cached_property
    def pairs(self) -> Ints:
        """The numbers of the neighbours, written as one."""
        return np.flatnonzero(self.kinds == PAIR)

    @cached_property
    def legal(self) -> Ints:
        """The numbers of the legal forms."""
        return np.flatnonzero(self.kinds == LEGAL)

    @cached_property
    def particles(self) -> Ints:
        """The numbers of the particles."""
        return np.flatnonzero(self.kinds == PARTICLE)

    def cut(self, text: str) -> Iterator[int]:
        """The words that begin with the text, or that the text begins with, of any kind."""
        if len(text) >= 3:
            yield from self.beginning_with(text)
        for length in range(3, len(text)):
            yield from self.equal(text[:length])

    def equal(self, text: str) -> Iterator[int]:
        """The words with this text, of any kind."""
        start = bisect_left(self.texts, text)
        while start < len(self.texts) and self.texts[start] == text:
            if self.kinds[start] != PAIR:
                yield start
            start += 1

    def beginning_with(self, text: str) -> Iterator[int]:
        """The words that begin with the text, of any kind."""
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
def abbreviated() -> dict[str, list[str]]:
    """Words with the abbreviations that may stand for them."""
    found: dict[str, list[str]] = {}
    for short, words in sorted(abbreviations().items()):
        for word in words:
            found.setdefault(word, []).append(short)
    return found
