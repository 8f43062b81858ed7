"""`lists`, `show`, `export`: what the lists say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
SDN = "us-ofac-sdn"


@pytest.fixture(autouse=True)
def _imported(run: Run, fixtures: Path) -> None:
    assert run("import", fixtures / "ofac-sdn").status == 0


class TestLists:
    def test_every_list_says_its_size_publication_age_and_coverage(self, run: Run) -> None:
        ran = run("lists", "--as-of", "2023-12-01")
        assert ran.status == 0
        line = next(line for line in ran.out.splitlines() if line.startswith(SDN))
        assert line.split("  ")[0] == SDN
        for part in (" 6 ", "2023-11-30", " 1 day ", "complete since 2023-10-31", "Specially Designated Nationals"):
            assert part in line

    def test_a_day_before_the_first_publication_is_unknown(self, run: Run) -> None:
        ran = run("lists", "--as-of", "2023-10-30")
        assert "unknown: complete from 2023-10-31" in ran.out

    def test_known_at_leaves_out_what_was_not_loaded_yet(self, run: Run) -> None:
        assert SDN not in run("lists", "--known-at", 71).out

    def test_json_has_the_same(self, run: Run) -> None:
        states = {state["id"]: state for state in json.loads(run("lists", "--json").out)}
        assert states[SDN]["coverage"] == "complete"
        assert (states[SDN]["entries"], states[SDN]["published"]) == (6, "2023-11-30")


class TestShow:
    def test_an_entry_is_shown_whole(self, run: Run) -> None:
        out = run("show", f"{SDN}/900002").out
        for part in (
            "JOINT-STOCK COMPANY CONCERN ALMAZ-ANTEY  (entity, us-ofac-sdn/900002)", "ALMAZ-ANTEY CORP  (aka)",
            "KONTSERN VKO ALMAZ-ANTEI AO  (aka)", "41 ul. Vereiskaya, Moscow 121471, Russia", "RUSSIA-EO14024",
            "Tax ID No. 7731084175 (Russia)", "on the list since 2023-10-31 or earlier", "rule ",
        ):  # fmt: skip
            assert part in out

    def test_or_earlier_is_said_only_where_no_earlier_file_lacked_the_entry(self, run: Run) -> None:
        """900007 is not in the file of October, so that it came between the two."""
        assert "listed      came on the list by 2023-11-30\n" in run("show", f"{SDN}/900007").out
        shown = run("screen", "SINBAD.IO", "--as-of", "2023-12-01").out
        assert "Persons List, came on the list by 2023-11-30\n" in shown

    def test_it_is_shown_as_it_was_on_a_day(self, run: Run) -> None:
        before = run("show", f"{SDN}/900002", "--as-of", "2023-11-29").out
        assert "KONTSERN" not in before
        assert "RUSSIA-EO14024" not in before

    def test_what_no_file_speaks_of_is_unknown_and_not_empty(self, run: Run) -> None:
        assert "unknown     aliases" in run("show", "us-ofac-cmic/33114").out
        assert "unknown" not in run("show", f"{SDN}/900002").out

    def test_json_has_every_field(self, run: Run) -> None:
        entry = json.loads(run("show", f"{SDN}/900001", "--json").out)
        assert (entry["id"], entry["since"], entry["as_of"]) == (f"{SDN}/900001", "2023-10-31", "2026-11-24")
        assert [name["text"] for name in entry["names"]] == [
            "LAZARUS GROUP", "APPLEWORM", "GUARDIANS OF PEACE", "HIDDEN COBRA",
        ]  # fmt: skip
        assert entry["names"][3]["kind"] == "weak"

    @pytest.mark.parametrize(
        ("entry", "status", "told"),
        [
            (f"{SDN}/900006", 2, f"is not on the list on 2026-11-24: see `compliance history {SDN}/900006`"),
            (f"{SDN}/1", 2, "the log has never had this entry"),
            ("us-ofac-ssi/1", 3, "us-ofac-ssi is not loaded"),
            ("nowhere/1", 2, "there is no list called 'nowhere'"),
            (SDN, 2, "write LIST/KEY"),
        ],
    )
    def test_an_entry_that_is_not_there_says_why(self, run: Run, entry: str, status: int, told: str) -> None:
        ran = run("show", entry)
        assert (ran.status, ran.out) == (status, "")
        assert told in ran.err

    def test_a_day_without_coverage_cannot_say_that_it_is_absent(self, run: Run) -> None:
        ran = run("show", f"{SDN}/900001", "--as-of", "2023-10-30")
        assert ran.status == 3
        assert "unknown on 2023-10-30: the first complete publication held is of 2023-10-31" in ran.err


class TestExport:
    def test_json_lines_hold_the_list_of_the_day_whole(self, run: Run) -> None:
        ran = run("export", SDN, "--as-of", "2023-11-01", "--format", "jsonl")
        entries = {entry["key"]: entry for entry in map(json.loads, ran.out.splitlines())}
        assert sorted(entries) == [f"90000{n}" for n in range(1, 7)]
        assert entries["900004"]["details"]["Vess_flag"] == "Panama"
        for key, entry in entries.items():
            shown = json.loads(run("show", f"{SDN}/{key}", "--as-of", "2023-11-01", "--json").out)
            own = {"as_of", "position", "originals"}
            assert entry == {name: value for name, value in shown.items() if name not in own}

    def test_csv_has_one_row_for_each_entry_with_every_name(self, run: Run) -> None:
        ran = run("export", SDN, "--as-of", "2023-11-01")
        rows = {row["key"]: row for row in csv.DictReader(ran.out.splitlines())}
        assert len(rows) == 6
        assert rows["900001"]["other_names"] == "APPLEWORM (aka) | GUARDIANS OF PEACE (aka) | HIDDEN COBRA (weak)"
        assert rows["900002"]["identifiers"] == "Tax ID No. 7731084175 (Russia)"
        assert rows["900001"]["measures"] == "blocking"

    def test_a_file_appears_whole_and_its_size_is_told(self, run: Run) -> None:
        ran = run("export", SDN, "--as-of", "2023-11-01", "-o", "day.csv")
        assert ran.out == "day.csv: 6 entries of us-ofac-sdn as of 2023-11-01\n"
        assert Path("day.csv").read_text("utf-8") == run("export", SDN, "--as-of", "2023-11-01").out

    def test_cells_are_harmless(self, run: Run, sdn: Folder) -> None:
        run("import", sdn("2024-01-02", {"900001": "=1+1", "900002": "+GROUP"}))
        rows = list(csv.DictReader(run("export", SDN).out.splitlines()))
        assert [row["name"] for row in rows] == ["'=1+1", "'+GROUP"]

    def test_a_day_without_coverage_is_not_exported(self, run: Run) -> None:
        ran = run("export", SDN, "--as-of", "2023-10-30", "-o", "day.csv")
        assert ran.status == 3
        assert not Path("day.csv").exists()

    def test_a_format_that_is_not_known_is_told(self, run: Run) -> None:
        ran = run("export", SDN, "--format", "xlsx")
        assert ran.status == 2
        assert "--format 'xlsx' is not known" in ran.err
