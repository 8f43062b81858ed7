"""A publication in, events out: the guards, the differences, one atomic append for each list, the originals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from compliance import __version__
from compliance.archive import Archive
from compliance.changes import PUBLICATION_EVENTS, Cause, ListPublished, published_event, stream_of
from compliance.differences import Comparison, Difference
from compliance.errors import ImportRefused
from compliance.model import EXPIRES, Publication, Statement
from compliance.sameness import as_known
from compliance.sources.catalogue import CATALOGUE, closed_by
from compliance.timeline import HISTORY_EVENTS, ListHistory, histories, publications
from events import EventLog
from events.errors import ConcurrentAppend
from events.event import Recorded

GUARD_ENTRIES = 10  # removals up to here never need a second look
GUARD_SHARE = 0.05  # of the list: OFAC's SDN list lost at most 1.9 % in one month of 2021-2022
GUARD_SHARE_MONTH = 0.005  # more for each month between the publications: 43 % in 92 months is on record
READER = f"entity-compliance {__version__}"
_ATTEMPTS = 5


class ListImport(NamedTuple):
    """What an import did to one list."""

    list_id: str
    entries: int
    appended: int
    counts: Mapping[str, int]
    already: bool = False


class ImportSummary(NamedTuple):
    """What an import did: the publication and each of its lists."""

    publication: Publication
    identity: str
    lists: tuple[ListImport, ...]

    @property
    def appended(self) -> int:
        """How many events were appended in all."""
        return sum(part.appended for part in self.lists)

    @property
    def already(self) -> bool:
        """True when every list had this very publication before."""
        return all(part.already for part in self.lists)


def identity_of(publication: Publication) -> str:
    """The publication's name: SHA-256 over its date and its files' digests, whatever the files are called."""
    digests = sorted(file.sha256 for file in publication.files)
    return sha256("\n".join([publication.published.isoformat(), *digests]).encode()).hexdigest()


class Importer:
    """Imports publications into one log; keeps the histories at hand from one publication to the next."""

    def __init__(self, log: EventLog, archive: Archive, *, actor: str) -> None:
        self.log = log
        self.archive = archive
        self.actor = actor
        self._histories: dict[str, ListHistory] = {}
        self._position = 0

    def take(
        self,
        publication: Publication,
        contents: Iterable[bytes],
        *,
        today: date,
        lists: Sequence[str] = (),
        accept_removals: bool = False,
    ) -> ImportSummary:
        """Imports one publication whole, or raises ImportRefused and appends nothing.

        `contents` are the bytes of its files, archived before the first event that names them is written. With
        `lists`, only these are taken from it, and nothing is said of the others.
        """
        identity, whole = identity_of(publication), publication
        publication = only(publication, lists) if lists else publication
        if already := self._already(publication, identity):
            self._keep(contents)  # an original that was lost since is put back
            return ImportSummary(publication, identity, already)
        _refuse_empty(whole)
        _refuse_future(publication, today)
        refuse_future_entries(publication)
        statements = by_list(publication)
        self._refresh()
        keep_undecided(publication, statements, self._history)
        if not accept_removals:
            self._guard(publication, identity, statements)
        publication = self._with_closures(publication, statements)
        self._keep(contents)
        parts = [self._list(publication, identity, list_id, statements[list_id]) for list_id in publication.lists]
        return ImportSummary(publication, identity, tuple(parts))

    def _keep(self, contents: Iterable[bytes]) -> None:
        for data in contents:
            self.archive.put(data)

    def _already(self, publication: Publication, identity: str) -> tuple[ListImport, ...]:
        """What was done when every list has this very publication; nothing when one has not.

        The histories, which take longer, are not needed to tell.
        """
        held = publications(self.log.rows(types=PUBLICATION_EVENTS))
        entries = {
            list_id: record.entries
            for list_id in publication.lists
            for record in held.get(list_id, ())
            if record.publication == identity
        }
        if len(entries) < len(publication.lists):
            return ()
        return tuple(ListImport(list_id, entries[list_id], 0, {}, already=True) for list_id in publication.lists)

    def _refresh(self) -> None:
        """Takes in what was appended since the last look, by this process or another."""
        if self._position == 0:
            self._histories = histories(self._rows())
            return
        for row in self._rows():
            self._history(row.payload["list"]).apply(row)

    def _rows(self) -> Iterable[Recorded]:
        for row in self.log.rows(after=self._position, types=HISTORY_EVENTS):
            self._position = row.position
            yield row

    def _history(self, list_id: str) -> ListHistory:
        return self._histories.setdefault(list_id, ListHistory(list_id))

    def _list(
        self, publication: Publication, identity: str, list_id: str, statements: Mapping[str, Statement]
    ) -> ListImport:
        for attempt in range(_ATTEMPTS):
            history = self._history(list_id)
            if _holds(history, identity):
                return ListImport(list_id, len(statements), 0, {}, already=True)
            covers = covers_of(publication, statements.values())
            comparison = Comparison(
                history, publication=identity, published=publication.published, covers=frozenset(covers)
            )
            written_alike = as_known(statements, history, publication)
            found = list(comparison.differences(with_own_dates(written_alike, covers)))
            opening = _opening(publication, identity, list_id, covers, len(statements))
            version = self.log.version(stream_of(list_id))
            try:
                written = self.log.append(
                    stream_of(list_id),
                    version,
                    [published_event(opening), *(difference.event for difference in found)],
                    actor=self.actor,
                )
            except ConcurrentAppend:
                if attempt == _ATTEMPTS - 1:
                    raise
                self._refresh()
                continue
            self._refresh()
            return ListImport(list_id, len(statements), len(written), _counted(found))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _with_closures(
        self, publication: Publication, statements: Mapping[str, Mapping[str, Statement]]
    ) -> Publication:
        """Says of a list that its publisher closed why its entries are in the file no more."""
        told = []
        for list_id in publication.lists:
            if closed_by(list_id, publication.published):
                present = {key for key, _ in self._history(list_id).at(publication.published)}
                gone = len(present - statements[list_id].keys())
                day = CATALOGUE[list_id].ended
                told += [f"{list_id} was closed by its publisher on {day}: {gone:,} entries ended with it"] * bool(gone)
        return publication._replace(warnings=(*publication.warnings, *told))

    def _guard(
        self, publication: Publication, identity: str, statements: Mapping[str, Mapping[str, Statement]]
    ) -> None:
        """Refuses a publication from which more entries are gone than lists lose: a cut file looks like that.

        One that is filled in before others is held against the next one too: a wrong date looks like that.
        """
        gone, ahead = Removals(), Removals()
        for list_id in publication.lists:
            history, stated = self._history(list_id), statements[list_id]
            if _holds(history, identity):
                continue
            before, after = _neighbours(history, publication.published)
            if before and not closed_by(list_id, publication.published):
                gone.add(_keys(history, before, publication.published), stated.keys(), before, publication.published)
            if after and not closed_by(list_id, after):
                lasting = {key for key, statement in stated.items() if not _ended(statement.fields, after)}
                ahead.add(lasting, _keys(history, after, after), publication.published, after)
        gone.refuse(named(publication))
        if ahead.too_many:
            raise ImportRefused(
                f"{named(publication)}: {ahead.removed} of {ahead.total} entries are not in the next "
                f"publication held, more than a list loses in that time; if the date {publication.published} is right, "
                f"import it with --accept-removals"
            )


class Removals:
    """How many entries go from one reading to the next, over the lists of a file, and how many may."""

    def __init__(self) -> None:
        self.removed = 0
        self.total = 0
        self.allowed = 0.0

    def add(self, earlier: Set[str], later: Set[str], start: date, end: date) -> None:
        """Counts one list's entries on the two days of its readings."""
        months = (end - start).days / 30.44
        self.removed += len(earlier - later)
        self.total += len(earlier)
        self.allowed += len(earlier) * (GUARD_SHARE + GUARD_SHARE_MONTH * months)

    @property
    def too_many(self) -> bool:
        """True beyond both guards."""
        return self.removed > GUARD_ENTRIES and self.removed > self.allowed

    def refuse(self, what: str) -> None:
        """Raises ImportRefused when there are too many."""
        if self.too_many:
            raise ImportRefused(
                f"{what}: {self.removed} of {self.total} entries would be removed, more than a list loses in that "
                "time; if the file is whole and this is so, import it with --accept-removals"
            )


def _neighbours(history: ListHistory, published: date) -> tuple[date | None, date | None]:
    """The days of the publications held around a new one: the last not later than it, and the next."""
    days = [record.published for record in history.publications]
    return max((d for d in days if d <= published), default=None), min((d for d in days if d > published), default=None)


def _holds(history: ListHistory, identity: str) -> bool:
    return any(record.publication == identity for record in history.publications)


def _keys(history: ListHistory, day: date, until: date) -> Set[str]:
    """Who is on the list on a day, but for those of whom it says that they will be over until another."""
    return {key for key, state in history.at(day) if not _ended(state.fields, until)}


def _ended(fields: Mapping[str, Any], day: date) -> bool:
    """Whether the list itself said that the entry would be over by then: its going is no removal."""
    ends = (fields.get("dates") or {}).get(EXPIRES)
    return ends is not None and str(ends) <= day.isoformat()


def only(publication: Publication, lists: Sequence[str]) -> Publication:
    """The publication as far as it speaks of these lists. Raises ImportRefused when it does not."""
    missing = [list_id for list_id in lists if list_id not in publication.lists]
    if missing:
        raise ImportRefused(
            f"{named(publication)}: the file does not hold {', '.join(missing)}, but {', '.join(publication.lists)}"
        )
    chosen = [
        statement._replace(lists=kept)
        for statement in publication.statements
        if (kept := tuple(list_id for list_id in statement.lists if list_id in lists))
    ]
    return publication._replace(lists=tuple(lists), statements=chosen)


def by_list(publication: Publication) -> dict[str, dict[str, Statement]]:
    """What a publication states of each of its lists, by key."""
    found: dict[str, dict[str, Statement]] = {list_id: {} for list_id in publication.lists}
    for statement in publication.statements:
        for list_id in statement.lists:
            found[list_id][statement.key] = statement
    return found


def keep_undecided(
    publication: Publication, statements: Mapping[str, dict[str, Statement]], history: Callable[[str], ListHistory]
) -> None:
    """Keeps a party on a list where the publication has the party and cannot tell whether it is on that list."""
    stated = {statement.key: statement for statement in publication.statements}
    for list_id, keys in publication.undecided:
        if list_id not in statements:
            continue
        known = history(list_id).parties
        for key in sorted(keys & known.keys()):
            if known[key].at(publication.published).present:
                said = stated.get(key) or Statement(key, (), {})
                statements[list_id].setdefault(key, said._replace(lists=(list_id,), listed_on=None))


def covers_of(publication: Publication, statements: Iterable[Statement]) -> tuple[str, ...]:
    """The fields that a publication states of one list; own dates are stated where any entry has one."""
    dated = any(statement.listed_on for statement in statements)
    return (*publication.covers, "listed_on") if dated else publication.covers


def with_own_dates(statements: Mapping[str, Statement], covers: Sequence[str]) -> dict[str, Statement]:
    """The statements with the entries' own dates among their fields, where these are covered."""
    if "listed_on" not in covers:
        return dict(statements)
    return {
        key: s._replace(fields={**s.fields, "listed_on": s.listed_on.isoformat() if s.listed_on else None})
        for key, s in statements.items()
    }


def _opening(
    publication: Publication, identity: str, list_id: str, covers: Sequence[str], entries: int
) -> ListPublished:
    return ListPublished(
        list=list_id,
        publication=identity,
        format=publication.format,
        published=publication.published,
        date_source=publication.date_source,
        covers=tuple(sorted(covers)),
        files=publication.files,
        entries=entries,
        reader=READER,
    )


def _refuse_empty(publication: Publication) -> None:
    if not publication.statements:
        raise ImportRefused(f"{named(publication)}: there is no entry in it; a list is never empty: get the file again")


def _refuse_future(publication: Publication, today: date) -> None:
    if publication.published > today:
        raise ImportRefused(
            f"{named(publication)}: the publication's date {publication.published} is in the future, today is {today} "
            "(UTC): give the right date with --published"
        )


def refuse_future_entries(publication: Publication) -> None:
    """Raises ImportRefused when an entry's own date lies after the publication's."""
    later = [s for s in publication.statements if s.listed_on and s.listed_on > publication.published]
    if later:
        raise ImportRefused(
            f"{named(publication)}: entry {later[0].key} was listed on {later[0].listed_on}, after the publication's "
            f"date {publication.published}: give the right date with --published"
        )


def named(publication: Publication) -> str:
    """The names of the publication's files, for messages."""
    return ", ".join(file.name for file in publication.files)


def _counted(differences: Sequence[Difference]) -> dict[str, int]:
    """How many entries were listed, amended, delisted on the publication's word; the others by their cause.

    An entry that was known, and is now by its own date since earlier, is `dated`.
    """
    return dict(Counter(_counted_as(difference) for difference in differences))


def _counted_as(found: Difference) -> str:
    if found.cause is Cause.published or (found.cause is Cause.dated and not (found.known and found.kind == "Listed")):
        return found.kind.lower()
    return found.cause.value
