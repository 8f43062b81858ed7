"""What is printed does not steer the terminal, whoever wrote the name."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.cli.terminal import harmless, harmless_output, one_line

Run = Callable[..., Any]
Folder = Callable[..., Path]
HOSTILE = "EVIL \x1b[2J\x1b[8m\u202egnol\u2066 LTD"
TOLD = ("\x1b", "\x9b", "\u202e", "\u2066")


@given(st.text())
def test_only_tab_and_line_end_are_left_of_what_a_terminal_obeys(text: str) -> None:
    assert all(char.isprintable() or char in "\n\t" or ord(char) not in range(0xA0) for char in harmless(text))
    assert json.loads(harmless(json.dumps(text, ensure_ascii=False))) == text
    assert one_line(text).splitlines() in ([], [one_line(text)])


@pytest.mark.parametrize(
    "question",
    [
        ("screen", HOSTILE),
        ("screen", HOSTILE, "--explain"),
        ("screen", HOSTILE, "--json"),
        ("show", f"us-ofac-sdn/{HOSTILE}"),
        ("show", "us-ofac-sdn/7"),
        ("show", "us-ofac-sdn/7", "--json"),
        ("history", "us-ofac-sdn/7"),
        ("diff", "us-ofac-sdn", "--from", "2024-01-02", "--to", "2024-02-02"),
        ("lists", "--as-of", HOSTILE),
        ("log", "events", "--json"),
        ("log", HOSTILE),
        ("batch", HOSTILE, "-o", "out.csv"),
    ],
)
def test_a_hostile_name_is_shown_and_not_obeyed(run: Run, sdn: Folder, question: tuple[str, ...]) -> None:
    run("import", sdn("2024-01-02", [1, 2, 3]))
    run("import", sdn("2024-02-02", {"1": "ONE", "2": "TWO", "3": "THREE", "7": HOSTILE.replace("\x1b", "")}))
    ran = run(*question)
    said = ran.out + ran.err
    assert said
    assert not any(char in said for char in TOLD)
    if "--json" in question and question[0] == "screen":
        assert json.loads(ran.out)[0]["query"] == HOSTILE


def test_a_name_of_two_lines_does_not_look_like_two_answers(run: Run) -> None:
    ran = run("screen", "Nobody\nCLEAR  SenseTime Group")
    assert [line for line in ran.out.splitlines() if line.startswith("CLEAR  Sense")] == []


def test_a_colour_in_a_name_hides_no_letters_of_it(run: Run) -> None:
    assert run("screen", "Al\x1b[31mmaz Antey").out.splitlines()[0].endswith("Al\\u001b[31mmaz Antey")


def test_data_in_a_pipe_is_what_it_was(run: Run, sdn: Folder) -> None:
    """A file that goes through standard output is not for eyes."""
    name = HOSTILE.replace("\x1b", "")
    run("import", sdn("2024-01-02", {"7": name}))
    rows = list(csv.DictReader(io.StringIO(run("export", "us-ofac-sdn", "--as-of", "2024-01-02").out)))
    assert [row["name"] for row in rows] == [name]


def test_our_own_colours_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    with harmless_output():
        print("\x1b[31m\x1b[1mHITS\x1b[0m \x1b[8mhidden")
    assert sys.stdout is stream
    assert stream.getvalue() == "\x1b[31m\x1b[1mHITS\x1b[0m \\u001b[8mhidden\n"
