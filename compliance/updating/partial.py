"""A download that is not whole yet, kept with what tells whether the server still has the same file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple


class Validators(NamedTuple):
    """What a server says to recognise a file by, verbatim (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def resuming(self) -> str | None:
        """What If-Range takes: a strong ETag, else the date."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified

    @property
    def asking(self) -> dict[str, str]:
        """The headers of a conditional request."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


class Partial:
    """The file `TARGET.part` and beside it its address and validators; becomes TARGET when it is whole."""

    def __init__(self, target: Path, url: str) -> None:
        self.target = target
        self.url = url
        self.path = target.with_name(f"{target.name}.part")
        self._notes = target.with_name(f"{target.name}.part.json")

    def resumable(self) -> tuple[int, Validators]:
        """How many bytes are there, and by what to go on; (0, nothing) when it must begin anew."""
        try:
            notes = json.loads(self._notes.read_text("utf-8"))
            validators = Validators(notes["etag"], notes["last_modified"])
            size = self.path.stat().st_size
        except (OSError, ValueError, KeyError, TypeError):
            return 0, Validators()
        if notes.get("url") != self.url or not validators.resuming:
            return 0, Validators()
        return size, validators

    def begin(self, validators: Validators) -> BinaryIO:
        """An empty file to write to; without validators it cannot be gone on with later."""
        self.drop()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._notes.write_text(json.dumps({"url": self.url, **validators._asdict()}), "utf-8")
        return open(self.path, "wb")

    def go_on(self) -> BinaryIO:
        """The file that is there, to write on."""
        return open(self.path, "ab")

    def finish(self) -> Path:
        """Makes it durable under its own name."""
        with open(self.path, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(self.path, self.target)
        self._notes.unlink(missing_ok=True)
        return self.target

    def drop(self) -> None:
        """Forgets what is there."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)
