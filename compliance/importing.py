"""A publication in, events out: the guards, the differences, one atomic append for each list, the originals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from compliance.archive import Archive
from compliance.changes import Cause, ListPublished, published_event, stream_of
from compliance.differences import Comparison, Difference
from compliance.errors import ImportRefused
from compliance.model import Publication, Statement
from compliance.sameness import as_known
from compliance.timeline import ListHistory, histories
from events import EventLog
from events.errors import ConcurrentAppend
from events.event import Recorded

GUARD_ENTRIES = 10  # removals up to here never need a second look
GUARD_SHARE = 0.05  # of the list: OFAC's SDN list lost at most 1.9 % in one month of 2021-2022
GUARD_SHARE_MONTH = 0.005  # more for each month between the publications: 43 % in 92 months is on record
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
        self, publication: Publication, contents: Iterable[bytes], *, accept_removals: bool = False
    ) -> ImportSummary:
        """Imports one publication whole, or raises ImportRefused and appends nothing.

        `contents` are the bytes of its files, archived before the first event that names them is written.
        """
        identity = identity_of(publication)
        self._refresh()
        statements = _by_list(publication)
        self._keep_undecided(publication, statements)
        _refuse_empty(publication)
        _refuse_future_entries(publication)
        if not accept_removals:
            self._guard(publication, statements)
        for data in contents:
            self.archive.put(data)
        parts = [self._list(publication, identity, list_id, statements[list_id]) for list_id in publication.lists]
        return ImportSummary(publication, identity, tuple(parts))

    def _refresh(self) -> None:
        """Takes in what was appended since the last look, by this process or another."""
        if self._position == 0:
            self._histories = histories(self._rows())
            return
        for row in self._rows():
            list_id = row.payload.get("list")
            if isinstance(list_id, str):
                self._history(list_id).apply(row)

    def _rows(self) -> Iterable[Recorded]:
        for row in self.log.rows(after=self._position):
            self._position = row.position
            yield row

    def _history(self, list_id: str) -> ListHistory:
        return self._histories.setdefault(list_id, ListHistory(list_id))

    def _list(
        self, publication: Publication, identity: str, list_id: str, statements: Mapping[str, Statement]
    ) -> ListImport:
        for attempt in range(_ATTEMPTS):
            history = self._history(list_id)
            if any(record.publication == identity for record in history.publications):
                return ListImport(list_id, len(statements), 0, {}, already=True)
            covers = _covers(publication, statements.values())
            comparison = Comparison(
                history, publication=identity, published=publication.published, covers=frozenset(covers)
            )
            written_alike = as_known(statements, history, publication)
            found = list(comparison.differences(_with_own_dates(written_alike, covers)))
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

    def _keep_undecided(self, publication: Publication, statements: Mapping[str, dict[str, Statement]]) -> None:
        """Keeps a party on a list where the publication has the party and cannot tell whether it is on that list."""
        stated = {statement.key: statement for statement in publication.statements}
        for list_id, keys in publication.undecided:
            known = self._history(list_id).parties
            for key in sorted(keys & known.keys()):
                if list_id in statements and known[key].at(publication.published).present:
                    said = stated.get(key) or Statement(key, (), {})
                    statements[list_id].setdefault(key, said._replace(lists=(list_id,), listed_on=None))

    def _guard(self, publication: Publication, statements: Mapping[str, Mapping[str, Statement]]) -> None:
        """Refuses a publication from which more entries are gone than lists lose: a cut file looks like that."""
        removed = 0
        allowed = 0.0
        before_total = 0
        for list_id in publication.lists:
            history = self._history(list_id)
            earlier = [r for r in history.publications if r.published <= publication.published]
            if not earlier:
                continue
            present = {key for key, _ in history.at(earlier[-1].published)}
            months = (publication.published - earlier[-1].published).days / 30.44
            removed += len(present - statements[list_id].keys())
            before_total += len(present)
            allowed += len(present) * (GUARD_SHARE + GUARD_SHARE_MONTH * months)
        if removed > GUARD_ENTRIES and removed > allowed:
            raise ImportRefused(
                f"{_named(publication)}: {removed} of {before_total} entries would be removed, more than a list loses "
                f"in that time; if the file is whole and this is so, import it with --accept-removals"
            )


def only(publication: Publication, lists: Sequence[str]) -> Publication:
    """The publication as far as it speaks of these lists. Raises ImportRefused when it does not."""
    missing = [list_id for list_id in lists if list_id not in publication.lists]
    if missing:
        raise ImportRefused(
            f"{_named(publication)}: the file does not hold {', '.join(missing)}, but {', '.join(publication.lists)}"
        )
    chosen = [
        statement._replace(lists=kept)
        for statement in publication.statements
        if (kept := tuple(list_id for list_id in statement.lists if list_id in lists))
    ]
    return publication._replace(lists=tuple(lists), statements=chosen)


def _by_list(publication: Publication) -> dict[str, dict[str, Statement]]:
    found: dict[str, dict[str, Statement]] = {list_id: {} for list_id in publication.lists}
    for statement in publication.statements:
        for list_id in statement.lists:
            found[list_id][statement.key] = statement
    return found


def _covers(publication: Publication, statements: Iterable[Statement]) -> tuple[str, ...]:
    dated = any(statement.listed_on for statement in statements)
    return (*publication.covers, "listed_on") if dated else publication.covers


def _with_own_dates(statements: Mapping[str, Statement], covers: Sequence[str]) -> dict[str, Statement]:
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
    )


def _refuse_empty(publication: Publication) -> None:
    if not publication.statements:
        raise ImportRefused(
            f"{_named(publication)}: there is no entry in it; a list is never empty: get the file again"
        )


def _refuse_future_entries(publication: Publication) -> None:
    later = [s for s in publication.statements if s.listed_on and s.listed_on > publication.published]
    if later:
        raise ImportRefused(
            f"{_named(publication)}: entry {later[0].key} was listed on {later[0].listed_on}, after the publication's "
            f"date {publication.published}: give the right date with --published"
        )


def _named(publication: Publication) -> str:
    return ", ".join(file.name for file in publication.files)


def _counted(differences: Sequence[Difference]) -> dict[str, int]:
    """How many entries were listed, amended, delisted on the publication's word; the others by their cause."""
    own = (Cause.published, Cause.dated)
    names = (d.kind.lower() if d.cause in own else d.cause.value for d in differences)
    return dict(Counter(names))
