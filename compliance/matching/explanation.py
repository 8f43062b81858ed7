"""An alignment in the words of an analyst."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.matching.names import AnalysedName, Kind
from compliance.matching.similarity import LEFT_IN_LISTED, LEFT_IN_QUERY, LOST, Scored


@dataclass(frozen=True, slots=True)
class TokenMatch:
    """A word of the query and the listed word it was matched with: how, how alike (0-1), and the points it brings."""

    query: str
    listed: str
    how: str
    similarity: float
    points: float


@dataclass(frozen=True, slots=True)
class Leftover:
    """A word without a partner, what kind of word it is, and the points it costs."""

    token: str
    kind: str
    cost: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a score is what it is. The points of the matched words sum to the score (but for rounding)."""

    matched: tuple[TokenMatch, ...]
    left_in_query: tuple[Leftover, ...]
    left_in_listed: tuple[Leftover, ...]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """One plain line: the pairs of words, then what is left over on either side."""
        parts = [", ".join(_pair(match) for match in self.matched) or "no word matched"]
        for side, left in (("in the query", self.left_in_query), ("on the list", self.left_in_listed)):
            if left:
                parts.append(f"only {side}: " + ", ".join(_leftover(item) for item in left))
        return "; ".join(parts)


def explain(query: AnalysedName, listed: AnalysedName, scored: Scored, value: float, *, weak: bool) -> Explanation:
    """The explanation of a scored alignment; `value` is the final score, after what a weak alias loses."""
    weights_of = _LeftWeights(query, listed, scored)
    unit = 100 * scored.factor / scored.total * (value / scored.score if scored.score else 0)
    matched = tuple(
        TokenMatch(
            " ".join(query.tokens[i].written for i in pair.query),
            " ".join(listed.tokens[j].written for j in pair.listed),
            pair.how,
            round(pair.similarity, 2),
            round(unit * pair.weight * (1 - LOST * (1 - pair.similarity)), 1),
        )
        for pair in sorted(scored.pairs, key=lambda pair: pair.query)
    )
    notes = ["weak alias: counts for less, it only confirms"] if weak else []
    if scored.factor < 0.99:
        notes.append("few telling words: the score is lowered")
    return Explanation(matched, weights_of.left(0, unit), weights_of.left(1, unit), tuple(notes))


class _LeftWeights:
    """The words that no pair used, with the cost that the total holds for them together."""

    def __init__(self, query: AnalysedName, listed: AnalysedName, scored: Scored) -> None:
        self.sides = (query, listed)
        self.used: tuple[set[int], set[int]] = (set(), set())
        for pair in scored.pairs:
            self.used[0].update(pair.query)
            self.used[1].update(pair.listed)
        self.scored = scored

    def left(self, side: int, unit: float) -> tuple[Leftover, ...]:
        share = LEFT_IN_LISTED if side else LEFT_IN_QUERY
        weights = self.scored.weights[side]
        return tuple(
            Leftover(token.written, token.kind.value, round(unit * share * weights[i], 1))
            for i, token in enumerate(self.sides[side].tokens)
            if i not in self.used[side]
        )


def _pair(match: TokenMatch) -> str:
    if match.query == match.listed:
        return match.query
    return f"{match.query} = {match.listed} ({match.how})"


def _leftover(item: Leftover) -> str:
    return f"{item.token} ({item.kind})" if item.kind != Kind.word.value else item.token
