"""`compliance original`, and `import --reread`: from an event to the bytes it came from, and from these anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import AsJson, counted, opened, print_json
from compliance.errors import BadInput

if TYPE_CHECKING:
    from compliance.provenance import Original
    from compliance.rereading import Correction


def in_archive(file: Original) -> str:
    """A file's name and the beginning of its SHA-256, as `compliance original` takes it."""
    return f"{file.name} {file.sha256[:12]}"


def original(
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(metavar="SHA256|EVENT", help="An original's SHA-256, or its beginning, or a log position."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write it there; several of one event into that folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The official files that an event came from, byte for byte as obtained, checked against their SHA-256."""
    from compliance.provenance import originals

    with opened(ctx) as compliance:
        compliance.facts()  # a broken log is not followed to any file
        archive, files = compliance.archive, originals(compliance.log, what)
        contents = [archive.get(file.sha256) for file in files]
    if output is not None:
        written = _write(files, contents, output)
        typer.echo("\n".join(f"{path}: {len(data):,} bytes" for path, data in zip(written, contents, strict=True)))
        return
    rows = [
        {"name": file.name, "sha256": file.sha256, "size": len(data), "archived": str(archive.path(file.sha256))}
        for file, data in zip(files, contents, strict=True)
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['name']}  {row['size']:,} bytes, SHA-256 {row['sha256']}\n    {row['archived']}")


def reread(ctx: typer.Context, which: Sequence[str], *, accept_removals: bool, as_json: bool) -> None:
    """What `import --reread` does."""
    with opened(ctx) as compliance:
        done = compliance.reread(which, accept_removals=accept_removals)
    if as_json:
        print_json([_plain(correction) for correction in done])
    else:
        typer.echo("\n".join(map(_line, done)) or "the log holds no publication: nothing to read again")


def _line(done: Correction) -> str:
    read = f"{done.list_id}: {done.publications:,} publications read again"
    if not done.appended:
        return f"{read}, nothing differs"
    counts = ", ".join(f"{count:,} {what}" for what, count in sorted(done.counts.items())) or "no entry"
    return f"{read}, corrected: {counts}; {counted(done.appended, 'event')}"


def _plain(done: Correction) -> dict[str, object]:
    return {
        "list": done.list_id,
        "publications": done.publications,
        "events": done.appended,
        "corrected": dict(done.counts),
    }


def _write(files: Sequence[Original], contents: Sequence[bytes], output: Path) -> list[Path]:
    """One file goes to `output` itself unless that is a folder; several go into the folder."""
    into = output.is_dir() or len(files) > 1
    targets = [output / Path(file.name).name for file in files] if into else [output]
    try:
        if into:
            output.mkdir(parents=True, exist_ok=True)
        for target, data in zip(targets, contents, strict=True):
            if target.exists():
                raise BadInput(f"{target} is there already: give another place with -o")
            target.write_bytes(data)
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}") from error
    return targets
