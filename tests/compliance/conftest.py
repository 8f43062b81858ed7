"""An isolated home for each test, the command line as a function, and small official files."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from compliance import Compliance
from compliance.cli import main

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data, cache and working folder of this test; nothing of the user's is read."""
    for name in ("COMPLIANCE_DATABASE_URL", "COMPLIANCE_MAX_AGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COMPLIANCE_ACTOR", "tester")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("screen", "NAME", now=…, stdin=b"…")`: the command line in this process."""

    def command(*argv: object, now: datetime = NOW, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        status = main([str(word) for word in argv], clock=lambda: now)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return command


@pytest.fixture
def library() -> Iterator[Compliance]:
    """The user's log through the Python interface, bundled list included."""
    with Compliance.open(clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def size() -> Callable[[], int]:
    """How many events the user's log holds now."""

    def count() -> int:
        with Compliance.open(clock=lambda: NOW) as opened:
            return opened.log.head().size

    return count


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return ROOT / "fixtures"


@pytest.fixture
def sdn(home: Path) -> Callable[..., Path]:
    """`sdn("2024-01-02", {"1": "ONE", …})`: a folder of that day with an sdn.csv in OFAC's format."""

    def write(day: str, entries: dict[str, str] | Iterable[int], *, folder: str = "lists", **files: str) -> Path:
        named = entries if isinstance(entries, dict) else {str(key): f"PARTY NUMBER {key}" for key in entries}
        target = home / folder / day
        target.mkdir(parents=True, exist_ok=True)
        text = "".join(f'{key},"{name}",-0- ,"SDGT"{",-0- " * 8}\r\n' for key, name in named.items())
        (target / "sdn.csv").write_bytes(text.encode() + b"\x1a\r\n")
        for name, content in files.items():
            (target / f"{name}.csv").write_bytes(content.encode() + b"\x1a\r\n")
        return target

    return write
