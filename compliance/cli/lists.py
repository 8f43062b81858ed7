"""`lists`, `show`, `history`, `diff`: what the lists say and how they came to say it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli.common import AsJson, AsOf, KnownAtOption, known_at, opened, past_day, print_json, table
from compliance.cli.originals import in_archive
from compliance.errors import BadInput, CannotSay, UnknownEntry
from compliance.model import Entry
from compliance.register import Coverage, Listing, ListState, Register, since_in_words
from compliance.sources.catalogue import list_info

if TYPE_CHECKING:
    from compliance.audit import PublicationStep
    from compliance.timeline import ListHistory

EntryId = Annotated[str, typer.Argument(metavar="ENTRY", help="LIST/KEY, for example us-ofac-cmic/33114.")]

ListId = Annotated[str, typer.Argument(metavar="LIST", help="A list's id, for example us-ofac-sdn.")]


def lists(ctx: typer.Context, as_of: AsOf = None, known: KnownAtOption = None, as_json: AsJson = False) -> None:
    """What is loaded: entries, publication, coverage and age of every list."""
    with opened(ctx) as compliance:
        today = compliance.today
        day = past_day(as_of, "--as-of", today) or today
        states = compliance.book(day, known_at(known, compliance.today)).lists.values()
    if not states:
        raise CannotSay("no list is loaded: import one with `compliance import FILE`")
    if as_json:
        rows = [{**s.model_dump(mode="json"), "coverage": s.coverage, "title": list_info(s.id).title} for s in states]
        print_json(rows)
        return
    cells = [
        [s.id, f"{s.entries:,}", str(s.published or "-"), str(s.checked or "-"), _age(day, s),
         _coverage(s), list_info(s.id).title]
        for s in states
    ]  # fmt: skip
    typer.echo(table(cells, ["list", "entries", "published", "checked", "age", "coverage", "title"]))


def show(
    ctx: typer.Context,
    entry: EntryId,
    as_of: AsOf = None,
    known: KnownAtOption = None,
    as_json: AsJson = False,
) -> None:
    """One entry whole, with its measures and dates, as of a day."""
    from compliance.entries import plain
    from compliance.provenance import origin

    list_id, key = _split(entry)
    with opened(ctx) as compliance:
        day = past_day(as_of, "--as-of", compliance.today) or compliance.today
        position = known_at(known, compliance.today)
        register = compliance.register(day, position)
        listing = register.find(list_id, key)
        if listing is None:
            covered(register, list_id)
            raise UnknownEntry(_absent(compliance.history(list_id, position), list_id, key, day))
        came_from = origin(compliance.log, listing.position or 0)
    if as_json:
        facts = {"since": str(listing.since), "as_of": str(day), "position": listing.position}
        print_json({**plain(listing.entry()), **facts, "originals": [file.model_dump() for file in came_from.files]})
    else:
        since = since_in_words(listing.since, register.lists[list_id].complete_since)
        typer.echo("\n".join(_entry_lines(listing, since)))
        typer.echo(f"  {'event':<11} log position {listing.position}, by the publication of {came_from.published}")
        for file in came_from.files:
            typer.echo(f"  {'original':<11} {in_archive(file)}")


def history(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ENTRY|LIST", help="us-ofac-cmic/33114 for an entry, us-ofac-cmic for a list.")
    ],
    known: KnownAtOption = None,
    as_json: AsJson = False,
) -> None:
    """Every event of an entry or every publication of a list: what changed, when, and the files it came from."""
    from compliance import audit

    list_id, key = _split(what) if "/" in what else (what, None)
    list_info(list_id)
    with opened(ctx) as compliance:
        known_history = compliance.history(list_id, known_at(known, compliance.today))
    if known_history is None:
        raise CannotSay(f"{list_id} is not loaded: import it with `compliance import FILE`")
    if key is None:
        publications = list(audit.list_history(known_history))
        if as_json:
            print_json([step.model_dump(mode="json") for step in publications])
            return
        typer.echo(_publications(publications))
        return
    if key not in known_history.parties:
        raise UnknownEntry(f"{what}: the log has never had this entry")
    steps = list(audit.entry_history(known_history, key))
    if as_json:
        print_json([step.model_dump(mode="json") for step in steps])
        return
    for step in steps:
        cause = "" if step.cause == "published" else f" ({step.cause})"
        typer.echo(
            f"{step.effective}  {step.what}{cause}, log position {step.position}, "
            f"by the publication of {step.published}: {', '.join(step.files)}"
        )
        if step.originals:
            typer.echo(f"    originals: {'; '.join(map(in_archive, step.originals))}")
        for change in step.changes:
            typer.echo(f"    {audit.in_words(change)}")


def diff(
    ctx: typer.Context,
    list_id: ListId,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The earlier day (YYYY-MM-DD).")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="The later day (YYYY-MM-DD).")],
    known: KnownAtOption = None,
    as_json: AsJson = False,
) -> None:
    """What changed on a list between two days. Exit status 0: nothing, 1: differences, 3: a day is not covered."""
    from compliance import audit

    list_info(list_id)
    with opened(ctx) as compliance:
        today = compliance.today
        days = [past_day(text, option, today) or today for text, option in ((start, "--from"), (end, "--to"))]
        if days[0] > days[1]:
            raise BadInput(f"--from {days[0]} is after --to {days[1]}: give the earlier day first")
        position = known_at(known, today)
        before, after = (covered(compliance.register(day, position), list_id) for day in days)
        told = compliance.history(list_id, position)
    found = list(audit.differences(before, after, list_id, told))
    if as_json:
        print_json([difference.model_dump(mode="json") for difference in found])
    else:
        for difference in found:
            why = " (corrected)" if difference.cause == "corrected" else ""
            typer.echo(f"{difference.what:8}  {list_id}/{difference.key}  {difference.name}{why}")
            for change in difference.changes:
                typer.echo(f"            {audit.in_words(change)}")
        counts = {what: sum(d.what == what for d in found) for what in ("listed", "amended", "delisted")}
        typer.echo(
            f"{list_id} from {before.as_of} to {after.as_of}: "
            + ", ".join(f"{n:,} {what}" for what, n in counts.items())
        )
    raise typer.Exit(1 if found else 0)


def _publications(steps: list[PublicationStep]) -> str:
    header = ["published", "entries", "listed", "amended", "delisted", "position", "publication", "files"]
    cells = [
        [str(s.published), f"{s.entries:,}", f"+{s.listed:,}", f"~{s.amended:,}", f"-{s.delisted:,}", str(s.position),
         s.publication[:12], ", ".join(s.files)]
        for s in steps
    ]  # fmt: skip
    if any(s.corrected for s in steps):
        header.insert(5, "corrected")
        for row, step in zip(cells, steps, strict=True):
            row.insert(5, f"{step.corrected:,}")
    return table(cells, header)


def _age(day: date, state: ListState) -> str:
    if state.fresh is None:
        return "-"
    days = (day - state.fresh).days
    return "1 day" if days == 1 else f"{days:,} days"


def _coverage(state: ListState) -> str:
    if state.coverage is Coverage.complete:
        return f"complete since {state.complete_since}"
    return f"{state.coverage}: complete from {state.complete_since}"


def _split(entry: str) -> tuple[str, str]:
    list_id, slash, key = entry.partition("/")
    if not slash or not key:
        raise BadInput(f"{entry!r} is not an entry: write LIST/KEY, for example us-ofac-cmic/33114")
    return list_info(list_id).id, key


def covered(register: Register, list_id: str) -> Register:
    """The register, where it can say all of the list on its day. Raises CannotSay otherwise."""
    state = register.lists.get(list_id)
    if state is None:
        raise CannotSay(f"{list_id} is not loaded: import it with `compliance import FILE`")
    if state.coverage is not Coverage.complete:
        raise CannotSay(
            f"{list_id} is {state.coverage} on {register.as_of}: "
            f"the first complete publication held is of {state.complete_since}"
        )
    return register


def _absent(history_: ListHistory | None, list_id: str, key: str, day: date) -> str:
    if history_ is not None and key in history_.parties:
        return f"{list_id}/{key} is not on the list on {day}: see `compliance history {list_id}/{key}`"
    return f"{list_id}/{key}: the log has never had this entry"


def _entry_lines(listing: Listing, since: str) -> Iterator[str]:
    from compliance.measures import in_words, ownership_in_words

    entry = listing.entry()
    yield f"{entry.primary_name}  ({entry.type}, {entry.id})"
    yield f"  list        {list_info(entry.list_id).title}"
    yield f"  listed      {entry.listed_on or since}"
    for measure in entry.measures:
        yield f"  forbidden   {in_words(measure)}"
        yield f"              basis {measure.basis}; rule {measure.rule}"
    if owned := ownership_in_words(entry.measures):
        yield f"  owned       {owned}"
    for label, values in _parts(entry):
        for value in values:
            yield f"  {label:<11} {value}"


def _parts(entry: Entry) -> Iterator[tuple[str, list[Any]]]:
    yield "programme", list(entry.programmes)
    yield "name", [f"{name.text}  ({name.kind})" for name in entry.names]
    yield (
        "identifier",
        [f"{i.label} {i.value}" + (f" ({i.country})" if i.country else "") for i in entry.identifiers],
    )
    yield (
        "address",
        [", ".join(filter(None, (a.street, a.city, a.country))) or "(empty)" for a in entry.addresses],
    )
    yield "born", [birth.text for birth in entry.births]
    yield "birthplace", list(entry.birthplaces)
    yield "nationality", list(entry.nationalities)
    yield "citizen", list(entry.citizenships)
    yield "gender", [entry.gender] if entry.gender else []
    yield "linked to", list(entry.linked_to)
    yield "detail", [f"{key}: {value}" for key, value in entry.details.items()]
    yield "remarks", [entry.remarks] if entry.remarks else []
    yield "unknown", list(entry.unknown)
