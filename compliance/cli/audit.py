"""`audit`: was this name on a list on a day, by what is known now, by what was known then, and would it be found?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.answers import Answer
from compliance.cli.common import AsJson, Lists, MaxAge, Threshold, given, opened, past_day, print_json
from compliance.cli.originals import in_archive
from compliance.cli.screen import STATUS
from compliance.errors import CannotSay
from compliance.facade import Compliance
from compliance.screening import Subject

if TYPE_CHECKING:
    from compliance.audit.naming import Found, NameAudit, OtherTimes, View


def audit(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name as it was, or would have been, screened.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day asked about (YYYY-MM-DD), past or today.")],
    lists: Lists = None,
    threshold: Threshold = None,
    max_age: MaxAge = None,
    as_json: AsJson = False,
) -> None:
    """Was a name on a list on a day, by present and by then knowledge? Exit status: 0 no, 1 yes, 3 cannot say."""
    from compliance.audit.naming import SCHEMA, name_audit

    with opened(ctx) as compliance:
        day = past_day(on, "--on", compliance.today) or compliance.today
        options = given(lists=tuple(lists) if lists else None, threshold=threshold, max_age=max_age)
        with compliance.chronicle() as chronicle:
            now = compliance.past_screener(chronicle, day, **options).screen(Subject(name))
            then = _then(compliance, name, day, options)
            found = name_audit(name, day, now, then, chronicle)
    if as_json:
        print_json({"schema": SCHEMA, "outcome": found.outcome.value, **found.model_dump(mode="json")})
    else:
        typer.echo("\n".join(_lines(found)))
    raise typer.Exit(STATUS[found.outcome])


def _then(compliance: Compliance, name: str, day: date, options: dict[str, Any]) -> Answer | str:
    """The answer of that day with what the log knew at its end; why there is none where it knew nothing."""
    try:
        chronicle = compliance.chronicle(day)
    except CannotSay as error:
        return str(error)
    with chronicle:
        return compliance.past_screener(chronicle, day, **options).screen(Subject(name))


def _lines(found: NameAudit) -> Iterator[str]:
    yield f"{found.outcome.value.upper()}  {found.name}, on {found.on}"
    yield ""
    yield f"by what is known now (log position {found.now.position}): {found.now.outcome}"
    yield from _view_lines(found.now)
    yield ""
    known = f"log position {found.then.position}" if found.then.position else "nothing"
    yield f"by what was known at the end of {found.on} ({known}): {found.then.outcome}"
    yield from _view_lines(found.then)
    yield ""
    yield found.verdict
    if found.other_times:
        yield ""
        yield "this very name at other times:"
        yield from map(_other, found.other_times)
    yield ""
    yield f"matcher {found.matcher}, threshold {found.threshold:g}"


def _view_lines(view: View) -> Iterator[str]:
    for hit in view.found:
        yield from _hit_lines(hit)
    yield from (f"    {doubt}" for doubt in view.why)


def _hit_lines(hit: Found) -> Iterator[str]:
    yield f"  {hit.score:5.1f}  {hit.name}  ({hit.entry}, {hit.since_in_words})"
    if hit.matched_name != hit.name:
        yield f"         by name    {hit.matched_name} ({hit.matched_kind})"
    yield f"         why        {hit.reason}"
    yield from (f"         forbidden  {text}" for text in hit.forbidden)
    if hit.learned:
        yield (
            f"         learned    {hit.learned.day}, log position {hit.learned.position}, "
            f"by the publication of {hit.learned.published}"
        )
        yield f"         originals  {'; '.join(map(in_archive, hit.learned.originals))}"


def _other(other: OtherTimes) -> str:
    told = ", ".join(f"from {first} " + (f"to {last}" if last else "until now") for first, last in other.periods)
    return f"    {other.entry}  {told}"
