"""A run since an earlier one: only what a change of the lists or of the counterparties can have altered is screened.

Whether a party and an entry are a hit depends on the two alone. So a party that had no hit in the earlier run has none
now among the entries that say the same as then. It is held against the other entries, which are few; only when it hits
one of them is it screened in full, like a party that is new, or that had hits. All results come from full screenings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from compliance.batch.chunks import Chunks
from compliance.batch.values import Chunk, Question
from compliance.book import Book, write_book
from compliance.counterparties.inputs import pieces
from compliance.counterparties.subjects import rows
from compliance.counterparties.values import Input, Piece
from compliance.errors import CannotSay
from compliance.register import Few, Listing, Register
from compliance.screening import Options, Screener, Subject

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from compliance.answers import Hit

_WIDTH = 16  # bytes of a party's digest, kept as two numbers of 64 bits


class Earlier(NamedTuple):
    """A finished run: its inputs, how many rows were read, and which had hits, as numbers of the input and the row."""

    inputs: tuple[Input, ...]
    rows: int
    with_hits: frozenset[tuple[int, int]]


class ScreeningSince(NamedTuple):
    """What a process must know: as `chunks.Screening`, and the folder with the changed entries and who had no hit."""

    book: Path
    options: Options
    question: Question
    folder: Path

    def begin(self) -> Callable[[Piece], Chunk]:
        """The function that screens pieces."""
        few = Screener(Book(self.folder / "changed"), self.options._replace(limit=1))
        without = WithoutHits(self.folder / "without-hits.npy")
        return Chunks(ScreenerSince(Book(self.book), self.options, few, without), self.question).screen


class ScreenerSince(Screener):
    """Screens like any other, but asks the whole book only about parties whose hits can have changed."""

    def __init__(self, book: Book, options: Options, few: Screener, without: WithoutHits) -> None:
        super().__init__(book, options)
        self._few = few
        self._without = without
        self._changes = few.book.size > 0

    def hits_many(self, subjects: Sequence[Subject]) -> Iterator[tuple[Hit, ...]]:
        """The hits of many parties, as those of `Screener`."""
        again = list(self._worth_asking(subjects))
        found = dict(zip(again, super().hits_many(again), strict=True))
        yield from (found.get(subject, ()) for subject in subjects)

    def _worth_asking(self, subjects: Sequence[Subject]) -> Iterator[Subject]:
        known = self._without.holds(subjects)
        held = [subject for subject, is_known in zip(subjects, known, strict=True) if is_known]
        yield from (subject for subject, is_known in zip(subjects, known, strict=True) if not is_known)
        if self._changes:
            for subject, hits in zip(held, self._few.hits_many(held), strict=True):
                if hits:
                    yield subject


class WithoutHits:
    """Who had no hit in the earlier run: digests, in order, in a file that all processes share."""

    def __init__(self, path: Path) -> None:
        self._first, self._second = np.load(path, mmap_mode="r")

    def holds(self, subjects: Sequence[Subject]) -> list[bool]:
        """Of each party, whether it is one of them. One that is not told apart from another counts as none."""
        if not len(self._first) or not subjects:
            return [False] * len(subjects)
        first, second = _halves(map(_digest, subjects))
        at = np.minimum(np.searchsorted(self._first, first), len(self._first) - 1)
        found: list[bool] = ((self._first[at] == first) & (self._second[at] == second)).tolist()
        return found


def prepare(earlier: Earlier, changed: Iterable[Listing], register: Register, folder: Path) -> int:
    """Writes what a `ScreeningSince` needs into an empty folder; how many names had no hit.

    Raises BadInput for an input that cannot be read, CannotSay where its rows are not those that were screened.
    """
    (folder / "changed").mkdir()
    write_book(Register(register.as_of, register.position, register.lists, Few(changed)), "", folder / "changed")
    first, second = _halves(_without_hits(earlier))
    order = np.lexsort((second, first))
    np.save(folder / "without-hits.npy", np.stack([first[order], second[order]]))
    return len(first)


def changed_entries(then: Register, now: Register, asked_then: Sequence[str], asked: Sequence[str]) -> list[Listing]:
    """The entries of now that said something else in an earlier state, were not there or not asked about."""
    found = []
    for list_id in now.lists:
        if list_id in asked:
            before = (
                {listing.key: listing.fields for listing in then.listings(list_id)} if list_id in asked_then else {}
            )
            found += [listing for listing in now.listings(list_id) if before.get(listing.key) != listing.fields]
    return found


def _without_hits(earlier: Earlier) -> Iterator[bytes]:
    """The digests of the parties of the rows without hits, a piece at a time."""
    read = 0
    for piece in pieces(earlier.inputs):
        found, _ = rows(piece, earlier.inputs[piece.input])
        read += len(found)
        without = (row for row in found if (piece.input, row.number) not in earlier.with_hits)
        yield b"".join(_digest(subject) for row in without for subject, _ in row.subjects)
    if read != earlier.rows:
        raise CannotSay(f"the earlier run read {earlier.rows:,} rows, and its files have {read:,}")


def _digest(subject: Subject) -> bytes:
    return blake2b(repr(tuple(subject)).encode("utf-8", "surrogatepass"), digest_size=_WIDTH).digest()


def _halves(digests: Iterable[bytes]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The two halves of each digest."""
    both = np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
