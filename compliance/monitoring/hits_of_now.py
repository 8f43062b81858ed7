"""A portfolio's hits of now, worked out from those of the last look and from what has changed since.

A counterparty's hits depend on its own facts and on each entry by itself. So after a change of the lists only the
changed entries are screened, and after a change of the portfolio only the changed counterparties. The hits of the last
look come from the cache folder; without them everything is screened, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from compliance.book import Book, write_book
from compliance.changes import ENTRY_EVENTS
from compliance.matching import MATCHER_VERSION
from compliance.monitoring.found import Hits, Pair, screened
from compliance.monitoring.hit_store import FORM, HitStore
from compliance.monitoring.model import Counterparty
from compliance.monitoring.portfolios import Portfolio, Touched, existing, options_of, party_of, touched
from compliance.monitoring.records import AlertsLooked
from compliance.register import Few, Listing, Register
from compliance.screening import Options, Screener

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from compliance.monitoring.prepared import Prepared

LARGE = 20_000  # counterparties from which on a portfolio is prepared for changes of the lists: they take seconds
_STALE = 20_000  # counterparties that have changed since it was prepared, from which on it is prepared again


def key_of(looked: AlertsLooked, root: str) -> str:
    """The name of the hits of a look: what they were derived from. `root` is the log's at the look's position."""
    options = [looked.as_of.isoformat(), looked.threshold, *looked.lists]
    return sha256("\n".join([FORM, MATCHER_VERSION, looked.portfolio, root, *options]).encode()).hexdigest()


class Watched:
    """One portfolio as it is now, and the lists of today. `large` is from how many counterparties on it is prepared."""

    def __init__(
        self, compliance: Compliance, name: str, last: AlertsLooked | None, max_age: int | None, large: int = LARGE
    ) -> None:
        self._compliance = compliance
        self._name = name
        self._last = last
        self._large = large
        self._position = compliance.facts().size
        self._today = compliance.today
        self.options = options_of(compliance.log, name, until=self._position)
        self._asking = Options(
            as_of=self._today,
            today=self._today,
            lists=self.options.lists,
            threshold=self.options.threshold,
            limit=None,
            max_age=compliance.settings.max_age if max_age is None else max_age,
        )

    def hits(self) -> Hits:
        """All hits of now. Raises CannotSay when no list is loaded."""
        last, then = self._last, self._held()
        if last is None or then is None:
            if len(self._portfolio) >= self._large:
                self._prepared()
            return screened(self._portfolio, self._whole)
        entries = self._entries_changed_since(last, then)
        hits = {
            pair: found
            for pair, found in then.items()
            if pair.counterparty not in self._touched and pair.entry not in entries
        }
        present = [listing for listing in map(self._listing, sorted(entries)) if listing]
        if present:
            with TemporaryDirectory(prefix="compliance-watch-") as folder:
                hits |= screened(self._others(present), self._of_only(present, Path(folder)))
        changed = [party_of(data) for _, data in sorted(self._touched.items()) if data]
        return hits | (screened(changed, self._whole) if changed else {})

    @cached_property
    def counterparties(self) -> int:
        """How many are under watch now."""
        return self._last.counterparties + self._since.more if self._last else len(self._portfolio)

    def why_gone(self, pair: Pair) -> str:
        """Why a pair that was told as a hit is none any more, if it is none."""
        if self._touched.get(pair.counterparty, b"there") is None:
            return "not under watch any more"
        if pair.entry.partition("/")[0] not in self.screener.asked:
            return "its list is not asked any more"
        return "below the threshold now" if self._listing(pair.entry) else "not on the list any more"

    @cached_property
    def screener(self) -> Screener:
        """Tells which lists are asked, and what an absence of hits cannot prove; it screens nobody."""
        with TemporaryDirectory(prefix="compliance-watch-") as folder:
            return self._of_only([], Path(folder))

    @cached_property
    def _portfolio(self) -> Portfolio:
        """All counterparties: a second or two for each million, so only where they are needed."""
        return existing(self._compliance, self._name, until=self._position)

    @cached_property
    def _since(self) -> Touched:
        after = self._last.position if self._last else 0
        return touched(self._compliance.log, self._name, after, self._position)

    @property
    def _touched(self) -> dict[str, bytes | None]:
        """Whom events since the last look speak of."""
        return self._since.parties

    @cached_property
    def _register(self) -> Register:
        return self._compliance.register(self._today)

    @cached_property
    def _whole(self) -> Screener:
        return Screener(self._compliance.book(self._today), self._asking)

    def _held(self) -> Hits | None:
        """The hits of the last look, where they are kept and were found in the same way."""
        last, watched = self._last, (f"{self.options.threshold:g}", self.options.lists)
        if last is None or (last.threshold, last.lists) != watched or last.as_of > self._today:
            return None
        return HitStore(self._compliance.settings.cache).held(key_of(last, self._root_at(last.position)))

    def _others(self, present: Iterable[Listing]) -> Iterator[Counterparty]:
        """Those whom no event since the last look speaks of, as far as one of the entries may be a hit of theirs."""
        if self.counterparties < self._large:
            yield from (party for party in self._portfolio if party.id not in self._touched)
            return
        prepared = self._prepared()
        if prepared is None:
            yield from (party for party in self._portfolio if party.id not in self._touched)
            return
        since = touched(self._compliance.log, self._name, prepared.position, self._position).parties
        entries = [listing.entry() for listing in present]
        for party in prepared.worth_screening(entries, self.options.threshold):
            if party.id not in since and party.id not in self._touched:
                yield party
        yield from (party_of(data) for id_, data in sorted(since.items()) if data and id_ not in self._touched)

    def _prepared(self) -> Prepared | None:
        """The portfolio as it was prepared last, or is now, where that was too long ago."""
        from compliance.monitoring.prepared import PreparedStore

        store = PreparedStore(self._compliance.settings.cache)
        found = store.last(self._name, self._position, self._root_at)
        log = self._compliance.log
        if found and len(touched(log, self._name, found.position, self._position).parties) < max(_STALE, self._large):
            return found
        parties = self._portfolio.parties.values()
        return store.prepare(self._name, parties, self._position, self._root_at(self._position))

    def _root_at(self, position: int) -> str:
        return self._compliance.log.head_at(position).root

    def _entries_changed_since(self, last: AlertsLooked, then: Hits) -> set[str]:
        """The ids of all entries that an event since then speaks of, or that say something else by the day alone."""
        after = 0 if last.ahead else last.position
        rows = self._compliance.log.rows(after=after, until=self._position, types=ENTRY_EVENTS)
        found = {
            f"{row.payload['list']}/{row.payload['key']}"
            for row in rows
            if row.position > last.position or row.effective > last.as_of
        }
        found.update(
            pair.entry for pair, hit in then.items() if any(last.as_of < day <= self._today for day in hit.turns)
        )
        for list_id in set(last.asked) ^ set(self.screener.asked):
            found.update(f"{list_id}/{listing.key}" for listing in self._register.listings(list_id))
            found.update(pair.entry for pair in then if pair.entry.startswith(f"{list_id}/"))
        return found

    def _listing(self, entry: str) -> Listing | None:
        list_id, _, key = entry.partition("/")
        return self._register.find(list_id, key)

    def _of_only(self, listings: list[Listing], folder: Path) -> Screener:
        """A screener over a few entries. It is one of all lists: it knows how old they are."""
        few = Register(self._today, self._position, self._register.lists, Few(listings))
        write_book(few, "", folder)
        return Screener(Book(folder), self._asking)
