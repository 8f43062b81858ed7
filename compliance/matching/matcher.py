"""The public face of matching: build it from listed names, ask it for a name, get hits that say why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.matching.collecting import uncollected
from compliance.matching.explanation import Explanation, explain
from compliance.matching.index import Index
from compliance.matching.names import AnalysedName, analyse, several
from compliance.matching.similarity import Scored, score

if TYPE_CHECKING:
    from compliance.matching.bulk import Bulk

MATCHER_VERSION = "3"
DEFAULT_THRESHOLD = 85.0  # some 6 alerts in 1,000 ordinary companies: docs/matching.md
_CHUNK = 20_000  # queries that are worked on together
WORTH = 3_000  # queries from which on the compiled loops earn the second that it takes to load them
WEAK = 0.85  # a weak alias confirms: alone, and equal, it scores 85 (OFAC FAQ 122-125)


@dataclass(frozen=True, slots=True)
class Query:
    """Who is asked for: a name, and what kind of party it is known to be. The caller compares what else is known."""

    name: str
    party_type: str | None = None


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of one entry; `entry` is the caller's number for it, `kind` and `party_type` as in the domain."""

    entry: int
    text: str
    kind: str
    party_type: str


@dataclass(frozen=True)
class Match:
    """An entry that may be meant: its best name, that name's kind, and the score, 0-100."""

    entry: int
    name: str
    kind: str
    score: float
    query: AnalysedName
    listed: AnalysedName

    @cached_property
    def scored(self) -> Scored:
        """The alignment of the two names."""
        return score(self.query, self.listed)

    @cached_property
    def explanation(self) -> Explanation:
        """Word by word: what matched, how, what was left over, and what each counted."""
        return explain(self.query, self.listed, self.scored, self.score, weak=self.kind == "weak")


class Matcher:
    """Finds the listed names that a name may be. The same name always gets the same answer."""

    def __init__(self, index: Index, rows: Sequence[Sequence[Any]]) -> None:
        self._index = index
        self._rows = rows  # a listed name's fields in order; made into a ListedName only when it is scored
        self._analysed = lru_cache(maxsize=1 << 17)(self._analyse)

    @classmethod
    def build(cls, names: Iterable[ListedName]) -> Matcher:
        """A matcher over these names."""
        known = list(names)
        rows = [[name.entry, name.text, name.kind, name.party_type] for name in known]
        return cls(Index.build([analyse(name.text, name.party_type) for name in known]), rows)

    def save(self, folder: Path) -> None:
        """Writes the matcher into an empty folder."""
        (folder / "names.json").write_text(json.dumps(self._rows, ensure_ascii=False), "utf-8")
        self._index.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Matcher:
        """Reads what `save` wrote."""
        rows = json.loads((folder / "names.json").read_text("utf-8"))
        return cls(Index.load(folder), rows)

    def search(self, query: Query, *, threshold: float = DEFAULT_THRESHOLD, limit: int | None = None) -> list[Match]:
        """The entries that score at least the threshold by their best name, best first, then by number."""
        analysed = [analyse(text, query.party_type) for text in several(query.name)]
        found = ((name, self._scores(name, self._index.candidates(name, threshold).tolist())) for name in analysed)
        return self._best(found, threshold)[:limit]

    def compare(self, query: Query, names: Sequence[ListedName]) -> Match:
        """The best match of a query with one of these names, whatever it scores."""
        matches = (
            _match(asked, analyse(name.text, name.party_type), [name.entry, name.text, name.kind])
            for asked in (analyse(text, query.party_type) for text in several(query.name))
            for name in names
        )
        return max(matches, key=lambda match: match.score)

    def search_many(
        self, queries: Iterable[Query], *, threshold: float = DEFAULT_THRESHOLD, worth: int = WORTH
    ) -> Iterator[list[Match]]:
        """The answers of `search` in the order of the queries.

        With numba, and from `worth` queries on, by compiled loops; else one by one. The answers are the same.
        """
        asked = iter(queries)
        while chunk := list(islice(asked, _CHUNK)):
            if len(chunk) < worth or self._bulk is None:
                yield from (self.search(query, threshold=threshold) for query in chunk)
                continue
            with uncollected():
                answers = self._many(chunk, self._bulk, threshold)
            yield from answers

    def _many(self, chunk: list[Query], bulk: Bulk, threshold: float) -> list[list[Match]]:
        names = [(n, (text, query.party_type)) for n, query in enumerate(chunk) for text in several(query.name)]
        scores: dict[int, dict[int, float]] = {}
        for found in bulk.search([name for _, name in names], threshold):
            scores.setdefault(found.query, {})[found.name] = found.score
        hits: dict[int, list[tuple[AnalysedName, dict[int, float]]]] = {}
        for row, listed in sorted(scores.items()):
            number, name = names[row]
            hits.setdefault(number, []).append((analyse(*name), dict(sorted(listed.items()))))
        return [self._best(hits[n], threshold) if n in hits else [] for n in range(len(chunk))]

    @cached_property
    def _bulk(self) -> Bulk | None:
        try:
            from compliance.matching.bulk import Bulk
        except ImportError:
            return None
        return Bulk(self._index)

    def search_exhaustively(self, query: Query, *, threshold: float = DEFAULT_THRESHOLD) -> list[Match]:
        """The same by scoring every listed name: slow, and what `search` is held against."""
        everyone = range(len(self._rows))
        analysed = [analyse(text, query.party_type) for text in several(query.name)]
        return self._best(((name, self._scores(name, everyone)) for name in analysed), threshold)

    def _best(self, asked: Iterable[tuple[AnalysedName, Mapping[int, float]]], threshold: float) -> list[Match]:
        """The best match of each entry; asked are names with the scores of listed ones, by number in order."""
        best: dict[int, Match] = {}
        for query, scores in asked:
            for number, value in scores.items():
                match = _match(query, self._analysed(number), self._rows[number], value)
                known = best.get(match.entry)
                if match.score >= threshold and (known is None or match.score > known.score):
                    best[match.entry] = match
        return sorted(best.values(), key=lambda match: (-match.score, match.entry))

    def _scores(self, query: AnalysedName, numbers: Iterable[int]) -> dict[int, float]:
        return {number: score(query, self._analysed(number)).score for number in numbers}

    def _analyse(self, number: int) -> AnalysedName:
        return self._index.name(number, self._rows[number][1])


def _match(query: AnalysedName, listed: AnalysedName, row: Sequence[Any], value: float | None = None) -> Match:
    """The match of two names; `value` is their score where it is known. A weak alias counts for less."""
    entry, text, kind, *_ = row
    value = score(query, listed).score if value is None else value
    return Match(entry, text, kind, round(value * WEAK, 1) if kind == "weak" else value, query, listed)
