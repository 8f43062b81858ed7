"""A place for each blow: a copy of one base log, the real import of one publication into it, and the checks."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from compliance import Compliance
from compliance.archive import Archive
from compliance.facade import utc_now
from compliance.settings import load
from events import EventLog
from tests.hammer.publications import write_publications
from tests.support.databases import administer
from tests.support.postgres_server import Server

_COMMAND = "import sys; from compliance.cli import main; sys.exit(main())"
ROOT = Path(__file__).parents[2]

Contents = dict[str, list[tuple[Any, ...]]]


class Place(NamedTuple):
    """One log with its folders."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """For a command that works here."""
        return {
            "COMPLIANCE_DATABASE_URL": self.url,
            "COMPLIANCE_DATA_DIR": str(self.folder / "data"),
            "COMPLIANCE_CACHE_DIR": str(self.folder / "cache"),
            "COMPLIANCE_ACTOR": "hammer",
        }

    @property
    def database(self) -> Path:
        """The file, in SQLite."""
        return self.folder / "data" / "log.db"


class Result(NamedTuple):
    """How an import that was meddled with ended."""

    status: int
    said: str


class Damaged(AssertionError):
    """What must never be seen."""


class Stand:
    """Makes places. The base log holds a first publication; the blows fall on the import of the second."""

    def __init__(self, folder: Path, *, entries: int, server: Server | None = None) -> None:
        self.folder = folder
        self.server = server
        self.pause = 0.0005 if server is None else 0.005  # seconds between two looks at what has grown
        self._count = 0
        self.first, self.second = write_publications(folder / "files", entries)
        base = self._place("base")
        if server is not None:
            administer(server.url, "CREATE DATABASE base")
        self.complete(base, self.first)
        self.before = contents(base)
        self._measure()

    def _measure(self) -> None:
        """One import that nothing disturbs: how long it takes, how much the database grows, what it leaves."""
        place = self.new()
        self.size = self.grown(place)  # bytes before
        began = time.monotonic()
        process = self.start(place)
        peak = self.size
        while process.poll() is None:
            peak = max(peak, self.grown(place))
            time.sleep(0.005)
        errors = process.communicate()[1]
        if process.returncode:
            raise RuntimeError(f"the import does not work at all: {errors}")
        self.duration = time.monotonic() - began  # seconds
        self.growth = peak - self.size  # bytes
        self.after = contents(place)
        self.lists = sum(self.before.get(stream) != said for stream, said in self.after.items())
        self.remove(place)

    def grown(self, place: Place) -> int:
        """The bytes of the database by now, those of an append that has not ended included."""
        if self.server is not None:
            with psycopg.connect(place.url.replace("+psycopg", ""), autocommit=True) as connection:
                row = connection.execute("SELECT pg_relation_size('event')").fetchone()
            return int(row[0]) if row else 0
        files = (place.database, place.database.with_name(place.database.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def new(self) -> Place:
        """A copy of the base."""
        self._count += 1
        place = self._place(f"place{self._count}")
        shutil.copytree(self.folder / "base", place.folder)
        if self.server is not None:
            administer(self.server.url, f"CREATE DATABASE {place.folder.name} TEMPLATE base")
        return place

    def remove(self, place: Place) -> None:
        """Away with it."""
        shutil.rmtree(place.folder)
        if self.server is not None:
            administer(self.server.url, f"DROP DATABASE {place.folder.name} WITH (FORCE)")

    def start(self, place: Place, *, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        """`compliance import` of the second publication, as a process; `before` are words in front of the command."""
        return subprocess.Popen(
            [*before, sys.executable, "-c", _COMMAND, "import", str(self.second)],
            env={**os.environ, **place.environment},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def complete(self, place: Place, publication: Path) -> None:
        """Imports it without disturbance, in this process."""
        with Compliance(load(place.environment), utc_now, bundled=False) as compliance:
            for _ in compliance.import_files([publication]):
                pass

    def check(self, place: Place) -> int:
        """How many lists have the second publication: each wholly or not at all. Raises Damaged, or LogBroken."""
        found = contents(place)
        whole = 0
        for stream in self.after:
            had, has = self.before.get(stream, []), found.get(stream, [])
            if has == self.after[stream] != had:
                whole += 1
            elif has != had:
                raise Damaged(f"{stream} has {len(has)} events, neither {len(had)} nor {len(self.after[stream])}")
        return whole

    def check_and_complete(self, place: Place) -> int:
        """The same; then the import again, which must end as if nothing had been."""
        whole = self.check(place)
        self.complete(place, self.second)
        if contents(place) != self.after:
            raise Damaged("the import that was run again did not lead to the whole")
        return whole

    def _place(self, name: str) -> Place:
        folder = self.folder / name
        if self.server is None:
            return Place(f"sqlite:///{folder / 'data' / 'log.db'}", folder)
        return Place(self.server.url.replace("/postgres?", f"/{name}?"), folder)


def contents(place: Place) -> Contents:
    """What each stream of the verified log says; and that every original it names is in the archive."""
    found: Contents = {}
    with EventLog.open(place.url, clock=utc_now, create=False) as log:
        log.verify()
        for row in log.rows():
            said = (row.version, row.type, row.schema_version, row.effective, row.payload)
            found.setdefault(row.stream, []).append(said)
            for file in row.payload.get("files", ()):
                Archive(place.folder / "data" / "archive").get(file["sha256"])
    return found
