"""`compliance import`: official files into the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance.cli import originals
from compliance.cli.common import AsJson, counted, day, opened, print_json
from compliance.cli.progress import progress
from compliance.errors import BadInput, ComplianceError
from compliance.sources.catalogue import list_info

if TYPE_CHECKING:
    from compliance.importing import ImportSummary, ListImport


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Official files, folders or ZIPs; what belongs together goes together."),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="DATE",
            help="The publication's date, where neither the files nor their folder tells it.",
        ),
    ] = None,
    lists: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="ID", help="Take only this list from the files; may be repeated."),
    ] = None,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Import although unusually many entries are gone.")
    ] = False,
    reread: Annotated[
        bool,
        typer.Option(
            "--reread",
            help="Read archived originals again, and correct what is read otherwise now: all, or those that are named "
            "by the beginning of a publication's id, a list or a day.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import official list files: each publication whole, or not at all. The same file twice changes nothing."""
    if reread:
        return originals.reread(ctx, [*map(str, files or ())], accept_removals=accept_removals, as_json=as_json)
    if not files:
        raise BadInput("name the files to import, or read the archived ones again with --reread")
    done: list[dict[str, Any]] = []
    with opened(ctx) as compliance, progress("importing", "publications") as bar:
        try:
            for summary in compliance.import_files(
                files,
                published=day(published, "--published"),
                lists=[list_info(list_id).id for list_id in lists or ()],
                accept_removals=accept_removals,
                on_progress=bar.advance,
            ):
                done.append(_plain(summary))
                if not as_json:
                    bar.say("\n".join(_lines(summary)))
        except ComplianceError as error:
            raise type(error)(f"{error} (nothing of this publication was imported)") from error
        finally:
            if as_json:
                print_json(done)
    return None


def _lines(summary: ImportSummary) -> list[str]:
    publication = summary.publication
    names = ", ".join(file.name for file in publication.files)
    head = f"{publication.published} ({publication.date_source})  {publication.format}  {names}"
    if summary.already:
        return [f"{head}: imported before, nothing to do"]
    lines = [head]
    lines += [f"  warning: {warning}" for warning in publication.warnings]
    lines += [f"  {part.list_id}: {_counts(part)}" for part in summary.lists if part.entries or part.appended > 1]
    empty = [part.list_id for part in summary.lists if not part.entries and part.appended <= 1]
    if empty:
        lines.append(f"  no entry on: {', '.join(empty)}")
    return lines


def _counts(part: ListImport) -> str:
    entries = counted(part.entries, "entry", "entries")
    if part.already:
        return f"{entries}, imported before"
    changes = ", ".join(f"{count:,} {what}" for what, count in sorted(part.counts.items())) or "no change"
    return f"{entries}: {changes}; {counted(part.appended, 'event')}"


def _plain(summary: ImportSummary) -> dict[str, Any]:
    publication = summary.publication
    return {
        "publication": summary.identity,
        "published": publication.published.isoformat(),
        "date_source": publication.date_source,
        "format": publication.format,
        "files": [file.model_dump() for file in publication.files],
        "warnings": list(publication.warnings),
        "already": summary.already,
        "lists": [
            {
                "list": p.list_id,
                "entries": p.entries,
                "events": p.appended,
                "changes": dict(p.counts),
                "already": p.already,
            }
            for p in summary.lists
        ],
    }
