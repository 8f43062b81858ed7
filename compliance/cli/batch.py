"""`compliance batch`: files of counterparties against the lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance.cli.common import (
    AsJson,
    AsOf,
    KnownAtOption,
    Lists,
    MaxAge,
    Threshold,
    given,
    known_at,
    opened,
    past_day,
    print_json,
)
from compliance.errors import BadInput


def batch(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="CSV, TSV, XLSX, Parquet, JSON Lines; folders; `-` is standard input."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="Results: .csv, .jsonl, .parquet or .xlsx; `-` is standard output.",
        ),
    ],
    name_column: Annotated[
        list[str] | None,
        typer.Option("--name-column", metavar="C", help="A column of names; found by its usual headings otherwise."),
    ] = None,
    id_column: Annotated[
        str | None, typer.Option("--id-column", metavar="C", help="The column by which results find their way back.")
    ] = None,
    country_column: Annotated[
        list[str] | None, typer.Option("--country-column", metavar="C", help="A column of countries.")
    ] = None,
    identifier_column: Annotated[
        list[str] | None,
        typer.Option("--identifier-column", metavar="KIND=C", help="A column of identifiers, such as lei=LEI."),
    ] = None,
    born_column: Annotated[
        str | None, typer.Option("--born-column", metavar="C", help="The column of dates of birth.")
    ] = None,
    type_column: Annotated[
        str | None, typer.Option("--type-column", metavar="C", help="The column that says company, person, vessel.")
    ] = None,
    lists: Lists = None,
    as_of: AsOf = None,
    known: KnownAtOption = None,
    threshold: Threshold = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many hits for a row.")] = 10,
    max_age: MaxAge = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Write every row, not only hits and unreadable ones.")
    ] = False,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="The files' encoding, for example cp1252; found otherwise."),
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option("--delimiter", metavar="MARK", help="What parts the cells; `tab` for a tab.")
    ] = None,
    quote: Annotated[
        str | None, typer.Option("--quote", metavar="MARK", help="What encloses cells; `none` where nothing does.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.")] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="How many processes; one for each core by default.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run that was stopped.")] = False,
    changed_since: Annotated[
        str | None,
        typer.Option("--changed-since", metavar="RUN", help="Screen only what can have changed since a recorded run."),
    ] = None,
    earlier_input: Annotated[
        list[Path] | None,
        typer.Option("--earlier-input", metavar="FILE", help="Where that run's files lie now, in their order."),
    ] = None,
    record: Annotated[
        bool | None,
        typer.Option("--record/--no-record", help="Keep the run in the log as evidence, which is what happens anyway."),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|spark", help="Where it is screened: here, or on a Spark cluster.")
    ] = "local",
    master: Annotated[
        str | None, typer.Option("--master", metavar="URL", help="The cluster, for example spark://HOST:7077.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Screen files of counterparties. Exit status: 0 all clear, 1 hits, 2 unusable file, 3 rows without an answer."""
    from compliance.cli.batch_run import Order, screen_files
    from compliance.counterparties.values import Given

    if as_json and output == "-":
        raise BadInput("--json and the results cannot both go to standard output: name a file for the results with -o")
    if engine not in ("local", "spark") or (engine == "spark") != (master is not None):
        raise BadInput("--engine is local, or spark with the cluster's --master URL, such as spark://HOST:7077")
    if master and resume:
        raise BadInput("--resume continues what the local engine began; a run on a cluster begins anew")
    if master and changed_since:
        raise BadInput("--changed-since is for the local engine: what is left to screen needs no cluster")
    if earlier_input and not changed_since:
        raise BadInput("--earlier-input says where the files of an earlier run lie: name the run with --changed-since")
    asked = Given(
        encoding=encoding,
        delimiter=_mark(delimiter, "--delimiter", {"tab": "\t", r"\t": "\t"}),
        quote=_mark(quote, "--quote", {"none": ""}),
        sheet=sheet,
        names=tuple(name_column or ()),
        id=id_column,
        countries=tuple(country_column or ()),
        identifiers=tuple(_pair(text) for text in identifier_column or ()),
        born=born_column,
        party_type=type_column,
    )
    compliance = opened(ctx)
    order = Order(
        files=files,
        output=output,
        given=asked,
        everything=everything,
        jobs=jobs,
        resume=resume,
        record=record,
        changed_since=changed_since,
        earlier_inputs=tuple(earlier_input or ()),
        master=master,
        as_of=past_day(as_of, "--as-of", compliance.today),
        known_at=known_at(known, compliance.today),
        options=given(lists=tuple(lists) if lists else None, threshold=threshold, max_age=max_age, limit=limit),
    )
    result = screen_files(compliance, order)
    if as_json:
        from compliance.batch.publishing import plain

        print_json(plain(result.run))
    raise typer.Exit(1 if result.run.hits else 3 if result.run.cannot_say or result.run.unreadable else 0)


def _mark(text: str | None, option: str, names: dict[str, str]) -> str | None:
    """One character, or a name for one. Raises BadInput for anything else."""
    if text is None or text in names:
        return names.get(text or "")
    if len(text) != 1 or text.isalnum() or text in "\r\n":
        raise BadInput(f"{option} {text!r} is no mark: give one character, or {next(iter(names))!r}")
    return text


def _pair(text: str) -> tuple[str, str]:
    from compliance.identifiers import KNOWN, kind_named

    kind, equals, column = text.partition("=")
    if not kind.strip() or not equals or not column:
        raise BadInput(f"--identifier-column {text!r}: write KIND=COLUMN, for example lei=LEI")
    named = kind_named(kind.strip().lower())
    if named not in KNOWN:
        raise BadInput(f"--identifier-column {text!r}: {kind!r} is no kind of identifier: known are {', '.join(KNOWN)}")
    return named, column
