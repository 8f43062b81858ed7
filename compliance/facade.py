"""`Compliance`: the whole of it for a program that imports this package. The commands are thin on top of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from compliance import settings as settings_
from compliance.answers import Answer
from compliance.book import Book, book_key, write_book
from compliance.errors import BadInput, CannotSay
from compliance.register import Register
from compliance.screening import Options, Screener, Subject
from events.errors import CacheUnavailable
from events.projection import SnapshotStore
from events.state import RememberedHead, storage_state

if TYPE_CHECKING:
    from compliance.importing import Importer, ImportSummary
    from compliance.model import Publication
    from compliance.timeline import PublicationRecord
    from compliance.updating.outcome import Outcome
    from events import EventLog, Verification

Clock = Callable[[], datetime]
KnownAt = date | int | None
_BOOKS_KEPT = 8


def utc_now() -> datetime:
    """The clock that a program outside of tests passes in."""
    return datetime.now(UTC)


class LogFacts(NamedTuple):
    """What is known of the log without opening it again: its verified head, and the days on which things happened."""

    size: int
    root: str
    days: tuple[date, ...]


class Compliance:
    """A log of official lists and the questions that can be asked of it.

    Open it with `Compliance.open()`; use it in `with`, or call `close()`.
    """

    def __init__(self, settings: settings_.Settings, clock: Clock, *, bundled: bool = True) -> None:
        self.settings = settings
        self.clock = clock
        self._bundled = bundled
        self._log: EventLog | None = None
        self._facts: LogFacts | None = None
        self._token: str | None = None
        self._temporary: TemporaryDirectory[str] | None = None  # holds a book where there is no cache folder

    @classmethod
    def open(cls, database_url: str | None = None, *, clock: Clock = utc_now, bundled: bool = True) -> Self:
        """The log at a URL, or the user's own.

        A new log begins with the bundled NS-CMIC list, unless `bundled` is False.
        """
        return cls(settings_.load(database_url=database_url), clock, bundled=bundled)

    def close(self) -> None:
        """Closes the database, if it was opened."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def today(self) -> date:
        """The day, in UTC, that a question without a date is about."""
        return self.clock().astimezone(UTC).date()

    @property
    def log(self) -> EventLog:
        """The event log, opened when first needed; created with the bundled list where there is none."""
        if self._log is None:
            from events import EventLog

            self._log = EventLog.open(self.settings.database_url, clock=self.clock)
            if self._bundled and self._lacks_bundled(self._log):
                self._take_bundled()
        return self._log

    def screen(
        self,
        name: str,
        *,
        as_of: date | None = None,
        known_at: KnownAt = None,
        lists: Sequence[str] = (),
        **more: Any,
    ) -> Answer:
        """Screens one name; the keywords are those of `Options` and `Subject`."""
        subject = Subject(name, *(tuple(more.pop(key, ())) for key in ("countries", "identifiers")))
        return self.screener(as_of=as_of, known_at=known_at, lists=tuple(lists), **more).screen(subject)

    def screener(self, *, as_of: date | None = None, known_at: KnownAt = None, **options: Any) -> Screener:
        """A screener for many queries against one state of the lists. Raises CannotSay when there is none."""
        options.setdefault("max_age", self.settings.max_age)
        asked = Options(as_of=as_of or self.today, today=self.today, **options)
        return Screener(self.book(asked.as_of, known_at), asked)

    def book(self, as_of: date, known_at: KnownAt = None) -> Book:
        """The book of a day, from the cache or built now; without a cache folder it is built in a temporary one."""
        facts = self.facts()
        position, root = self._head_at(known_at, facts)
        day = max((day for day in facts.days if day <= as_of), default=date.min)
        store = SnapshotStore(self.settings.cache / "books")
        key = book_key(root, day)
        held = store.path(key)
        if held is None:
            register = self.register(day, position)
            try:
                held = store.build(key, lambda folder: write_book(register, root, folder))
                store.prune(_BOOKS_KEPT)
            except CacheUnavailable:
                self._temporary = TemporaryDirectory(prefix="compliance-book-")
                held = Path(self._temporary.name)
                write_book(register, root, held)
        return Book(held)

    def register(self, as_of: date, known_at: KnownAt = None) -> Register:
        """Every list as of the end of a day, as known at a position, or at the end of a day of recording."""
        facts = self.facts()
        position, _ = self._head_at(known_at, facts)
        return Register.replay(self.log.rows(until=position), as_of=as_of, position=position)

    def held_publications(self, known_at: KnownAt = None) -> dict[str, list[PublicationRecord]]:
        """The publications held of every list, oldest first, each with the days on which it was checked."""
        from compliance.changes import PUBLICATION_EVENTS
        from compliance.timeline import publications

        position, _ = self._head_at(known_at, self.facts())
        return publications(row for row in self.log.rows(until=position) if row.type in PUBLICATION_EVENTS)

    def facts(self) -> LogFacts:
        """The log's verified head. Verified again only when the database has changed. Raises LogBroken."""
        token = storage_state(self.settings.database_url)
        if self._facts is not None and token == self._token:
            return self._facts
        kept = RememberedHead.recall(self.settings.cache, self.settings.database_url, token) if token else None
        if kept is None:
            kept = self._learn()
        self._token = storage_state(self.settings.database_url)
        self._facts = LogFacts(kept["size"], kept["root"], tuple(date.fromisoformat(day) for day in kept["days"]))
        return self._facts

    def verify(self) -> Verification:
        """Recomputes the whole log now. Raises LogBroken with the first event that is wrong."""
        return self.log.verify()

    def publications(self, paths: Sequence[Path], published: date | None = None) -> Iterator[Sourced]:
        """Reads official files, one publication after the other, oldest first."""
        from compliance.sources.reading import read_each

        for publication, contents in read_each(paths, published=published):
            yield Sourced(publication, contents)

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        published: date | None = None,
        lists: Sequence[str] = (),
        accept_removals: bool = False,
    ) -> Iterator[ImportSummary]:
        """Imports official files: a file, a folder or a ZIP each. Each publication is imported whole or refused.

        With `lists`, only these lists are taken from the files, and nothing is said of the others.
        """
        from compliance.importing import only

        importer = self._importer()
        for sourced in self.publications(paths, published):
            publication = only(sourced.publication, lists) if lists else sourced.publication
            yield importer.take(publication, sourced.contents, accept_removals=accept_removals)

    def update(self, lists: Sequence[str] = (), **more: Any) -> Iterator[Outcome]:
        """Fetches lists from their publishers and imports what is new; the keywords are those of `updating.session`.

        What is wrong with one list is in its outcome; what is wrong with the question or the log is raised.
        """
        from compliance.updating.session import update

        return update(self, lists, **more)

    def _importer(self) -> Importer:
        from compliance.archive import Archive
        from compliance.importing import Importer

        return Importer(self.log, Archive(self.settings.archive), actor=self.settings.actor)

    def _lacks_bundled(self, log: EventLog) -> bool:
        """True for a new log, and for one whose first process was stopped before the bundled list was whole."""
        from compliance.bundled import BUNDLED_EVENTS, BUNDLED_LIST
        from compliance.changes import stream_of

        return log.head().size < BUNDLED_EVENTS and set(log.streams()) <= {stream_of(BUNDLED_LIST)}

    def _take_bundled(self) -> None:
        from compliance.bundled import BUNDLED_LIST, bundled_files

        for paths, published in bundled_files():
            for _ in self.import_files(paths, published=published, lists=(BUNDLED_LIST,)):
                pass

    def _learn(self) -> dict[str, Any]:
        """Verifies the log and remembers what a later process needs to answer without opening it."""
        log = self.log
        token = storage_state(self.settings.database_url)
        head = log.verify().head
        kept = {
            "size": head.size,
            "root": head.root,
            "days": [day.isoformat() for day in log.effective_dates()],
        }
        if token:
            with suppress(CacheUnavailable):
                RememberedHead.remember(self.settings.cache, self.settings.database_url, token, kept)
        return kept

    def _head_at(self, known_at: KnownAt, facts: LogFacts) -> tuple[int, str]:
        if known_at is None:
            return facts.size, facts.root
        if isinstance(known_at, int):
            position = known_at
            if not 0 < position <= facts.size:
                raise BadInput(f"the log has no position {position}: it has 1 to {facts.size}")
        else:
            end = datetime.combine(known_at + timedelta(days=1), time.min, UTC)
            position = self.log.position_at(end - timedelta(microseconds=1))
            if position == 0:
                raise CannotSay(f"nothing was known on {known_at}: the log begins later")
        return (facts.size, facts.root) if position == facts.size else (position, self.log.head_at(position).root)


class Sourced(NamedTuple):
    """A publication as read, with the bytes of its files in the same order."""

    publication: Publication
    contents: Sequence[bytes]
