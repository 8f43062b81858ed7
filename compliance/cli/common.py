"""What the commands share: options that mean the same everywhere, and how values are read and printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import typer

from compliance.cli.terminal import one_line
from compliance.errors import BadInput
from compliance.facade import Compliance
from compliance.knowledge import KnownAt

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day asked about (YYYY-MM-DD); today, in UTC, by default."),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        metavar="DATE|POSITION",
        help="What the log knew at the end of that day, or at that position.",
    ),
]
Lists = Annotated[
    list[str] | None,
    typer.Option("--list", metavar="ID", help="Only this list; may be repeated. All that are loaded by default."),
]
Threshold = Annotated[
    float | None,
    typer.Option("--threshold", min=1, max=100, metavar="N", help="The lowest score, 1-100, that is a hit."),
]
MaxAge = Annotated[
    int | None,
    typer.Option("--max-age", min=0, metavar="DAYS", help="How old a list may be on the day asked."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs; its schema is in docs/json.md.")]


def opened(ctx: typer.Context) -> Compliance:
    """The user's log, with the clock that the command was started with; closed when the command ends."""
    compliance = Compliance.open(clock=ctx.obj)
    ctx.call_on_close(compliance.close)
    ctx.call_on_close(lambda: _tell(compliance.notices))
    return compliance


def _tell(notices: Iterable[str]) -> None:
    for notice in notices:
        typer.echo(f"compliance: {notice}", err=True)


def day(text: str | None, option: str) -> date | None:
    """A date in ISO form. Raises BadInput otherwise."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} {text!r} is not a date: write YYYY-MM-DD, for example 2021-12-10") from None


def past_day(text: str | None, option: str, today: date) -> date | None:
    """A date that is not in the future: no list says yet what it will say."""
    found = day(text, option)
    if found is not None and found > today:
        raise BadInput(f"{option} {found} is in the future: today is {today} (UTC)")
    return found


def country_code(code: str) -> str:
    """The two-letter code of a country. Raises BadInput where it is none."""
    from compliance.countries import code_of

    found = code_of(code)
    if found is None:
        raise BadInput(f"--country {code!r} is no country: give a two-letter code such as CN")
    return found


def known_at(text: str | None, today: date) -> KnownAt:
    """A position (digits only) or a date that is not in the future. Raises BadInput otherwise."""
    if text is not None and re.fullmatch(r"[0-9]{1,12}", text):
        return int(text)
    return past_day(text, "--known-at", today)


def given(**options: Any) -> dict[str, Any]:
    """The options that were given, for callees that know the defaults."""
    return {key: value for key, value in options.items() if value is not None}


def counted(number: int, what: str, several: str | None = None) -> str:
    """`1 event`, `1,200 events`."""
    return f"{number:,} {what if number == 1 else several or what + 's'}"


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def table(rows: list[list[str]], header: list[str]) -> str:
    """Columns aligned by spaces: reads well on a terminal and in a pipe."""
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [header, *rows]
    ]
    return "\n".join(lines)
