"""`compliance import`: what came in is told, and what was refused says where and what to do."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
Size = Callable[[], int]


def test_each_publication_is_told_in_the_order_of_its_day(run: Run, sdn: Folder) -> None:
    later, earlier = sdn("2024-02-02", [2, 3, 4]), sdn("2024-01-02", [1, 2, 3])
    ran = run("import", later, earlier)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "2024-01-02 (folder name)  ofac-delimited  sdn.csv",
        "  us-ofac-sdn: 3 entries: 3 listed; 4 events",
        "2024-02-02 (folder name)  ofac-delimited  sdn.csv",
        "  us-ofac-sdn: 3 entries: 1 delisted, 1 listed; 3 events",
    ]


def test_a_series_of_dated_folders_and_a_zip_are_taken_as_one_argument(run: Run, sdn: Folder, home: Path) -> None:
    sdn("2024-01-02", [1, 2])
    sdn("2024-02-02", [1, 2, 3])
    assert run("import", home / "lists").status == 0
    data = (sdn("2024-03-02", [1, 2, 3, 4]) / "sdn.csv").read_bytes()
    with zipfile.ZipFile(home / "sdn 2024-03-02.zip", "w") as archive:
        archive.writestr("SDN.CSV", data)
    ran = run("import", home / "sdn 2024-03-02.zip")
    assert "2024-03-02 (file name)" in ran.out
    assert "us-ofac-sdn: 4 entries: 1 listed; 2 events" in ran.out


def test_the_same_file_again_says_so_and_is_done(run: Run, sdn: Folder, size: Size) -> None:
    folder = sdn("2024-01-02", [1, 2])
    run("import", folder)
    before = size()
    ran = run("import", folder)
    assert (ran.status, size()) == (0, before)
    assert ran.out.endswith("sdn.csv: imported before, nothing to do\n")


def test_the_date_may_be_given(run: Run, sdn: Folder, home: Path) -> None:
    folder = sdn("2024-01-02", [1, 2]).rename(home / "download")
    ran = run("import", folder, "--published", "2024-01-03")
    assert ran.out.startswith("2024-01-03 (given)")


def test_warnings_are_told(run: Run, sdn: Folder) -> None:
    ran = run("import", sdn("2024-01-02", [1, 2]), "--published", "2024-01-03")
    assert "  warning: " in ran.out
    assert "the name says 2024-01-02, but 2024-01-03 was given" in ran.out


def test_too_many_removals_are_refused_until_they_are_accepted(run: Run, sdn: Folder, size: Size) -> None:
    run("import", sdn("2024-01-02", range(1, 101)))
    before = size()
    refused = run("import", sdn("2024-02-02", range(1, 81)))
    assert (refused.status, refused.out, size()) == (2, "", before)
    assert refused.err == (
        "compliance: sdn.csv: 20 of 100 entries would be removed, more than a list loses in that time; if the file is "
        "whole and this is so, import it with --accept-removals (nothing of this publication was imported)\n"
    )
    assert run("import", sdn("2024-02-02", range(1, 81)), "--accept-removals").status == 0


def test_json_tells_the_same_to_a_program(run: Run, sdn: Folder) -> None:
    ran = run("import", sdn("2024-01-02", [1, 2]), "--json")
    (summary,) = json.loads(ran.out)
    assert (summary["published"], summary["already"]) == ("2024-01-02", False)
    assert summary["lists"] == [
        {"list": "us-ofac-sdn", "entries": 2, "events": 3, "changes": {"listed": 2}, "already": False}
    ]
    assert [file["name"] for file in summary["files"]] == ["sdn.csv"]


def test_json_of_a_series_that_ends_in_a_refusal_holds_what_came_in(run: Run, sdn: Folder) -> None:
    ran = run("import", sdn("2024-01-02", range(1, 101)), sdn("2024-02-02", [1]), "--json")
    assert ran.status == 2
    assert [summary["published"] for summary in json.loads(ran.out)] == ["2024-01-02"]


@pytest.mark.parametrize("list_id", ["us-ofac-cmic", "us-ofac-ssi"])
def test_only_the_named_list_is_taken(run: Run, fixtures: Path, list_id: str, size: Size) -> None:
    before = size()
    ran = run("import", fixtures / "ofac-consolidated" / "2024-02-01", "--list", list_id, "--accept-removals")
    assert ran.status == 0
    events = [json.loads(line) for line in run("log", "events", "--after", before, "--json").out.splitlines()]
    assert {event["stream"] for event in events} == {f"list/{list_id}"}


def test_one_is_not_told_as_several(run: Any, sdn: Any) -> None:
    out = run("import", sdn("2024-01-02", [1])).out
    assert "1 entry: " in out
    assert "1 entries" not in out + run("screen", "SenseTime", "--as-of", "2024-01-02").out
    assert "1 entry of us-ofac-sdn" in run("export", "us-ofac-sdn", "--as-of", "2024-01-02", "-o", "out.csv").out
