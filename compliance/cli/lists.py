"""`lists`, `show`: what the lists say."""

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

    list_id, key = split_entry(entry)
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


def _age(day: date, state: ListState) -> str:
    if state.fresh is None:
        return "-"
    days = (day - state.fresh).days
    return "1 day" if days == 1 else f"{days:,} days"


def _coverage(state: ListState) -> str:
    if state.coverage is Coverage.complete:
        return f"complete since {state.complete_since}"
    return f"{state.coverage}: complete from {state.complete_since}"


def split_entry(entry: str) -> tuple[str, str]:
    """`us-ofac-cmic/33114` as list and key. Raises BadInput, UnknownList."""
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
