"""Many names at once: the same scores as one by one, with the loops compiled.

What a word is alike to depends on the word alone, so it is worked out once for each different word; names are then
compared by the numbers of their words. Needs numba (the `bulk` extra).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compliance.matching import kernels
from compliance.matching.arrays import Ints, hashed, hashes, offsets
from compliance.matching.index import PARTY_TYPES, SLACK, Index
from compliance.matching.lexicon import LEGAL, NUMBER, PAIR
from compliance.matching.likes import NOBODY, Like, Likes, Together
from compliance.matching.names import AnalysedName, Kind, Token
from compliance.matching.similarity import (
    FORM_LEFT,
    LEFT_IN_LISTED,
    LEFT_IN_QUERY,
    SHORTEST_WHOLE,
    bare_word,
    is_clear,
    neighbours,
    score,
)
from compliance.matching.spellings import ONE_ERROR, Spellings
from compliance.matching.weights import weight

Arrays = tuple[NDArray[Any], ...]
_OUT = 1 << 20  # hits that are held before they are handed on, at least twice the listed names
_LITTLE = (Kind.legal, Kind.particle)


class Found(NamedTuple):
    """One listed name that scores enough for one query; both by number."""

    query: int
    name: int
    score: float


class Bulk:
    """Searches many analysed names against one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._likes = Likes(index.lexicon, index.columns, Compiled().measured)
        self._forms = {text: i for i, text in enumerate(sorted({index.lexicon.texts[i] for i in index.lexicon.legal}))}
        self._names = self._name_arrays()
        togethers = index.columns["togethers"]
        order = np.argsort(togethers, kind="stable")
        self._wholes = togethers[order], order.astype(np.int64)

    def search(self, queries: Sequence[AnalysedName], threshold: float) -> Iterator[Found]:
        """All listed names that score at least the threshold, query by query, names in no certain order."""
        batch = _Batch(self, queries)
        size, columns = len(self.index), self.index.columns
        room = max(_OUT, 2 * size)
        out = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room)
        bounds = (
            batch.kept,
            batch.saved,
            columns["postings"],
            columns["starts"],
            batch.most,
            batch.mass,
            columns["costs"],
        )
        limit = 1 / (max(threshold - SLACK, 1e-6) / 100) - 1
        scratch, at = _scratch(size), 0
        while at < len(queries):
            count, at = kernels.search(
                batch.query, batch.like, self._names, bounds, self._wholes, at, limit, threshold, out, scratch
            )
            for query, name, value in zip(*(column[:count].tolist() for column in out), strict=True):
                if value == kernels.TOO_MANY:
                    yield from self._slowly(query, name, queries[query], threshold)
                else:
                    yield Found(query, name, value)

    def of(self, what: Token | Together, vowelless: bool) -> Like:
        """What a word of a query is alike to."""
        return self._likes.of(what, vowelless)

    def forms(self, name: AnalysedName) -> int:
        """The classes of a name's legal forms as bits."""
        bits = 0
        for token in name.tokens:
            if token.kind is Kind.legal:
                bits |= 1 << self._forms.setdefault(token.text, len(self._forms))
        return bits

    def _slowly(self, number: int, name: int, query: AnalysedName, threshold: float) -> Iterator[Found]:
        """Names of very many words are scored by the definition."""
        numbers = [name] if name >= 0 else self.index.candidates(query, threshold).tolist()
        for listed in numbers:
            value = score(query, self.index.name(listed, "")).score
            if value >= threshold:
                yield Found(number, listed, value)

    def _name_arrays(self) -> Arrays:
        held, lexicon = self.index.columns, self.index.lexicon
        kinds = lexicon.kinds
        flags = np.where(kinds == LEGAL, kernels.LEGAL, 0) | np.where(kinds == NUMBER, kernels.NUMBER, 0)
        starts, words = held["name_starts"], held["name_words"].astype(np.int64)
        pairs = np.full(len(words), -1, np.int64)
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


class _Batch:
    """The arrays of many queries: their words by number, and what each word is alike to."""

    def __init__(self, bulk: Bulk, queries: Sequence[AnalysedName]) -> None:
        numbers: dict[tuple[Token | Together, bool], int] = {}
        words: list[int] = []
        pairs: list[int] = []
        for query in queries:
            words += [numbers.setdefault((token, query.vowelless), len(numbers)) for token in query.tokens]
            for parts in neighbours(query.tokens):
                key = (Together(*parts), query.vowelless) if parts else None
                pairs.append(numbers.setdefault(key, len(numbers)) if key else -1)
            pairs += [-1] * bool(query.tokens)
        likes = [bulk.of(what, vowelless) for what, vowelless in numbers]
        tokens = [what if isinstance(what, Token) else None for what, _ in numbers]
        weights = np.array([weight(token) if token else 0.0 for token in tokens], np.float64)
        flags = np.array([_flags(token) for token in tokens], np.int64)
        texts = [what.text if isinstance(what, Token) else f"{what.first} {what.second}" for what, _ in numbers]
        self.like = offsets(len(like.ids) for like in likes), *(_run(likes, i) for i in range(3))
        self.kept, self.saved = _run(likes, 3), _run(likes, 4)
        self.most = np.array([like.most for like in likes], np.float64).reshape(-1, 2)
        self.mass = np.array([like.mass for like in likes], np.int64)
        self.query = (
            offsets(len(query.tokens) for query in queries), np.array(words, np.int64), np.array(pairs, np.int64),
            weights, np.where(flags & kernels.LEGAL, FORM_LEFT, LEFT_IN_QUERY * weights), flags, ranks(texts),
            hashes(texts), np.array([_party_type(query) for query in queries], np.int64),
            np.array([_whole(query) for query in queries], np.uint64),
            np.array([bulk.forms(query) for query in queries], np.uint64),
            np.array([any(t.kind is Kind.number for t in query.tokens) for query in queries], np.bool_),
            np.array([bare_word(query) is not None for query in queries], np.bool_),
        )  # fmt: skip


class Compiled:
    """`spellings.measured`, compiled; keeps the words of each set of spellings as the compiled loop wants them."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Spellings, Arrays]] = {}

    def measured(self, spellings: Spellings, word: str, allowed: Ints | None) -> tuple[Ints, Ints]:
        """The places of the words near to one, and their distances."""
        _, (texts, starts, found, distances) = self._held.get(id(spellings)) or self._hold(spellings)
        letters = np.frombuffer(word.encode("ascii"), np.uint8)
        errors = ONE_ERROR if allowed is None else allowed
        count = kernels.within(letters, texts, starts, spellings.held, spellings.first_of, errors, found, distances)
        return found[:count].copy(), distances[:count].copy()

    def _hold(self, spellings: Spellings) -> tuple[Spellings, Arrays]:
        size = len(spellings.words)
        texts = np.frombuffer("".join(spellings.words).encode("ascii"), np.uint8)
        room = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._held[id(spellings)] = spellings, (texts, offsets(map(len, spellings.words)), *room)
        return self._held[id(spellings)]


def ranks(texts: Sequence[str]) -> Ints:
    """The place of every text among all, equal for equal texts."""
    rank = {text: i for i, text in enumerate(sorted(set(texts)))}
    return np.array([rank[text] for text in texts], np.int64)


def _run(likes: list[Like], column: int) -> NDArray[Any]:
    return np.concatenate([NOBODY[column], *(like[column] for like in likes)])


def _scratch(size: int) -> tuple[Any, ...]:
    seen, last, touched = np.full(size, -1, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    kept, missing, current, current_saved = (np.zeros(size) for _ in range(4))
    room = np.zeros((kernels.ROOM, 7), np.int64), np.zeros((kernels.ROOM, 3))
    return seen, kept, missing, last, current, current_saved, touched, room


def _flags(token: Token | None) -> int:
    if token is None:
        return 0
    clear = kernels.CLEAR if token.kind is Kind.legal and is_clear(token.written) else 0
    little = kernels.LITTLE if token.kind in _LITTLE else 0
    return clear | little | {Kind.legal: kernels.LEGAL, Kind.number: kernels.NUMBER}.get(token.kind, 0)


def _party_type(query: AnalysedName) -> int:
    return PARTY_TYPES.index(query.party_type) if query.party_type else -1


def _whole(query: AnalysedName) -> int:
    return hashed(query.together) if len(query.together) >= SHORTEST_WHOLE else 0
