"""Cheap tests over many words at once: which of them may be alike to a given one, by length, letters and hashes.

An edit changes at most two of a word's different letters, or one and the length; so words whose letters differ by more
cannot be alike in spelling. What passes is measured exactly by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from compliance.matching.arrays import Columns, Ints, bits_set, hashed, letters
from compliance.matching.sounds import consonants, folded, skeleton
from compliance.matching.words import edits_allowed

Flags = NDArray[np.bool_]
_EDITS = np.array([edits_allowed(length) for length in range(64)], np.int16)
_MOST_EDITS = int(_EDITS.max())
_VOWELS = letters("aeiou")


class Shelf:
    """Some of a lexicon's words, by their numbers `ids` in ascending order."""

    def __init__(self, ids: Ints, texts: Sequence[str], folds: Sequence[str], columns: Columns) -> None:
        self.ids = ids
        self._texts = texts
        self._folds = folds
        self._columns = columns

    def like(self, text: str, *, vowelless: bool) -> Ints:
        """Words that may be alike to the text by spelling, sound or contraction."""
        fold = folded(text)
        found = self._contracted(text)
        found |= self._column("consonants") == np.uint64(hashed(consonants(text)))
        found |= self._column("folds") == np.uint64(hashed(fold))
        if vowelless or self._any_vowelless:
            found |= self._unvowelled(text) & (self._column("vowelless") | vowelless)
        spelt = np.concatenate([self._spelt(text, "", self._texts), self._spelt(fold, "folded_", self._folds)])
        return np.union1d(self.ids[found], spelt)

    def nearly(self, text: str, *, vowelless: bool) -> Ints:
        """Words that may be the text with at most one typing error, or under another transliteration."""
        lengths = np.abs(self._column("lengths") - len(text))
        differing = bits_set(np.bitwise_xor(self._column("letters"), np.uint64(letters(text))))
        found = (lengths <= 1) & (differing + lengths <= 2)
        found |= self._column("folds") == np.uint64(hashed(folded(text)))
        if vowelless or self._any_vowelless:
            same = self._column("skeletons") == np.uint64(hashed(skeleton(text)))
            found |= same & (self._column("vowelless") | vowelless)
        near: Ints = self.ids[found]
        return near

    def _spelt(self, text: str, prefix: str, texts: Sequence[str]) -> Ints:
        """Words within the edits that their length allows."""
        longer = np.abs(self._column(prefix + "lengths") - len(text))
        allowed = _EDITS[np.minimum(np.maximum(self._column(prefix + "lengths"), len(text)), len(_EDITS) - 1)]
        differing = bits_set(np.bitwise_xor(self._column(prefix + "letters"), np.uint64(letters(text))))
        near: Ints = np.flatnonzero((longer <= allowed) & (differing + longer <= 2 * allowed))
        if not len(near):
            return near
        ids = self.ids[near]
        candidates = [texts[i] for i in ids.tolist()]
        distances = cdist([text], candidates, scorer=OSA.distance, score_cutoff=_MOST_EDITS, dtype=np.uint8)[0]
        within: Ints = ids[distances <= allowed[near]]
        return within

    def _contracted(self, text: str) -> Flags:
        """Words that the text may be a contraction of, or the reverse."""
        mine, held = np.uint64(letters(text)), self._column("letters")
        found: Flags = self._column("contracted") & ((held & ~mine) == 0)
        if len(text) >= 3 and not letters(text[1:]) & _VOWELS:
            found |= (mine & ~held) == 0
        found &= self._column("ends") == np.uint16(ends_of(text))
        return found

    def _unvowelled(self, text: str) -> Flags:
        """Words with the same letters without vowels, or, from five letters on, with one difference."""
        key = skeleton(text)
        lengths = self._column("skeleton_lengths")
        longer = np.abs(lengths - len(key))
        differing = bits_set(np.bitwise_xor(self._column("skeleton_letters"), np.uint64(letters(key))))
        near: Flags = (np.maximum(lengths, len(key)) >= 5) & (longer <= 1) & (differing + longer <= 2)
        near |= self._column("skeletons") == np.uint64(hashed(key))
        return near

    @cached_property
    def _any_vowelless(self) -> bool:
        return bool(self._column("vowelless").any())

    def _column(self, name: str) -> NDArray[Any]:
        if name not in self._held:
            self._held[name] = self._columns[name][self.ids]
        return self._held[name]

    @cached_property
    def _held(self) -> Columns:
        return {}


def ends_of(text: str) -> int:
    """The first and the last letter as one number."""
    return (ord(text[0]) % 256) * 256 + ord(text[-1]) % 256 if text else 0
