"""What a run has done so far, kept beside its output so that it can be continued after whatever stopped it.

The folder `.OUT.part` holds the question, the results so far, the unreadable rows so far, the hits for the record, and
a journal: a line for each piece, with where its bytes end in each of these files and their checksums. Bytes that
follow the last whole line of the journal do not count.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from compliance.batch.hits import hits_from, hits_to
from compliance.batch.values import Chunk, Counts, KeptHits
from compliance.batch.workers import Done
from compliance.errors import BadInput
from compliance.tabular import reported

_QUESTION, _JOURNAL, _LOCK = "question.json", "journal.jsonl", "lock"
_FILES = ("results", "unreadable", "hits")


class Entry(NamedTuple):
    """A piece that is done: which, its counts, and where its bytes end in the kept files, with their checksums."""

    input: int
    first: int
    done: int
    counts: Counts
    records: int
    doubtful: int
    ends: tuple[int, int, int]
    sums: tuple[int, int, int]


def folder_of(output: Path) -> Path:
    """The folder beside an output in which an unfinished run is kept."""
    target = output.resolve()  # of a link, the file that it points to is replaced
    return target.with_name(f".{target.name}.part")


def unfinished(output: Path) -> dict[str, Any] | None:
    """The question of an unfinished run with this output, as it was kept; None when there is none."""
    try:
        kept: dict[str, Any] = orjson.loads((folder_of(output) / _QUESTION).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return kept


class Kept:
    """The folder of a run: what was done in it, and what is being done. Only one process has it at a time."""

    def __init__(self, output: Path, question: dict[str, Any], *, resume: bool) -> None:
        self.folder = folder_of(output)
        with reported(output), ExitStack() as stack:
            self.folder.mkdir(exist_ok=True)
            stack.enter_context(_locked(self.folder, output))
            held = unfinished(output) if resume else None
            if held is None:
                self._begin(question)
            elif other := _differing(held, question):
                raise BadInput(
                    f"{output}: the unfinished run asked something else ({', '.join(other)}); give the same files and "
                    "options, or start anew without --resume"
                )
            self._files = [stack.enter_context(open(self.folder / name, "r+b")) for name in _FILES]
            self._journal = stack.enter_context(open(self.folder / _JOURNAL, "r+b"))
            self.entries = list(self._whole_entries())
            self._forget_the_rest()
            self._open = stack.pop_all()

    def _begin(self, question: dict[str, Any]) -> None:
        """Empty files; the question comes last, since a folder without one is no unfinished run."""
        (self.folder / _QUESTION).unlink(missing_ok=True)
        for name in (*_FILES, _JOURNAL):
            (self.folder / name).write_bytes(b"")
        (self.folder / f"{_QUESTION}.new").write_bytes(orjson.dumps(question, option=orjson.OPT_INDENT_2))
        (self.folder / f"{_QUESTION}.new").replace(self.folder / _QUESTION)

    def keep(self, done: Done) -> None:
        """Adds a piece; after this it is not lost by the end of the process."""
        bodies = (done.chunk.results, done.chunk.unreadable, b"".join(map(hits_to, done.chunk.hits)))
        for file, body in zip(self._files, bodies, strict=True):
            file.write(body)
            file.flush()
        before = self.entries[-1].ends if self.entries else (0, 0, 0)
        entry = _entry(done, bodies, before)
        self._journal.write(orjson.dumps(entry, default=list) + b"\n")
        self._journal.flush()
        self.entries.append(entry)

    def results(self) -> Iterator[bytes]:
        """The results of each piece, in order."""
        return self._bodies(0)

    def unreadable(self) -> Iterator[bytes]:
        """The unreadable rows of each piece, in order."""
        return self._bodies(1)

    def hits(self) -> Iterator[KeptHits]:
        """The hits for the record."""
        for body in self._bodies(2):
            yield from (hits_from(line) for line in body.splitlines())

    def close(self) -> None:
        """Lets go of the folder; without a piece that is done it is removed."""
        if not self.entries:
            self.remove()
        with suppress(OSError):
            self._open.close()

    def remove(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _whole_entries(self) -> Iterator[Entry]:
        """The entries of the journal whose bytes are all there, up to the first of which they are not."""
        self._journal.seek(0)
        lines = self._journal.read().split(b"\n")[:-1]
        for file in self._files:
            file.seek(0)
        for line in lines:
            try:
                number, first, done, counts, records, doubtful, ends, sums = orjson.loads(line)
                entry = Entry(number, first, done, Counts(*counts), records, doubtful, tuple(ends), tuple(sums))
            except (orjson.JSONDecodeError, TypeError, ValueError):
                return
            parts = [file.read(end - file.tell()) for file, end in zip(self._files, entry.ends, strict=True)]
            if tuple(map(zlib.crc32, parts)) != entry.sums:
                return
            yield entry

    def _forget_the_rest(self) -> None:
        ends = self.entries[-1].ends if self.entries else (0, 0, 0)
        for file, end in zip(self._files, ends, strict=True):
            file.truncate(end)
            file.seek(end)
        self._journal.truncate(0)
        self._journal.seek(0)
        self._journal.write(b"".join(orjson.dumps(entry, default=list) + b"\n" for entry in self.entries))
        self._journal.flush()

    def _bodies(self, which: int) -> Iterator[bytes]:
        with open(self.folder / _FILES[which], "rb") as file:
            for entry in self.entries:
                yield file.read(entry.ends[which] - file.tell())


def _differing(held: dict[str, Any], asked: dict[str, Any]) -> list[str]:
    """What of two questions is not the same, in words."""
    try:
        parts = [("files", held["question"]["inputs"], asked["question"]["inputs"])]
        parts.append(("the form of the results", held["question"]["writing"], asked["question"]["writing"]))
        parts += [(name.replace("_", "-"), held["asked"][name], asked["asked"][name]) for name in asked["asked"]]
    except KeyError:
        return ["it is of another version of this program"]
    return [what for what, one, other in parts if one != _plain(other)]


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


def _entry(done: Done, bodies: Sequence[bytes], before: tuple[int, int, int]) -> Entry:
    ends = tuple(end + len(body) for end, body in zip(before, bodies, strict=True))
    sums = tuple(map(zlib.crc32, bodies))
    chunk: Chunk = done.chunk
    place = (done.piece.input, done.piece.first, done.piece.done)
    return Entry(*place, chunk.counts, chunk.records, chunk.doubtful, ends, sums)  # type: ignore[arg-type]


def _locked(folder: Path, output: Path) -> BinaryIO:
    """The folder's lock, which ends with the process. Raises BadInput when another process has it."""
    file = open(folder / _LOCK, "ab")  # noqa: SIM115 - closing it would unlock the folder
    try:
        import fcntl
    except ImportError:  # not on Windows, where the open files cannot be removed instead
        return file
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise BadInput(f"{output} is being written by another run: wait for it, or name another file") from None
    return file
