"""The originals: every official file as obtained, compressed, named by the SHA-256 of its bytes."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from compliance.errors import BadInput, CannotSay

_NAME = re.compile(r"[0-9a-f]{64}\.gz")


class Archive:
    """A folder of originals. What is in it is never changed; the same bytes are stored once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with this SHA-256 (hex) is kept, whether or not it is there."""
        return self.folder / digest[:2] / f"{digest}.gz"

    def digests(self) -> Iterator[str]:
        """The SHA-256 (hex) of every original that is kept, by its name alone; nothing of it is read."""
        for path in self.folder.glob("??/*.gz"):
            if _NAME.fullmatch(path.name):
                yield path.name.removesuffix(".gz")

    def put(self, data: bytes) -> str:
        """Stores the bytes durably and returns their SHA-256. Raises BadInput when the folder cannot be written.

        What is there already is read back: a damaged original is replaced by the sound one.
        """
        digest = sha256(data).hexdigest()
        target = self.path(digest)
        if target.exists() and self._is_sound(digest):
            return digest
        temporary = target.with_name(f".{uuid4().hex}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as raw:
                with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=6) as packed:
                    packed.write(data)
                raw.flush()
                os.fsync(raw.fileno())
            os.replace(temporary, target)
            _sync(target.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise BadInput(
                f"the archive of originals {self.folder} cannot be written ({error.strerror}): nothing was imported; "
                "give a writable folder with COMPLIANCE_DATA_DIR"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes again, checked against their name. Raises CannotSay, naming file and SHA-256, otherwise."""
        path = self.path(digest)
        try:
            data = gzip.decompress(path.read_bytes())
        except FileNotFoundError:
            raise CannotSay(
                f"the archived original {digest} is missing: {path} is not there; restore it from a backup, or import "
                "the same file again"
            ) from None
        except (OSError, EOFError, zlib.error) as error:
            raise CannotSay(f"the archived original {digest} cannot be read from {path}: {_plain(error)}") from error
        if sha256(data).hexdigest() != digest:
            raise CannotSay(f"the archived original {digest} was changed: the bytes in {path} have another SHA-256")
        return data

    def _is_sound(self, digest: str) -> bool:
        try:
            self.get(digest)
        except CannotSay:
            return False
        return True


def _plain(error: Exception) -> str:
    reason = getattr(error, "strerror", None)
    return reason or f"it is damaged ({error})"


def _sync(folder: Path) -> None:
    """Makes the new name in a folder durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
