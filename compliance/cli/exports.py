"""`compliance export`: lists of one day as files, for programs, for spreadsheets, and in the publisher's own form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from compliance.cli.common import AsOf, KnownAtOption, counted, known_at, opened, past_day
from compliance.cli.lists import covered
from compliance.cli.terminal import data_output
from compliance.errors import BadInput
from compliance.register import Listing, Register
from compliance.sources.catalogue import list_info

if TYPE_CHECKING:
    from compliance.official import OfficialSet

Writer = Callable[[Iterable[Listing], TextIO], int]
FORMATS = ("csv", "jsonl", "ftm", "official")


def export(
    ctx: typer.Context,
    lists: Annotated[list[str], typer.Argument(metavar="LIST...", help="Lists, for example us-ofac-sdn.")],
    as_of: AsOf = None,
    known: KnownAtOption = None,
    form: Annotated[
        str,
        typer.Option("--format", metavar="|".join(FORMATS), help="official: OFAC's delimited files, into a folder."),
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Standard output by default; for official, a folder."),
    ] = None,
) -> None:
    """Lists of one day as CSV, JSON Lines, FollowTheMoney or OFAC's own delimited files."""
    if form not in FORMATS:
        raise BadInput(f"--format {form!r} is not known: {', '.join(FORMATS)}")
    if form == "official" and output is None:
        raise BadInput("--format official writes several files: name the folder for them with -o FOLDER")
    chosen = tuple(dict.fromkeys(list_info(list_id).id for list_id in lists))
    with opened(ctx) as compliance:
        day = past_day(as_of, "--as-of", compliance.today) or compliance.today
        register = compliance.register(day, known_at(known, compliance.today))
        for list_id in chosen:
            covered(register, list_id)
        known_publications = compliance.held_publications(register.position) if form == "official" else {}
    if form == "official" and output is not None:
        from compliance.official import official_set

        _official(official_set(register, known_publications, chosen), register.as_of, output)
    else:
        _one_file(register, chosen, _writer(form), output)


def _writer(form: str) -> Writer:
    from compliance import exporting
    from compliance.ftm import write_ftm

    return {"csv": exporting.write_csv, "jsonl": exporting.write_jsonl, "ftm": write_ftm}[form]


def _one_file(register: Register, lists: Sequence[str], write: Writer, output: Path | None) -> None:
    if output is None:
        write(_listings(register, lists), data_output())
        return
    from compliance.tabular import appearing_whole

    with appearing_whole(output) as file:
        count = write(_listings(register, lists), file)
    typer.echo(f"{output}: {counted(count, 'entry', 'entries')} of {', '.join(lists)} as of {register.as_of}")


def _listings(register: Register, lists: Sequence[str]) -> Iterator[Listing]:
    for list_id in lists:
        yield from register.listings(list_id)


def _official(found: OfficialSet, day: date, folder: Path) -> None:
    from compliance.tabular import appearing_whole

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made a folder: {error.strerror}") from error
    for file in found.files:
        with appearing_whole(folder / file.name) as out:
            out.write(file.text())
        typer.echo(f"{folder / file.name}: {len(file.records):,} records as of {day}")
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
