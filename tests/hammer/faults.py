"""Full disks, limits, missing permissions, locks, and connections that are cut."""

import os
import random
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.hammer.stand import Damaged, Place, Result, Stand
from tests.support.databases import administer

# What root may do in spite of permissions; without it they bind root too.
_AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


class Blow(NamedTuple):
    """What was done, how the import ended, and how many lists were whole."""

    what: str
    result: Result
    whole: int


def ended(process: subprocess.Popen[str]) -> Result:
    """How the process ended: with a status of the contract, and one plain line when it failed."""
    errors = process.communicate()[1].strip()
    if process.returncode not in (0, 2, 3) or (process.returncode and len(errors.splitlines()) != 1):
        raise Damaged(f"the import ended with {process.returncode}: {errors}")
    return Result(process.returncode, errors)


def file_size_limits(stand: Stand, limits: Sequence[float]) -> Iterator[Blow]:
    """No file may grow beyond a part of what the import needs (RLIMIT_FSIZE)."""
    for part in limits:
        place = stand.new()
        size = _needed(stand, part)
        process = stand.start(place, before=("prlimit", f"--fsize={size}"))
        yield _judged(stand, place, f"files limited to {size:,} bytes", ended(process))


def full_disks(stand: Stand, spare: Sequence[float]) -> Iterator[Blow]:
    """A disk with room for a part of what the import needs: a tmpfs in a mount namespace of our own.

    Run by a process inside it, so that the mount is gone with that process, whatever happens.
    """
    for part in spare:
        place = stand.new()
        room = sum(f.stat().st_size for f in place.folder.rglob("*") if f.is_file())
        room += _needed(stand, part)
        inside = ["unshare", "-m", "sh", "-c", _FULL, "full", str(place.folder), str(room)]
        import_ = stand.start(place, before=inside)
        yield _judged(stand, place, f"disk of {room:,} bytes", ended(import_))


# The place is moved onto the small disk, the import works there, and what it left is moved back: the
# database file and its write-ahead log as the full disk has them.
_FULL = """
folder=$1 room=$2 keep=$1.keep; shift 2
cp -a "$folder" "$keep" && mount -t tmpfs -o "size=$room" none "$folder" && cp -a "$keep/." "$folder" || exit 99
"$@"
status=$?
rm -rf "$keep" && cp -a "$folder" "$keep" && umount "$folder" || exit 99
rm -rf "$folder" && mv "$keep" "$folder" || exit 99
exit $status
"""


def can_mount() -> str | None:
    """None where a small disk can be mounted, else why not."""
    try:
        command = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        return str(error)
    return done.stderr.strip() if done.returncode else None


def can_bind_root() -> str | None:
    """None where permissions bind whoever we are, or can be made to; else why not."""
    if os.geteuid() != 0:
        return None
    try:
        done = subprocess.run([*_AS_ANYBODY, "true"], check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        return str(error)
    return done.stderr.strip() if done.returncode else None


def read_only(stand: Stand) -> Iterator[Blow]:
    """A database file, its folder, or the archive that may only be read."""
    before = _AS_ANYBODY if os.geteuid() == 0 else ()
    for what, choose in _PROTECTED.items():
        place = stand.new()
        for path in choose(place):
            path.chmod(0o555 if path.is_dir() else 0o444)
        result = ended(stand.start(place, before=before))
        for path in choose(place):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield _judged(stand, place, f"{what} read-only", result, whole=0)


_PROTECTED: dict[str, Callable[[Place], list[Path]]] = {
    "file": lambda place: [place.database],
    "folder": lambda place: [place.database.parent],
    "folder and file": lambda place: [place.database, place.database.parent],
    "archive": lambda place: [path for path in (place.folder / "data").rglob("archive/**") if path.is_dir()],
}


def locked(stand: Stand) -> Iterator[Blow]:
    """Another process holds the writers' lock for longer than an import waits (30 seconds)."""
    place = stand.new()
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = ended(stand.start(place))
    yield _judged(stand, place, "locked by another process", result, whole=0)


def cut_connections(stand: Stand, rounds: int, chance: random.Random) -> Iterator[Blow]:
    """`pg_terminate_backend` when the import has written a random part of its rows."""
    for place, process in _in_the_middle(stand, rounds, chance):
        name = place.folder.name
        administer(
            _server(stand),
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        yield _judged(stand, place, "connection cut", ended(process))


def crashed_servers(stand: Stand, rounds: int, chance: random.Random) -> Iterator[Blow]:
    """The server stopped at once, without a checkpoint, and started again, when the import is in the middle."""
    assert stand.server is not None
    for place, process in _in_the_middle(stand, rounds, chance):
        stand.server.stop()
        result = ended(process)
        stand.server.start()
        yield _judged(stand, place, "server crashed", result)


def _in_the_middle(stand: Stand, rounds: int, chance: random.Random) -> Iterator[tuple[Place, subprocess.Popen[str]]]:
    for _ in range(rounds):
        place = stand.new()
        process = stand.start(place)
        goal = stand.size + 1 + chance.random() * stand.growth * 0.9
        while process.poll() is None and stand.grown(place) < goal:
            time.sleep(stand.pause)
        yield place, process


def _server(stand: Stand) -> str:
    assert stand.server is not None
    return stand.server.url


def _needed(stand: Stand, part: float) -> int:
    """A part of the bytes that the import adds to the write-ahead log, roughly; in whole KiB."""
    return int(part * stand.growth) // 1024 * 1024


def _judged(stand: Stand, place: Place, what: str, result: Result, whole: int | None = None) -> Blow:
    found = stand.check_and_complete(place)
    if (result.status == 0) != (found == stand.lists) or whole not in (None, found):
        raise Damaged(f"{what}: status {result.status}, but {found} lists are whole: {result.said}")
    stand.remove(place)
    return Blow(what, result, found)
