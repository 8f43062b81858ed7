"""`screen --explain`, `--why-not`, `--type`, `--born`: the answer says why, for a hit and for what is none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

DAY = ("--as-of", "2021-12-20")
ENTRY = "us-ofac-cmic/33114"


def test_an_explanation_draws_the_names_aligned_and_adds_up_to_the_score(run: Run) -> None:
    lines = run("screen", "Sense Time Grp", "--explain", *DAY).out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip().startswith("asked"))
    asked, listed = lines[start].split()[1:], lines[start + 1].split()[1:]
    assert asked[:3] == ["sense", "time", "grp"]
    assert listed[:2] == ["sensetime", "group"]
    points = [float(match[1]) for line in lines[start + 2 :] if (match := re.match(r"\s+([+-]\d+\.\d)  ", line))]
    (score,) = [float(line.split()[0]) for line in lines if "SENSETIME GROUP LIMITED  (" in line]
    assert round(sum(points), 1) == score
    assert f"{score:6.1f}  together" in "\n".join(lines)


def test_a_long_name_is_drawn_in_pieces_that_fit_on_the_page(run: Run) -> None:
    """Every word of both names is drawn, token under token."""
    name = "China Communications Construction Group of Ordinary Names for Long Lines and Many More Words Limited"
    out = run("screen", name, "--why-not", "us-ofac-cmic/30902", *DAY).out
    drawn = [line for line in out.splitlines() if re.match(r"\s+(asked|listed)  ", line)]
    assert len(drawn) >= 4
    assert len(drawn) % 2 == 0
    assert max(len(line) for line in drawn) <= 120
    assert set(name.lower().split()) <= {word for line in drawn for word in line.split()}


def test_an_identifier_is_drawn_under_the_listed_one(run: Run) -> None:
    lines = run("screen", ENTRY, "--explain", *DAY).out.splitlines()
    asked = next(i for i, line in enumerate(lines) if line.strip().startswith("asked"))
    assert lines[asked].split(maxsplit=1)[1] == f"entry {ENTRY}"
    assert lines[asked + 1].split(maxsplit=1)[1] == f"Entry {ENTRY}"
    assert lines[asked + 3].split() == ["100.0", "together"]


def test_why_not_explains_an_entry_below_the_threshold(run: Run) -> None:
    found = run("screen", "Time Warner Group", "--why-not", ENTRY, *DAY)
    assert "below the threshold" in found.out
    assert "SENSETIME GROUP LIMITED" in found.out
    assert "warner" in found.out
    answer, pair = json.loads(run("screen", "Time Warner Group", "--why-not", ENTRY, "--json", *DAY).out)
    assert answer["outcome"] == "clear"
    assert pair["entry"]["id"] == ENTRY
    assert pair["score"] < answer["threshold"]


def test_why_not_of_an_unknown_entry_is_a_bad_question(run: Run) -> None:
    found = run("screen", "Anybody", "--why-not", "us-ofac-cmic/1", *DAY)
    assert found.status == 2
    assert "us-ofac-cmic/1" in found.err


def test_another_type_of_party_scores_less(run: Run) -> None:
    def score(*more: str) -> float:
        hit = json.loads(run("screen", "SenseTime Group", "--threshold", "50", "--json", *more, *DAY).out)[0]["hits"][0]
        return float(hit["score"])

    assert score("--type", "individual") < score("--type", "entity") == score()


@pytest.mark.parametrize("text", ["1962-13", "1962-02-30", "soon", "62"])
def test_a_date_of_birth_that_is_none_is_a_bad_question(run: Run, text: str) -> None:
    found = run("screen", "Anybody", "--born", text, *DAY)
    assert found.status == 2
    assert "--born" in found.err


def test_a_name_too_long_to_be_one_is_not_called_clear(run: Run) -> None:
    found = run("screen", "x" * 10_000, *DAY)
    assert found.status == 2
    assert "10,000 characters" in found.err


@pytest.mark.parametrize("name", ["a;" * 499, "Mohammed Ali " * 60, "a\udcff\udcfeb"])
def test_what_is_no_name_is_refused_and_does_not_take_a_minute(run: Run, name: str) -> None:
    """Hundreds of words, or bytes that are no text: a bad question, not "clear"."""
    found = run("screen", name, *DAY)
    assert found.status == 2
    assert found.err.count("\n") == 1
