"""The output of a run appears under its name, whole: first what stands beside it, then the results themselves."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import orjson

from compliance.batch import writing
from compliance.batch.keeping import Kept
from compliance.batch.results import carried
from compliance.batch.streaming import Streamed
from compliance.batch.values import Question
from compliance.records import FileRecord, RunRecorded
from compliance.tabular import reported

RUN_SCHEMA = "entity-compliance/run/1"


def beside(output: Path) -> tuple[Path, Path]:
    """The files that appear beside an output: of the run, and of the rows that could not be read."""
    target = output.resolve()
    return target.with_name(f"{target.name}.run.json"), target.with_name(f"{target.name}.unreadable.csv")


def published(
    kept: Kept | Streamed, output: Path | BinaryIO, record: RunRecorded, question: Question, columns: Sequence[str]
) -> RunRecorded:
    """Makes the files of what was kept; the record with the outputs' sizes and digests. Raises BadInput."""
    if isinstance(kept, Streamed) or not isinstance(output, Path):
        assert isinstance(kept, Streamed)
        file = FileRecord(name="-", bytes=kept.bytes, sha256=kept.digest.hexdigest())
        return record.model_copy(update={"outputs": (file,)})
    about, unreadable = beside(output)
    with reported(output):
        form = question.writing.form
        results = _Draft(kept.folder / "out", lambda out: writing.assemble(form, columns, kept.results(), out))
        files = [results.record(output.resolve().name)]
        if record.unreadable:
            rest = _Draft(kept.folder / "out.unreadable", lambda out: _unreadable(question, kept.unreadable(), out))
            files.append(rest.record(unreadable.name))
            os.replace(rest.path, unreadable)
        else:
            unreadable.unlink(missing_ok=True)  # that of an earlier run would be taken for one of this
        whole = record.model_copy(update={"outputs": tuple(files)})
        told = _Draft(kept.folder / "out.run", lambda out: _about(whole, out))
        os.replace(told.path, about)
        os.replace(results.path, output.resolve())
        _settle(about.parent)
    return whole


def plain(record: RunRecorded) -> dict[str, object]:
    """A run as plain JSON values: what stands in OUT.run.json, and what `batch --json` prints."""
    return {"schema": RUN_SCHEMA, **record.model_dump(mode="json")}


class _Draft:
    """A file that was written and is on the disk, with its digest."""

    def __init__(self, path: Path, write: Callable[[BinaryIO], None]) -> None:
        self.path = path
        with open(path, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())

    def record(self, name: str) -> FileRecord:
        """Its record, under the name that it will have."""
        with open(self.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRecord(name=name, bytes=self.path.stat().st_size, sha256=digest)


def _about(record: RunRecorded, out: BinaryIO) -> None:
    out.write(orjson.dumps(plain(record), option=orjson.OPT_INDENT_2) + b"\n")


def _unreadable(question: Question, bodies: Iterator[bytes], out: BinaryIO) -> None:
    head = io.StringIO(newline="")
    csv.writer(head, lineterminator="\n").writerow(["file", "row", "reason", *carried(question.inputs)])
    out.write(head.getvalue().encode())
    for body in bodies:
        out.write(body)


def _settle(folder: Path) -> None:
    """The new names are on the disk as well, where the system can be asked for that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
