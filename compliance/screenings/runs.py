"""Runs: recording one with its rows, and making its output again from the log and its input."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from compliance.batch.running import run
from compliance.batch.values import KeptHits, Question, Result, Writing
from compliance.counterparties.values import Input
from compliance.errors import CannotSay
from compliance.model import Value
from compliance.records import FileRecord, RecordedHit, RowHit, RunRecorded
from compliance.screenings.keeping import Keeping, NameKeys, same_digest
from compliance.screenings.reproducing import ScreenerFor, hit_differences, versions_differ

_MOST_TOLD = 20  # rows that differ, in words
_SUFFIXES = {"csv": ".csv", "jsonl": ".jsonl", "xlsx": ".xlsx", "parquet": ".parquet"}


class RunAgain(NamedTuple):
    """How to make a run's output again: the inputs where they do not lie where they lay, and how many processes."""

    inputs: Sequence[Path] = ()
    jobs: int = 1
    output: Path | None = None


class RunReproduced(Value):
    """A run made again: whether each output is the same, what differs in words, and the outputs of then and now."""

    id: str
    same: bool
    differences: tuple[str, ...]
    recorded: tuple[FileRecord, ...]
    outputs: tuple[FileRecord, ...]


def run_record(result: Result, keeping: Keeping) -> tuple[RunRecorded, tuple[RowHit, ...]]:
    """What is recorded of a run: itself, and its rows with hits.

    Where names are not kept the files' digests are keyed too: a file of a few names can be guessed.
    """
    run, day = result.run, result.run.asked.today
    if keeping.keys is not None:
        files = {
            field: tuple(
                file.model_copy(update={"sha256": keeping.digest(file.sha256.encode(), day)})
                for file in getattr(run, field)
            )
            for field in ("inputs", "outputs")
        }
        run = run.model_copy(update=files)
    return run, tuple(_row_hits(result, keeping))


def _row_hits(result: Result, keeping: Keeping) -> Iterator[RowHit]:
    """The rows with hits; without ids and reasons where names are not kept."""
    plain = keeping.keys is None
    for kept in result.hits:
        yield RowHit(
            run=result.run.id,
            input=kept.input,
            row=kept.row,
            row_id=kept.row_id if plain else None,
            who=keeping.who(kept.subject, result.run.asked.today),
            hits=kept.hits if plain else tuple(hit.model_copy(update={"reason": ""}) for hit in kept.hits),
        )


def reproduce_run(
    record: RunRecorded, rows: Iterable[RowHit], screener_for: ScreenerFor, keys: NameKeys, again: RunAgain
) -> RunReproduced:
    """Screens the same inputs against the same state of the log. Raises CannotSay where that cannot be done."""
    inputs = tuple(inputs_again(record, again.inputs, keys))
    screener = screener_for(record.asked)
    writing = Writing.model_validate(record.writing).model_copy(update={"keep_hits": True})
    with TemporaryDirectory(prefix="compliance-run-") as folder:
        made = Path(folder) / f"results{_SUFFIXES[writing.form]}"
        result = run(
            Question(inputs=inputs, writing=writing), screener, made, run_id=record.id, jobs=again.jobs
        )  # fmt: skip
        if again.output is not None:
            _keep(made, again.output)
    outputs = result.run.outputs[: len(record.outputs)]  # of a stream, the results alone were recorded
    day = record.asked.today
    pairs = list(zip(outputs, record.outputs, strict=False))
    same = len(pairs) == len(record.outputs) and all(_same(now.sha256, then, keys, day) for now, then in pairs)
    return RunReproduced(
        id=record.id,
        same=same,
        differences=() if same else tuple(_differences(record, result, rows)),
        recorded=record.outputs,
        outputs=outputs,
    )


def _same(sha256: str, recorded: FileRecord, keys: NameKeys, day: date) -> bool:
    if recorded.sha256.startswith("hmac-"):
        return same_digest(sha256.encode(), recorded.sha256, keys, day)
    return sha256 == recorded.sha256


def inputs_again(record: RunRecorded, given: Sequence[Path], keys: NameKeys) -> Iterator[Input]:
    """The recorded inputs where they lie now, each checked against its digest. Raises CannotSay for another file."""
    if given and len(given) != len(record.inputs):
        raise CannotSay(f"{record.id} had {len(record.inputs)} inputs: give as many with --input, in their order")
    for number, (file, read) in enumerate(zip(record.inputs, record.reading["inputs"], strict=True)):
        path = given[number] if given else Path(file.name)
        found = _sha256(path, file.name)
        if not _same(found, file, keys, record.asked.today):
            raise CannotSay(
                f"{path} is not the file that was screened: its SHA-256, {found[:16]}…, is another one; give the one "
                "that was with --input"
            )
        yield Input.model_validate(
            {"path": str(path.resolve()), "name": file.name, "bytes": file.bytes, "sha256": found, **read}
        )


def _sha256(path: Path, name: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CannotSay(
            f"the input {name} cannot be read ({path}: {error.strerror}): say where it lies with --input"
        ) from error


def _keep(made: Path, output: Path) -> None:
    from compliance.tabular import write_whole

    write_whole(output, made.read_bytes())


def _differences(record: RunRecorded, result: Result, rows: Iterable[RowHit]) -> Iterator[str]:
    for what in ("rows", "clear", "hits", "cannot_say", "unreadable"):
        before, now = getattr(record, what), getattr(result.run, what)
        if before != now:
            yield f"{what.replace('_', ' ')}: {before:,} -> {now:,}"
    told = list(islice(_rows(_by_row(rows), _by_row(result.hits)), _MOST_TOLD + 1))
    yield from told[:_MOST_TOLD]
    if len(told) > _MOST_TOLD:
        yield "and more rows"
    if not told:
        yield "the rows have the same hits and scores; the wording or a detail of an entry differs"
    yield from versions_differ(record.asked, result.run.asked)


def _by_row(rows: Iterable[RowHit | KeptHits]) -> dict[tuple[int, int], tuple[RecordedHit, ...]]:
    found: dict[tuple[int, int], tuple[RecordedHit, ...]] = {}
    for row in rows:
        found[row.input, row.row] = found.get((row.input, row.row), ()) + row.hits
    return found


def _rows(
    before: Mapping[tuple[int, int], tuple[RecordedHit, ...]], now: Mapping[tuple[int, int], tuple[RecordedHit, ...]]
) -> Iterator[str]:
    for place in sorted({*before, *now}):
        for line in hit_differences(before.get(place, ()), now.get(place, ())):
            yield f"row {place[1]:,}: {line}"
