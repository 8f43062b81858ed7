"""An alignment in the words of an analyst: what each word brings and costs, in points that add up to the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from compliance.matching.names import AnalysedName, Kind, disguised
from compliance.matching.scripts import in_other_letters
from compliance.matching.similarity import OTHER_FORM, Pair, Scored


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
class Contradiction:
    """Something that speaks against the match as a whole, and the points it costs."""

    what: str
    cost: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a score is what it is: the points of the matched words less all costs are the score, to one decimal."""

    matched: tuple[TokenMatch, ...]
    left_in_query: tuple[Leftover, ...]
    left_in_listed: tuple[Leftover, ...]
    against: tuple[Contradiction, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """One plain line: the pairs of words, then what is left over on either side, and what speaks against it."""
        parts = [", ".join(_told(match) for match in self.matched) or "no word matched"]
        for side, left in (("in the query", self.left_in_query), ("on the list", self.left_in_listed)):
            if left:
                parts.append(f"only {side}: " + ", ".join(_leftover(item) for item in left))
        if self.against:
            parts.append("against it: " + ", ".join(item.what for item in self.against))
        return "; ".join(parts)


def explain(query: AnalysedName, listed: AnalysedName, scored: Scored, value: float, *, weak: bool) -> Explanation:
    """The explanation of a scored alignment; `value` is the final score, after what a weak alias loses."""
    points = _Points(scored)
    used = ({i for pair in scored.pairs for i in pair.query}, {j for pair in scored.pairs for j in pair.listed})
    left = [
        tuple(
            Leftover(token.written, token.kind.value, points.cost(cost))
            for i, (token, cost) in enumerate(zip(name.tokens, costs, strict=True))
            if i not in own
        )
        for name, own, costs in zip((query, listed), used, scored.costs, strict=True)
    ]
    matched = tuple(
        TokenMatch(
            " ".join(query.tokens[i].written for i in pair.query),
            " ".join(listed.tokens[j].written for j in pair.listed),
            _how(pair, query, listed),
            round(pair.similarity, 2),
            points.brought(pair.kept, pair.missed),
        )
        for pair in sorted(scored.pairs, key=lambda pair: pair.query)
    )
    against = tuple(points.against(scored, value, weak=weak))
    notes = tuple(_notes(query, listed, scored, weak=weak))
    return _adding_up(Explanation(matched, left[0], left[1], against, notes), value)


def _how(pair: Pair, query: AnalysedName, listed: AnalysedName) -> str:
    """How a pair met; a word that met its translation says so, even where the translations are spelt alike."""
    one, other = query.tokens[pair.query[0]], listed.tokens[pair.listed[0]]
    translated = (one.translated or other.translated) and one.written != other.written
    return "translation" if translated and pair.how in ("same", "spelling") else pair.how


def _notes(query: AnalysedName, listed: AnalysedName, scored: Scored, *, weak: bool) -> Iterator[str]:
    """What is worth knowing and counts nothing by itself."""
    if weak:
        yield "weak alias: counts for less, it only confirms"
    for name in dict.fromkeys((query, listed)):
        if in_other_letters(name.text):
            words = (token.text if token.translated else token.written for token in name.tokens)
            yield f"{name.text} is read as {' '.join(words)}"
    posing = disguised(query.text)
    if posing:
        yield f"letters or digits that pose as others in {', '.join(posing)}"
    order = [pair.listed for pair in sorted(scored.pairs, key=lambda pair: pair.query)]
    if order != sorted(order):
        yield "the words stand in another order, which costs nothing"


class _Points:
    """Shares out the score: the matched words bring 100 together, and what is missed takes its part of what lacks."""

    def __init__(self, scored: Scored) -> None:
        self.value = scored.base
        self.each_kept = 100 / scored.kept if scored.kept > 0 else 0.0
        self.each_missed = (100 - self.value) / scored.missed if scored.missed > 0 and scored.kept > 0 else 0.0

    def brought(self, kept: float, missed: float) -> float:
        return round(kept * self.each_kept - missed * self.each_missed, 1)

    def cost(self, missed: float) -> float:
        return round(missed * self.each_missed, 1)

    def against(self, scored: Scored, value: float, *, weak: bool) -> Iterator[Contradiction]:
        if scored.other_form:
            yield Contradiction("another legal form", self.cost(OTHER_FORM))
        left = self.value
        for what, factor in scored.factors:
            yield Contradiction(what, round(left * (1 - factor), 1))
            left *= factor
        if weak:
            yield Contradiction("weak alias", round(left - value, 1))


def _adding_up(explanation: Explanation, value: float) -> Explanation:
    """The same with what rounding left put on the word that brings most."""
    costs = [item.cost for item in (*explanation.left_in_query, *explanation.left_in_listed)]
    costs += [item.cost for item in explanation.against]
    total = sum(match.points for match in explanation.matched) - sum(costs)
    if not explanation.matched:
        return explanation
    most = max(range(len(explanation.matched)), key=lambda i: explanation.matched[i].points)
    matched = list(explanation.matched)
    matched[most] = replace(matched[most], points=round(matched[most].points + value - total, 1))
    return replace(explanation, matched=tuple(matched))


def _told(match: TokenMatch) -> str:
    if match.query == match.listed:
        return match.query
    return f"{match.query} = {match.listed} ({match.how})"


def _leftover(item: Leftover) -> str:
    return f"{item.token} ({item.kind})" if item.kind != Kind.word.value else item.token
