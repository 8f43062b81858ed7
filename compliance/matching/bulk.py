"""Many names at once: the same scores as one by one, with the loops compiled.

What a word is alike to depends on the word alone, so it is worked out once for each different word (`bulk_words`);
names are then compared by the numbers of their words. Needs numba (the `bulk` extra).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compliance.matching import kernels
from compliance.matching.arrays import Ints, hashed, hashes
from compliance.matching.bulk_words import BulkWords
from compliance.matching.compiled import forget_older
from compliance.matching.forms import may_begin
from compliance.matching.index import PARTY_TYPES, SLACK, Index
from compliance.matching.lexicon import LEGAL, NUMBER, PAIR
from compliance.matching.names import WITH_FORMS, Token, analyse, end_tokens, word_tokens, words_of
from compliance.matching.scripts import ARABIC
from compliance.matching.similarity import LEFT_IN_LISTED, SHORTEST_WHOLE, score

Arrays = tuple[NDArray[Any], ...]
Name = tuple[str, str | None]  # a name, and what kind of party it is known to be
_OUT = 1 << 20  # hits that are held before they are handed on, at least twice the listed names
_REMEMBERED = 100_000  # words and pairs whose like words are kept


class Found(NamedTuple):
    """One listed name that scores enough for one query; both by number."""

    query: int
    name: int
    score: float


class Bulk:
    """Searches many names against one index."""

    def __init__(self, index: Index) -> None:
        forget_older(kernels.search)
        self.index = index
        self._forms = {text: i for i, text in enumerate(sorted({index.lexicon.texts[i] for i in index.lexicon.legal}))}
        self._listed = self._listed_names()
        togethers = index.columns["togethers"]
        order = np.argsort(togethers, kind="stable")
        self._wholes = togethers[order], order.astype(np.int64)
        self._scratch = _scratch(len(index), len(index.lexicon))
        self._asked = BulkWords(index)
        self._reader = Reader(self._asked)

    def search(self, names: Sequence[Name], threshold: float) -> Iterator[Found]:
        """All listed names that score at least the threshold, name by name, those of one in no certain order."""
        if len(self._asked.words) > _REMEMBERED:
            self._asked.forget()
            self._reader = Reader(self._asked)
        query = self._arrays(names)
        asked, columns = self._asked, self.index.columns
        ids, likeness, flags, kept, missed = (grown.values for grown in asked.of_like)
        like = asked.starts.values, ids, likeness, flags
        bounds = (
            kept, missed, columns["postings"], columns["starts"], asked.most.values, asked.mass.values,
        )  # fmt: skip
        room = max(_OUT, 2 * len(self.index))
        out = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
        limit = 1 / (max(threshold - SLACK, 1e-6) / 100) - 1
        at, self._scratch[0][:], self._scratch[2][0][:] = 0, -1, -1
        while at < len(names):
            count, at = kernels.search(
                query, like, self._listed, bounds, self._wholes, at, limit, threshold, out, self._scratch
            )
            for number, listed, value in zip(*(column[:count].tolist() for column in out), strict=True):
                if value == kernels.TOO_MANY:
                    yield from self._slowly(number, listed, names[number], threshold)
                else:
                    yield Found(number, listed, value)

    def _arrays(self, names: Sequence[Name]) -> Arrays:
        """The names by the numbers of their words, as the compiled loops want them."""
        asked = self._asked
        rows = self._reader.read(names)
        asked.settle()
        sizes = np.array([len(row) for row in rows], np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        words = np.fromiter(chain.from_iterable(rows), np.int64, starts[-1])
        flags = asked.of_word[2].values
        numbers = flags[words] & kernels.NUMBER != 0
        joins = np.ones(len(words), np.bool_)
        joins[starts[1:][sizes > 0] - 1] = False
        joins[numbers] = False
        joins[:-1] &= ~numbers[1:]
        places = np.flatnonzero(joins)
        pairs = np.full(len(words), -1, np.int64)
        pairs[places] = asked.together(words[places], words[places + 1])
        legal = flags[words] & kernels.LEGAL != 0
        owner = np.repeat(np.arange(len(names)), sizes)
        forms, numbered, alone = np.zeros(len(names), np.uint64), np.zeros(len(names), np.bool_), sizes == 1
        np.bitwise_or.at(
            forms, owner[legal], np.array([self._form(asked.texts[i]) for i in words[legal].tolist()], np.uint64)
        )
        numbered[owner[numbers]] = True
        weights, costs, flags, texts, tells = (grown.values for grown in asked.of_word)
        alone[alone] = tells[words[starts[:-1][alone]]]
        types = np.array([PARTY_TYPES.index(kind) if kind else -1 for _, kind in names], np.int64)
        return (
            starts, words, pairs, weights, costs, flags, self._ranks(words, pairs), texts, types,
            self._togethers(rows), forms, numbered, alone,
        )  # fmt: skip

    def _togethers(self, rows: Sequence[Sequence[int]]) -> NDArray[np.uint64]:
        """The hash of each name without spaces and legal forms; 0 where it is too short."""
        wholes = map(self._asked.whole, rows)
        return np.array([hashed(whole) if len(whole) >= SHORTEST_WHOLE else 0 for whole in wholes], np.uint64)

    def _ranks(self, words: Ints, pairs: Ints) -> Ints:
        """The place of every asked word among all of these names, in order; equal for equal texts."""
        used = np.unique(np.concatenate([words, pairs[pairs >= 0]]))
        texts = [self._asked.texts[i] for i in used.tolist()]
        found = np.zeros(len(self._asked.texts), np.int64)
        found[used] = ranks(texts)
        return found

    def _form(self, group: str) -> int:
        """The bit of a class of legal forms."""
        return 1 << self._forms.setdefault(group, len(self._forms))

    def _slowly(self, number: int, listed: int, name: Name, threshold: float) -> Iterator[Found]:
        """Names of very many words are scored by the definition."""
        query = analyse(*name)
        for i in [listed] if listed >= 0 else self.index.candidates(query, threshold).tolist():
            value = score(query, self.index.name(i, "")).score
            if value >= threshold:
                yield Found(number, i, value)

    def _listed_names(self) -> Arrays:
        held, lexicon = self.index.columns, self.index.lexicon
        kinds = lexicon.kinds
        flags = np.where(kinds == LEGAL, kernels.LEGAL, 0) | np.where(kinds == NUMBER, kernels.NUMBER, 0)
        starts, words = held["name_starts"], held["name_words"]
        pairs = np.full(len(words), -1, np.int32)
        has_next = np.ones(len(words), np.bool_)
        has_next[starts[1:][np.diff(starts) > 0] - 1] = False
        pairs[has_next] = held["name_pairs"]
        texts = [w if k == PAIR else t for t, w, k in zip(lexicon.texts, lexicon.writtens, kinds.tolist(), strict=True)]
        form_bits = np.zeros(len(lexicon), np.uint64)
        form_bits[lexicon.legal] = [1 << self._forms[lexicon.texts[i]] for i in lexicon.legal.tolist()]
        forms, numbered = np.zeros(len(self.index), np.uint64), np.zeros(len(self.index), np.bool_)
        owner = np.repeat(np.arange(len(self.index)), np.diff(starts))
        np.bitwise_or.at(forms, owner, form_bits[words])
        np.logical_or.at(numbered, owner, kinds[words] == NUMBER)
        return (
            starts, words, pairs, held["weights"], np.where(kinds == LEGAL, 0.0, LEFT_IN_LISTED * held["weights"]),
            flags.astype(np.int64), ranks(texts), hashes(lexicon.texts), held["party_types"].astype(np.int64),
            held["togethers"], forms, numbered,
        )  # fmt: skip


class Reader:
    """Reads names into the numbers of their words, as `analyse` would; each different word is analysed once."""

    def __init__(self, asked: BulkWords) -> None:
        self._asked = asked
        self._words: tuple[dict[str, list[int] | None], ...] = ({}, {}, {}, {})
        self._ends: tuple[dict[tuple[str, ...], list[int]], ...] = ({}, {}, {}, {})

    def read(self, names: Sequence[Name]) -> list[list[int]]:
        """The numbers of the words of each name."""
        rows = []
        for (text, party_type), words in zip(names, words_of([text for text, _ in names]), strict=True):
            vowelless = not text.isascii() and bool(ARABIC.search(text))
            rows.append(self._row(words, party_type in WITH_FORMS, vowelless))
        return rows

    def _row(self, words: list[str], formal: bool, vowelless: bool) -> list[int]:
        known = self._words[2 * formal + vowelless]
        row: list[int] = []
        for at, word in enumerate(words):
            try:
                own = known[word]
            except KeyError:
                own = known[word] = None if formal and may_begin(word) else self._numbers(word_tokens(word), vowelless)
            if own is None:
                return row + self._end(tuple(words[at:]), at > 0, vowelless)
            row += own
        return row

    def _end(self, words: tuple[str, ...], after_others: bool, vowelless: bool) -> list[int]:
        known = self._ends[2 * after_others + vowelless]
        if words not in known:
            known[words] = self._numbers(end_tokens(words, after_others), vowelless)
        return known[words]

    def _numbers(self, tokens: tuple[Token, ...], vowelless: bool) -> list[int]:
        return [self._asked.number(token, vowelless) for token in tokens]


def ranks(texts: Sequence[str]) -> Ints:
    """The place of every text among all, equal for equal texts."""
    rank = {text: i for i, text in enumerate(sorted(set(texts)))}
    return np.array([rank[text] for text in texts], np.int64)


def _scratch(names: int, words: int) -> tuple[Any, ...]:
    seen, touched = np.full(names, -1, np.int64), np.zeros(names, np.int64)
    marks = np.full(words, -1, np.int32), np.zeros(words, np.int64), np.zeros(words), np.zeros(words)
    room = np.zeros((kernels.ROOM, 7), np.int64), np.zeros((kernels.ROOM, 3))
    return seen, touched, marks, room
