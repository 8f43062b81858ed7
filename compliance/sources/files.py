"""One file as obtained, and the files that belong together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from compliance.model import SourceFile

LONGEST_TEXT = 1_000_000  # characters of one field; the longest of an official list has some 20,000


@dataclass(frozen=True)
class InputFile:
    """One file as obtained. `path` is for messages; `named` says that the user named this very file."""

    name: str
    path: str
    data: bytes = field(repr=False)
    named: bool = False

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.data)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    def source(self) -> SourceFile:
        """Return what the record keeps about the file."""
        return SourceFile(name=self.name, sha256=self.sha256, size=self.size)


@dataclass(frozen=True)
class Group:
    """Files that belong together. `folders` are the names around them that may hold their date, nearest first."""

    place: str
    files: tuple[InputFile, ...]
    folders: tuple[str, ...]
    archive: str | None = None
