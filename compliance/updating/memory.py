"""What the last update of a source got: the validators of each file, its SHA-256, and the publications it became.

It is a convenience and may be deleted: it is believed only as long as the log's last publication is one of those that
it names, so that "not modified" can never stand for files that the log does not have.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import Field, ValidationError

from compliance.model import Value
from compliance.updating.partial import Validators


class KnownFile(Value):
    """A file as it was fetched last."""

    url: str
    sha256: str
    etag: str | None = None
    last_modified: str | None = None

    @property
    def validators(self) -> Validators:
        """What to ask by."""
        return Validators(self.etag, self.last_modified)


class Memory(Value):
    """The last update of a source: its files by name, the lists that were taken, and the publication of each.

    `asked` may hold lists of which the files had no publication.
    """

    asked: tuple[str, ...] = ()
    files: dict[str, KnownFile] = Field(default_factory=dict)
    publications: dict[str, str] = Field(default_factory=dict)


def recall(folder: Path) -> Memory:
    """The memory of a source's folder; empty where there is none that can be read."""
    try:
        return Memory.model_validate_json((folder / "memory.json").read_bytes())
    except (OSError, ValidationError):
        return Memory()


def remember(folder: Path, memory: Memory) -> None:
    """Keeps it for the next update."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.json").write_text(json.dumps(memory.model_dump(exclude_none=True), indent=1), "utf-8")
