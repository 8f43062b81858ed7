"""The originals: every official file as obtained, compressed, named by the SHA-256 of its bytes."""

from __future__ import annotations

import gzip
import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from compliance.errors import BadInput, CannotSay


class Archive:
    """A folder of originals. What is in it is never changed; the same bytes are stored once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with this SHA-256 (hex) is kept, whether or not it is there."""
        return self.folder / digest[:2] / f"{digest}.gz"

    def put(self, data: bytes) -> str:
        """Stores the bytes durably and returns their SHA-256. Raises BadInput when the folder cannot be written."""
        digest = sha256(data).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        temporary = target.with_name(f".{uuid4().hex}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as raw:
                with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=6) as packed:
                    packed.write(data)
                raw.flush()
                os.fsync(raw.fileno())
            os.replace(temporary, target)
        except OSError as error:
            raise BadInput(
                f"the archive of originals {self.folder} cannot be written ({error.strerror}): nothing was imported; "
                "give a writable folder with COMPLIANCE_DATA_DIR"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes again, checked against their name. Raises CannotSay when missing or changed."""
        try:
            data = gzip.decompress(self.path(digest).read_bytes())
        except (OSError, EOFError, gzip.BadGzipFile) as error:
            raise CannotSay(f"the archived original {digest} cannot be read: {error}") from error
        if sha256(data).hexdigest() != digest:
            raise CannotSay(f"the archived original {digest} was changed: its bytes have another SHA-256")
        return data
