"""Was this name on a list on a day: by what is known now, by what was known then, and would it have been found?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from compliance.answers import Answer, Hit, Outcome
from compliance.audit.chronicle import Chronicle, Mention
from compliance.model import Value
from compliance.provenance import Original, files_of
from compliance.register import since_in_words

SCHEMA = "entity-compliance/audit/1"


class Learned(Value):
    """The event that first put an entry on its list for a day, when it was recorded, and from which files."""

    day: date
    position: int
    effective: date
    published: date
    originals: tuple[Original, ...]


class Found(Value):
    """An entry that the name may be: its score and why; `listed_on` is its own date, `since` the record's.

    `learned` is None where the log does not tell.
    """

    entry: str
    name: str
    score: float
    matched_name: str
    matched_kind: str
    reason: str
    listed_on: date | None
    since: date | None
    since_in_words: str
    forbidden: tuple[str, ...]
    state: str | None = None
    learned: Learned | None = None


class View(Value):
    """What a screening of that day says by one state of knowledge, and the log's position that it rests on.

    `position` is None, and `why` tells why, where nothing was known.
    """

    outcome: Outcome
    why: tuple[str, ...]
    position: int | None = None
    root: str | None = None
    found: tuple[Found, ...] = ()


class OtherTimes(Value):
    """An entry that had this very name, but is no hit of that day; `periods` are its first and last days on the list.

    An end that is None means that it is on the list by the last publication held.
    """

    entry: str
    periods: tuple[tuple[date, date | None], ...]


class NameAudit(Value):
    """The whole answer. `verdict` says in a sentence whether a screening on that day would have found the name."""

    name: str
    on: date
    threshold: float
    matcher: str
    now: View
    then: View
    verdict: str
    other_times: tuple[OtherTimes, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Hits where either knowledge has them; else what is known now decides."""
        return Outcome.hits if Outcome.hits in (self.now.outcome, self.then.outcome) else self.now.outcome


def name_audit(name: str, on: date, now: Answer, then: Answer | str, chronicle: Chronicle) -> NameAudit:
    """Puts two answers about one day side by side; `then` is text where nothing was known on that day, and says why."""
    views = (_view(now, chronicle), _unknown(then) if isinstance(then, str) else _view(then, chronicle))
    hits = {found.entry for view in views for found in view.found}
    return NameAudit(
        name=name,
        on=on,
        threshold=now.threshold,
        matcher=now.matcher,
        now=views[0],
        then=views[1],
        verdict=_verdict(*views, on),
        other_times=tuple(_other_times(chronicle, name, hits)),
    )


def _unknown(why: str) -> View:
    return View(outcome=Outcome.cannot_say, why=(why,))


def _view(answer: Answer, chronicle: Chronicle) -> View:
    return View(
        outcome=answer.outcome,
        why=answer.why,
        position=answer.position,
        root=answer.root,
        found=tuple(_found(hit, answer, chronicle) for hit in answer.hits),
    )


def _found(hit: Hit, answer: Answer, chronicle: Chronicle) -> Found:
    complete_since = next((b.complete_since for b in answer.lists if b.id == hit.entry.list_id), None)
    listed = f"listed {hit.entry.listed_on}" if hit.entry.listed_on else since_in_words(hit.since, complete_since)
    return Found(
        entry=hit.entry.id,
        name=hit.entry.primary_name,
        score=hit.score,
        matched_name=hit.matched_name,
        matched_kind=hit.matched_kind,
        reason=hit.reason.summary,
        listed_on=hit.entry.listed_on,
        since=hit.since,
        since_in_words=listed,
        forbidden=hit.forbidden,
        state=hit.state,
        learned=_learned(chronicle, hit.entry.list_id, hit.entry.key, answer.as_of),
    )


def _learned(chronicle: Chronicle, list_id: str, key: str, day: date) -> Learned | None:
    party = chronicle.party(list_id, key)
    told = [m for m in chronicle.mentions(party) if m.present and m.effective <= day] if party else []
    if not told:
        return None
    first = min(told, key=lambda mention: mention.position)
    record = next(r for r in chronicle.publications(list_id) if r.publication == first.publication)
    return Learned(
        day=chronicle.learned([first.position])[first.position],
        position=first.position,
        effective=first.effective,
        published=record.published,
        originals=files_of(record),
    )


def _verdict(now: View, then: View, on: date) -> str:
    if then.position is None:
        found = "found it" if now.found else "told anything"
        return f"a screening on {on} could not have {found}: nothing was known to this log"
    if then.found:
        best = then.found[0]
        return f"a screening on {on} would have found it: {best.entry} with {best.score:.1f}"
    late = [found.learned.day for found in now.found if found.learned and found.learned.day > on]
    learned = f"; it was learned on {min(late)}, {_days((min(late) - on).days)} later" if late else ""
    if then.outcome is Outcome.cannot_say:
        return f"a screening on {on} would have found nothing, and said so with doubt: {'; '.join(then.why)}{learned}"
    return f"a screening on {on} would have said clear{learned}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _other_times(chronicle: Chronicle, name: str, hits: set[str]) -> Iterator[OtherTimes]:
    for party in chronicle.named(name):
        if party.id not in hits and (periods := tuple(periods_of(chronicle.mentions(party)))):
            yield OtherTimes(entry=party.id, periods=periods)


def periods_of(mentions: Sequence[Mention]) -> Iterator[tuple[date, date | None]]:
    """The first and the last day of each time on the list; None for an end that has not come."""
    since: date | None = None
    for mention in mentions:
        if mention.present and since is None:
            since = mention.effective
        elif mention.present is False and since is not None:
            if mention.effective > since:
                yield since, mention.effective - timedelta(days=1)
            since = None
    if since is not None:
        yield since, None
