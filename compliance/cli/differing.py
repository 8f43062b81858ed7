"""`diff`: what changed on a list between two days, in words, as CSV or as JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from compliance.cli.common import AsJson, KnownAtOption, counted, known_at, opened, past_day, print_json
from compliance.cli.lists import ListId, covered
from compliance.errors import BadInput
from compliance.sources.catalogue import list_info
from compliance.tabular import harmless_row

if TYPE_CHECKING:
    from compliance.audit.differences import EntryDifference
    from compliance.register import Register

FORMATS = ("text", "csv", "json")
COLUMNS = ("list", "from", "to", "what", "entry", "name", "cause", "field", "before", "after")
_Period = dict[str, str]


def diff(
    ctx: typer.Context,
    list_id: ListId,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="The earlier day (YYYY-MM-DD).")],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="The later day (YYYY-MM-DD).")],
    known: KnownAtOption = None,
    form: Annotated[
        str, typer.Option("--format", metavar="|".join(FORMATS), help="In words, CSV with a row a field, or JSON.")
    ] = "text",
    as_json: AsJson = False,
) -> None:
    """What changed on a list between two days. Exit status 0: nothing, 1: differences, 3: a day is not covered."""
    from compliance.audit.differences import differences

    if form not in FORMATS:
        raise BadInput(f"--format {form!r} is not known: {', '.join(FORMATS)}")
    list_info(list_id)
    with opened(ctx) as compliance:
        today = compliance.today
        days = [past_day(text, option, today) or today for text, option in ((start, "--from"), (end, "--to"))]
        if days[0] > days[1]:
            raise BadInput(f"--from {days[0]} is after --to {days[1]}: give the earlier day first")
        position = known_at(known, today)
        before, after = (covered(compliance.register(day, position), list_id) for day in days)
        with compliance.chronicle(position) as chronicle:
            found = list(differences(before, after, list_id, chronicle))
        max_age = compliance.settings.max_age
    for register in (before, after):
        _tell_if_old(register, list_id, max_age)
    period = {"list": list_id, "from": str(days[0]), "to": str(days[1])}
    _WRITERS["json" if as_json else form](period, found)
    raise typer.Exit(1 if found else 0)


def _tell_if_old(register: Register, list_id: str, max_age: int) -> None:
    """Says on standard error where a day rests on an old publication: what changed in between is not known."""
    fresh = register.lists[list_id].fresh
    if fresh and (register.as_of - fresh).days > max_age:
        age = counted((register.as_of - fresh).days, "day")
        typer.echo(
            f"{list_id} on {register.as_of} is that of {fresh}, {age} old: later changes are not known", err=True
        )


def _words(period: _Period, found: Sequence[EntryDifference]) -> None:
    from compliance.audit.fields import in_words

    for difference in found:
        why = " (corrected)" if difference.cause == "corrected" else ""
        typer.echo(f"{difference.what:8}  {period['list']}/{difference.key}  {difference.name}{why}")
        for change in difference.changes:
            typer.echo(f"            {in_words(change)}")
    counts = {what: sum(d.what == what for d in found) for what in ("listed", "amended", "delisted")}
    typer.echo(
        f"{period['list']} from {period['from']} to {period['to']}: "
        + ", ".join(f"{n:,} {what}" for what, n in counts.items())
    )


def _json(_: _Period, found: Sequence[EntryDifference]) -> None:
    print_json([difference.model_dump(mode="json") for difference in found])


def _csv(period: _Period, found: Sequence[EntryDifference], out: TextIO | None = None) -> None:
    """A row for each field of an amended entry, one for each entry listed or delisted; values are text or JSON."""
    writer = csv.writer(out or sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for difference in found:
        about = {
            **period, "what": difference.what, "entry": f"{period['list']}/{difference.key}",
            "name": difference.name, "cause": difference.cause,
        }  # fmt: skip
        for change in difference.changes:
            told = {"field": change.field, "before": _cell(change.before), "after": _cell(change.after)}
            writer.writerow(harmless_row({**about, **told}, COLUMNS))
        if not difference.changes:
            writer.writerow(harmless_row(about, COLUMNS))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


_WRITERS: dict[str, Callable[[_Period, Sequence[EntryDifference]], None]] = {
    "text": _words, "csv": _csv, "json": _json,
}  # fmt: skip
