"""`history`: the story of a party over all lists, and of a list with its months."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
SDN = "us-ofac-sdn"


@pytest.fixture
def _imported(run: Run, fixtures: Path) -> None:
    assert run("import", fixtures / "ofac-sdn").status == 0


@pytest.mark.usefixtures("_imported")
class TestList:
    def test_it_has_every_publication_with_its_counts(self, run: Run) -> None:
        story = json.loads(run("history", SDN, "--json").out)
        assert story["schema"] == "entity-compliance/list-history/1"
        steps = story["publications"]
        assert [(s["published"], s["entries"], s["listed"], s["amended"], s["delisted"]) for s in steps] == [
            ("2023-10-31", 6, 6, 0, 0), ("2023-11-30", 6, 1, 1, 1),
        ]  # fmt: skip
        assert steps[0]["files"] == ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"]
        assert steps[0]["learned"] == "2026-11-24"
        assert "+1      ~1       -1" in run("history", SDN).out

    def test_months_count_who_came_and_left_after_the_first_publication(self, run: Run) -> None:
        story = json.loads(run("history", SDN, "--json").out)
        assert (story["began"], story["at_first"]) == ("2023-10-31", 6)
        assert [(m["month"], m["listed"], m["delisted"], m["entries"]) for m in story["months"]] == [
            ("2023-10", 0, 0, 6), ("2023-11", 1, 1, 6),
        ]  # fmt: skip
        bars = run("history", SDN).out.splitlines()
        assert any(line.split() == ["2023-11", "+1", "+", "-1", "-", "6"] for line in bars)

    def test_entries_says_what_each_publication_did_to_whom(self, run: Run) -> None:
        story = json.loads(run("history", SDN, "--entries", "--json").out)
        changed = story["publications"][1]["changed"]
        assert {(c["key"], c["what"], tuple(c["fields"])) for c in changed} == {
            ("900002", "amended", ("aliases", "programmes", "remarks")),
            ("900006", "delisted", ()), ("900007", "listed", ()),
        }  # fmt: skip
        assert (
            "amended   900002  JOINT-STOCK COMPANY CONCERN ALMAZ-ANTEY: aliases" in run("history", SDN, "--entries").out
        )

    def test_known_at_ends_it_where_the_log_ended(self, run: Run) -> None:
        assert len(json.loads(run("history", SDN, "--known-at", 78, "--json").out)["publications"]) == 1

    def test_a_damaged_or_missing_cache_changes_nothing(self, run: Run, home: Path) -> None:
        told = run("history", SDN).out
        (kept,) = (home / "cache" / "chronicles").glob("*/chronicle.db")
        kept.write_bytes(b"\0" * kept.stat().st_size)
        assert run("history", SDN).out == told

    @pytest.mark.parametrize("form", ["svg", "png"])
    def test_plot_draws_the_months_and_the_same_story_gives_the_same_bytes(self, run: Run, form: str) -> None:
        for name in ("one", "two"):
            assert run("history", SDN, "--plot", f"{name}.{form}").status == 0
        drawn = Path(f"one.{form}").read_bytes()
        assert drawn == Path(f"two.{form}").read_bytes()
        assert drawn.startswith(b"\x89PNG" if form == "png" else b"<?xml")
        if form == "svg":
            assert all(word in drawn.decode() for word in ("2023-11", "delisted", "Specially Designated Nationals"))

    def test_a_plot_that_cannot_be_made_says_so_before_anything_is_printed(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wrong = run("history", SDN, "--plot", "p.gif")
        assert (wrong.status, wrong.out) == (2, "")
        assert ".svg or .png" in wrong.err
        nowhere = run("history", SDN, "--plot", "nowhere/p.svg")
        assert (nowhere.status, nowhere.out) == (2, "")
        assert run("history", f"{SDN}/900002", "--plot", "p.svg").status == 2
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        without = run("history", SDN, "--plot", "p.svg")
        assert (without.status, without.out) == (2, "")
        assert "pip install entity-compliance[plots]" in without.err

    def test_a_list_that_is_not_loaded_cannot_be_told(self, run: Run) -> None:
        assert run("history", "us-ofac-ssi").status == 3


@pytest.mark.usefixtures("_imported")
class TestParty:
    def test_it_has_every_event_with_what_changed_when_it_was_learned_and_its_file(self, run: Run) -> None:
        out = run("history", f"{SDN}/900002").out
        assert (
            "2023-11-30  amended, learned 2026-11-24, log position 80, by the publication of 2023-11-30: sdn.csv" in out
        )
        assert "programmes: + RUSSIA-EO14024" in out
        assert "originals: sdn.csv 6532ac00905d" in out

    def test_a_delisted_party_keeps_its_story(self, run: Run) -> None:
        story = json.loads(run("history", f"{SDN}/900006", "--json").out)
        assert story["schema"] == "entity-compliance/history/1"
        assert [(s["effective"], s["what"]) for s in story["steps"]] == [
            ("2023-10-31", "listed"), ("2023-11-30", "delisted"),
        ]  # fmt: skip

    def test_who_comes_back_is_listed_again(self, run: Run, sdn: Folder) -> None:
        parties = {str(n): f"PARTY {n}" for n in (*range(900001, 900006), 900007)}
        run("import", sdn("2024-01-02", {**parties, "900006": "EXAMPLE HOLDINGS, S.A. DE C.V."}))
        steps = json.loads(run("history", f"{SDN}/900006", "--json").out)["steps"]
        assert [s["what"] for s in steps] == ["listed", "delisted", "listed again"]

    def test_known_at_leaves_out_what_was_not_known(self, run: Run) -> None:
        steps = json.loads(run("history", f"{SDN}/900002", "--known-at", 78, "--json").out)["steps"]
        assert [s["position"] for s in steps] == [74]

    def test_what_is_not_there_says_so(self, run: Run) -> None:
        unknown = run("history", f"{SDN}/1")
        assert (unknown.status, unknown.out) == (2, "")
        assert "the log has never had this entry" in unknown.err
        assert run("history", "us-ofac-ssi/1").status == 3
