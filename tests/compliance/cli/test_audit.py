"""`audit`: was a name on a list on a day, by present and by then knowledge, and would a screening have found it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
SDN = "us-ofac-sdn"
PARTIES = {str(n): f"PARTY NUMBER {n}" for n in range(1, 12)}


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


@pytest.fixture
def _learned_late(run: Run, sdn: Folder) -> None:
    """In January a list without the party; a publication of 1 February with it, taken in on 5 February."""
    run("import", sdn("2024-01-31", PARTIES), now=at("2024-01-31"))
    run("import", sdn("2024-02-01", {**PARTIES, "77": "Zephyr Kestrel Holdings"}), now=at("2024-02-05"))


def asked(run: Run, name: str, on: str, *more: str) -> dict[str, Any]:
    ran = run("audit", name, "--on", on, "--list", SDN, "--json", *more, now=at("2024-02-10"))
    told: dict[str, Any] = json.loads(ran.out)
    assert ran.status == {"clear": 0, "hits": 1, "cannot say": 3}[told["outcome"]]
    return told


@pytest.mark.usefixtures("_learned_late")
class TestKnowledge:
    def test_a_name_learned_late_is_told_with_the_day_and_what_a_screening_would_have_said(self, run: Run) -> None:
        told = asked(run, "Zephyr Kestrel Holdings", "2024-02-02")
        assert (told["now"]["outcome"], told["then"]["outcome"], told["outcome"]) == ("hits", "clear", "hits")
        (found,) = told["now"]["found"]
        assert (found["entry"], found["score"]) == (f"{SDN}/77", 100.0)
        assert (found["learned"]["day"], found["learned"]["published"]) == ("2024-02-05", "2024-02-01")
        assert [file["name"] for file in found["learned"]["originals"]] == ["sdn.csv"]
        assert told["verdict"] == (
            "a screening on 2024-02-02 would have said clear; it was learned on 2024-02-05, 3 days later"
        )

    def test_once_learned_a_screening_of_that_day_finds_it_with_its_score(self, run: Run) -> None:
        told = asked(run, "Zephyr Kestrel", "2024-02-05")
        assert told["then"]["found"] == told["now"]["found"]
        score = told["now"]["found"][0]["score"]
        assert told["verdict"] == f"a screening on 2024-02-05 would have found it: {SDN}/77 with {score:.1f}"

    def test_before_the_listing_both_are_clear(self, run: Run) -> None:
        told = asked(run, "Zephyr Kestrel Holdings", "2024-01-31")
        assert (told["now"]["outcome"], told["then"]["outcome"]) == ("clear", "clear")
        assert told["other_times"] == [{"entry": f"{SDN}/77", "periods": [["2024-02-01", None]]}]

    def test_it_is_what_screen_says_with_the_same_knowledge(self, run: Run) -> None:
        """The two views are screenings: outcome, hits and doubts are those of `screen --known-at`."""
        for day in ("2024-01-31", "2024-02-02", "2024-02-05"):
            told = asked(run, "Zephyr Kestrel", day)
            for view, known in (("now", ()), ("then", ("--known-at", day))):
                ran = run("screen", "Zephyr Kestrel", "--as-of", day, *known, "--list", SDN, "--json",
                          now=at("2024-02-10"))  # fmt: skip
                (answer,) = json.loads(ran.out)
                own = told[view]
                assert (own["outcome"], own["why"]) == (answer["outcome"], answer["why"])
                assert [(f["entry"], f["score"]) for f in own["found"]] == [
                    (hit["entry"]["id"], hit["score"]) for hit in answer["hits"]
                ]

    def test_a_day_on_which_nothing_was_known_says_so(self, run: Run) -> None:
        told = asked(run, "Zephyr Kestrel Holdings", "2024-01-30")
        assert (told["then"]["position"], told["then"]["outcome"]) == (None, "cannot say")
        assert told["now"]["outcome"] == "cannot say"
        assert "could not have told anything" in told["verdict"]

    def test_a_day_without_coverage_is_no_clear(self, run: Run) -> None:
        ran = run("audit", "Nobody At All", "--on", "2024-01-02", "--list", SDN, now=at("2024-02-10"))
        assert ran.status == 3
        assert "the first complete publication held is of 2024-01-31" in ran.out


@pytest.mark.usefixtures("_learned_late")
def test_a_delisted_name_is_shown_at_its_own_time(run: Run, sdn: Folder) -> None:
    run("import", sdn("2024-02-09", PARTIES), now=at("2024-02-09"))
    told = asked(run, "zephyr  kestrel holdings", "2024-02-09")
    assert told["outcome"] == "clear"
    assert told["other_times"] == [{"entry": f"{SDN}/77", "periods": [["2024-02-01", "2024-02-08"]]}]
    words = run("audit", "Zephyr Kestrel Holdings", "--on", "2024-02-09", "--list", SDN, now=at("2024-02-10")).out
    assert "us-ofac-sdn/77  from 2024-02-01 to 2024-02-08" in words


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x", "--on", "2030-01-01"), "is in the future"),
        (("x", "--on", "yesterday"), "is not a date"),
        (("?!", "--on", "2022-01-05"), "no letter or digit"),
        (("x", "--on", "2022-01-05", "--list", "nowhere"), "there is no list called 'nowhere'"),
    ],
)
def test_a_bad_question_is_told(run: Run, words: tuple[str, ...], told: str) -> None:
    ran = run("audit", *words)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
