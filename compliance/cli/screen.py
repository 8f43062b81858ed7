"""`compliance screen`: who on the lists could this name be, and why?"""

from __future__ import annotations

import calendar
import re
import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from compliance.answers import Answer, Hit, ListBasis, Outcome, narrower, plain_hit
from compliance.cli.common import (
    AsJson,
    AsOf,
    KnownAtOption,
    Lists,
    MaxAge,
    Threshold,
    counted,
    country_code,
    given,
    known_at,
    opened,
    past_day,
    print_json,
)
from compliance.cli.decided import decided_lines, judge, known_subject
from compliance.cli.explaining import explained
from compliance.cli.terminal import one_line
from compliance.errors import BadInput
from compliance.identifiers import parse_pair
from compliance.measures import ownership_in_words
from compliance.model import PartyType
from compliance.register import since_in_words
from compliance.screening import Subject

_COLOUR = {
    Outcome.clear: typer.colors.GREEN,
    Outcome.hits: typer.colors.RED,
    Outcome.cannot_say: typer.colors.YELLOW,
}
STATUS = {Outcome.clear: 0, Outcome.hits: 1, Outcome.cannot_say: 3}


def screen(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME...",
            help="Names to screen; `-` reads them from standard input, one a line. May be left out with --id.",
        ),
    ] = None,
    lists: Lists = None,
    as_of: AsOf = None,
    known: KnownAtOption = None,
    threshold: Threshold = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many hits for a name.")] = 10,
    country: Annotated[
        list[str] | None,
        typer.Option(
            "--country", metavar="CC", help="The party's country, as a two-letter code; raises or lowers the score."
        ),
    ] = None,
    born: Annotated[
        str | None,
        typer.Option("--born", metavar="DATE", help="Date of birth, YYYY[-MM[-DD]]; raises or lowers the score."),
    ] = None,
    party_type: Annotated[
        PartyType | None, typer.Option("--type", help="What kind of party it is; another kind scores less.")
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id",
            metavar="KIND=VALUE",
            help="An identifier, e.g. isin=..., lei=..., imo=...; an equal one is a hit without any name.",
        ),
    ] = None,
    counterparty: Annotated[
        str | None,
        typer.Option(
            "--counterparty",
            metavar="ID",
            help="Whose name it is, by its own id: what was decided counts. Without a name, one that portfolios know.",
        ),
    ] = None,
    max_age: MaxAge = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every word that matched, how, and what it counted.")
    ] = False,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="ENTRY", help="Explain the score of this entry, though it is below."),
    ] = None,
    record: Annotated[
        bool | None,
        typer.Option("--record/--no-record", help="Keep question and answer in the log as evidence; see screenings."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Screen one name or several against the lists. Exit status: 0 clear, 1 hits, 2 bad question, 3 cannot say."""
    with opened(ctx) as compliance:
        screener = compliance.screener(
            as_of=past_day(as_of, "--as-of", compliance.today),
            known_at=known_at(known, compliance.today),
            limit=None if counterparty else limit,
            **given(lists=tuple(lists) if lists else None, threshold=threshold, max_age=max_age),
        )
        asked = party("", country, born, ids, party_type)
        if counterparty and not names and not asked.identifiers:
            subjects = [known_subject(compliance, counterparty)]
        else:
            called = _names(names or [], identified=bool(asked.identifiers))
            subjects = [asked._replace(name=name) for name in called]
        answers = [screener.screen(subject) for subject in subjects]
        judged = judge(compliance, counterparty, subjects, answers, limit) if counterparty else None
        pairs = [screener.why_not(subject, why_not) for subject in subjects] if why_not else []
        recorded = []
        if compliance.records(record):
            for subject, answer in zip(subjects, answers, strict=True):
                recorded.append(compliance.journal.record(subject, screener.options, answer))
        answers = [judged.answer] if judged else answers
    if as_json:
        told = [judged.plain()] if judged else [answer.plain() for answer in answers]
        for answered, id_ in zip(told, recorded, strict=False):
            answered["screening"] = id_
        print_json([*told, *(plain_hit(hit) for hit in pairs)])
    else:
        for answer in answers:
            typer.echo("\n".join(_lines(answer, explain, "nothing else" if judged and judged.released else "nothing")))
        if judged and (lines := list(decided_lines(judged))):
            typer.echo("\n".join(lines))
        for subject, hit in zip(subjects, pairs, strict=False):
            typer.echo("\n".join(_compared(subject, hit, answers[0])))
        typer.echo("\n".join([_footing(answers[0]), *(f"recorded as {id_}" for id_ in recorded)]))
    raise typer.Exit(max((STATUS[answer.outcome] for answer in answers), key=_severity))


def party(
    name: str, country: list[str] | None, born: str | None, ids: list[str] | None, party_type: PartyType | None
) -> Subject:
    """Who is asked for, from the options. Raises BadInput."""
    countries = tuple(country_code(code) for code in country or ())
    identifiers = tuple(parse_pair(pair) for pair in ids or ())
    return Subject(name, countries, identifiers, party_type, _birth(born) if born else None)


def _severity(status: int) -> tuple[bool, int]:
    """Hits go before "cannot say", and that before clear."""
    return status == 1, status


def _names(given_names: list[str], *, identified: bool) -> list[str]:
    if not given_names:
        if identified:
            return [""]
        raise BadInput("there is no NAME to screen and no --id: `compliance screen --help` shows how to ask")
    names = []
    for name in given_names:
        names.extend(_from_input() if name == "-" else [name])
    cleaned = [name.strip() for name in names if name.strip()]
    if not cleaned or (len(cleaned) < len(names) and "-" not in given_names):
        raise BadInput("there is no name to screen: give one, or one a line on standard input with `-`")
    return cleaned


def _from_input() -> list[str]:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadInput(f"standard input is not UTF-8 (byte {error.start + 1}): convert it first") from None


def _birth(text: str) -> tuple[date, date]:
    """The first and the last day that a date of birth can mean."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    try:
        if parts and parts[3]:
            return date.fromisoformat(text), date.fromisoformat(text)
        if parts and parts[2]:
            year, month = int(parts[1]), int(parts[2])
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        if parts:
            return date(int(parts[1]), 1, 1), date(int(parts[1]), 12, 31)
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise BadInput(f"--born {text!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")


def _compared(subject: Subject, hit: Hit, answer: Answer) -> Iterator[str]:
    """Why a pair scores what it does, hit or not."""
    below = "below the threshold" if hit.score < answer.threshold else "at or above the threshold"
    yield f"{subject.name or '(no name)'} against {hit.entry.id}: {hit.score:.1f}, {below} of {answer.threshold:g}"
    yield from _hit_lines(hit, answer, explain=True)
    yield ""


def _lines(answer: Answer, explain: bool, nothing: str) -> Iterator[str]:
    label = typer.style(str(answer.outcome).upper(), fg=_COLOUR[answer.outcome], bold=True)
    yield f"{label}  {one_line(answer.query) or '(no name, only identifiers)'}"
    if not answer.hits:
        yield f"  {nothing} scores {answer.threshold:g} or more on {_list_names(answer.lists)}"
    for hit in answer.hits:
        yield ""
        yield from _hit_lines(hit, answer, explain)
    if answer.why:
        yield ""
        yield ("  an absence of hits proves nothing here:" if not answer.hits else "  other hits may be missing:")
        yield from (f"    {doubt}" for doubt in answer.why)
        if rest := narrower(answer.lists):
            yield f"    or ask only the lists that can answer: {rest}"
    if answer.notes:
        yield ""
        yield from (f"  note: {note}" for note in answer.notes)
    yield ""


def _hit_lines(hit: Hit, answer: Answer, explain: bool) -> Iterator[str]:
    entry = hit.entry
    yield f"  {hit.score:5.1f}  {typer.style(one_line(entry.primary_name), bold=True)}  ({entry.type}, {entry.id})"
    yield f"         list       {hit.list_title}, {_since(hit, answer)}"
    yield from _forbidden(hit)
    if hit.state:
        yield f"         state      {hit.state}"
    if owned := ownership_in_words(entry.measures):
        yield f"         owned      {owned}"
    if hit.matched_name != entry.primary_name:
        yield f"         by name    {hit.matched_name} ({hit.matched_kind})"
    yield f"         why        {hit.reason.summary}"
    yield from (f"         note       {note}" for note in hit.reason.notes)
    if entry.unknown:
        yield f"         unknown    {', '.join(entry.unknown)}: not in the files held"
    if explain:
        yield from explained(hit.reason)


def _forbidden(hit: Hit) -> Iterator[str]:
    for text in hit.forbidden:
        first, *rest = text.split("; ")
        yield f"         forbidden  {first}"
        yield from (f"                    {more}" for more in rest)


def _since(hit: Hit, answer: Answer) -> str:
    if hit.entry.listed_on:
        return f"listed {hit.entry.listed_on}"
    first = next((basis.complete_since for basis in answer.lists if basis.id == hit.entry.list_id), None)
    return since_in_words(hit.since, first)


def _list_names(lists: tuple[ListBasis, ...]) -> str:
    return ", ".join(basis.id for basis in lists) or "any list"


def _footing(answer: Answer) -> str:
    """What the answers rest on, so that they can be asked again."""
    lines = [
        f"as of {answer.as_of}, log position {answer.position}, root {answer.root[:16]}, "
        f"matcher {answer.matcher}, threshold {answer.threshold:g}"
    ]
    held = [basis for basis in answer.lists if basis.published]
    lines += [f"  {_basis(basis)}" for basis in held if basis.entries]
    empty = [basis.id for basis in held if not basis.entries]
    lines += [f"  nobody is on {', '.join(empty)}"] if empty else []
    return "\n".join(lines)


def _basis(basis: ListBasis) -> str:
    checked = f", checked {basis.checked}" if basis.checked else ""
    return (
        f"{basis.id}: {counted(basis.entries, 'entry', 'entries')}, published {basis.published}{checked}, "
        f"complete since {basis.complete_since}"
    )
