"""Which of many words are within a few typing errors of a given one: cheap tests over all of them, then the distance.

An edit changes at most two of a word's different letters, or one and the length; so words whose letters differ by more
need not be measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from compliance.matching.arrays import Ints, bits_set, letters, letters_of
from compliance.matching.words import edits_allowed

_LONGEST = 64  # letters; longer words are never within the errors that count, but for equal ones
_MOST = edits_allowed(_LONGEST)
_ALLOWED = np.array([edits_allowed(length) for length in range(_LONGEST + _MOST + 1)], np.int64)


class Near(NamedTuple):
    """Words that are near to one, by their numbers in the order they were given, and how many errors each is away."""

    numbers: Ints
    errors: Ints


class Spellings:
    """Some words, the short ones first; each has the number of its place in the order in which they were given."""

    def __init__(self, words: Sequence[str], held: NDArray[np.uint64] | None = None) -> None:
        self.given = words
        self.length_of = np.array([len(word) for word in words], np.int64)
        self.numbers: Ints = np.argsort(self.length_of, kind="stable")
        self.words = list(map(words.__getitem__, self.numbers.tolist()))
        self.held = (letters_of(words) if held is None else held)[self.numbers]
        self.first_of = np.searchsorted(self.length_of[self.numbers], np.arange(_LONGEST + 2))

    def near(self, word: str, errors: int | None = None) -> Near:
        """The words within `errors` of the word, or within those that the longer one's length allows."""
        if len(word) > _LONGEST:
            same = np.array([i for i, other in enumerate(self.given) if other == word], np.int64)
            return Near(same, np.zeros(len(same), np.int64))
        allowed = _ALLOWED[np.maximum(len(word), np.arange(len(_ALLOWED)))] if errors is None else None
        found, distances = measured(self, word, allowed)
        return Near(self.numbers[found], distances)


def measured(spellings: Spellings, word: str, allowed: Ints | None) -> tuple[Ints, Ints]:
    """The places of the words near to one, and their distances; `allowed` errors by the other's length, or 1."""
    most, mine = 1 if allowed is None else _MOST, np.uint64(letters(word))
    found: list[Ints] = []
    errors: list[int] = []
    for length in range(max(0, len(word) - most), min(len(word) + most, _LONGEST) + 1):
        count, apart = 1 if allowed is None else int(allowed[length]), abs(length - len(word))
        if apart <= count:
            start, end = spellings.first_of[length : length + 2]
            differing = bits_set(np.bitwise_xor(spellings.held[start:end], mine))
            found.append(start + np.flatnonzero(differing <= 2 * count - apart))
            errors.append(count)
    places: Ints = np.concatenate([*found, np.zeros(0, np.int64)])
    if not len(places):
        return places, places
    others = list(map(spellings.words.__getitem__, places.tolist()))
    distances = cdist([word], others, scorer=OSA.distance, score_cutoff=_MOST, dtype=np.uint8)[0].astype(np.int64)
    within = distances <= np.repeat(errors, [len(part) for part in found])
    return places[within], distances[within]
