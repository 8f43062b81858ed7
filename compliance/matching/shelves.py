"""The listed words as the compiled loops of `alike` want them. Needs numba (the `bulk` extra)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compliance.matching import alike
from compliance.matching.arrays import Ints, hashed, offsets
from compliance.matching.lexicon import INITIAL, Lexicon
from compliance.matching.sounds import sounds_of
from compliance.matching.words import FLOOR, FOLDED, PER_EDIT, edits_allowed, may_be_contracted

Arrays = tuple[Any, ...]
_LENGTHS = range(128)
_ROOM = 1 << 18  # like words that are held before they are handed on


def _folded_errors(length: int) -> int:
    """How many errors two folded words may have that are still alike."""
    most = range(edits_allowed(length), 0, -1)
    return next((errors for errors in most if FOLDED * (1 - PER_EDIT * errors / length) >= FLOOR), 0)


SPELT = np.array([edits_allowed(length) for length in _LENGTHS], np.int64)
FOLDED_ERRORS = np.array([_folded_errors(length) for length in _LENGTHS], np.int64)
ONE = np.ones(len(_LENGTHS), np.int64)


class Shelves:
    """The words of a lexicon, its neighbours written as one, its legal forms and its initials."""

    def __init__(self, lexicon: Lexicon) -> None:
        ids, pairs, legal, columns = lexicon.words, lexicon.pairs, lexicon.legal, lexicon.columns
        texts, pair_texts = taken(lexicon.texts, ids), taken(lexicon.texts, pairs)
        keys, short = columns["consonants"][ids], columns["contracted"][ids]
        order = np.argsort(keys, kind="stable")
        bare = _bare(texts, columns["vowelless"][ids])
        self._bare = bool(len(bare[1]))
        every = np.ones(len(ids), np.bool_)
        self._words = (
            ids, _shelf(texts, SPELT, alike.LONGEST), _shelf(taken(lexicon.folds, ids), FOLDED_ERRORS, alike.LONGEST),
            *bare, (keys[order], order),
            _by_ends(texts, every), _by_ends(texts, short), short, columns["translated"][ids],
            _shelf(texts, ONE, alike.MOST_LETTERS), *bare,
        )  # fmt: skip
        spelt = _shelf(pair_texts, ONE, alike.MOST_LETTERS)
        self._pairs = pairs, spelt, *_bare(pair_texts, columns["vowelless"][pairs])
        self._forms = legal, _shelf(taken(lexicon.writtens, legal), ONE, alike.MOST_LETTERS)
        initials = np.flatnonzero(lexicon.kinds == INITIAL)
        self._initials = initials, np.array([ord(lexicon.texts[i]) for i in initials.tolist()], np.int64)
        places = 1 + max(len(ids), len(pairs), len(legal))
        errors, seen, left = np.zeros(2 * places, np.int64), np.zeros(places, np.bool_), np.zeros(1 << 10, np.uint64)
        self._room = np.zeros(2 * places, np.int64), errors, seen, left, np.zeros(256, np.uint64)
        self._most = len(ids) + len(pairs) + len(legal) + len(initials) + 1

    def like(self, texts: Sequence[str], *, pairs: bool) -> Arrays:
        """Places of texts, listed words each may be alike to, how alike (JOINED: still to be compared), and flags.

        `pairs`: the texts are two neighbours each.
        """
        folds, keys, bares = ([""] * len(texts),) * 3 if pairs and not self._bare else sounds_of(texts)
        asked = (
            *_letters(texts), *_letters(folds), *_letters(bares),
            np.array([0 if pairs else hashed(key) for key in keys], np.uint64),
            np.array([len(key) for key in keys], np.int64),
            np.array([not pairs and may_be_contracted(text) for text in texts], np.bool_),
        )  # fmt: skip
        size = _ROOM + self._most
        out = tuple(np.empty(size, kind) for kind in (np.int64, np.int64, np.float64, np.int64))
        work = np.zeros(self._most), np.zeros(self._most, np.int64)
        listed = self._words, self._pairs, self._forms, self._initials
        at, found = 0, [tuple(column[:0] for column in out)]
        while at < len(texts):
            rows, at = alike.like(at, pairs, asked, listed, self._room, work, out)
            found.append(tuple(column[:rows].copy() for column in out))
        return tuple(np.concatenate(columns) for columns in zip(*found, strict=True))


def taken(texts: Sequence[str], places: Ints) -> list[str]:
    """The texts at these places."""
    return [texts[i] for i in places.tolist()]


def _letters(texts: Sequence[str]) -> Arrays:
    """The texts in one array, and where each begins."""
    return np.frombuffer("".join(texts).encode("ascii"), np.uint8), offsets(map(len, texts))


def _shelf(texts: Sequence[str], errors: Ints, longest: int) -> Arrays:
    """Texts by what is left of them, as `alike.near` wants them."""
    held, starts = _letters(texts)
    lengths = np.diff(starts)
    by_length = np.argsort(lengths, kind="stable")
    first_of = np.searchsorted(lengths[by_length], np.arange(len(_LENGTHS)))
    bits = max(4, min(21, len(texts).bit_length() + 5))
    drawers = alike.drawers(held, starts, errors, longest, bits)
    return held, starts, errors, longest, bits, *drawers, alike.letters(held, starts), by_length, first_of


def _bare(texts: Sequence[str], vowelless: NDArray[np.bool_]) -> Arrays:
    """The words of names in Arabic script by what that writes of them, and their places."""
    places = np.flatnonzero(vowelless)
    return _shelf(sounds_of(taken(texts, places)).skeletons, ONE, alike.MOST_LETTERS), places


def _by_ends(texts: Sequence[str], chosen: NDArray[np.bool_]) -> Arrays:
    """Where each pair of first and last letters begins among the chosen texts in that order, and their places."""
    ends = np.array([256 * ord(text[0]) + ord(text[-1]) for text in texts], np.int64)
    places = np.flatnonzero(chosen)
    places = places[np.argsort(ends[places], kind="stable")]
    return np.searchsorted(ends[places], np.arange((1 << 16) + 1)), places
