"""What the matcher's benchmark says of exactness and of longer lists."""

from collections.abc import Iterable, Iterator

from benchmarks.matching import exactness
from benchmarks.matching.names import grown
from compliance.matching import ListedName, Match, Matcher, Query

LISTED = [
    ListedName(0, "SENSETIME GROUP LIMITED", "primary", "entity"),
    ListedName(1, "ROSNEFT TRADING S.A.", "primary", "entity"),
    ListedName(2, "AEROKOMPOZIT", "alias", "entity"),
]
ASKED = ["Sense Time Group", "Rosneft Trading", "Aerocomposit", "Bakery of the Corner"]


class Losing(Matcher):
    """A matcher whose quick ways lose the first hit."""

    def search(self, query: Query, *, threshold: float = 75.0, limit: int | None = None) -> list[Match]:
        return super().search(query, threshold=threshold, limit=limit)[1:]

    def search_many(self, queries: Iterable[Query], *, threshold: float = 75.0) -> Iterator[list[Match]]:
        return iter([self.search(query, threshold=threshold) for query in queries])


def test_a_matcher_that_loses_nobody_has_no_differences() -> None:
    matcher = Matcher.build(LISTED)
    assert list(exactness.against_all(matcher, ASKED)) == []
    assert list(exactness.one_by_one(matcher, ASKED)) == []


def test_a_lost_hit_is_told_for_both_ways_with_name_and_threshold() -> None:
    told = list(exactness.against_all(Losing.build(LISTED), ["Rosneft Trading"]))
    assert told[0].startswith("search('Rosneft Trading', threshold=50.0): missing [(1, 'ROSNEFT TRADING S.A.'")
    assert told[1].startswith("search_many('Rosneft Trading', threshold=50.0): missing")


def test_a_grown_list_keeps_the_list_and_adds_new_entries_of_its_words() -> None:
    rows = [
        {"entity_id": "a", "list": "x", "name": "Red Fox Ltd", "kind": "primary", "type": "organization"},
        {"entity_id": "b", "list": "x", "name": "Blue Whale", "kind": "aka", "type": "vessel"},
    ]
    longer = grown(rows, 3)
    assert longer[:2] == rows
    assert len({row["entity_id"] for row in longer}) == len(longer) == 6
    assert {word for row in longer for word in row["name"].split()} <= {"Red", "Fox", "Ltd", "Blue", "Whale"}
    assert grown(rows, 3) == longer
