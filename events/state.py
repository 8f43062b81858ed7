"""Has the database changed since we last looked? For SQLite answered from the file system, unopened.

Only the standard library is imported (and for PostgreSQL its driver), so that a program can answer
from its cache in milliseconds.

What it can detect in SQLite: every append of ours, a replaced, restored, moved, cut or touched file; on
Unix also one whose modification time was set back, because the time of that change cannot be set. What it
cannot: a write below the file system or with its clock set back, or two writes of equal size within one
tick of that clock (milliseconds). In PostgreSQL: every append, another server, database or table in its
place, a table rewritten or cut, and triggers that were dropped, replaced or switched off since, even if
they are back. What it cannot: a change made in the server's own files, or through its catalogues. It says
that nothing needs to be read again; it is not evidence that the log is whole. For that there is
`EventLog.verify`.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from events.errors import CacheUnavailable
from events.postgres_address import is_postgres

LOG_IN_SQLITE = b"EVLG"  # bytes 68 to 72 of the file of a log, SQLite's application id

_SCHEMES = ("sqlite:///", "sqlite+pysqlite:///")


def database_path(url: str) -> Path | None:
    """The file of `sqlite:///path` (the rest is taken as it stands); None for any other URL."""
    for scheme in _SCHEMES:
        rest = url.removeprefix(scheme)
        if rest != url and rest not in ("", ":memory:"):
            return Path(rest)
    return None


def storage_state(url: str) -> str | None:
    """A token for the present state of a database; None when there is none, or no way to it.

    For SQLite it is made of real path, inode, size, and times of modification and change (ns) of the file
    and of its write-ahead log or journal; for PostgreSQL see `postgres_state`. Take it *before* reading what is to be
    remembered under it: then a writer in between makes the memory useless, not wrong. Closing a log in
    SQLite may fold the write-ahead log in and change the token.
    """
    path = database_path(url)
    if path is None:
        if is_postgres(url):
            from events.postgres_state import postgres_state

            return postgres_state(url)
        return None
    try:
        real = os.path.realpath(path)
        parts = [real, *_facts(os.stat(real))]
        for name in ("wal", "journal"):  # SQLite takes in what either holds when it opens the file
            parts += _facts_beside(real, name)
    except (OSError, ValueError):
        return None
    return "|".join(parts)


class RememberedHead:
    """What was learned of a log in exactly one state, as a small JSON file in a cache folder."""

    @staticmethod
    def recall(folder: Path, url: str, token: str) -> dict[str, Any] | None:
        """The facts remembered for this state; None when there are none or they cannot be read."""
        kept = _kept(folder, url)
        return kept.get("facts") if kept.get("token") == token else None

    @staticmethod
    def latest(folder: Path, url: str) -> dict[str, Any] | None:
        """The facts remembered last, for whatever state; None when there are none."""
        return _kept(folder, url).get("facts")

    @staticmethod
    def remember(folder: Path, url: str, token: str, facts: dict[str, Any]) -> None:
        """Keep `facts` (JSON values) for this state, over those of an earlier one.

        Raises CacheUnavailable when the folder cannot be written.
        """
        text = json.dumps({"address": _address(url), "token": token, "facts": facts})
        target = _file(folder, url)
        draft = target.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}.tmp")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, "utf-8")
            os.replace(draft, target)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise CacheUnavailable(f"cannot write the cache folder {folder}: {error.strerror}") from error


def _kept(folder: Path, url: str) -> dict[str, Any]:
    """What the file holds; nothing when it cannot be read or is about another log."""
    try:
        kept = json.loads(_file(folder, url).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    sound = isinstance(kept, dict) and kept.get("address") == _address(url) and isinstance(kept.get("facts"), dict)
    return kept if sound else {}


def recall(folder: Path, url: str, token: str) -> dict[str, Any] | None:
    """`RememberedHead.recall`."""
    return RememberedHead.recall(folder, url, token)


def remember(folder: Path, url: str, token: str, facts: dict[str, Any]) -> None:
    """`RememberedHead.remember`."""
    RememberedHead.remember(folder, url, token, facts)


def _facts(stat: os.stat_result) -> Iterable[str]:
    return (str(stat.st_ino), str(stat.st_size), str(stat.st_mtime_ns), str(stat.st_ctime_ns))


def _facts_beside(real: str, name: str) -> Iterable[str]:
    """Of a file beside it. An empty write-ahead log says nothing new: a mere reader leaves one behind."""
    try:
        stat = os.stat(f"{real}-{name}")
    except FileNotFoundError:
        return ()
    return (name, *_facts(stat)) if stat.st_size else ()


def _address(url: str) -> str:
    """One database, one address, by whatever relative path or link it was named; never a password."""
    path = database_path(url)
    return _without_password(url) if path is None else os.path.realpath(path)


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    query = [pair for pair in parse_qsl(parts.query) if "password" not in pair[0]]
    user, _, rest = parts.netloc.rpartition("@")
    return repr((parts.scheme, user.partition(":")[0], rest, parts.path, query))


def _file(folder: Path, url: str) -> Path:
    digest = hashlib.sha256(_address(url).encode("utf-8", "surrogateescape")).hexdigest()
    return folder / f"head-{digest[:32]}.json"
