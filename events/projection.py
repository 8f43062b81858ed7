"""Folding events into a state, and disposable snapshots of such states on disk."""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from events.errors import CacheUnavailable

State = TypeVar("State")
Happened = TypeVar("Happened")
Happened_contra = TypeVar("Happened_contra", contravariant=True)

_KEY = re.compile(r"[0-9a-f]{8,128}")
_ABANDONED_AFTER = 24 * 3600.0  # seconds: no build takes a day, so its builder is dead
_DRAFT = ".draft-"
_MANIFEST = "manifest.json"


class Apply(Protocol[State, Happened_contra]):
    """One step of a projection: the state after the event. It may change the state it is given."""

    def __call__(self, state: State, event: Happened_contra, /) -> State:
        """The next state."""
        ...


def fold(events: Iterable[Happened], initial: State, apply: Apply[State, Happened]) -> State:
    """The state after all events, in their order."""
    state = initial
    for event in events:
        state = apply(state, event)
    return state


class SnapshotStore:
    """Folders of derived data under one folder, each named by the hex digest of what it came from.

    All of it may be deleted at any time. A snapshot is there whole or not at all, and its manifest holds the size
    and SHA-256 of each of its files: one that was damaged is no snapshot, and the next `build` replaces it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str, *, thorough: bool = False) -> Path | None:
        """The snapshot's folder, or None where there is none or it is damaged.

        The files' sizes are compared with the manifest; their contents only when `thorough`, which reads them all.
        ValueError when `key` is not a lower-case hex digest.
        """
        target = self._target(key)
        return target if _is_whole(target, thorough) else None

    def build(self, key: str, writer: Callable[[Path], None], *, thorough: bool = False) -> Path:
        """The snapshot's folder, filled by `writer` unless it is there already and whole (as `path` sees it).

        Of several builders at once the first one done wins, and all get its result. What `writer`
        raises is passed on, except an OSError: that, and a folder that cannot be written, is
        CacheUnavailable.
        """
        target = self._target(key)
        if _is_whole(target, thorough):
            return target
        self._remove(key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.folder))
            try:
                writer(draft)
                (draft / _MANIFEST).write_text(json.dumps(_manifest(draft)), "utf-8")
                _move_unless_there(draft, target)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        except OSError as error:
            raise CacheUnavailable(f"cannot write the cache folder {self.folder}: {error.strerror}") from error
        return target

    def prune(self, keep: int, *, now: Callable[[], float] = time.time) -> None:
        """Remove the oldest snapshots beyond `keep`, and what dead builders left. Never raises OSError."""
        try:
            found = [(entry.stat().st_mtime, entry.name) for entry in os.scandir(self.folder)]
        except OSError:
            return
        whole = sorted((item for item in found if _KEY.fullmatch(item[1])), reverse=True)
        dead = [item for item in found if item[1].startswith(_DRAFT) and now() - item[0] > _ABANDONED_AFTER]
        for _, name in whole[max(keep, 0) :] + dead:
            self._remove(name)

    def _target(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a lower-case hex digest")
        return self.folder / key

    def _remove(self, name: str) -> None:
        """Renamed first, so that nobody takes a half-removed snapshot for a whole one."""
        gone = self.folder / f"{_DRAFT}gone-{name.removeprefix(_DRAFT)}"
        try:
            os.rename(self.folder / name, gone)
        except OSError:
            return
        shutil.rmtree(gone, ignore_errors=True)


def _move_unless_there(draft: Path, target: Path) -> None:
    try:
        os.rename(draft, target)
    except OSError:
        if not target.is_dir():
            raise


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _MANIFEST)


def _manifest(folder: Path) -> dict[str, list[Any]]:
    return {str(path.relative_to(folder)): [path.stat().st_size, _digest(path)] for path in _files(folder)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(folder: Path, thorough: bool) -> bool:
    """Whether every file that the manifest names is there in its size, and, when `thorough`, with its content."""
    try:
        named = json.loads((folder / _MANIFEST).read_text("utf-8"))
        return all(
            (folder / name).stat().st_size == size and (not thorough or _digest(folder / name) == digest)
            for name, (size, digest) in named.items()
        )
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return False
