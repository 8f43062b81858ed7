"""The log, and what is known of it without opening it: its verified head, and its state for questions about lists.

A log is verified when it has changed since it was last verified from here. Answers rest on the last event about a list:
what else is recorded (screenings, runs, decisions) changes no answer, and throws nothing away that was derived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from compliance.errors import BadInput, CannotSay
from events.errors import CacheUnavailable, EventsError, LogReplaced
from events.state import RememberedHead, storage_state

if TYPE_CHECKING:
    from compliance.settings import Settings
    from events import Event, EventLog, Head, NewEvent, Verification

KnownAt = date | int | None
LIST_STREAMS = "list/"  # how the streams that hold events about lists begin


class LogState(NamedTuple):
    """A position of the log that holds an event about a list, and the Merkle root there."""

    position: int
    root: str


class LogFacts(NamedTuple):
    """A verified head; the last state that lists rest on; and the days on which something happened on a list."""

    size: int
    root: str
    listed: LogState
    days: tuple[date, ...]


class Migration(NamedTuple):
    """The schema's versions before and after, what was wrong with the triggers, and the head, which is the same."""

    before: int
    after: int
    restored: tuple[str, ...]
    head: Head


class KnownLog:
    """One log: opened by `opener` when that is needed, verified when it has changed, asked what was known when.

    `opener` is told whether a log is to be taken as it is found, or begun anew, whatever was there before.
    """

    def __init__(self, settings: Settings, opener: Callable[[bool], EventLog]) -> None:
        self._url, self._cache = settings.database_url, settings.cache
        self._opener = opener
        self._log: EventLog | None = None
        self._facts: LogFacts | None = None
        self._token: str | None = None
        self._appended = False
        self.notices: list[str] = []  # what the user should hear besides the answer

    @property
    def log(self) -> EventLog:
        """The event log, opened when first needed."""
        return self._open(accept=False)

    def _open(self, *, accept: bool) -> EventLog:
        if self._log is None:
            self._log = self._opener(accept)
        return self._log

    def close(self) -> None:
        """Closes the log, if it was opened. What was appended here need not be verified by the next process."""
        if self._log is not None:
            if self._appended:
                with suppress(EventsError):
                    self._keep_appended()
            self._log.close()
            self._log = None

    def facts(self) -> LogFacts:
        """The log's verified head. Verified again only when the database has changed. Raises LogBroken."""
        token = self._state()
        if self._facts is not None and token == self._token:
            return self._facts
        kept = _facts_of(RememberedHead.recall(self._cache, self._url, token)) if token else None
        if kept is None:
            token, kept = self._learn(self.before())
        self._token, self._facts = token, kept
        return kept

    def before(self) -> LogFacts | None:
        """What was verified last, here or by another process with this cache folder; None when nothing was."""
        return _facts_of(RememberedHead.latest(self._cache, self._url)) or self._facts

    def verify(self, against: Head | None = None, *, accept: bool = False) -> Verification:
        """Recomputes the whole log now; with `against`, also that it extends that head.

        Raises LogBroken with the first event that is wrong, and CannotSay when the log does not hold what was
        verified of it before, unless `accept`: then it is taken as it is. The state found whole is remembered.
        """
        before = self.before()
        self._state()  # a log whose file was replaced is closed by this
        log = self._open(accept=accept)
        token = self._state()
        found = log.verify(against=against, indexes=True, streams=LIST_STREAMS)
        try:
            require_grown(log, found.head.size, before)
        except CannotSay:
            if not accept or before is None:
                raise
            self.notices.append(f"given up: the {before.size:,} events with the root {before.root} that were here")
        self._token, self._facts = token, self._remember(token, self._told_by(found))
        return found

    def migrate(self) -> Migration:
        """Brings the schema up to date and puts the append-only triggers back; what is recorded stays as it is.

        Raises LogBroken, and CannotSay when the log does not hold what was verified of it before.
        """
        before = self.before()
        kept = self.log.verify(guards=False).head
        require_grown(self.log, kept.size, before)
        restored = self.log.protect()
        was, now = self.log.migrate()
        return Migration(was, now, tuple(restored), self.log.verify(against=kept).head)

    def at(self, known_at: KnownAt) -> LogState:
        """The state that the lists rest on: the last event about one at or before a position, or the end of a day.

        What was appended together was known at once: a position inside an append means the end of the one before.
        Raises BadInput for a position that there is not, CannotSay where nothing was known of any list.
        """
        facts = self.facts()
        if known_at is None:
            return facts.listed
        position = self._position(known_at, facts)
        if position >= facts.listed.position:
            return facts.listed
        listed = self.log.whole_until(position, LIST_STREAMS)
        if listed == 0:
            when = f"on {known_at}" if isinstance(known_at, date) else f"at position {known_at}"
            raise CannotSay(f"nothing was known {when}: the first whole list in the log comes later")
        return LogState(listed, self.log.head_at(listed).root)

    def append(self, stream: str, expected_version: int, new: Sequence[NewEvent], *, actor: str) -> list[Event]:
        """Appends events that are not about lists. A broken log is not added to: LogBroken. Raises ConcurrentAppend.

        The log was verified just before; if nobody else appended meanwhile, it need not be verified again for this.
        """
        before = self.facts()
        appended = self.log.append(stream, expected_version, new, actor=actor)
        if not appended:
            return appended
        token, heads = self.log.state(), self.log.heads(before.size)
        alone = [head.size for head in heads] == [before.size, appended[-1].position]
        if alone and heads[0].root == before.root:
            self._facts = before._replace(size=heads[-1].size, root=heads[-1].root)
            self._token, self._appended = token, True
        return appended

    def _position(self, known_at: date | int, facts: LogFacts) -> int:
        if isinstance(known_at, int):
            if not 0 < known_at <= facts.size:
                raise BadInput(f"the log has no position {known_at}: it has 1 to {facts.size}")
            return known_at
        end = datetime.combine(known_at + timedelta(days=1), time.min, UTC)
        return self.log.position_at(end - timedelta(microseconds=1))

    def _learn(self, before: LogFacts | None) -> tuple[str | None, LogFacts]:
        """Verifies the log: of one that grew, what was verified before by its hashes; of any other, everything."""
        from events import Head

        log, token = self.log, self._state()
        known = Head(size=before.size, root=before.root) if before else Head()
        grew = known.size < log.head().size
        found = log.verify(known=known if grew else None, streams=LIST_STREAMS)
        require_grown(log, found.head.size, before)
        return token, self._remember(token, self._told_by(found))

    def _told_by(self, found: Verification) -> LogFacts:
        listed = LogState(found.last, self.log.head_at(found.last).root)
        return LogFacts(found.head.size, found.head.root, listed, found.days)

    def _remember(self, token: str | None, facts: LogFacts) -> LogFacts:
        """Keeps what a later process needs to answer without opening the log."""
        if token:
            kept = {**facts._asdict(), "days": [day.isoformat() for day in facts.days]}
            with suppress(CacheUnavailable):
                RememberedHead.remember(self._cache, self._url, token, kept)
        return facts

    def _keep_appended(self) -> None:
        """Remembers the head after the appends of this process, if nothing has changed the database since."""
        facts = self._facts
        if facts is None or self.log.state() != self._token:
            return
        self.log.settle()  # closing would change the token
        token, head = self.log.state(), self.log.head()
        if (head.size, head.root) == (facts.size, facts.root):
            self._remember(token, facts)

    def _state(self) -> str | None:
        """The database's state; over the connection that is open, where there is one."""
        if self._log is not None:
            try:
                return self._log.state()
            except LogReplaced:
                self._log.close()
                self._log = None  # it is opened anew, and verified, when it is needed
        return storage_state(self._url)


def require_grown(log: EventLog, size: int, before: LogFacts | None) -> None:
    """Raises CannotSay unless the log, which is whole and of this size, begins with what was verified before."""
    if before is None or (before.size <= size and log.head_at(before.size).root == before.root):
        return
    held = f"{log.name} held {before.size:,} events when it was last verified from here"
    now = f"holds {size:,} now" if before.size > size else "does not begin with them now"
    raise CannotSay(f"{held}, and {now}: {what_to_do('go on with it')}")


def what_to_do(otherwise: str) -> str:
    """How to go on where a log is not what it was."""
    return (
        "restore it from a backup, name another place (COMPLIANCE_DATA_DIR or COMPLIANCE_DATABASE_URL), or, if it is "
        f"meant to be so, {otherwise} by `compliance log verify --accept`"
    )


def _facts_of(kept: dict[str, Any] | None) -> LogFacts | None:
    """What was remembered; None when it is not what we would have written."""
    try:
        if not kept:
            return None
        position, root = kept["listed"]
        listed = LogState(int(position), str(root))
        days = tuple(date.fromisoformat(day) for day in kept["days"])
        return LogFacts(int(kept["size"]), str(kept["root"]), listed, days)
    except (KeyError, TypeError, ValueError):
        return None
