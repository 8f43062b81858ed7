"""A party is followed where the rule is sure, or nearly so and says why; on a likeness it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
SDN, SSI = "us-ofac-sdn", "us-ofac-ssi"
OTHERS = {str(n): f"PARTY NUMBER {n}" for n in range(1, 12)}


class Row:
    """A row of OFAC's delimited files."""

    def __init__(self, name: str, *, kind: str = "-0- ", tag: str = "SDGT", remarks: str = "-0- ") -> None:
        self.cells = f'"{name}",{kind},"{tag}"{",-0- " * 7},{remarks}'


@pytest.fixture
def publish(home: Path, run: Run) -> Callable[..., None]:
    """`publish("2024-01-02", {"1": Row(…)}, "sdn")`: takes a file of that day into the log."""

    def take(day: str, rows: dict[str, Row], form: str = "sdn") -> None:
        folder = home / form / day
        folder.mkdir(parents=True)
        name, lists = ("sdn.csv", [SDN]) if form == "sdn" else ("cons_prim.csv", [SSI])
        rest = {key: Row(text, tag="SDGT" if form == "sdn" else "UKRAINE-EO13662") for key, text in OTHERS.items()}
        both = rest | rows if form == "sdn" else {str(int(k) + 500): row for k, row in rest.items()} | rows
        text = "".join(f"{key},{row.cells}\r\n" for key, row in both.items())
        (folder / name).write_bytes(text.encode() + b"\x1a\r\n")
        ran = run("import", folder, *(word for one in lists for word in ("--list", one)))
        assert ran.status == 0, ran.err

    return take


def story(run: Run, entry: str) -> dict[str, Any]:
    ran = run("history", entry, "--json")
    assert ran.status == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_party_that_changes_between_ofacs_lists_is_moved(run: Run, publish: Callable[..., None]) -> None:
    """From SSI to SDN: the number stays, so it is one party for certain, and its story is one."""
    publish("2024-01-02", {})
    publish("2024-01-02", {"77": Row("EXAMPLE BANK", tag="UKRAINE-EO13662")}, "cons")
    publish("2024-02-01", {"77": Row("EXAMPLE BANK")})
    publish("2024-02-01", {}, "cons")
    for asked in (f"{SDN}/77", f"{SSI}/77"):
        told = story(run, asked)
        assert [(s["entry"], s["what"], s["moved"]) for s in told["steps"]] == [
            (f"{SSI}/77", "listed", None),
            (f"{SDN}/77", "listed", f"from {SSI}/77"),
            (f"{SSI}/77", "delisted", f"to {SDN}/77"),
        ]
        assert [i["certain"] for i in told["identities"]] == [True, True]
    out = run("history", f"{SDN}/77").out
    assert f"{SSI}/77  EXAMPLE BANK  (OFAC numbers a party once for all its lists)" in out
    assert f"{SDN}/77  listed, moved from {SSI}/77" in out


def test_who_is_on_a_list_from_its_first_publication_is_not_said_to_have_moved_there(
    run: Run, publish: Callable[..., None]
) -> None:
    """Nobody knows since when it was there."""
    publish("2024-01-02", {"77": Row("EXAMPLE BANK")})
    publish("2024-02-01", {})
    publish("2024-03-01", {"77": Row("EXAMPLE BANK", tag="UKRAINE-EO13662")}, "cons")
    assert {step["moved"] for step in story(run, f"{SDN}/77")["steps"]} == {None}


def test_a_changed_number_is_followed_by_an_equal_identifier_and_says_why(
    run: Run, publish: Callable[..., None]
) -> None:
    number = '"Tax ID No. 7731084175 (Russia)."'
    publish("2024-01-02", {"77": Row("EXAMPLE WORKS", remarks=number)})
    publish("2024-02-01", {"88": Row("EXAMPLE WORKS JSC", remarks=number)})
    for asked in ("77", "88"):
        told = story(run, f"{SDN}/{asked}")
        assert [(s["entry"], s["what"]) for s in told["steps"]] == [
            (f"{SDN}/77", "listed"), (f"{SDN}/77", "delisted"), (f"{SDN}/88", "listed"),
        ]  # fmt: skip
        other = told["identities"][1]
        assert other["certain"] is False
        assert other["because"] == (
            "probably the same: the publication of 2024-02-01 took one number off the list and put the other on it, "
            "and both have tax-id 7731084175"
        )


def test_a_changed_number_is_followed_by_name_type_and_dates(run: Run, publish: Callable[..., None]) -> None:
    person = Row("EXAMPLE, Ivan", kind='"individual"', remarks='"DOB 10 Dec 1948."')
    publish("2024-01-02", {"77": person})
    publish("2024-02-01", {"88": person})
    assert "primary name, type and dates are equal" in story(run, f"{SDN}/77")["identities"][1]["because"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Row("EXAMPLE, Ivan", kind='"individual"', remarks='"DOB 10 Dec 1948."'),
         Row("EXAMPLE, Ivan", kind='"individual"', remarks='"DOB 11 Dec 1948."')),
        (Row("EXAMPLE, Ivan", kind='"individual"'), Row("EXAMPLE, Ivan", kind='"individual"')),
        (Row("EXAMPLE"), Row("EXAMPLE", kind='"vessel"')),
        (Row("EXAMPLE WORKS"), Row("EXAMPLE WORKS JSC")),
        (Row("EXAMPLE", remarks='"Website www.example.com."'), Row("OTHER", remarks='"Website www.example.com."')),
    ],
    ids=["another birth", "a person without a birth", "another type", "another name", "a shared website"],
)  # fmt: skip
def test_what_only_looks_alike_is_not_followed(run: Run, publish: Callable[..., None], before: Row, after: Row) -> None:
    publish("2024-01-02", {"77": before})
    publish("2024-02-01", {"88": after})
    assert [i["entry"] for i in story(run, f"{SDN}/77")["identities"]] == [f"{SDN}/77"]


def test_two_that_fit_equally_are_not_followed_but_named(run: Run, publish: Callable[..., None]) -> None:
    publish("2024-01-02", {"77": Row("EXAMPLE WORKS")})
    publish("2024-02-01", {"88": Row("EXAMPLE WORKS"), "89": Row("EXAMPLE WORKS")})
    told = story(run, f"{SDN}/77")
    assert [i["entry"] for i in told["identities"]] == [f"{SDN}/77"]
    assert {(r["entry"], r["shares"]) for r in told["related"]} == {
        (f"{SDN}/88", "the name EXAMPLE WORKS"), (f"{SDN}/89", "the name EXAMPLE WORKS"),
    }  # fmt: skip
    assert "see also, not followed:" in run("history", f"{SDN}/77").out


def test_one_publication_later_is_no_renumbering(run: Run, publish: Callable[..., None]) -> None:
    publish("2024-01-02", {"77": Row("EXAMPLE WORKS")})
    publish("2024-02-01", {})
    publish("2024-03-01", {"88": Row("EXAMPLE WORKS")})
    told = story(run, f"{SDN}/77")
    assert [i["entry"] for i in told["identities"]] == [f"{SDN}/77"]
    assert [r["entry"] for r in told["related"]] == [f"{SDN}/88"]


def test_a_changed_name_under_the_same_number_is_an_amendment(run: Run, publish: Callable[..., None]) -> None:
    publish("2024-01-02", {"77": Row("KALASHNIKOV CONCERN")})
    publish("2024-02-01", {"77": Row("JSC KALASHNIKOV CONCERN")})
    steps = story(run, f"{SDN}/77")["steps"]
    assert [s["what"] for s in steps] == ["listed", "amended"]
    (change,) = steps[1]["changes"]
    assert (change["field"], change["before"], change["after"]) == (
        "name", "KALASHNIKOV CONCERN", "JSC KALASHNIKOV CONCERN",
    )  # fmt: skip
