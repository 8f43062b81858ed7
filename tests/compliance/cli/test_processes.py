"""Commands as processes: closed pipes, full disks, Ctrl-C, terminals, and the library from `python -c`."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "compliance"]
Run = Callable[..., Any]
Folder = Callable[..., Path]


@pytest.fixture(autouse=True)
def _a_log(run: Run, sdn: Folder) -> None:
    assert run("import", sdn("2024-01-02", range(1, 301))).status == 0


def test_a_reader_that_goes_away_ends_it_without_a_word_and_without_claiming_a_result() -> None:
    """`compliance log events | head -1`: neither 0 (clear) nor 1 (hits), and no traceback."""
    process = subprocess.Popen(
        [*COMMAND, "log", "events", "--limit", "1000", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", [["lists"], ["screen", "PARTY NUMBER 7", "--json"], ["export", "us-ofac-sdn"]])
def test_standard_output_that_is_full_is_told(command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run([*COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.stderr == "compliance: the output cannot be used: No space left on device\n"
    assert ran.returncode == 3


def test_ctrl_c_stops_a_batch_with_its_own_status_and_leaves_nothing_half_done() -> None:
    """The file is long enough for the batch to be running when it is stopped."""
    Path("book.csv").write_text("name\n" + "Blue Heron Bakery\n" * 1_000_000)
    process = subprocess.Popen(
        [*COMMAND, "batch", "book.csv", "-o", "out.csv", "--as-of", "2024-01-05"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith("book.csv: CSV (comma)")
    assert process.stderr.readline().startswith("run ")
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1]
    assert told == "compliance: stopped by the user; nothing is half done\n"
    assert process.returncode == 130
    assert os.listdir() == ["book.csv"]


def on_a_terminal(*command: str) -> tuple[int, str, str]:
    """Runs it with standard error on a terminal: exit status, what stood on the terminal, standard output."""
    ours, theirs = pty.openpty()
    with open("stdout.txt", "w") as out:
        process = subprocess.Popen([*COMMAND, *command], stdout=out, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(), shown.decode(), Path("stdout.txt").read_text("utf-8")


def test_a_batch_shows_a_bar_on_a_terminal_and_keeps_it_out_of_the_results() -> None:
    Path("book.csv").write_text("name\n" + "Blue Heron Bakery\n" * 2000)
    asked = ("--as-of", "2024-01-05", "--list", "us-ofac-sdn")
    status, shown, out = on_a_terminal("batch", "book.csv", "-o", "-", *asked, "--all")
    assert status == 0
    assert "book.csv: CSV (comma), utf-8" in shown
    assert "100%" in shown
    assert "2,000 rows = 2,000 clear" in shown
    assert out.count("\n") == 2001
    assert "\x1b" not in out


def test_an_import_shows_a_bar_on_a_terminal_and_its_lines_stay_plain(sdn: Folder) -> None:
    folders = [sdn(f"2024-{month:02}-02", range(1, 301 + month)) for month in range(2, 5)]
    status, shown, out = on_a_terminal("import", *map(str, folders))
    assert status == 0
    assert "importing" in shown
    assert "33%" in shown
    assert [line.split(" ")[0] for line in out.splitlines()[::2]] == ["2024-02-02", "2024-03-02", "2024-04-02"]
    assert "\x1b" not in out


def test_in_a_pipe_there_is_neither_a_bar_nor_colour(sdn: Folder) -> None:
    Path("book.csv").write_text("name\nPARTY NUMBER 7\n")
    for command in (
        ["batch", "book.csv", "-o", "-"],
        ["import", str(sdn("2024-02-02", range(1, 302)))],
        ["screen", "X"],
    ):
        ran = subprocess.run([*COMMAND, *command], capture_output=True, text=True, check=False)
        assert "\x1b" not in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr


def test_the_library_answers_from_a_line_of_python() -> None:
    code = (
        "from datetime import date\n"
        "from compliance import Compliance\n"
        "with Compliance.open() as c:\n"
        "    a = c.screen('SenseTime Group Limited', as_of=date(2022, 1, 5))\n"
        "    print(a.outcome, a.hits[0].entry.id, a.hits[0].state)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("hits us-ofac-cmic/33114 announced\n", "")
