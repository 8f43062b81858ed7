"""Answering a recorded question again from the log alone, and saying whether the answer is the same, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compliance.answers import Answer
from compliance.errors import CannotSay
from compliance.model import Value
from compliance.records import Asked, RecordedHit, ScreeningRecorded, Who
from compliance.screening import Options, Screener, Subject
from compliance.screenings.keeping import Keeping, NameKeys, has_name, is_subject, particulars, same_digest, subject_of
from compliance.screenings.recording import canonical_answer, screening_record

ScreenerFor = Callable[[Asked], Screener]


class Reproduced(Value):
    """A question answered again: whether the answer is the same, what differs in words, and both answers.

    `recorded` is the old answer as far as it was recorded, `answer` the whole new one, and `canonical` its canonical
    JSON, whose digest was compared.
    """

    id: str
    same: bool
    differences: tuple[str, ...]
    recorded: dict[str, Any]
    answer: dict[str, Any]
    canonical: str


def options_of(asked: Asked) -> Options:
    """The options of a recorded question."""
    return Options(
        as_of=asked.as_of,
        today=asked.today,
        lists=asked.lists,
        threshold=float(asked.threshold),
        limit=asked.limit,
        max_age=asked.max_age,
    )


def party(who: Who, given: Subject | None, keys: NameKeys, record: ScreeningRecorded) -> Subject:
    """Who was asked for: as recorded, or as given now where only digests were kept, and checked against them.

    Raises CannotSay where it is not known, or is not the one that was asked for.
    """
    day = record.asked.today
    if given is None:
        if who.name is None:
            also = f", and what else was known of the party ({', '.join(who.given)})" if who.given else ""
            raise CannotSay(f"{record.id} keeps no name, only its digest: give the name again with --name{also}")
        return subject_of(who)
    if is_subject(who, given, keys, day):
        return given
    if has_name(who, given.name, keys, day):
        known = ", ".join(who.given) if who.name is None else ", ".join(particulars(who))
        raise CannotSay(
            f"{record.id} asked for this name, but with other particulars: besides it, {known or 'nothing'} was known"
        )
    raise CannotSay(f"{record.id} asked for another name than {given.name!r}")


def reproduce(
    record: ScreeningRecorded, screener_for: ScreenerFor, keys: NameKeys, given: Subject | None = None
) -> Reproduced:
    """The question asked again of the state of the log that answered it. Raises CannotSay where it cannot be."""
    subject = party(record.who, given, keys, record)
    screener = screener_for(record.asked)
    answer = screener.screen(subject)
    canonical = canonical_answer(answer)
    same = same_digest(canonical, record.answer, keys, record.asked.today)
    return Reproduced(
        id=record.id,
        same=same,
        differences=() if same else tuple(_differences(record, _again(record, subject, screener, answer))),
        recorded=record.model_dump(mode="json"),
        answer=answer.plain(),
        canonical=canonical.decode(),
    )


def _again(record: ScreeningRecorded, subject: Subject, screener: Screener, answer: Answer) -> ScreeningRecorded:
    """The record that the new answer would make."""
    made = screening_record(subject, screener.options, answer, Keeping(None))
    return made.model_copy(update={"id": record.id})


def _differences(old: ScreeningRecorded, new: ScreeningRecorded) -> Iterator[str]:
    """What differs, as far as the record tells, in words."""
    told = list(_told(old, new))
    yield from told or ["outcome, lists, hits and scores are the same; the wording or a detail of an entry differs"]
    yield from versions_differ(old.asked, new.asked)


def versions_differ(old: Asked, new: Asked) -> Iterator[str]:
    """Which versions answered then and now, where they are not the same."""
    for what in ("matcher", "program"):
        before, now = getattr(old, what), getattr(new, what)
        if before != now:
            yield f"it was answered by {what} {before}, and is now by {what} {now}"


def _told(old: ScreeningRecorded, new: ScreeningRecorded) -> Iterator[str]:
    if old.outcome != new.outcome:
        yield f"outcome: {old.outcome} -> {new.outcome}"
    if old.why != new.why:
        yield f"why: {'; '.join(old.why) or '(nothing)'} -> {'; '.join(new.why) or '(nothing)'}"
    before, now = ({item.id: item for item in record.lists} for record in (old, new))
    for list_id in dict.fromkeys([*before, *now]):
        if before.get(list_id) != now.get(list_id):
            yield f"list {list_id}: {_list(before, list_id)} -> {_list(now, list_id)}"
    yield from hit_differences(old.hits, new.hits)


def hit_differences(old: tuple[RecordedHit, ...], new: tuple[RecordedHit, ...]) -> Iterator[str]:
    """What differs between the hits, in words; not in their reasons where these were not kept."""
    before, now = ({hit.entry: hit for hit in hits} for hits in (old, new))
    for entry in dict.fromkeys([*before, *now]):
        if entry not in now:
            yield f"{entry} ({before[entry].entry_name}, {before[entry].score}) is no hit any more"
        elif entry not in before:
            yield f"{entry} ({now[entry].entry_name}, {now[entry].score}) is a hit now"
        else:
            yield from (f"{entry}: {line}" for line in _hit(before[entry], now[entry]))


def _hit(old: RecordedHit, new: RecordedHit) -> Iterator[str]:
    for field in ("score", "entry_name", "matched_name", "matched_kind", "reason"):
        before, now = getattr(old, field), getattr(new, field)
        if before != now and not (field == "reason" and not before):
            yield f"{field.replace('_', ' ')} {before} -> {now}"


def _list(lists: Mapping[str, Any], list_id: str) -> str:
    item = lists.get(list_id)
    return f"published {item.published}, {item.coverage}{', stale' if item.stale else ''}" if item else "(not asked)"
