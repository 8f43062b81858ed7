"""`compliance screen`: the answer, what it rests on, and an exit status that a script can trust."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
SENSETIME = "SenseTime Group Limited"
NOBODY = "Blue Heron Bakery Zzyzx"
DOC = Path(__file__).parents[3] / "docs" / "json.md"


class TestSenseTime:
    """The facts of the listing: 31 CFR part 586, listed 2021-12-10."""

    def test_the_day_before_there_is_no_hit_and_the_coverage_is_said(self, run: Run) -> None:
        ran = run("screen", SENSETIME, "--as-of", "2021-12-09")
        assert ran.status == 0
        assert ran.out.startswith(f"CLEAR  {SENSETIME}\n")
        assert "us-ofac-cmic: 59 entries, published 2021-06-03, complete since 2021-06-03" in ran.out

    def test_on_the_day_it_is_a_hit_with_what_is_forbidden_and_from_when(self, run: Run) -> None:
        ran = run("screen", SENSETIME, "--as-of", "2021-12-10")
        assert ran.status == 1
        assert "SENSETIME GROUP LIMITED  (entity, us-ofac-cmic/33114)" in ran.out
        assert "listed 2021-12-10" in ran.out
        assert "purchase and sale of its securities forbidden from 2022-02-08" in ran.out
        assert "sale solely to divest permitted until 2022-12-10" in ran.out
        assert "holding not forbidden" in ran.out

    @pytest.mark.parametrize(
        ("day", "state"),
        [
            ("2021-12-10", "announced"), ("2022-02-07", "announced"), ("2022-02-08", "divest-only"),
            ("2022-12-09", "divest-only"), ("2022-12-10", "hold-only"), ("2026-11-24", "hold-only"),
        ],
    )  # fmt: skip
    def test_the_state_changes_on_the_two_dates_of_the_listing(self, run: Run, day: str, state: str) -> None:
        (answer,) = json.loads(run("screen", SENSETIME, "--as-of", day, "--json").out)
        assert answer["hits"][0]["state"] == state

    def test_before_the_list_began_nothing_can_be_said(self, run: Run) -> None:
        ran = run("screen", SENSETIME, "--as-of", "2021-06-02")
        assert ran.status == 3
        assert "no list that is loaded existed on 2021-06-02" in ran.out


class TestExitStatus:
    def test_clear_is_0_only_on_a_list_that_is_fresh(self, run: Run) -> None:
        fresh = datetime(2021, 12, 23, 12, tzinfo=UTC)
        assert run("screen", NOBODY, now=fresh).status == 0
        stale = run("screen", NOBODY, now=datetime(2021, 12, 24, 12, tzinfo=UTC))
        assert stale.status == 3
        assert "older than 7 days: us-ofac-cmic 8 days (2021-12-16)" in stale.out
        assert "run `compliance update`, or allow more with --max-age" in stale.out

    def test_max_age_may_be_given_for_one_question_and_as_a_setting(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert run("screen", NOBODY, "--max-age", 5000).status == 0
        monkeypatch.setenv("COMPLIANCE_MAX_AGE", "5000")
        assert run("screen", NOBODY).status == 0
        assert run("screen", NOBODY, "--max-age", 0).status == 3

    def test_hits_are_1_even_on_a_stale_list_which_is_said(self, run: Run) -> None:
        ran = run("screen", SENSETIME)
        assert ran.status == 1
        assert "other hits may be missing:\n    older than 7 days" in ran.out

    def test_a_day_long_after_the_last_publication_held_is_no_day_of_clear_either(self, run: Run) -> None:
        """What came on the list between the publication and the day asked is not known."""
        assert run("screen", NOBODY, "--as-of", "2021-12-23").status == 0
        ran = run("screen", NOBODY, "--as-of", "2021-12-24")
        assert ran.status == 3
        assert (
            "older than 7 days on 2021-12-24: us-ofac-cmic 8 days (2021-12-16); import a later publication, "
            "or allow more with --max-age" in ran.out
        )
        assert run("screen", NOBODY, "--as-of", "2021-12-24", "--max-age", 8).status == 0

    def test_between_two_publications_it_is_clear_only_when_the_later_one_dates_its_entries(
        self, run: Run, sdn: Folder
    ) -> None:
        """Who came on the SDN list on a day in between is not dated by OFAC's CSV; NS-CMIC dates its entries."""
        run("import", sdn("2021-06-03", [1, 2]), sdn("2021-12-16", [1, 2, 3]))
        ran = run("screen", "PARTY NUMBER 3", "--as-of", "2021-12-09")
        assert ran.status == 3
        assert "on 2021-12-09: us-ofac-sdn 189 days (2021-06-03); import" in ran.out
        assert "or ask only the lists that can answer: --list us-ofac-cmic\n" in ran.out
        assert run("screen", NOBODY, "--as-of", "2021-12-09", "--list", "us-ofac-cmic").status == 0
        assert run("screen", NOBODY, "--as-of", "2021-06-10").status == 0

    def test_hits_go_before_cannot_say_and_that_before_clear(self, run: Run) -> None:
        assert run("screen", NOBODY, SENSETIME).status == 1
        assert run("screen", SENSETIME, NOBODY, "--as-of", "2022-01-05").status == 1
        assert run("screen", NOBODY, NOBODY).status == 3

    def test_a_list_that_is_not_loaded_makes_it_3(self, run: Run) -> None:
        ran = run("screen", NOBODY, "--as-of", "2022-01-05", "--list", "us-ofac-cmic", "--list", "us-ofac-sdn")
        assert ran.status == 3
        assert "us-ofac-sdn is not loaded: import it with `compliance import FILE`" in ran.out

    def test_a_list_that_is_not_covered_on_the_day_makes_it_3(self, run: Run, sdn: Folder) -> None:
        run("import", sdn("2024-01-02", [1, 2]))
        ran = run("screen", NOBODY, "--as-of", "2023-12-31", "--list", "us-ofac-sdn")
        assert ran.status == 3
        assert (
            "us-ofac-sdn is not covered on 2023-12-31: the first complete publication held is of 2024-01-02" in ran.out
        )

    def test_a_list_that_did_not_exist_then_is_not_asked(self, run: Run, sdn: Folder) -> None:
        """The SDN list of 2021-01-02 can be clear although NS-CMIC, which began later, is loaded."""
        run("import", sdn("2021-01-02", [1, 2]))
        ran = run("screen", NOBODY, "--as-of", "2021-01-05")
        assert ran.status == 0
        assert "nothing scores 85 or more on us-ofac-sdn\n" in ran.out
        named = run("screen", NOBODY, "--as-of", "2021-01-05", "--list", "us-ofac-cmic")
        assert named.status == 3
        assert "us-ofac-cmic is not covered on 2021-01-05" in named.out

    def test_a_log_without_any_list_is_3(self, run: Run, home: Path) -> None:
        from compliance import Compliance

        url = f"sqlite:///{home}/data/compliance.db"
        (home / "data").mkdir()
        with Compliance.open(url, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), bundled=False) as empty:
            empty.log.append("note/1", 0, [_note()], actor="tester")
        ran = run("screen", NOBODY)
        assert (ran.status, ran.out) == (3, "")
        assert ran.err == "compliance: no list is loaded: import one with `compliance import FILE`\n"


class TestQuestions:
    def test_several_names_have_an_answer_each_in_their_order(self, run: Run) -> None:
        answers = json.loads(run("screen", NOBODY, SENSETIME, "--json").out)
        assert [answer["query"] for answer in answers] == [NOBODY, SENSETIME]
        assert [bool(answer["hits"]) for answer in answers] == [False, True]

    def test_a_dash_reads_names_from_standard_input(self, run: Run) -> None:
        stdin = f"\ufeff{SENSETIME}\r\n\r\n  商湯集團有限公司  \n".encode()
        answers = json.loads(run("screen", NOBODY, "-", "--json", stdin=stdin).out)
        assert [answer["query"] for answer in answers] == [NOBODY, SENSETIME, "商湯集團有限公司"]

    def test_an_equal_identifier_is_a_hit_whatever_the_name(self, run: Run) -> None:
        ran = run("screen", NOBODY, "--id", "registration=216-2198", "--as-of", "2022-01-05", "--json")
        (answer,) = json.loads(ran.out)
        assert ran.status == 1
        assert answer["hits"][0]["entry"]["key"] == "33114"
        assert (answer["hits"][0]["reason"]["by"], answer["hits"][0]["score"]) == ("identifier", 100)

    def test_a_country_is_told_beside_the_hit(self, run: Run) -> None:
        agrees = run("screen", SENSETIME, "--country", "HK").out
        differs = run("screen", SENSETIME, "--country", "Germany").out
        assert "agrees" in agrees
        assert "differs" in differs

    def test_limit_bounds_the_hits_of_each_name(self, run: Run, sdn: Folder) -> None:
        run("import", sdn("2024-01-02", {str(key): "QUICKSILVER HARBOUR TRADING" for key in range(1, 13)}))
        many = json.loads(run("screen", "Quicksilver Harbour Trading", "--json").out)[0]
        few = json.loads(run("screen", "Quicksilver Harbour Trading", "--limit", 2, "--json").out)[0]
        assert len(many["hits"]) == 10
        assert few["hits"] == many["hits"][:2]

    def test_hits_beyond_the_limit_are_counted(self, run: Run, sdn: Folder) -> None:
        run("import", sdn("2024-01-02", {str(key): "QUICKSILVER HARBOUR TRADING" for key in range(1, 13)}))
        told = "12 entries are hits, only the best 10 are told: give a higher --limit to see all"
        assert f"  note: {told}\n" in run("screen", "Quicksilver Harbour Trading").out
        assert json.loads(run("screen", "Quicksilver Harbour Trading", "--json").out)[0]["notes"] == [told]
        assert "only the best" not in run("screen", "Quicksilver Harbour Trading", "--limit", 12).out

    def test_known_at_gives_the_answer_of_that_time_again(self, run: Run, sdn: Folder) -> None:
        run("import", sdn("2024-01-02", {"1": "QUICKSILVER HARBOUR TRADING"}))
        question = ("screen", "Quicksilver Harbour Trading", "--as-of", "2024-01-05")
        assert run(*question).status == 1
        before = json.loads(run(*question, "--known-at", 71, "--json").out)[0]
        assert (before["position"], before["hits"]) == (71, [])
        assert "us-ofac-sdn" not in [basis["id"] for basis in before["lists"]]

    def test_the_same_question_has_the_same_answer_with_and_without_the_cache(self, run: Run, home: Path) -> None:
        import shutil

        first = run("screen", SENSETIME, "--explain")
        warm = run("screen", SENSETIME, "--explain")
        shutil.rmtree(home / "cache")
        assert first == warm == run("screen", SENSETIME, "--explain")

    def test_the_explanation_adds_up_word_by_word(self, run: Run) -> None:
        hit = json.loads(run("screen", SENSETIME, "--json").out)[0]["hits"][0]
        assert {token["query"] for token in hit["reason"]["matched"]} >= {"sensetime", "group"}
        told = run("screen", SENSETIME, "--explain").out
        assert re.search(r"^ +\+\d+\.\d  sensetime = sensetime  \(same", told, re.MULTILINE)


class TestJson:
    """The schema of docs/json.md, key by key: a documented key is there, and what is there is documented."""

    @pytest.fixture
    def answer(self, run: Run) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(run("screen", SENSETIME, "--country", "HK", "--json").out)[0]
        return found

    def test_an_answer_has_exactly_the_documented_keys(self, answer: dict[str, Any]) -> None:
        assert set(answer) == documented("## `screen --json`", "A hit:")
        assert answer["schema"] == "entity-compliance/answer/1"

    def test_a_hit_has_exactly_the_documented_keys(self, answer: dict[str, Any]) -> None:
        assert set(answer["hits"][0]) == documented("A hit:", "## Results of")

    def test_a_list_a_reason_and_an_entry_have_the_keys_that_the_page_names(self, answer: dict[str, Any]) -> None:
        page = set(re.findall(r"`(\w+)`", DOC.read_text("utf-8")))
        (basis,), hit = answer["lists"], answer["hits"][0]
        for part in (basis, hit["reason"], *hit["reason"]["matched"], *hit["reason"]["left_over"]):
            assert set(part) <= page
        assert set(hit["entry"]) <= page
        assert {"id", "list_id", "key", "names", "measures", "programmes"} <= set(hit["entry"])

    def test_values_are_of_the_documented_kinds(self, answer: dict[str, Any]) -> None:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", answer["as_of"])
        assert re.fullmatch(r"[0-9a-f]{64}", answer["root"])
        assert answer["outcome"] in ("clear", "hits", "cannot say")
        assert 0 <= answer["hits"][0]["score"] <= 100
        assert round(answer["hits"][0]["score"], 1) == answer["hits"][0]["score"]

    def test_json_is_plain_whatever_the_outcome(self, run: Run) -> None:
        (clear,) = json.loads(run("screen", NOBODY, "--as-of", "2021-12-20", "--json").out)
        (unsaid,) = json.loads(run("screen", NOBODY, "--json").out)
        assert (clear["outcome"], clear["why"], clear["hits"]) == ("clear", [], [])
        assert (unsaid["outcome"], len(unsaid["why"])) == ("cannot say", 1)


def documented(start: str, end: str) -> set[str]:
    """The keys of the first column of the tables between two lines of docs/json.md."""
    part = DOC.read_text("utf-8").split(start, 1)[1].split(end, 1)[0]
    rows = re.findall(r"^\| (`[^|]*`) \|", part, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def _note() -> Any:
    from datetime import date

    from events import NewEvent

    return NewEvent(type="NoteTaken", effective=date(2026, 1, 1), payload={})
