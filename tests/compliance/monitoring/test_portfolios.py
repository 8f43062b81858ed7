"""A portfolio keeps its counterparties as events: what comes, changes and goes, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from compliance import Compliance
from tests.compliance.conftest import Run


def write(text: str, name: str = "parties.csv") -> str:
    Path(name).write_text(text, "utf-8")
    return name


def change(run: Run, *words: str) -> tuple[int, int, int, int]:
    ran = run("portfolio", *words, "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    return told["added"], told["changed"], told["removed"], told["counterparties"]


def shown(run: Run, name: str = "main") -> dict[str, str]:
    return {party["id"]: party["name"] for party in json.loads(run("portfolio", "show", name, "--json").out)["shown"]}


def test_what_is_new_and_what_is_known_otherwise_is_taken_in(run: Run) -> None:
    assert change(run, "add", "main", write("id,name\nA,Alpha\nB,Beta\n")) == (2, 0, 0, 2)
    assert change(run, "add", "main", write("id,name\nB,Beta Ltd\nC,Gamma\n")) == (1, 1, 0, 3)
    assert shown(run) == {"A": "Alpha", "B": "Beta Ltd", "C": "Gamma"}


def test_with_replace_whoever_is_not_in_the_file_is_removed(run: Run) -> None:
    change(run, "add", "main", write("id,name\nA,Alpha\nB,Beta\n"))
    assert change(run, "add", "main", write("id,name\nB,Beta\n"), "--replace") == (0, 0, 1, 1)
    assert shown(run) == {"B": "Beta"}


def test_the_same_file_again_appends_nothing(run: Run, size: Callable[[], int]) -> None:
    file = write("id,name\nA,Alpha\nB,Beta\n")
    change(run, "add", "main", file)
    before = size()
    assert "nothing to do; 2 counterparties" in run("portfolio", "add", "main", file, "--replace").out
    assert size() == before


def test_another_threshold_or_other_lists_are_kept_with_the_portfolio(run: Run) -> None:
    file = write("id,name\nA,Alpha\n")
    change(run, "add", "main", file)
    ran = run("portfolio", "add", "main", file, "--threshold", "90", "--list", "us-ofac-cmic")
    assert "watched otherwise from now on" in ran.out
    told = json.loads(run("portfolio", "list", "--json").out)
    assert [(item["threshold"], item["lists"]) for item in told] == [(90.0, ["us-ofac-cmic"])]


def test_counterparties_are_removed_by_id_or_all(run: Run) -> None:
    change(run, "add", "main", write("id,name\nA,Alpha\nB,Beta\nC,Gamma\n"))
    assert change(run, "remove", "main", "B") == (0, 0, 1, 2)
    assert change(run, "remove", "main", "--all") == (0, 0, 2, 0)
    assert shown(run) == {}


def test_many_counterparties_come_in_one_append_of_few_events(run: Run, library: Compliance) -> None:
    rows = "".join(f"{number},Party {number}\n" for number in range(2_500))
    assert change(run, "add", "main", write(f"id,name\n{rows}")) == (2500, 0, 0, 2500)
    events = list(library.log.rows(stream="portfolio/main"))
    assert [len(event.payload.get("counterparties", ())) for event in events] == [0, 1000, 1000, 500]
    assert len({event.recorded_at for event in events}) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\nA,Alpha\nB,\n", "1 row cannot be watched (row 3: no name"),
        ("id,name\nA,Alpha\n,Beta\n", "row 3: no id in column 'id'"),
        ("id,name\nA,Alpha\nA,Beta\n", "rows 2 and 3 have the id 'A' and say different things"),
        ("number,name\n1,Alpha\n", "no column is known to hold ids"),
    ],
)
def test_a_file_that_cannot_be_watched_is_refused_whole(
    run: Run, size: Callable[[], int], text: str, says: str
) -> None:
    before = size()
    ran = run("portfolio", "add", "main", write(text))
    assert (ran.status, says in ran.err, ran.err.count("\n"), size()) == (2, True, 1, before)


def test_rows_that_are_left_out_on_request_are_named(run: Run) -> None:
    ran = run("portfolio", "add", "main", write("id,name\nA,Alpha\nB,\n"), "--accept-unreadable")
    assert (ran.status, "not watched: row 3" in ran.err) == (0, True)
    assert shown(run) == {"A": "Alpha"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["remove", "main"], "say who is removed"),
        (["remove", "main", "X"], "no counterparty 'X'"),
        (["show", "other"], "there is no portfolio 'other'; there are: main"),
        (["show", "../x"], "cannot name a portfolio"),
        (["add", "main", "missing.csv"], "missing.csv cannot be read"),
        (["add", "main", "parties.csv", "--list", "nonsense"], "nonsense"),
    ],
)
def test_a_bad_question_is_one_line(run: Run, words: list[str], says: str) -> None:
    change(run, "add", "main", write("id,name\nA,Alpha\n"))
    ran = run("portfolio", *words)
    assert (ran.status, says in ran.err, ran.err.count("\n")) == (2, True, 1)
