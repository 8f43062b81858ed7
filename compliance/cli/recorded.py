"""A recorded screening or run on the terminal, and the same question answered again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compliance.cli.terminal import one_line
from compliance.records import Asked, FileRecord, ListAsked, RecordedHit, RowHit, RunRecorded, ScreeningRecorded, Who

if TYPE_CHECKING:
    from compliance.screenings.reading import Held
    from compliance.screenings.reproducing import Reproduced
    from compliance.screenings.runs import RunReproduced


def shown(held: Held, actor: str, rows: Sequence[RowHit]) -> Iterator[str]:
    """The record whole, for people."""
    kind = "run" if held.is_run else "screening"
    yield f"{kind} {held.id}"
    yield f"  recorded   {held.recorded_at:%Y-%m-%d %H:%M:%S} UTC by {actor}, log position {held.position:,}"
    record = held.record
    yield from _run(record, rows) if isinstance(record, RunRecorded) else _screening(record)


def again(record: ScreeningRecorded, found: Reproduced) -> Iterator[str]:
    """The verdict, and both answers where they differ."""
    if found.same:
        yield f"{record.id}: the same answer, byte for byte ({record.answer})"
        yield from _screening(record)
        return
    yield f"{record.id}: the answer is another one now"
    yield from (f"  {line}" for line in found.differences)
    yield "as recorded:"
    yield from _screening(record)
    yield "answered now:"
    yield f"  outcome    {found.answer['outcome']}"
    for hit in found.answer["hits"]:
        yield f"  {hit['score']:5.1f}  {hit['entry']['id']}  by {hit['matched_name']} ({hit['matched_kind']})"
        yield f"         {hit['reason']['summary']}"


def run_again(record: RunRecorded, found: RunReproduced) -> Iterator[str]:
    """The verdict, and the outputs of then and now where they differ."""
    verdict = "the same output, byte for byte" if found.same else "the output is another one now"
    yield f"{record.id}: {verdict}"
    yield from (f"  {line}" for line in found.differences)
    yield from _files("input", record.inputs)
    yield from _files("output", found.recorded)
    if not found.same:
        yield from _files("now", found.outputs)
    yield from _asked(record.asked, record.lists)
    yield from _counts(record)


def _screening(record: ScreeningRecorded) -> Iterator[str]:
    yield f"  asked      {_who(record.who)}"
    yield from _asked(record.asked, record.lists)
    yield f"  outcome    {record.outcome}"
    yield from (f"             {doubt}" for doubt in record.why)
    for hit in record.hits:
        yield from _hit(hit)
    yield f"  answer     {record.answer}"


def _run(record: RunRecorded, rows: Sequence[RowHit]) -> Iterator[str]:
    yield from _files("input", record.inputs)
    yield from _files("output", record.outputs)
    yield from _asked(record.asked, record.lists)
    yield from _counts(record)
    yield from (f"             {doubt}" for doubt in record.why)
    for row in rows:
        named = f" ({row.row_id})" if row.row_id else ""
        yield f"  row {row.row:,}{named}  {_who(row.who)}"
        for hit in row.hits:
            yield from _hit(hit)
    if len(rows) < record.hits:
        yield f"  {record.hits - len(rows):,} more rows with hits: see --limit"


def _files(what: str, files: Sequence[FileRecord]) -> Iterator[str]:
    yield from (f"  {what:9}  {file.name}, {file.bytes:,} bytes, SHA-256 {file.sha256}" for file in files)


def _counts(record: RunRecorded) -> Iterator[str]:
    yield (
        f"  outcome    {record.rows:,} rows = {record.clear:,} clear + {record.hits:,} with hits + "
        f"{record.cannot_say:,} without an answer + {record.unreadable:,} unreadable"
    )


def _asked(asked: Asked, lists: Sequence[ListAsked]) -> Iterator[str]:
    yield f"  as of      {asked.as_of}, known at log position {asked.position:,}, root {asked.root[:16]}"
    limit = "" if asked.limit is None else f", at most {asked.limit} hits"
    yield f"  options    threshold {asked.threshold}{limit}, lists at most {asked.max_age:,} days old"
    yield f"  by         matcher {asked.matcher}, program {asked.program}, on {asked.today}"
    for item in lists:
        held = f"publication {item.publication[:12]} of {item.published}" if item.publication else "no publication"
        yield f"  list       {item.id}: {held}, {item.coverage}{', stale' if item.stale else ''}"


def _hit(hit: RecordedHit) -> Iterator[str]:
    yield f"    {float(hit.score):5.1f}  {hit.entry_name}  ({hit.entry})"
    if hit.matched_name != hit.entry_name:
        yield f"           by name    {hit.matched_name} ({hit.matched_kind})"
    if hit.reason:
        yield f"           why        {hit.reason}"


def _who(who: Who) -> str:
    from compliance.screenings.keeping import particulars

    if who.name is None:
        given = f", with {', '.join(who.given)}" if who.given else ""
        return f"(name not kept; {who.digest}){given}"
    known = "".join(f", {field.replace('_', ' ')} {_value(value)}" for field, value in particulars(who).items())
    return one_line(f"{who.name}{known}")


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join("=".join(map(str, item)) if isinstance(item, list) else str(item) for item in value)
    return str(value)
