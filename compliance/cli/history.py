"""`history`: the story of a party over all lists, or of a list with its additions and removals by month."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import AsJson, KnownAtOption, known_at, opened, print_json, table
from compliance.cli.lists import split_entry
from compliance.cli.originals import in_archive
from compliance.errors import BadInput, CannotSay, UnknownEntry
from compliance.sources.catalogue import list_info

if TYPE_CHECKING:
    from compliance.audit.chronicle import Chronicle
    from compliance.audit.lists import EntryStep, ListStory, PublicationStep
    from compliance.audit.stories import Step, Story


def history(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ENTRY|LIST", help="us-ofac-cmic/33114 for a party, us-ofac-cmic for a list.")
    ],
    known: KnownAtOption = None,
    entries: Annotated[bool, typer.Option("--entries", help="Of a list: each entry that was changed.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Of a list: its months as .svg or .png (extra `plots`)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The story of a party over all lists, or of a list: what changed, when, and the files it came from."""
    is_entry = "/" in what
    if is_entry and (entries or plot):
        raise BadInput(f"--{'entries' if entries else 'plot'} is for a list: give {what.partition('/')[0]}")
    list_id, key = split_entry(what) if is_entry else (list_info(what).id, "")
    if plot is not None:
        from compliance.audit.plots import check_plot

        check_plot(plot)
    with opened(ctx) as compliance, compliance.chronicle(known_at(known, compliance.today)) as chronicle:
        if is_entry:
            _tell_party(_story(chronicle, list_id, key), as_json)
        else:
            _tell_list(_list_story(chronicle, list_id, entries), plot, as_json)


def _story(chronicle: Chronicle, list_id: str, key: str) -> Story:
    from compliance.audit.stories import party_story

    party = chronicle.party(list_id, key)
    if party is None:
        if not chronicle.publications(list_id):
            raise CannotSay(f"{list_id} is not loaded: import it with `compliance import FILE`")
        raise UnknownEntry(f"{list_id}/{key}: the log has never had this entry")
    return party_story(chronicle, party)


def _list_story(chronicle: Chronicle, list_id: str, entries: bool) -> ListStory:
    from compliance.audit.lists import list_story

    story = list_story(chronicle, list_id, entries=entries)
    if story is None:
        raise CannotSay(f"{list_id} is not loaded: import it with `compliance import FILE`")
    return story


def _tell_party(story: Story, as_json: bool) -> None:
    from compliance.audit.stories import SCHEMA

    if as_json:
        print_json({"schema": SCHEMA, **story.model_dump(mode="json")})
    else:
        typer.echo("\n".join(_party_lines(story)))


def _party_lines(story: Story) -> Iterator[str]:
    several = len(story.identities) > 1
    if several:
        for identity in story.identities:
            yield f"{identity.entry}  {identity.name}" + (f"  ({identity.because})" if identity.because else "")
        yield ""
    for step in story.steps:
        yield from _step_lines(step, several)
    if story.related:
        yield ""
        yield "see also, not followed:"
        yield from (f"    {other.entry}  {other.name}  (shares {other.shares})" for other in story.related)


def _step_lines(step: Step, several: bool) -> Iterator[str]:
    from compliance.audit.fields import in_words

    cause = "" if step.cause == "published" else f" ({step.cause})"
    moved = f", moved {step.moved}" if step.moved else ""
    entry = f"  {step.entry}" if several else ""
    yield (
        f"{step.effective}{entry}  {step.what}{cause}{moved}, learned {step.learned}, log position {step.position}, "
        f"by the publication of {step.published}: {', '.join(step.files)}"
    )
    if step.originals:
        yield f"    originals: {'; '.join(map(in_archive, step.originals))}"
    yield from (f"    {in_words(change)}" for change in step.changes)


def _tell_list(story: ListStory, plot: Path | None, as_json: bool) -> None:
    from compliance.audit.bars import bars
    from compliance.audit.lists import SCHEMA

    if plot is not None:
        from compliance.audit.plots import write_plot

        write_plot(story, list_info(story.list).title, plot)
    if as_json:
        print_json({"schema": SCHEMA, **story.model_dump(mode="json", exclude_none=True)})
        return
    typer.echo(_publications(story.publications))
    for publication in story.publications:
        if publication.changed:
            typer.echo("\n".join(["", f"publication of {publication.published}", *map(_entry, publication.changed)]))
    drawn = list(bars(story.months))
    if drawn:
        typer.echo("\n".join(["", *drawn]))
    if plot is not None:
        typer.echo(f"plot in {plot}", err=True)


def _entry(step: EntryStep) -> str:
    fields = f": {', '.join(step.fields)}" if step.fields else ""
    cause = "" if step.cause == "published" else f" ({step.cause}, from {step.effective})"
    return f"    {step.what:8}  {step.key}  {step.name}{cause}{fields}"


def _publications(steps: tuple[PublicationStep, ...]) -> str:
    header = ["published", "learned", "entries", "listed", "amended", "delisted", "position", "publication", "files"]
    cells = [
        [str(s.published), str(s.learned), f"{s.entries:,}", f"+{s.listed:,}", f"~{s.amended:,}", f"-{s.delisted:,}",
         str(s.position), s.publication[:12], ", ".join(s.files)]
        for s in steps
    ]  # fmt: skip
    if any(s.corrected for s in steps):
        header.insert(6, "corrected")
        for row, step in zip(cells, steps, strict=True):
            row.insert(6, f"{step.corrected:,}")
    return table(cells, header)
