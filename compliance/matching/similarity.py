"""The score: the best one-to-one alignment of the words of two names, weighted by how much each word tells.

This is the definition; the index only says which names need not be scored. A pair of words counts with the mean of
their weights; the part of it that is not alike is lost. Words left over on the query's side cost their whole weight,
on the listed side less: people leave words out more often than they add some. The score is what was matched against
all of that, times the evidence: a match of words that tell little is no match, however complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from compliance.matching.names import AnalysedName, Kind, Token
from compliance.matching.weights import Weights
from compliance.matching.words import FLOOR, likeness

LEFT_IN_QUERY = 0.9  # of the word's weight
LEFT_IN_LISTED = 0.55
LOST = 1.2  # what is not alike in a pair costs a little more than its share
DIFFERENT_NUMBERS = 0.55  # both names have numbers and none of them is equal: the 54th is not the 55th institute
ENOUGH = 0.75  # the weight matched that is evidence enough: one rare word, or several common ones
JOINED = 0.97  # two words written as one


class Pair(NamedTuple):
    """Words that were matched: positions in the query and in the listed name, how alike, how, and their weight."""

    query: tuple[int, ...]
    listed: tuple[int, ...]
    similarity: float
    how: str
    weight: float


class Scored(NamedTuple):
    """A score, 0-100, with the alignment that it comes from."""

    score: float
    pairs: tuple[Pair, ...]
    total: float
    factor: float
    weights: tuple[list[float], list[float]] = ([], [])


def score(query: AnalysedName, listed: AnalysedName, weights: Weights) -> Scored:
    """The score of two names by their best alignment; greedy, best pair first, in a fixed order."""
    query_weights = [weights(token) for token in query.tokens]
    listed_weights = [weights(token) for token in listed.tokens]
    pairs = tuple(_chosen(_candidates(query.tokens, listed.tokens, query_weights, listed_weights)))
    matched = sum(pair.weight * (1 - LOST * (1 - pair.similarity)) for pair in pairs)
    total = (
        sum(pair.weight for pair in pairs)
        + LEFT_IN_QUERY * _left(query_weights, [i for pair in pairs for i in pair.query])
        + LEFT_IN_LISTED * _left(listed_weights, [i for pair in pairs for i in pair.listed])
    )
    if total <= 0 or matched <= 0:
        return Scored(0.0, (), 1.0, 0.0)
    factor = evidence(matched) * _numbers(query.tokens, listed.tokens, pairs)
    return Scored(round(100 * factor * matched / total, 1), pairs, total, factor, (query_weights, listed_weights))


def evidence(matched: float) -> float:
    """0-1: how far a matched weight is enough to speak of a match at all."""
    return min(1.0, sqrt(matched / ENOUGH))


def _left(weights: list[float], used: list[int]) -> float:
    return sum(weights) - sum(weights[i] for i in used)


def _numbers(query: tuple[Token, ...], listed: tuple[Token, ...], pairs: tuple[Pair, ...]) -> float:
    both = all(any(token.kind is Kind.number for token in side) for side in (query, listed))
    agree = any(query[i].kind is Kind.number for pair in pairs for i in pair.query)
    return DIFFERENT_NUMBERS if both and not agree else 1.0


def _candidates(
    query: tuple[Token, ...], listed: tuple[Token, ...], qw: list[float], lw: list[float]
) -> Iterator[Pair]:
    for i, token in enumerate(query):
        for j, other in enumerate(listed):
            alike = likeness(token, other)
            if alike.similarity >= FLOOR:
                yield Pair((i,), (j,), alike.similarity, alike.how, (qw[i] + lw[j]) / 2)
        for j in range(len(listed) - 1):
            if together := joined(token, listed[j], listed[j + 1]):
                yield Pair((i,), (j, j + 1), together, "joined words", (qw[i] + lw[j] + lw[j + 1]) / 2)
    for i in range(len(query) - 1):
        for j, other in enumerate(listed):
            if together := joined(other, query[i], query[i + 1]):
                yield Pair((i, i + 1), (j,), together, "joined words", (qw[i] + qw[i + 1] + lw[j]) / 2)


def joined(whole: Token, first: Token, second: Token) -> float:
    """How alike a word is to two neighbours written as one; 0 when it is not."""
    if (
        whole.kind is not Kind.word
        or Kind.number in (first.kind, second.kind)
        or Kind.legal in (first.kind, second.kind)
    ):
        return 0.0
    together = first.text + second.text
    if len(whole.text) < 4 or abs(len(together) - len(whole.text)) > 1:
        return 0.0
    if together == whole.text:
        return JOINED
    if len(together) < 7:
        return 0.0
    alike = likeness(whole, Token(together, Kind.word, together))
    return alike.similarity * JOINED if alike.how == "spelling" else 0.0


def _chosen(candidates: Iterator[Pair]) -> Iterator[Pair]:
    """Takes the pair that brings most, then the next whose words are all free; ties by position."""
    used_query: set[int] = set()
    used_listed: set[int] = set()
    for pair in sorted(candidates, key=lambda p: (-p.similarity * p.weight, -p.similarity, p.query, p.listed)):
        if used_query.isdisjoint(pair.query) and used_listed.isdisjoint(pair.listed):
            used_query.update(pair.query)
            used_listed.update(pair.listed)
            yield pair
