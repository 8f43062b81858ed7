"""`Compliance`: the whole of it for a program that imports this package. The commands are thin on top of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from compliance import settings as settings_
from compliance.answers import Answer
from compliance.book import Book, book_key, write_book
from compliance.errors import CannotSay
from compliance.knowledge import KnownAt, KnownLog, LogFacts, Migration
from compliance.register import Register
from compliance.screening import Options, Screener, Subject
from compliance.snapshots import RegisterStore, replayed
from compliance.timeline import HISTORY_EVENTS, ListHistory, histories, publications
from events.errors import CacheUnavailable
from events.projection import SnapshotStore

if TYPE_CHECKING:
    from compliance.archive import Archive
    from compliance.audit.chronicle import Chronicle
    from compliance.importing import Importer, ImportSummary
    from compliance.model import Publication
    from compliance.records import Asked
    from compliance.rereading import Correction
    from compliance.screenings.journal import Journal
    from compliance.timeline import PublicationRecord
    from compliance.updating.outcome import Outcome
    from events import Event, EventLog, Head, NewEvent, Verification
    from events.note import Signer
    from events.proofs import ConsistencyProof, InclusionProof

Clock = Callable[[], datetime]
OnProgress = Callable[[int, int], None]
_BOOKS_KEPT = 8
_CLOCKS_DIFFER = timedelta(hours=1)  # more is no mere drift


def utc_now() -> datetime:
    """The clock that a program outside of tests passes in."""
    return datetime.now(UTC)


class Compliance:
    """A log of official lists and the questions that can be asked of it.

    Open it with `Compliance.open()`; use it in `with`, or call `close()`.
    """

    def __init__(self, settings: settings_.Settings, clock: Clock, *, bundled: bool = True) -> None:
        self.settings = settings
        self.clock = clock
        self._bundled = bundled
        self._known = KnownLog(settings, self._opened)
        self._temporary = ExitStack()  # folders of books where there is no cache folder

    @classmethod
    def open(cls, database_url: str | None = None, *, clock: Clock = utc_now, bundled: bool = True) -> Self:
        """The log at a URL, or the user's own.

        A new log begins with the bundled NS-CMIC list, unless `bundled` is False.
        """
        return cls(settings_.load(database_url=database_url), clock, bundled=bundled)

    def close(self) -> None:
        """Closes the database, if it was opened, and removes what there was no cache folder for."""
        self._temporary.close()
        self._known.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def today(self) -> date:
        """The day, in UTC, that a question without a date is about."""
        return self.clock().astimezone(UTC).date()

    @property
    def notices(self) -> list[str]:
        """What the user should hear besides the answer."""
        return self._known.notices

    @property
    def log(self) -> EventLog:
        """The event log, opened when first needed; created with the bundled list where there is none."""
        return self._known.log

    def screen(
        self,
        name: str,
        *,
        as_of: date | None = None,
        known_at: KnownAt = None,
        lists: Sequence[str] = (),
        record: bool | None = None,
        **more: Any,
    ) -> Answer:
        """Screens one name; the keywords are those of `Options` and `Subject`.

        With `record`, or by the setting, question and answer go into the log before this returns.
        """
        subject = Subject(name, **{key: more.pop(key) for key in Subject._fields[1:] if key in more})
        screener = self.screener(as_of=as_of, known_at=known_at, lists=tuple(lists), **more)
        answer = screener.screen(subject)
        if self.records(record):
            self.journal.record(subject, screener.options, answer)
        return answer

    def records(self, wanted: bool | None, *, otherwise: bool = False) -> bool:
        """Whether to record: as wanted, else by the setting, else `otherwise`."""
        return next((said for said in (wanted, self.settings.record) if said is not None), otherwise)

    @cached_property
    def journal(self) -> Journal:
        """What was asked and recorded, to be found, shown and answered again."""
        from compliance.screenings.journal import Journal

        return Journal(self._known, self.settings, self.clock, self.screener_of)

    def screener(self, *, as_of: date | None = None, known_at: KnownAt = None, **options: Any) -> Screener:
        """A screener for many queries against one state of the lists. Raises CannotSay when there is none."""
        options.setdefault("max_age", self.settings.max_age)
        asked = Options(as_of=as_of or self.today, today=self.today, **options)
        return Screener(self.book(asked.as_of, known_at), asked)

    def screener_of(self, asked: Asked) -> Screener:
        """The screener of a recorded question. Raises CannotSay where the log never was in the state that answered."""
        from compliance.screenings.reproducing import options_of

        self._require_state(asked)
        return Screener(self.book(asked.as_of, asked.position), options_of(asked))

    def register_of(self, asked: Asked) -> Register:
        """The lists of a recorded question. Raises CannotSay where the log never was in the state that answered."""
        self._require_state(asked)
        return self.register(asked.as_of, asked.position)

    def _require_state(self, asked: Asked) -> None:
        state = self._known.at(min(asked.position, self.facts().size))
        if state != (asked.position, asked.root):
            raise CannotSay(
                f"it was answered from a log that has the root {asked.root[:16]} at position {asked.position:,}; "
                f"this one has {state.root[:16]} at {state.position:,}"
            )

    def book(self, as_of: date, known_at: KnownAt = None) -> Book:
        """The book of a day, from the cache or built now; without a cache folder it is built in a temporary one."""
        position, root = self._known.at(known_at)
        day = max((day for day in self.facts().days if day <= as_of), default=date.min)
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
        position, root = self._known.at(known_at)
        day = max((day for day in self.facts().days if day <= as_of), default=date.min)
        store = RegisterStore(self.settings.cache / "registers", lambda: self.log)
        return store.register(as_of, day=day, position=position, root=root)

    def history(self, list_id: str, known_at: KnownAt = None) -> ListHistory | None:
        """All that a list ever said, as known at a position or at the end of a day of recording; None if not held.

        Read from the rows themselves: an index of the database that hides some is found by `log verify` alone.
        """
        position, _ = self._known.at(known_at)
        rows = self.log.rows(until=position, types=HISTORY_EVENTS)
        return histories(row for row in rows if row.payload["list"] == list_id).get(list_id)

    def chronicle(self, known_at: KnownAt = None) -> Chronicle:
        """Which events speak of whom, as known at a position or at the end of a day of recording. Close it after use.

        Kept in the cache and brought up to date from what was added to the log; the first one reads the whole log.
        """
        from compliance.audit.chronicle import Chronicle
        from compliance.audit.chronicling import Chronicles, write_all

        size, root = self._known.at(None)
        position, known_root = self._known.at(known_at)
        try:
            folder = Chronicles(self.settings.cache / "chronicles", lambda: self.log).folder(size, root)
        except CacheUnavailable:
            folder = Path(self._temporary.enter_context(TemporaryDirectory(prefix="compliance-chronicle-")))
            write_all(self.log, folder, size)
        return Chronicle(folder, self.log, position, known_root)

    def past_screener(self, chronicle: Chronicle, as_of: date, **options: Any) -> Screener:
        """A screener for one day out of a chronicle, which must stay open: the answers are those of `screener`.

        No book is made for the day: it is for many days and few names.
        """
        from compliance.audit.pastbook import PastBook

        options.setdefault("max_age", self.settings.max_age)
        return Screener(PastBook(chronicle, as_of), Options(as_of=as_of, today=self.today, **options))

    def held_publications(self, known_at: KnownAt = None) -> dict[str, list[PublicationRecord]]:
        """The publications held of every list, oldest first, each with the days on which it was checked."""
        from compliance.changes import PUBLICATION_EVENTS

        position, _ = self._known.at(known_at)
        return publications(self.log.rows(until=position, types=PUBLICATION_EVENTS))

    def facts(self) -> LogFacts:
        """The log's verified head. Verified again only when the database has changed. Raises LogBroken."""
        return self._known.facts()

    def verify(self, against: Head | None = None, *, accept: bool = False) -> Verification:
        """Recomputes the whole log now; with `against`, also that it extends that head.

        Raises LogBroken with the first event that is wrong. The state found whole is remembered. A log that does not
        hold any more what was verified from here before is CannotSay, until it is verified once with `accept`: then
        it is taken as it is, and begun anew where there is none.
        """
        found = self._known.verify(against, accept=accept)
        if found.head.recorded_at and found.head.recorded_at > self.clock() + _CLOCKS_DIFFER:
            self.notices.append(
                f"the last event says that it was recorded at {found.head.recorded_at:%Y-%m-%d %H:%M} UTC, which is "
                "still to come: the clock of the machine that wrote it, or of this one, is wrong"
            )
        return found

    def migrate(self) -> Migration:
        """Brings the log's schema up to date and puts its append-only triggers back. Raises LogBroken, CannotSay."""
        return self._known.migrate()

    def append(self, stream: str, expected_version: int, new: Sequence[NewEvent]) -> list[Event]:
        """Appends to a stream that is about no list: what was asked, answered, decided, watched.

        All or none; 0 is the expected version of a new stream. A broken log is not added to: LogBroken. Raises
        ConcurrentAppend where the stream has another version.
        """
        return self._known.append(stream, expected_version, new, actor=self.settings.actor)

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
        from compliance.repeats import Repeats
        from compliance.sources.reading import read_each

        importer, known = self._importer(self.log), Repeats(self.held_publications()).of
        for publication, contents in read_each(paths, published=published, on_group=on_progress, known=known):
            yield importer.take(publication, contents, today=self.today, lists=lists, accept_removals=accept_removals)

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

    def update(self, lists: Sequence[str] = (), **more: Any) -> Iterator[Outcome]:
        """Fetches lists from their publishers and imports what is new; the keywords are those of `updating.session`.

        What is wrong with one list is in its outcome; what is wrong with the question or the log is raised.
        """
        from compliance.updating.session import update

        return update(self, lists, **more)

    def _opened(self, accept: bool) -> EventLog:
        from compliance.continuity import require_begun

        with ExitStack() as closing:
            log = closing.enter_context(self._found_or_begun(accept))
            if not (self._bundled and self._lacks_bundled(log)):
                closing.pop_all()
                return log
            if not accept:
                require_begun(self.settings, log, self._known.before())
            self._take_bundled(log)
        return self._open_log()  # closing folded the write-ahead log in: what is learned of the log now stays true

    def _found_or_begun(self, accept: bool) -> EventLog:
        from compliance.continuity import require_new
        from events import LogNotFound

        try:
            return self._open_log()
        except LogNotFound as absence:
            try:
                if not accept:
                    require_new(self.settings, self._known.before(), absence)
            except CannotSay:
                with suppress(LogNotFound):
                    return self._open_log()  # another process has begun it meanwhile
                raise
        return self._open_log(create=True)

    def _open_log(self, *, create: bool = False) -> EventLog:
        from compliance.changes import UPCASTS
        from events import EventLog

        return EventLog.open(self.settings.database_url, clock=self.clock, create=create, upcasts=UPCASTS)

    def _importer(self, log: EventLog) -> Importer:
        from compliance.importing import Importer

        return Importer(log, self.archive, actor=self.settings.actor)

    def _lacks_bundled(self, log: EventLog) -> bool:
        """True for a new log, and for one whose first process was stopped before the bundled list was whole."""
        from compliance.bundled import BUNDLED_EVENTS, BUNDLED_LIST
        from compliance.changes import stream_of

        return log.head().size < BUNDLED_EVENTS and set(log.streams()) <= {stream_of(BUNDLED_LIST)}

    def _take_bundled(self, log: EventLog) -> None:
        from compliance.bundled import BUNDLED_LIST, bundled_files

        importer = self._importer(log)
        for paths, published in bundled_files():
            for publication, contents in self.publications(paths, published):
                importer.take(publication, contents, today=self.today, lists=(BUNDLED_LIST,))

    def _note(self, facts: LogFacts) -> str:
        from compliance import evidence

        signer = self.signer()
        return evidence.checkpoint(self.log, facts, signer).note(signer)


class Sourced(NamedTuple):
    """A publication as read, with the bytes of its files in the same order."""

    publication: Publication
    contents: Sequence[bytes]
