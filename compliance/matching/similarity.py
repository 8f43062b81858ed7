"""The score: the best one-to-one alignment of the words of two names, weighted by how much each word tells.

This is the definition; the index only says which names need not be scored. With

    kept    what the matched words weigh, as far as they are alike
    missed  what speaks against: the rest of their weight, and the words left over on either side

the score is 100 / (1 + missed / kept³). Equal names score 100 whatever they weigh; and the more is matched for certain,
the less a difference matters: one wrong letter is much in a name of one word and little in a name of four. A query of
one telling word that stands in the listed name scores at least 85. Then what contradicts: different numbers, or a
company's name where a person is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import floor
from typing import NamedTuple

from compliance.matching.names import AnalysedName, Kind, Token, one_word
from compliance.matching.vocabulary import common_words, legal_forms
from compliance.matching.weights import weight
from compliance.matching.words import FLOOR, Likeness, joined, likeness

LEFT_IN_QUERY = 0.6  # of the word's weight
LEFT_IN_LISTED = 0.4  # people leave words out more often than they add some
LOST = 0.85  # of what is not alike in a pair
UNSAID = 0.4  # of what the list's initial leaves unsaid of the query's word
FORM_LEFT = 0.1  # a legal form that only the query has: the list would have it too
OTHER_FORM = 0.1  # both have legal forms, and none in common
DIFFERENT_NUMBERS = 0.55  # both names have numbers and none of them is equal: the 54th is not the 55th institute
BARE = 0.85  # the query is one telling word and the listed name has it: `Maduro`, `Rosneft`
BARE_LETTERS = 4  # from so many letters on a word that is not common tells
OTHER_TYPE = 0.9  # the query is or reads like a company and the listed party is a person or a ship, or the reverse
CLEAR_FORMS = 3  # from so many letters on a legal form says that the name is a company's
_AMBIGUOUS_FORMS = frozenset(["pao", "too", "sas", "sia", "est", "aps", "tov"])
WHOLE = 0.99  # names that differ in nothing but spaces
SHORTEST_WHOLE = 4


class Pair(NamedTuple):
    """Words that were matched: their positions, how alike they are and how, what they keep and what they miss."""

    query: tuple[int, ...]
    listed: tuple[int, ...]
    similarity: float
    how: str
    kept: float
    missed: float


class Scored(NamedTuple):
    """A score, 0-100, with the alignment that it comes from.

    `base` is the score before the factors; `costs` are what each word costs when left over.
    """

    score: float
    base: float
    pairs: tuple[Pair, ...]
    kept: float
    missed: float
    other_form: bool
    factors: tuple[tuple[str, float], ...]
    costs: tuple[tuple[float, ...], tuple[float, ...]]


def score(query: AnalysedName, listed: AnalysedName) -> Scored:
    """The score of two names by their best alignment; greedy, best pair first, in a fixed order."""
    sides = _Side(query, LEFT_IN_QUERY, FORM_LEFT), _Side(listed, LEFT_IN_LISTED, 0.0)
    pairs = _whole(*sides) or tuple(_chosen(_candidates(*sides), *sides))
    kept = added(pair.kept for pair in pairs)
    missed = added(pair.missed for pair in pairs)
    missed += _left(sides[0].costs, [i for pair in pairs for i in pair.query])
    missed += _left(sides[1].costs, [i for pair in pairs for i in pair.listed])
    other_form = _other_form(query, listed)
    missed += OTHER_FORM if other_form else 0.0
    factors = tuple(_factors(query, listed, pairs))
    value = share(kept, missed)
    if len(query.tokens) == 1 and any(pair.how == "same" for pair in pairs) and bare_word(query):
        value = max(value, BARE)
    base = value
    for _, factor in factors:
        value *= factor
    costs = sides[0].costs, sides[1].costs
    return Scored(floor(1000 * value + 0.5) / 10, 100 * base, pairs, kept, missed, other_form, factors, costs)


def added(values: Iterable[float]) -> float:
    """Their sum, in order and plainly: `sum` rounds otherwise from Python 3.12 on, and the score must not."""
    total = 0.0
    for value in values:
        total += value
    return total


def bare_word(query: AnalysedName) -> str | None:
    """The query's word when it has no other and it tells enough; common words do not."""
    if len(query.tokens) != 1:
        return None
    (token,) = query.tokens
    return token.text if tells_alone(token) else None


def tells_alone(token: Token) -> bool:
    """Whether one word is enough to ask for: a word that is neither short nor common."""
    tells = token.kind is Kind.word and len(token.text) >= BARE_LETTERS and token.text not in common_words()
    return tells and (token.text,) not in legal_forms()


def share(kept: float, missed: float) -> float:
    """0-1: how far what was matched outweighs what speaks against."""
    return 1 / (1 + missed / (kept * kept * kept)) if kept > 0 else 0.0


class _Side:
    """One of the names with the weights of its words and what each would cost if left over."""

    def __init__(self, name: AnalysedName, rate: float, form: float) -> None:
        self.name = name
        self.tokens = name.tokens
        self.weights = [weight(token) for token in name.tokens]
        self.costs = tuple(
            form if token.kind is Kind.legal else rate * own
            for token, own in zip(name.tokens, self.weights, strict=True)
        )
        self.neighbours = [(i, *parts) for i, parts in enumerate(neighbours(name.tokens)) if parts]

    def weight_of(self, positions: tuple[int, ...]) -> float:
        return added(self.weights[i] for i in positions)


def neighbours(tokens: tuple[Token, ...]) -> list[tuple[str, str] | None]:
    """Each word with the next one, as they could be written together; None where one is a number, or both one word."""
    return [
        None
        if Kind.number in (first.kind, second.kind) or one_word(first, second)
        else (_joinable(first, second), _joinable(second, first))
        for first, second in pairwise(tokens)
    ]


def _joinable(token: Token, other: Token) -> str:
    """The word beside another: as it was written, but translated where both are (`zheleznye dorogi`, rail ways)."""
    if token.kind is Kind.legal:
        return token.written.replace(" ", "")
    return token.written if token.translated and not other.translated else token.text


def _whole(query: _Side, listed: _Side) -> tuple[Pair, ...]:
    """One pair of everything, when the names differ in nothing but spaces: `Tian-Hai-Xiang`, `Tianhaixiang`."""
    if query.name.together != listed.name.together or len(query.name.together) < SHORTEST_WHOLE:
        return ()
    positions = [tuple(i for i, t in enumerate(s.tokens) if t.kind is not Kind.legal) for s in (query, listed)]
    if [query.tokens[i].text for i in positions[0]] == [listed.tokens[i].text for i in positions[1]]:
        return ()
    weight = min(query.weight_of(positions[0]), listed.weight_of(positions[1]))
    return (_pair(positions[0], positions[1], weight, weight, Likeness(WHOLE, "joined words")),)


def _pair(query: tuple[int, ...], listed: tuple[int, ...], one: float, other: float, alike: Likeness) -> Pair:
    """A pair of words of these weights: what it keeps, and what it misses."""
    weight = one if one < other else other
    missed = LOST * weight * (1 - alike.similarity)
    if alike.how == "initial" and one > other:
        missed += UNSAID * (one - other)
    return Pair(query, listed, alike.similarity, alike.how, weight * alike.similarity, missed)


def _candidates(query: _Side, listed: _Side) -> Iterator[Pair]:
    vowelless = query.name.vowelless or listed.name.vowelless
    for i, token in enumerate(query.tokens):
        for j, other in enumerate(listed.tokens):
            alike = likeness(token, other, vowelless=vowelless)
            if alike.similarity >= FLOOR:
                yield _pair((i,), (j,), _as_word(query, i, listed, j), _as_word(listed, j, query, i), alike)
        if token.kind is Kind.word:
            for j, *parts in listed.neighbours:
                alike = joined(token.text, *parts, vowelless)
                if alike.similarity >= FLOOR:
                    yield _pair((i,), (j, j + 1), query.weights[i], listed.weight_of((j, j + 1)), alike)
    for j, other in enumerate(listed.tokens):
        if other.kind is Kind.word:
            for i, *parts in query.neighbours:
                alike = joined(other.text, *parts, vowelless)
                if alike.similarity >= FLOOR:
                    yield _pair((i, i + 1), (j,), query.weight_of((i, i + 1)), listed.weights[j], alike)


def _as_word(side: _Side, i: int, other: _Side, j: int) -> float:
    """The word's weight; a legal form that is a word on the other side weighs what it weighs there."""
    one, two = side.tokens[i], other.tokens[j]
    if one.kind is Kind.legal and two.kind is not Kind.legal and one.written == two.written:
        return other.weights[j]
    return side.weights[i]


def _chosen(candidates: Iterator[Pair], query: _Side, listed: _Side) -> Iterator[Pair]:
    """Takes the pair that helps most, then the next whose words are all free; ties by the words, then by position."""

    def order(pair: Pair) -> tuple[int, str, str, tuple[int, ...], tuple[int, ...]]:
        saved = added(query.costs[i] for i in pair.query) + added(listed.costs[j] for j in pair.listed)
        gain = floor((pair.missed - pair.kept - saved) * 1e9 + 0.5)
        return (gain, _text(query.tokens, pair.query), _text(listed.tokens, pair.listed), pair.query, pair.listed)

    used_query: set[int] = set()
    used_listed: set[int] = set()
    for pair in sorted(candidates, key=order):
        if used_query.isdisjoint(pair.query) and used_listed.isdisjoint(pair.listed):
            used_query.update(pair.query)
            used_listed.update(pair.listed)
            yield pair


def _text(tokens: tuple[Token, ...], positions: tuple[int, ...]) -> str:
    if len(positions) == 1:
        return tokens[positions[0]].text
    first, second = (tokens[i] for i in positions[:2])
    return f"{_joinable(first, second)} {_joinable(second, first)}"


def _left(costs: tuple[float, ...], used: list[int]) -> float:
    taken = set(used)
    return added(cost for i, cost in enumerate(costs) if i not in taken)


def _other_form(query: AnalysedName, listed: AnalysedName) -> bool:
    one, other = ({token.text for token in name.tokens if token.kind is Kind.legal} for name in (query, listed))
    return bool(one) and bool(other) and one.isdisjoint(other)


def _factors(query: AnalysedName, listed: AnalysedName, pairs: tuple[Pair, ...]) -> Iterator[tuple[str, float]]:
    """What contradicts the match, with what it leaves of the score."""
    numbered = all(any(token.kind is Kind.number for token in side.tokens) for side in (query, listed))
    if numbered and not any(query.tokens[i].kind is Kind.number for pair in pairs for i in pair.query):
        yield "different numbers", DIFFERENT_NUMBERS
    if listed.party_type and _other_type(query, listed, pairs):
        yield "another type of party", OTHER_TYPE


def _other_type(query: AnalysedName, listed: AnalysedName, pairs: tuple[Pair, ...]) -> bool:
    if query.party_type:
        return query.party_type != listed.party_type
    if listed.party_type == "entity":
        return False
    matched = {i for pair in pairs for i in pair.query}
    return any(
        token.kind is Kind.legal and i not in matched and is_clear(token.written)
        for i, token in enumerate(query.tokens)
    )


def is_clear(form: str) -> bool:
    """Whether a legal form, as written, is long and clear enough to say that the name is a company's."""
    return len(form) >= CLEAR_FORMS and form not in _AMBIGUOUS_FORMS
