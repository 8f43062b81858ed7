"""What an evidence pack is about, gathered from the log: a run, a screening, an entry, or a portfolio.

The events concerned are those of the question itself, the publications of the lists that were asked, and for each hit
the event that decided what the entry was on that day; for a portfolio, who was watched, every look with its alerts, and
what people decided on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from compliance.audit.stories import entry_history
from compliance.entries import assemble
from compliance.errors import BadInput
from compliance.measures import in_words
from compliance.monitoring import portfolios
from compliance.monitoring.decisions import Decisions
from compliance.monitoring.records import (
    ALERT_RAISED,
    ALERTS_LOOKED,
    AlertRaised,
    AlertsLooked,
    disposition_stream,
    portfolio_stream,
    watch_stream,
)
from compliance.provenance import Original, files_of
from compliance.records import RUN_RECORDED, Asked, ListAsked, RecordedHit, RowHit, RunRecorded, ScreeningRecorded
from compliance.report.gathering import recorded, report_of, screening_report
from compliance.report.pack import Evidence, Proved
from compliance.report.page import rendered, run_page
from compliance.sources.catalogue import list_info
from compliance.timeline import PublicationRecord, fold
from events import canonical_bytes
from events.merkle import inclusion_proofs
from events.proofs import InclusionProof, dump_proof

if TYPE_CHECKING:
    from compliance.facade import Compliance
    from events import Event

_DETAILS = 200  # cases of a run that are explained word by word


class Concerned(NamedTuple):
    """What a pack is about, its page, and where in the log it rests."""

    what: str
    page: str
    positions: frozenset[int]
    publications: tuple[PublicationRecord, ...]


def concerned(compliance: Compliance, subject: str, details: int = _DETAILS) -> Concerned:
    """What a run or a screening by its id, an entry as LIST/KEY, or a portfolio by its name, rests on; and its page.

    Raises BadInput when the log holds nothing of that name, LogBroken when it is not whole.
    """
    compliance.facts()
    if "/" in subject:
        return _entry(compliance, subject)
    if subject in portfolios.names(compliance.log):
        return _portfolio(compliance, subject)
    return _recorded(compliance, subject, details)


def gather(compliance: Compliance, subject: str) -> Evidence:
    """The evidence about a subject, as `concerned` takes it."""
    facts = compliance.facts()
    found = concerned(compliance, subject)
    head = compliance.head()
    positions = sorted(found.positions | {record.position for record in found.publications})
    paths = inclusion_proofs(compliance.log.leaves(facts.size), (position - 1 for position in positions))
    proved = tuple(
        _proved(compliance.log.get(position), path, head) for position, path in zip(positions, paths, strict=True)
    )
    read_me = rendered("pack.txt", what=found.what, events=len(proved), signed=compliance.signer() is not None)
    return Evidence(found.page, read_me, proved, head, tuple(_originals(found.publications)))


def _proved(event: Event, path: Iterable[bytes], head: str) -> Proved:
    canonical = canonical_bytes(event)
    hashes = tuple(beside.hex() for beside in path)
    proof = InclusionProof(position=event.position, event=canonical.decode(), path=hashes, head=head)
    proof.check()
    return Proved(event, canonical, dump_proof(proof))


def _originals(publications: Iterable[PublicationRecord]) -> Iterator[Original]:
    yield from dict.fromkeys(file for record in publications for file in files_of(record))


def _recorded(compliance: Compliance, record_id: str, details: int) -> Concerned:
    events = recorded(compliance, record_id)
    positions = {event.position for event in events}
    if events[0].type == RUN_RECORDED:
        run = RunRecorded.model_validate(events[0].payload)
        hits = [hit for event in events[1:] for hit in RowHit.model_validate(event.payload).hits]
        page = run_page(report_of(compliance, events, details), "html")
        return _asked(compliance, f"screening run {run.id}", page, positions, run.asked, run.lists, hits)
    record = ScreeningRecorded.model_validate(events[0].payload)
    page = rendered("screening.html", **screening_report(compliance, events[0])._asdict())
    return _asked(compliance, f"screening {record.id}", page, positions, record.asked, record.lists, record.hits)


def _asked(
    compliance: Compliance,
    what: str,
    page: str,
    positions: set[int],
    asked: Asked,
    lists: Iterable[ListAsked],
    hits: Iterable[RecordedHit],
) -> Concerned:
    """A question's own events, the publications that it was put to, and what decided the entries that were hit."""
    held = compliance.held_publications(asked.position)
    wanted = {(one.id, one.publication) for one in lists}
    publications = tuple(r for id_, records in held.items() for r in records if (id_, r.publication) in wanted)
    register = compliance.register_of(asked)
    listings = (register.find(*entry.split("/", 1)) for entry in dict.fromkeys(hit.entry for hit in hits))
    deciding = {listing.position for listing in listings if listing and listing.position}
    return Concerned(what, page, frozenset(positions | deciding), publications)


def _portfolio(compliance: Compliance, name: str) -> Concerned:
    log = compliance.log
    watched = list(log.read(stream=portfolio_stream(name)))
    told = list(log.read(stream=watch_stream(name)))
    looks = [AlertsLooked.model_validate(event.payload) for event in told if event.type == ALERTS_LOOKED]
    alerts = [AlertRaised.model_validate(event.payload) for event in told if event.type == ALERT_RAISED]
    streams = dict.fromkeys(disposition_stream(alert.entry) for alert in alerts)
    decided = [event for stream in streams for event in log.read(stream=stream)]
    portfolio = portfolios.Portfolio.load(log, name)
    made = [one for one in Decisions.of(log) if portfolio.get(one.made.counterparty.id)]
    page = rendered("portfolio.html", name=name, portfolio=portfolio, looks=looks, alerts=alerts[::-1], decisions=made)
    positions = frozenset(event.position for event in (*watched, *told, *decided))
    return Concerned(f"portfolio {name}", page, positions, tuple(_looked_at(compliance, looks)))


def _looked_at(compliance: Compliance, looks: Iterable[AlertsLooked]) -> Iterator[PublicationRecord]:
    """The publications that the last look rests on: the last of each list that it asked."""
    last = max(looks, key=lambda look: look.position, default=None)
    if last is None:
        return
    for list_id, records in compliance.held_publications(last.position).items():
        known = [record for record in records if record.published <= last.as_of]
        if list_id in last.asked and known:
            yield known[-1]


def _entry(compliance: Compliance, entry: str) -> Concerned:
    list_id, key = entry.split("/", 1)
    list_info(list_id)
    history = compliance.history(list_id)
    if history is None or key not in history.parties:
        raise BadInput(f"the log holds nothing of {entry!r}: write LIST/KEY as `screen` prints it")
    changes = history.parties[key].changes
    last = assemble(list_id, key, fold(changes).fields)
    page = rendered(
        "entry.html",
        entry=entry,
        name=last.primary_name,
        list_title=list_info(list_id).title,
        steps=list(entry_history(history, key)),
        forbidden=[in_words(measure) for measure in last.measures],
    )
    named = {change.publication for change in changes}
    publications = tuple(record for record in history.publications if record.publication in named)
    return Concerned(f"entry {entry}", page, frozenset(change.position for change in changes), publications)
