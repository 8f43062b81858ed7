"""`Compliance`: the whole of it for a program that imports this package. The commands are thin on top of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
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
from compliance.snapshots import RegisterStore, replayed
from compliance.timeline import HISTORY_EVENTS, ListHistory, histories, publications
from events.errors import CacheUnavailable
from events.projection import SnapshotStore
from events.state import RememberedHead, storage_state

if TYPE_CHECKING:
    from compliance.archive import Archive
    from compliance.importing import Importer, ImportSummary
    from compliance.model import Publication
    from compliance.rereading import Correction
    from compliance.timeline import PublicationRecord
    from compliance.updating.outcome import Outcome
    from events import EventLog, Head, Verification
    from events.note import Signer
    from events.proofs import ConsistencyProof, InclusionProof

Clock = Callable[[], datetime]
KnownAt = date | int | None
OnProgress = Callable[[int, int], None]
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
        self._temporary = ExitStack()  # folders of books where there is no cache folder
        self.notices: list[str] = []  # what the user should hear besides the answer

    @classmethod
    def open(cls, database_url: str | None = None, *, clock: Clock = utc_now, bundled: bool = True) -> Self:
        """The log at a URL, or the user's own.

        A new log begins with the bundled NS-CMIC list, unless `bundled` is False.
        """
        return cls(settings_.load(database_url=database_url), clock, bundled=bundled)

    def close(self) -> None:
        """Closes the database, if it was opened, and removes what there was no cache folder for."""
        self._temporary.close()
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
            self._log = self._open_log()
            if self._bundled and self._lacks_bundled(self._log):
                self._take_bundled()
                self._log.close()  # folds the write-ahead log in, so that what is learned of the log now stays true
                self._log = self._open_log()
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
        subject = Subject(name, **{key: more.pop(key) for key in Subject._fields[1:] if key in more})
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
            register = replayed(self.log, day, position)
            try:
                held = store.build(key, lambda folder: write_book(register, root, folder))
                store.prune(_BOOKS_KEPT)
            except CacheUnavailable:
                held = Path(self._temporary.enter_context(TemporaryDirectory(prefix="compliance-book-")))
                write_book(register, root, held)
        return Book(held)

    def register(self, as_of: date, known_at: KnownAt = None) -> Register:
        """Every list as of the end of a day, as known at a position, or at the end of a day of recording.

        What was recorded in one append was known at once: a position inside one means the end of the append before.
        """
        facts = self.facts()
        position, root = self._head_at(known_at, facts)
        day = max((day for day in facts.days if day <= as_of), default=date.min)
        store = RegisterStore(self.settings.cache / "registers", lambda: self.log)
        return store.register(as_of, day=day, position=position, root=root)

    def history(self, list_id: str, known_at: KnownAt = None) -> ListHistory | None:
        """All that a list ever said, as known at a position or at the end of a day of recording; None if not held.

        Read from the rows themselves: an index of the database that hides some is found by `log verify` alone.
        """
        position, _ = self._head_at(known_at, self.facts())
        rows = self.log.rows(until=position, types=HISTORY_EVENTS)
        return histories(row for row in rows if row.payload["list"] == list_id).get(list_id)

    def held_publications(self, known_at: KnownAt = None) -> dict[str, list[PublicationRecord]]:
        """The publications held of every list, oldest first, each with the days on which it was checked."""
        from compliance.changes import PUBLICATION_EVENTS

        position, _ = self._head_at(known_at, self.facts())
        return publications(self.log.rows(until=position, types=PUBLICATION_EVENTS))

    def facts(self) -> LogFacts:
        """The log's verified head. Verified again only when the database has changed. Raises LogBroken."""
        token = self._state()
        if self._facts is not None and token == self._token:
            return self._facts
        url, cache = self.settings.database_url, self.settings.cache
        kept = _facts_of(RememberedHead.recall(cache, url, token)) if token else None
        if kept is None:
            token, kept = self._learn(_facts_of(RememberedHead.latest(cache, url)), new=token is None)
        self._token, self._facts = token, kept
        return kept

    def verify(self, against: Head | None = None) -> Verification:
        """Recomputes the whole log now; with `against`, also that it extends that head.

        Raises LogBroken with the first event that is wrong. The state found whole is remembered.
        """
        log, token = self.log, self._state()
        found = log.verify(against=against, indexes=True)
        self._remember(token, found)
        return found

    def head(self) -> str:
        """The verified head as a C2SP checkpoint, signed where a key is configured. Raises LogBroken."""
        return self._note(self.facts())

    def prove(self, position: int) -> InclusionProof:
        """The proof that the event at a position is in the head of now. Raises LogBroken, NoSuchPosition."""
        from compliance import evidence

        facts = self.facts()
        return evidence.inclusion(self.log, facts, self._note(facts), position)

    def prove_since(self, earlier: str) -> ConsistencyProof:
        """The proof that the head of now only added to an earlier one, given in any form `parse_head` reads.

        Raises LogBroken when the log does not extend it, InvalidNote when it cannot be read.
        """
        from compliance import evidence

        facts = self.facts()
        return evidence.consistency(self.log, facts, self._note(facts), earlier)

    def signer(self) -> Signer | None:
        """The key that signs heads; None when none is configured. Raises BadInput for a file that is none."""
        from compliance import evidence

        return evidence.read_signer(self.settings.log_key) if self.settings.log_key else None

    def publications(
        self, paths: Sequence[Path], published: date | None = None, on_group: OnProgress | None = None
    ) -> Iterator[Sourced]:
        """Reads official files, one publication after the other, oldest first."""
        from compliance.sources.reading import read_each

        for publication, contents in read_each(paths, published=published, on_group=on_group):
            yield Sourced(publication, contents)

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        published: date | None = None,
        lists: Sequence[str] = (),
        accept_removals: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Iterator[ImportSummary]:
        """Imports official files: a file, a folder or a ZIP each. Each publication is imported whole or refused.

        With `lists`, only these lists are taken from the files, and nothing is said of the others. `on_progress`
        hears how many publications of how many are done. A broken log is not added to: LogBroken.
        """
        self.facts()
        yield from self._import(paths, published, lists, accept_removals, on_progress)

    def _import(
        self,
        paths: Sequence[Path],
        published: date | None,
        lists: Sequence[str],
        accept_removals: bool,
        on_progress: OnProgress | None = None,
    ) -> Iterator[ImportSummary]:
        importer = self._importer()
        for sourced in self.publications(paths, published, on_progress):
            yield importer.take(
                sourced.publication, sourced.contents, today=self.today, lists=lists, accept_removals=accept_removals
            )

    def reread(self, which: Sequence[str] = (), *, accept_removals: bool = False) -> list[Correction]:
        """Reads archived originals again: all, or those named by publication, list or day. Differences go in as
        corrections; what was known at an earlier position stays as it was. A broken log is not added to: LogBroken.
        """
        from compliance.rereading import Rereader

        self.facts()
        rereader = Rereader(self.log, self.archive, actor=self.settings.actor)
        return rereader.reread(which, accept_removals=accept_removals)

    @property
    def archive(self) -> Archive:
        """The originals of what was imported."""
        from compliance.archive import Archive

        return Archive(self.settings.archive)

    def _open_log(self) -> EventLog:
        from compliance.changes import UPCASTS
        from events import EventLog

        return EventLog.open(self.settings.database_url, clock=self.clock, upcasts=UPCASTS)

    def update(self, lists: Sequence[str] = (), **more: Any) -> Iterator[Outcome]:
        """Fetches lists from their publishers and imports what is new; the keywords are those of `updating.session`.

        What is wrong with one list is in its outcome; what is wrong with the question or the log is raised.
        """
        from compliance.updating.session import update

        return update(self, lists, **more)

    def _importer(self) -> Importer:
        from compliance.importing import Importer

        return Importer(self.log, self.archive, actor=self.settings.actor)

    def _lacks_bundled(self, log: EventLog) -> bool:
        """True for a new log, and for one whose first process was stopped before the bundled list was whole."""
        from compliance.bundled import BUNDLED_EVENTS, BUNDLED_LIST
        from compliance.changes import stream_of

        return log.head().size < BUNDLED_EVENTS and set(log.streams()) <= {stream_of(BUNDLED_LIST)}

    def _take_bundled(self) -> None:
        from compliance.bundled import BUNDLED_LIST, bundled_files

        for paths, published in bundled_files():
            for _ in self._import(paths, published, (BUNDLED_LIST,), accept_removals=False):
                pass

    def _note(self, facts: LogFacts) -> str:
        from compliance import evidence

        signer = self.signer()
        return evidence.checkpoint(self.log, facts, signer).note(signer)

    def _learn(self, before: LogFacts | None, *, new: bool) -> tuple[str | None, LogFacts]:
        """Verifies the log: of one that grew, what was verified before by its hashes; of any other, everything."""
        from events import Head

        log, token = self.log, self._state()
        known = Head(size=before.size, root=before.root) if before and not new else Head()
        grew = known.size < log.head().size
        found = log.verify(known=known if grew else None)
        head = found.head
        if known.size > head.size or log.head_at(known.size).root != known.root:
            self.notices.append(
                f"the log held {known.size:,} events when it was last verified from here, and does not hold them now; "
                "if nobody put an earlier copy in its place, hold it against a head kept elsewhere"
            )
        return token, self._remember(token, found)

    def _remember(self, token: str | None, found: Verification) -> LogFacts:
        """Keeps what a later process needs to answer without opening the log."""
        facts = LogFacts(found.head.size, found.head.root, found.days)
        if token:
            kept = {**facts._asdict(), "days": [day.isoformat() for day in facts.days]}
            with suppress(CacheUnavailable):
                RememberedHead.remember(self.settings.cache, self.settings.database_url, token, kept)
        return facts

    def _state(self) -> str | None:
        """The database's state; over the connection that is open, where there is one."""
        return storage_state(self.settings.database_url) if self._log is None else self._log.state()

    def _head_at(self, known_at: KnownAt, facts: LogFacts) -> tuple[int, str]:
        if known_at is None:
            return facts.size, facts.root
        if isinstance(known_at, int):
            if known_at == facts.size:
                return facts.size, facts.root
            if not 0 < known_at < facts.size:
                raise BadInput(f"the log has no position {known_at}: it has 1 to {facts.size}")
            position = self.log.whole_until(known_at)
            if position == 0:
                raise CannotSay(f"nothing was known at position {known_at}: it lies inside the log's first append")
        else:
            end = datetime.combine(known_at + timedelta(days=1), time.min, UTC)
            position = self.log.position_at(end - timedelta(microseconds=1))
            if position == 0:
                raise CannotSay(f"nothing was known on {known_at}: the log begins later")
        return (facts.size, facts.root) if position == facts.size else (position, self.log.head_at(position).root)


def _facts_of(kept: dict[str, Any] | None) -> LogFacts | None:
    """What was remembered; None when it is not what we would have written."""
    try:
        days = tuple(date.fromisoformat(day) for day in kept["days"]) if kept else ()
        return LogFacts(int(kept["size"]), str(kept["root"]), days) if kept else None
    except (KeyError, TypeError, ValueError):
        return None


class Sourced(NamedTuple):
    """A publication as read, with the bytes of its files in the same order."""

    publication: Publication
    contents: Sequence[bytes]
