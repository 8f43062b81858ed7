"""A portfolio's hits of now, worked out from those of the last look and from what has changed since.

A counterparty's hits depend on its own facts and on each entry by itself. So after a change of the lists only the
changed entries are screened, and after a change of the portfolio only the changed counterparties. The hits of the last
look come from the cache folder; without them everything is screened, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from compliance.monitoring.portfolios import Portfolio
from compliance.monitoring.records import COUNTERPARTIES_REMOVED, AlertsLooked, portfolio_stream
from compliance.register import Listing, Register
from compliance.screening import Options, Screener

if TYPE_CHECKING:
    from compliance.facade import Compliance


def key_of(looked: AlertsLooked, root: str) -> str:
    """The name of the hits of a look: what they were derived from. `root` is the log's at the look's position."""
    options = [looked.as_of.isoformat(), looked.threshold, *looked.lists]
    return sha256("\n".join([FORM, MATCHER_VERSION, looked.portfolio, root, *options]).encode()).hexdigest()


class Watched:
    """One portfolio as it is now, and the lists of today."""

    def __init__(self, compliance: Compliance, portfolio: Portfolio, max_age: int | None) -> None:
        self._compliance = compliance
        self._portfolio = portfolio
        self._position = compliance.facts().size
        self._today = compliance.today
        self._options = Options(
            as_of=self._today,
            today=self._today,
            lists=portfolio.lists,
            threshold=portfolio.threshold,
            limit=None,
            max_age=compliance.settings.max_age if max_age is None else max_age,
        )

    def hits(self, last: AlertsLooked | None) -> Hits:
        """All hits of now. Raises CannotSay when no list is loaded."""
        then = self._held(last)
        if last is None or then is None:
            return screened(self._portfolio, self._whole)
        parties = self._parties_changed_since(last)
        entries = self._entries_changed_since(last, then)
        hits = {
            pair: found
            for pair, found in then.items()
            if pair.counterparty not in parties and pair.entry not in entries
        }
        present = [listing for listing in map(self._listing, sorted(entries)) if listing]
        if present:
            with TemporaryDirectory(prefix="compliance-watch-") as folder:
                others = (party for party in self._portfolio if party.id not in parties)
                hits |= screened(others, self._of_only(present, Path(folder)))
        changed = [party for party in map(self._portfolio.get, sorted(parties)) if party]
        return hits | (screened(changed, self._whole) if changed else {})

    @cached_property
    def screener(self) -> Screener:
        """Tells which lists are asked, and what an absence of hits cannot prove; it screens nobody."""
        with TemporaryDirectory(prefix="compliance-watch-") as folder:
            return self._of_only([], Path(folder))

    def why_gone(self, pair: Pair) -> str:
        """Why a pair that was a hit is none any more, if it is none."""
        if pair.counterparty not in self._portfolio.parties:
            return "not under watch any more"
        if pair.entry.partition("/")[0] not in self.screener.asked:
            return "its list is not asked any more"
        return "below the threshold now" if self._listing(pair.entry) else "not on the list any more"

    @cached_property
    def _register(self) -> Register:
        return self._compliance.register(self._today)

    @cached_property
    def _whole(self) -> Screener:
        return Screener(self._compliance.book(self._today), self._options)

    def _held(self, last: AlertsLooked | None) -> Hits | None:
        """The hits of the last look, where they are kept and were found in the same way."""
        watched = (f"{self._portfolio.threshold:g}", self._portfolio.lists)
        if last is None or (last.threshold, last.lists) != watched or last.as_of > self._today:
            return None
        root = self._compliance.log.head_at(last.position).root
        return HitStore(self._compliance.settings.cache).held(key_of(last, root))

    def _parties_changed_since(self, last: AlertsLooked) -> set[str]:
        """The ids of all counterparties that an event since then speaks of."""
        found: set[str] = set()
        stream = portfolio_stream(self._portfolio.name)
        for row in self._compliance.log.rows(after=last.position, until=self._position, stream=stream):
            if row.type == COUNTERPARTIES_REMOVED:
                found.update(row.payload["ids"])
            else:
                found.update(item["id"] for item in row.payload.get("counterparties", ()))
        return found

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
        few = Register(self._today, self._position, self._register.lists, _Few(listings))
        write_book(few, "", folder)
        return Screener(Book(folder), self._options)


class _Few:
    """Some listings of a register."""

    def __init__(self, listings: list[Listing]) -> None:
        self._listings = listings

    def of(self, list_id: str) -> Iterator[Listing]:
        return (listing for listing in self._listings if listing.list_id == list_id)

    def find(self, list_id: str, key: str) -> Listing | None:
        return next((found for found in self.of(list_id) if found.key == key), None)
