"""Which events of the log speak of whom: what makes a party's story quick to find, however long the log is.

A chronicle is derived data, kept in the cache like a snapshot and named by the log's root. It holds no word of a list:
only positions, days, identities, and the names and numbers by which an identity can be found again. What is told is
always read from the events themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import quote

import orjson

from compliance.timeline import ListHistory, PublicationRecord, RecordedEvent, publications

if TYPE_CHECKING:
    from compliance.matching import Matcher

FORM = "2"  # changes when the tables, or what is put into them, change
FILE = "chronicle.db"
MATCHER = "matcher"
# Kinds that many parties may share, or that tell nothing without the register they are from: no proof of who it is.
SHARED_KINDS = frozenset({"website", "email", "phone", "fax", "issuer-name", "id-number", "bik"})


class Party(NamedTuple):
    """One identity on one list; `number` is the chronicle's own."""

    number: int
    list_id: str
    key: str

    @property
    def id(self) -> str:
        """The entry's name for people and commands."""
        return f"{self.list_id}/{self.key}"


class Mention(NamedTuple):
    """An event that speaks of a party: `present` is what it says of presence, None where it says nothing of it."""

    effective: date
    position: int
    present: bool | None
    cause: str
    publication: str


class Tally(NamedTuple):
    """How many amendments a publication made, by cause."""

    publication: str
    cause: str
    events: int


class Turn(NamedTuple):
    """An event that speaks of a party's presence, in the order in which it decides."""

    party: int
    effective: date
    position: int
    present: bool
    cause: str
    publication: str


class Log(Protocol):
    """What a chronicle needs of the log: its events between two positions, as light tuples."""

    def rows(self, *, after: int = 0, until: int | None = None) -> Iterator[Any]: ...  # noqa: D102


class _Kept(NamedTuple):
    position: int
    type: str
    effective: date
    payload: dict[str, Any]


class Chronicle:
    """Read access to a chronicle's folder; `until` is the last position that is asked about, `root` the root there."""

    def __init__(self, folder: Path, log: Log, until: int, root: str = "") -> None:
        self.folder = folder
        self.root = root
        self._log = log
        self._learned: dict[int, date] = {}
        self.until = until
        self._connection = sqlite3.connect(f"file:{quote(str(folder / FILE))}?mode=ro&immutable=1", uri=True)
        self._end: int = self._all("SELECT position FROM ended")[0][0]

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Chronicle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher over all names that anybody ever had; its entries are the numbers of parties."""
        from compliance.matching import Matcher

        return Matcher.load(self.folder / MATCHER)

    def lists(self) -> list[str]:
        """The lists that had anything said of them, sorted."""
        return sorted(self._publications)

    def all_publications(self) -> dict[str, list[PublicationRecord]]:
        """Every list's publications as known at `until`, oldest first."""
        return self._publications

    def sizes(self, day: date) -> dict[str, int]:
        """How many parties are on each list on a day."""
        rows = self._all(
            "SELECT list, sum(present) FROM (SELECT party, present, max(effective * 1000000000000 + position)"
            " FROM mention WHERE present IS NOT NULL AND effective <= ? AND position <= ? GROUP BY party)"
            " JOIN party ON party.id = party GROUP BY list",
            day.toordinal(),
            self.until,
        )
        return dict(rows)

    def numbered_party(self, number: int) -> Party:
        """The identity with the chronicle's own number."""
        (row,) = self._all("SELECT id, list, key FROM party WHERE id = ?", number)
        return Party(*row)

    def stating(self, key: str) -> list[Party]:
        """Every identity that ever may have carried an identifier, by one of its `identifiers.keys`."""
        return self._parties(_BY.format(what="number"), key)

    def kinds(self) -> frozenset[str]:
        """The kinds of identifiers that anybody ever stated."""
        return frozenset(kind for (kind,) in self._all("SELECT kind FROM stated"))

    def publications(self, list_id: str) -> list[PublicationRecord]:
        """A list's publications as known at `until`, oldest first; none for a list that is not held."""
        return self._publications.get(list_id, [])

    def party(self, list_id: str, key: str) -> Party | None:
        """One identity; None when the log has never had it by `until`."""
        rows = self._all("SELECT id, list, key FROM party WHERE list = ? AND key = ?", list_id, key)
        found = [Party(*row) for row in rows]
        return found[0] if found and self.mentions(found[0]) else None

    def numbered(self, key: str) -> list[Party]:
        """Every identity with this key, on whatever list."""
        return self._parties("SELECT id, list, key FROM party WHERE key = ? ORDER BY list", key)

    def named(self, name: str) -> list[Party]:
        """Every identity that ever had this name, letter for letter but for case and spaces."""
        return self._parties(_BY.format(what="name"), folded(name))

    def alike(self, party: Party) -> list[Party]:
        """Every other identity that ever had a name or a number of this one."""
        found = {
            other.number: other
            for what in ("name", "identifier")
            for other in self._parties(_ALIKE[what], party.number)
        }
        found.pop(party.number, None)
        return sorted(found.values(), key=lambda other: (other.list_id, other.key))

    def mentions(self, party: Party) -> list[Mention]:
        """The events that speak of a party, in the order in which they decide."""
        rows = self._all(
            f"SELECT effective, position, present, cause, digest FROM mention {_NAMED}"
            " WHERE party = ? AND position <= ? ORDER BY effective, position",
            party.number,
            self.until,
        )
        return [Mention(date.fromordinal(day), at, _presence(said), *rest) for day, at, said, *rest in rows]

    def turns(self, list_id: str) -> Iterator[Turn]:
        """What was said of presence on a list, party after party, each in the order in which it decides."""
        rows = self._connection.execute(
            "SELECT party, effective, position, present, cause, digest FROM mention"
            f" {_NAMED}"
            " WHERE party IN (SELECT id FROM party WHERE list = ?) AND present IS NOT NULL AND position <= ?"
            " ORDER BY party, effective, position",
            (list_id, self.until),
        )
        for number, day, position, present, *rest in rows:
            yield Turn(number, date.fromordinal(day), position, bool(present), *rest)

    def amendments(self, list_id: str) -> list[Tally]:
        """How many amendments each publication of a list made, by cause: kept for all, counted for what was known."""
        if self.until >= self._end:
            rows = self._all(f"SELECT digest, cause, events FROM tally {_NAMED} WHERE list = ?", list_id)
        else:
            rows = self._all(
                "SELECT digest, cause, n FROM (SELECT publication, cause, count(*) AS n FROM mention"
                " WHERE party IN (SELECT id FROM party WHERE list = ?) AND present IS NULL AND position <= ?"
                f" GROUP BY publication, cause) {_NAMED}",
                list_id,
                self.until,
            )
        return [Tally(*row) for row in rows]

    def story(self, party: Party, mentions: Sequence[Mention] | None = None) -> ListHistory:
        """The list's history as far as it is this party's, or these mentions of it, read from the log's own events."""
        history = ListHistory(party.list_id)
        history.publications = self.publications(party.list_id)
        for event in self.events(one.position for one in (self.mentions(party) if mentions is None else mentions)):
            history.apply(event)
        return history

    def events(self, positions: Iterable[int]) -> Iterator[Any]:
        """The log's events at these positions, oldest first; neighbours are read together."""
        for first, last in _runs(sorted(positions)):
            for event in self._log.rows(after=first - 1, until=last):
                self._learned[event.position] = event.recorded_at.date()
                yield event

    def learned(self, positions: Iterable[int]) -> dict[int, date]:
        """The days in UTC on which events were recorded; read from the log where they have not been read yet."""
        asked = set(positions)
        for _ in self.events(asked - self._learned.keys()):
            pass
        return {position: self._learned[position] for position in asked}

    def list_events(self, list_id: str) -> Iterator[Any]:
        """All events of a list's entries, oldest first."""
        rows = self._all(
            "SELECT position FROM mention WHERE party IN (SELECT id FROM party WHERE list = ?) AND position <= ?",
            list_id,
            self.until,
        )
        yield from self.events(position for (position,) in rows)

    @cached_property
    def _publications(self) -> dict[str, list[PublicationRecord]]:
        rows = self._all("SELECT * FROM said WHERE position <= ? ORDER BY position", self.until)
        return publications(
            _Kept(at, type_, date.fromordinal(day), orjson.loads(text)) for at, type_, day, text in rows
        )

    def _parties(self, query: str, *values: object) -> list[Party]:
        return [Party(*row) for row in self._all(query, *values)]

    def _all(self, query: str, *values: object) -> Sequence[Any]:
        with closing(self._connection.execute(query, values)) as found:
            return found.fetchall()


def folded(text: str) -> str:
    """A name without case and superfluous spaces, as two mentions of one name are compared."""
    return " ".join(text.casefold().split())


def known_event(event: RecordedEvent) -> bytes:
    """The payload of an event about publications, as a chronicle keeps it."""
    return orjson.dumps(event.payload)


_NAMED = "JOIN publication ON publication.id = publication"
_BY = "SELECT DISTINCT party.id, list, key FROM {what} JOIN party ON party.id = party WHERE value = ? ORDER BY party.id"
_ALIKE = {
    what: f"SELECT DISTINCT party.id, list, key FROM {what} own JOIN {what} other ON own.value = other.value"
    " JOIN party ON party.id = other.party WHERE own.party = ? LIMIT 500"
    for what in ("name", "identifier")
}


def _presence(said: int | None) -> bool | None:
    return None if said is None else bool(said)


def _runs(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of each run of positions that follow one another."""
    for _, group in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        run = [position for _, position in group]
        yield run[0], run[-1]
