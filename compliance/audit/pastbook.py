"""The book of any day out of a chronicle: no register is replayed for it, and no matcher built.

A score is a pure function of two names. So the matcher over all names that anybody ever had finds whoever may be a hit
on any day; each of them is then read from the log as of the day, and compared by the names that it had then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache

from compliance.audit.chronicle import Chronicle, Party
from compliance.book import Book, listed_names
from compliance.matching import DEFAULT_THRESHOLD, ListedName, Match, Matcher, Query
from compliance.matching.matcher import WORTH
from compliance.register import Listing, list_state
from compliance.timeline import fold, natural_order


class PastBook(Book):
    """A book of the end of a day, with what the chronicle's log knew; its numbers are the chronicle's own."""

    def __init__(self, chronicle: Chronicle, as_of: date) -> None:
        self._chronicle = chronicle
        self._day = as_of
        self.folder = chronicle.folder
        self.position = chronicle.until
        self.root = chronicle.root
        self._sizes = chronicle.sizes(as_of)
        self.lists = {
            name: list_state(name, records, as_of, self._sizes.get(name, 0))
            for name, records in sorted(chronicle.all_publications().items())
        }
        self._held = lru_cache(maxsize=1 << 12)(self._read)

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher of all times, its answers held to the day."""
        return _OfTheDay(self, self._chronicle.matcher)

    @property
    def identifier_kinds(self) -> frozenset[str]:
        """The kinds of identifiers that at least one entry ever stated."""
        return self._chronicle.kinds()

    def listing(self, number: int) -> Listing:
        """An entry that is on its list on the day."""
        found = self._held(number)
        assert found is not None
        return found

    def number_of(self, entry_id: str) -> int | None:
        """The number of the entry `LIST/KEY`, or None when it is not on the list on the day."""
        list_id, _, key = entry_id.partition("/")
        party = self._chronicle.party(list_id, key)
        return party.number if party and self._held(party.number) else None

    def with_identifier(self, key: str) -> list[int]:
        """The numbers of the entries of the day that may carry an identifier, in the order of a register."""
        found = self.of_the_day(party.number for party in self._chronicle.stating(key))
        return [party.number for party in found]

    def of_the_day(self, numbers: Iterable[int]) -> list[Party]:
        """Those who are on their lists on the day, in the order of a register."""
        parties = (self._chronicle.numbered_party(number) for number in numbers if self._held(number))
        return sorted(parties, key=_order)

    def _read(self, number: int) -> Listing | None:
        party = self._chronicle.numbered_party(number)
        mentions = [mention for mention in self._chronicle.mentions(party) if mention.effective <= self._day]
        present = [mention.present for mention in mentions if mention.present is not None]
        if not present or not present[-1]:
            return None
        state = fold(self._chronicle.story(party, mentions).parties[party.key].changes)
        fields = {name: value for name, value in state.fields.items() if value is not None}
        return Listing(party.list_id, party.key, state.since, fields, mentions[-1].position)


class _OfTheDay(Matcher):
    """The matcher of all times in front, the names of the day behind it."""

    def __init__(self, book: PastBook, ever: Matcher) -> None:
        self._book = book
        self._ever = ever

    def search_many(
        self, queries: Iterable[Query], *, threshold: float = DEFAULT_THRESHOLD, worth: int = WORTH
    ) -> Iterator[list[Match]]:
        """The answers of a matcher over the names of the day, in the order of the queries."""
        asked = list(queries)
        for query, ever in zip(asked, self._ever.search_many(asked, threshold=threshold, worth=worth), strict=True):
            parties = self._book.of_the_day(match.entry for match in ever)
            found = (self.compare(query, list(self._names(party))) for party in parties)
            yield sorted((match for match in found if match.score >= threshold), key=lambda match: -match.score)

    def compare(self, query: Query, names: Sequence[ListedName]) -> Match:
        """The best match of a query with one of these names, whatever it scores."""
        return self._ever.compare(query, names)

    def _names(self, party: Party) -> Iterator[ListedName]:
        return listed_names(party.number, self._book.listing(party.number))


def _order(party: Party) -> tuple[str, tuple[int, int, str]]:
    return party.list_id, natural_order(party.key)
