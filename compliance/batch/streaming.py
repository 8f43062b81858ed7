"""Results that go to a pipe or to standard output as they come: nothing is kept, and nothing can be continued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from compliance.batch.keeping import Entry
from compliance.batch.values import KeptHits
from compliance.batch.workers import Done


class Streamed:
    """Writes each piece's results at once; has the face of `Kept`."""

    def __init__(self, out: BinaryIO, head: bytes) -> None:
        self.entries: list[Entry] = []
        self.bytes = 0
        self.digest = hashlib.sha256()
        self._out = out
        self._hits: list[KeptHits] = []
        self._write(head)

    def keep(self, done: Done) -> None:
        """Writes the results."""
        chunk = done.chunk
        self._write(chunk.results)
        self._hits += chunk.hits
        place = (done.piece.input, done.piece.first, done.piece.done)
        self.entries.append(Entry(*place, chunk.counts, chunk.records, chunk.doubtful, (0, 0, 0), (0, 0, 0)))

    def hits(self) -> Iterator[KeptHits]:
        """The hits for the record."""
        return iter(self._hits)

    def close(self) -> None:
        """What was written is on its way."""

    def remove(self) -> None:
        """There is nothing to remove."""

    def _write(self, body: bytes) -> None:
        self._out.write(body)
        self._out.flush()
        self.bytes += len(body)
        self.digest.update(body)
