"""`compliance log`: the record can be read, computed again, and held against a head kept elsewhere."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]


@pytest.fixture
def head(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("log", "head", "--json").out)
    return found


def test_the_head_is_size_and_root(run: Run, head: dict[str, Any]) -> None:
    assert (head["size"], head["recorded_at"]) == (71, "2026-11-24T12:00:00+00:00")
    _, size, root = run("log", "head").out.splitlines()
    assert (size, b64decode(root).hex()) == ("71", head["root"])


def test_a_log_that_only_grew_verifies_against_an_earlier_head(run: Run, head: dict[str, Any], sdn: Folder) -> None:
    run("import", sdn("2024-01-02", [1, 2]))
    ran = run("log", "verify", "--against", f"71:{head['root'].upper()}")
    assert ran.status == 0
    assert ran.out.startswith("the log is whole: 74 events, root ")
    assert json.loads(run("log", "verify", "--json").out)["ok"] is True


def test_another_history_does_not_verify(run: Run, head: dict[str, Any]) -> None:
    ran = run("log", "verify", "--against", f"71:{'0' * 64}")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("compliance: ")


@pytest.mark.parametrize("text", ["71", "71:", "71:abc", "²:" + "0" * 64, "x:" + "0" * 64, "71:" + "z" * 64])
def test_a_head_that_is_none_is_told(run: Run, text: str) -> None:
    ran = run("log", "verify", "--against", text)
    assert ran.status == 2
    assert "a head is SIZE:ROOT" in ran.err


def test_a_changed_event_is_found_by_verify_and_by_every_question(run: Run, head: dict[str, Any], home: Path) -> None:
    """Somebody takes the triggers away and edits one name: no answer is given any more."""
    run("screen", "SenseTime Group Limited")
    with sqlite3.connect(home / "data" / "compliance.db") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        edited = database.execute(
            "UPDATE event SET payload = replace(payload, 'SENSETIME', 'SUNSETIME') WHERE payload LIKE '%SENSETIME%'"
        ).rowcount
        assert edited == 1
    database.close()
    for question in (("log", "verify"), ("screen", "SenseTime Group Limited"), ("lists",)):
        ran = run(*question)
        assert (ran.status, ran.out) == (3, "")
        assert "the log is broken at position" in ran.err


def test_events_are_told_as_they_are_stored(run: Run, head: dict[str, Any]) -> None:
    plain = run("log", "events", "--limit", 2, "--after", 60).out.splitlines()
    assert [line.split()[:4] for line in plain] == [
        ["61", "2021-12-10", "list/us-ofac-cmic", "v61"], ["62", "2021-12-10", "list/us-ofac-cmic", "v62"],
    ]  # fmt: skip
    assert plain[1].endswith("Listed 33114")
    lines = [json.loads(line) for line in run("log", "events", "--limit", 500, "--json").out.splitlines()]
    assert [line["position"] for line in lines] == list(range(1, 72))
    assert {"actor", "effective", "leaf_hash", "payload", "recorded_at", "stream", "type", "version"} <= set(lines[0])


def test_events_of_one_stream_only(run: Run, head: dict[str, Any], sdn: Folder) -> None:
    run("import", sdn("2024-01-02", [1, 2]))
    out = run("log", "events", "--stream", "list/us-ofac-sdn").out
    assert [line.split()[0] for line in out.splitlines()] == ["72", "73", "74"]


def test_a_log_written_by_a_clock_that_was_ahead_is_whole_and_that_is_said(run: Run, sdn: Folder) -> None:
    """The times never run backwards, so what is recorded later bears that time, too."""
    run("import", sdn("2024-01-02", [1, 2]), now=datetime(2099, 1, 1, tzinfo=UTC))
    run("import", sdn("2024-02-02", [1, 2, 3]))
    ran = run("log", "verify")
    assert (ran.status, ran.out.startswith("the log is whole: ")) == (0, True)
    assert "recorded at 2099-01-01 00:00 UTC, which is still to come" in ran.err
    assert run("log", "verify", now=datetime(2099, 1, 2, tzinfo=UTC)).err == ""
