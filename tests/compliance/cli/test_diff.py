"""`diff`: what changed on a list between two days, in words, as CSV and as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
SDN = "us-ofac-sdn"
PERIOD = ("--from", "2023-10-31", "--to", "2023-11-30")


@pytest.fixture(autouse=True)
def _imported(run: Run, fixtures: Path) -> None:
    assert run("import", fixtures / "ofac-sdn").status == 0


class TestDiff:
    def test_differences_are_1_and_told_by_field(self, run: Run) -> None:
        ran = run("diff", SDN, "--from", "2023-10-31", "--to", "2023-11-30", "--json")
        found = {d["key"]: d for d in json.loads(ran.out)}
        assert ran.status == 1
        assert {key: d["what"] for key, d in found.items()} == {
            "900002": "amended", "900006": "delisted", "900007": "listed",
        }  # fmt: skip
        assert [change["field"] for change in found["900002"]["changes"]] == ["aliases", "programmes", "remarks"]

    def test_no_difference_is_0(self, run: Run) -> None:
        ran = run("diff", SDN, "--from", "2023-10-31", "--to", "2023-11-29")
        assert (ran.status, ran.out) == (0, f"{SDN} from 2023-10-31 to 2023-11-29: 0 listed, 0 amended, 0 delisted\n")
        assert f"{SDN} on 2023-11-29 is that of 2023-10-31, 29 days old: later changes are not known" in ran.err
        assert run("diff", SDN, *PERIOD).err == ""

    @pytest.mark.parametrize(
        ("days", "status", "told"),
        [
            (("2023-10-30", "2023-11-30"), 3, "unknown on 2023-10-30"),
            (("2023-11-30", "2023-10-31"), 2, "--from 2023-11-30 is after --to 2023-10-31"),
            (("2023-11-31", "2023-12-31"), 2, "--from '2023-11-31' is not a date"),
            (("2023-11-30", "2030-01-01"), 2, "--to 2030-01-01 is in the future"),
        ],
    )
    def test_days_that_cannot_be_compared_say_why(
        self, run: Run, days: tuple[str, str], status: int, told: str
    ) -> None:
        ran = run("diff", SDN, "--from", days[0], "--to", days[1])
        assert (ran.status, ran.out) == (status, "")
        assert told in ran.err

    def test_csv_has_a_row_for_each_field_and_json_the_same_values(self, run: Run) -> None:
        ran = run("diff", SDN, *PERIOD, "--format", "csv")
        rows = list(csv.DictReader(ran.out.splitlines()))
        told = json.loads(run("diff", SDN, *PERIOD, "--format", "json").out)
        assert ran.status == 1
        assert [(r["what"], r["entry"], r["field"]) for r in rows] == [
            ("amended", f"{SDN}/900002", "aliases"), ("amended", f"{SDN}/900002", "programmes"),
            ("amended", f"{SDN}/900002", "remarks"), ("delisted", f"{SDN}/900006", ""), ("listed", f"{SDN}/900007", ""),
        ]  # fmt: skip
        assert {(r["list"], r["from"], r["to"], r["cause"]) for r in rows} == {
            (SDN, "2023-10-31", "2023-11-30", "published")
        }
        changes = [change for difference in told for change in difference["changes"]]
        assert [json.loads(r["after"]) for r in rows[:3]] == [change["after"] for change in changes]
        assert [json.loads(r["before"]) for r in rows[:3]] == [change["before"] for change in changes]

    def test_json_by_either_option_is_the_same(self, run: Run) -> None:
        assert run("diff", SDN, *PERIOD, "--json").out == run("diff", SDN, *PERIOD, "--format", "json").out

    def test_csv_of_no_difference_is_its_header(self, run: Run) -> None:
        ran = run("diff", SDN, "--from", "2023-10-31", "--to", "2023-11-29", "--format", "csv")
        assert (ran.status, ran.out) == (0, "list,from,to,what,entry,name,cause,field,before,after\n")

    def test_no_cell_of_the_csv_is_a_formula(self, run: Run, sdn: Callable[..., Path]) -> None:
        run("import", sdn("2024-01-02", {"900001": "=1+1", **{f"90000{n}": f"PARTY {n}" for n in range(2, 8)}}))
        ran = run("diff", SDN, "--from", "2023-11-30", "--to", "2024-01-02", "--format", "csv")
        assert "'=1+1" in ran.out
        assert ",=1+1" not in ran.out

    def test_a_format_that_is_not_known_is_a_bad_question(self, run: Run) -> None:
        ran = run("diff", SDN, *PERIOD, "--format", "yaml")
        assert (ran.status, ran.out) == (2, "")
        assert "text, csv, json" in ran.err
