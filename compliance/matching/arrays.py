"""Small helpers over flat arrays: letters of a word as bits, stable hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]


def letters(text: str) -> int:
    """One bit for each letter and digit that the text holds."""
    bits = 0
    for character in text:
        bits |= 1 << (ord(character) % 64)
    return bits


def letters_of(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The letters of many texts; those of plain letters and digits all at once."""
    together = "".join(texts)
    if not together.isascii():
        return np.array([letters(text) for text in texts], np.uint64)
    bits = np.uint64(1) << (np.frombuffer(together.encode("ascii"), np.uint8) % 64).astype(np.uint64)
    sizes = np.array([len(text) for text in texts], np.int64)
    starts = np.cumsum(sizes) - sizes
    held: NDArray[np.uint64] = np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), starts)  # the last may be empty
    held[sizes == 0] = 0
    return held


def bits_set(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """How many bits are set in each value."""
    if hasattr(np, "bitwise_count"):  # numpy 2
        return np.asarray(np.bitwise_count(values), np.uint8)
    counted = np.zeros(len(values), np.uint8)
    for shift in range(0, 64, 8):
        counted += _BYTE_BITS[(values >> np.uint64(shift)) & np.uint64(255)]
    return counted


_BYTE_BITS = np.array([bin(value).count("1") for value in range(256)], np.uint8)


def hashed(text: str) -> int:
    """A number for a text, the same in every process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def hashes(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The numbers of many texts."""
    return np.array([hashed(text) for text in texts], np.uint64)


def among(values: NDArray[np.uint64], wanted: Iterable[int]) -> NDArray[np.bool_]:
    """Which of many values are among a few; `isin` sorts them all for that."""
    few = np.unique(np.array([*wanted], np.uint64))
    if not len(few):
        return np.zeros(len(values), np.bool_)
    found: NDArray[np.bool_] = few[np.minimum(np.searchsorted(few, values), len(few) - 1)] == values
    return found


def offsets(sizes: Iterable[int]) -> Ints:
    """Where each of several runs begins in one array, and last where the last one ends."""
    return np.cumsum([0, *sizes]).astype(np.int64)


def save(folder: Path, prefix: str, columns: Columns) -> None:
    """Writes all arrays into one file."""
    np.savez(folder / f"{prefix}.npz", allow_pickle=False, **columns)


def load(folder: Path, prefix: str) -> Columns:
    """Reads what `save` wrote."""
    with np.load(folder / f"{prefix}.npz", allow_pickle=False) as held:
        return {name: held[name] for name in held.files}
