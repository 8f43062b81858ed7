"""A run that is stopped, by whatever, continues; the result is byte for byte that of one that was not."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
DAY = ("--as-of", "2021-12-20")
SMALL = 250  # lines of a piece here, so that a small book has many
PIECES = (
    "import sys\nfrom compliance.cli import main\nfrom compliance.counterparties import delimited\n"
    f"delimited._LINES, delimited._BLOCK = {SMALL}, 1000\nsys.exit(main())\n"
)
COMMAND = [sys.executable, "-c", PIECES, "batch", "book.csv", "--all", *DAY]
FILES = ("out.csv", "out.csv.unreadable.csv")


@pytest.fixture
def book(run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some forty pieces of rows, some of them hits, some unreadable; the log is there."""
    monkeypatch.setattr("compliance.counterparties.delimited._LINES", SMALL)
    monkeypatch.setattr("compliance.counterparties.delimited._BLOCK", 1000)
    lines = [f"{n},Blue Heron Bakery {n % 7}" if n % 97 else f"{n},SenseTime Group Limited" for n in range(10_000)]
    path = Path("book.csv")
    path.write_text(
        "id,name\n" + "\n".join(f"{line},x" if n % 509 == 0 else line for n, line in enumerate(lines)) + "\n"
    )
    assert run("screen", "Nobody Zzyzx", *DAY).status == 0
    return path


def until(condition: Callable[[], Any], process: subprocess.Popen[str]) -> Any:
    """What the condition gives as soon as it gives anything; None when the process ends before."""
    while process.poll() is None:
        if found := condition():
            return found
        time.sleep(0.005)
    return None


def finished(output: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, "-o", output, *options], capture_output=True, text=True, check=False)


def done() -> int:
    """How many pieces the unfinished run has kept."""
    journal = Path(".out.csv.part", "journal.jsonl")
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_killed_at_random_moments_it_ends_with_the_same_bytes(book: Path) -> None:
    """`kill -9`, again and again, with one process and with two; the last one is let go on."""
    assert finished("whole.csv", "--jobs", "1").returncode == 1
    moments, kills = random.Random(7), 0
    for jobs in ("1", "2", "1", "2"):
        process = subprocess.Popen(
            [*COMMAND, "-o", "out.csv", "--resume", "--jobs", jobs], stderr=subprocess.PIPE, text=True
        )
        more = done() + moments.randrange(1, 9)
        until(lambda more=more: done() >= more, process)  # type: ignore[misc]
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
        assert Path("out.csv").exists() == (process.returncode == 1)
    assert finished("out.csv", "--resume").returncode == 1
    assert kills > 0
    for name in FILES:
        assert Path(name).read_bytes() == Path(name.replace("out", "whole")).read_bytes()
    assert not Path(".out.csv.part").exists()


@pytest.fixture
def stopped(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run that was stopped after three pieces."""
    from compliance.batch.keeping import Kept

    keep = Kept.keep

    def three(self: Kept, done: Any) -> None:
        keep(self, done)
        if len(self.entries) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Kept, "keep", three)
        ran = run("batch", book, "-o", "out.csv", "--all", *DAY, "--jobs", "1")
    assert ran.status == 130
    assert "what is done is kept: the same command with --resume continues" in ran.err
    return Path(".out.csv.part")


def damaged(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))


def test_bytes_that_are_lost_or_damaged_are_made_again(run: Run, book: Path, stopped: Path) -> None:
    """As a power cut leaves them: cut in the middle, or filled with zeros."""
    assert run("batch", book, "-o", "whole.csv", "--all", *DAY).status == 1
    shutil.copytree(stopped, "kept")
    for name, change in (
        ("results", lambda data: data[:-5]),
        ("results", lambda data: data[: len(data) // 2] + b"\0" * 9 + data[len(data) // 2 + 9 :]),
        ("journal.jsonl", lambda data: data[:-5]),
        ("journal.jsonl", lambda data: data + b"[1, 2"),
        ("unreadable", lambda data: b""),
        ("results", lambda data: data + b"half a row"),
    ):
        shutil.rmtree(stopped, ignore_errors=True)
        shutil.copytree("kept", stopped)
        damaged(stopped, name, change)
        assert run("batch", book, "-o", "out.csv", "--all", *DAY, "--resume", "--jobs", "1").status == 1
        for written in FILES:
            assert Path(written).read_bytes() == Path(written.replace("out", "whole")).read_bytes()


def test_another_question_is_refused_and_told_apart(run: Run, book: Path, stopped: Path) -> None:
    for options, told in (
        (("--threshold", "90"), "threshold"),
        (("--known-at", "60"), "position, root"),
        (("--limit", "3"), "limit"),
        (("--name-column", "id"), "files"),
    ):
        ran = run("batch", book, "-o", "out.csv", "--all", *DAY, "--resume", *options)
        assert (ran.status, f"asked something else ({told})" in ran.err) == (2, True), ran.err
    book.write_text(book.read_text().replace("Bakery 5", "Bakery 6"))
    ran = run("batch", book, "-o", "out.csv", *DAY, "--resume")
    assert (ran.status, "asked something else (" in ran.err) == (2, True), ran.err
    assert stopped.exists()


def test_it_asks_what_was_asked_when_it_began(run: Run, book: Path, stopped: Path, sdn: Callable[..., Path]) -> None:
    """The day after, and after an import."""
    assert run("batch", book, "-o", "whole.csv", "--all", *DAY).status == 1
    assert run("import", sdn("2021-12-01", {"1": "BLUE HERON BAKERY"})).status == 0
    later = datetime(2026, 11, 25, 1, tzinfo=UTC)
    ran = run("batch", book, "-o", "out.csv", "--all", *DAY, "--resume", now=later)
    assert (ran.status, "log position 71" in ran.err, "continuing" in ran.err) == (1, True, True)
    assert Path("out.csv").read_bytes() == Path("whole.csv").read_bytes()


def test_without_resume_it_begins_anew_and_with_it_nothing_need_be_there(run: Run, book: Path, stopped: Path) -> None:
    assert run("batch", book, "-o", "out.csv", *DAY, "--threshold", "90").status == 1
    assert not stopped.exists()
    ran = run("batch", book, "-o", "out.csv", *DAY, "--resume")
    assert "there is no unfinished run, so it begins" in ran.err


def test_two_runs_cannot_write_the_same_output(run: Run, book: Path) -> None:
    from compliance.batch.keeping import Kept

    kept = Kept(Path("out.csv"), {"run": "x"}, resume=False)
    ran = run("batch", book, "-o", "out.csv", *DAY)
    assert (ran.status, "out.csv is being written by another run" in ran.err) == (2, True)
    kept.close()


def children(process: subprocess.Popen[str]) -> list[int]:
    """The workers that it started."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in pids if "spawn_main" in command(pid)]


def command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def started() -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, "-o", "out.csv", "--jobs", "2"], stderr=subprocess.PIPE, text=True)


linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")


@linux
def test_a_worker_that_dies_is_replaced_and_nothing_is_missing(book: Path) -> None:
    assert finished("whole.csv", "--jobs", "1").returncode == 1
    process = started()
    workers = until(lambda: children(process), process)
    os.kill(workers[0], signal.SIGKILL)
    told = process.communicate()[1]
    assert process.returncode == 1, told
    assert Path("out.csv").read_bytes() == Path("whole.csv").read_bytes()


@linux
def test_workers_that_keep_dying_end_the_run_with_a_plain_line(book: Path) -> None:
    process = started()

    def kill_all() -> None:
        for pid in children(process):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    until(kill_all, process)
    told = process.communicate()[1]
    assert process.returncode == 3, told
    assert "ended by signal 9, twice" in told
    assert "Traceback" not in told
    assert not Path("out.csv").exists()


@linux
def test_the_end_of_the_run_is_the_end_of_its_workers(book: Path) -> None:
    process = started()
    workers = until(lambda: done() and children(process), process)
    process.kill()
    process.communicate()
    for pid in workers:
        while "spawn_main" in command(str(pid)):
            time.sleep(0.005)
