"""A look tells what came up since the last one, once, and says when that cannot be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.compliance.conftest import NOW, Run

ALMAZ = {"1": "ALMAZ ANTEY CONCERN", "2": "GOLDEN STAR SHIPPING"}


@pytest.fixture
def publish(run: Run, sdn: Callable[..., Path]) -> Callable[..., None]:
    """`publish("2024-01-02", {"1": "…"})`: the SDN list says so from that day."""

    def import_(day: str, entries: dict[str, str], **files: str) -> None:
        ran = run("import", sdn(day, entries, **files), "--accept-removals")
        assert ran.status == 0, ran.err

    return import_


@pytest.fixture
def watched(run: Run, publish: Callable[..., None]) -> None:
    publish("2026-11-20", ALMAZ)
    watch(run, "A,Almaz Antey\nB,Blue Heron Bakery\nC,Golden Star Trading\n")


def watch(run: Run, rows: str, *more: str) -> None:
    Path("parties.csv").write_text(f"id,name\n{rows}", "utf-8")
    ran = run("portfolio", "add", "main", "parties.csv", "--list", "us-ofac-sdn", *more)
    assert ran.status == 0, ran.err


def look(run: Run, *more: str, now: datetime = NOW) -> tuple[int, list[dict[str, Any]]]:
    ran = run("alerts", "main", "--json", *more, now=now)
    assert ran.err == ""
    (told,) = json.loads(ran.out)
    return ran.status, told["alerts"]


def brief(alerts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(alert["kind"], alert["counterparty"], alert["entry"].rpartition("/")[2]) for alert in alerts]


def test_the_first_look_tells_all_and_the_second_nothing(run: Run, watched: None) -> None:
    status, alerts = look(run)
    assert (status, brief(alerts)) == (1, [("new", "A", "1")])
    assert look(run) == (0, [])


def test_who_is_listed_amended_and_delisted_is_told(run: Run, watched: None, publish: Callable[..., None]) -> None:
    look(run)
    publish("2026-11-21", ALMAZ | {"3": "BLUE HERON BAKERY LLC"})
    assert brief(look(run)[1]) == [("new", "B", "3")]
    publish("2026-11-22", ALMAZ | {"1": "ALMAZ ANTEY GROUP", "3": "BLUE HERON BAKERY LLC"})
    (alert,) = look(run)[1]
    assert (alert["kind"], alert["counterparty"]) == ("changed", "A")
    assert "the entry's names: - ALMAZ ANTEY CONCERN, + ALMAZ ANTEY GROUP" in alert["changes"]
    publish("2026-11-23", {"2": "GOLDEN STAR SHIPPING", "3": "BLUE HERON BAKERY LLC"})
    status, alerts = look(run)
    assert (status, brief(alerts), alerts[0]["changes"]) == (1, [("gone", "A", "1")], ["not on the list any more"])


def test_an_amendment_of_what_is_forbidden_is_told(run: Run, watched: None, publish: Callable[..., None]) -> None:
    look(run)
    rest = ",-0- " * 8 + "\r\n"
    publish("2026-11-21", {}, sdn=f'1,"ALMAZ ANTEY CONCERN",-0- ,"UKRAINE-EO13662"{rest}2,"GOLDEN",-0- ,"SDGT"{rest}')
    (alert,) = look(run)[1]
    assert (alert["kind"], alert["changes"]) == ("changed", ["programmes: - SDGT, + UKRAINE-EO13662"])


def test_who_comes_to_the_portfolio_changes_or_leaves_is_told(run: Run, watched: None) -> None:
    look(run)
    watch(run, "B,Golden Star Shipping\nD,Almaz Antey Concern\n", "--replace")
    told = look(run)[1]
    assert brief(told) == [("gone", "A", "1"), ("new", "B", "2"), ("new", "D", "1")]
    assert told[0]["changes"] == ["not under watch any more"]


def test_a_day_on_which_something_becomes_forbidden_is_told_though_nothing_was_published(run: Run) -> None:
    """SenseTime's securities may be bought until 2022-02-07 and be sold to divest until 2022-12-09."""
    Path("parties.csv").write_text("id,name\nA,SenseTime Group\n", "utf-8")
    day = datetime(2021, 12, 20, 12, tzinfo=UTC)
    assert run("portfolio", "add", "main", "parties.csv", now=day).status == 0
    assert look(run, now=day)[1][0]["hit"]["state"] == "announced"
    assert look(run, now=datetime(2022, 2, 7, tzinfo=UTC))[1] == []
    (alert,) = look(run, now=datetime(2022, 2, 8, tzinfo=UTC))[1]
    assert alert["changes"] == ["state: announced -> divest-only"]
    (alert,) = look(run, now=datetime(2022, 12, 10, tzinfo=UTC))[1]
    assert alert["changes"] == ["state: divest-only -> hold-only"]


def test_another_threshold_tells_what_it_brings(run: Run, watched: None) -> None:
    look(run)
    watch(run, "A,Almaz Antey\n", "--threshold", "40")
    assert ("new", "C", "2") in brief(look(run)[1])
    watch(run, "A,Almaz Antey\n", "--threshold", "99.9")
    told = look(run)[1]
    assert {alert["kind"] for alert in told} == {"gone"}
    assert told[0]["changes"] == ["below the threshold now"]


def test_a_released_alert_is_not_told_again_until_it_comes_back(
    run: Run, watched: None, publish: Callable[..., None]
) -> None:
    (alert,) = look(run)[1]
    assert run("decide", "false-positive", "--alert", alert["id"], "--reason", "a bakery").status == 0
    status, alerts = look(run)
    assert (status, brief(alerts)) == (0, [("released", "A", "1")])
    publish("2026-11-21", ALMAZ | {"3": "SOMEBODY ELSE"})
    assert look(run) == (0, [])
    assert "1 hit, 0 released" not in run("alerts", "main").out
    publish("2026-11-22", ALMAZ | {"1": "ALMAZ ANTEY"})
    status, (alert,) = look(run)
    assert (status, alert["kind"]) == (1, "returned")
    assert alert["changes"] == [
        "false-positive by tester on 2026-11-24: a bakery",
        "since then the entry's names: - ALMAZ ANTEY CONCERN, + ALMAZ ANTEY",
    ]


def test_who_was_released_before_the_first_look_is_not_told_but_counted(run: Run, watched: None) -> None:
    assert run("decide", "us-ofac-sdn/1", "false-positive", "--counterparty", "A", "--reason", "x").status == 0
    ran = run("alerts", "main")
    assert (ran.status, "0 hits, 1 released" in ran.out) == (0, True)


def test_a_dry_run_tells_and_leaves_the_look_undone(run: Run, watched: None, size: Callable[[], int]) -> None:
    before = size()
    assert look(run, "--dry-run") == look(run, "--dry-run")
    assert size() == before
    assert len(look(run)[1]) == 1


def test_what_is_new_is_told_for_each_portfolio(run: Run, watched: None) -> None:
    Path("other.csv").write_text("id,name\nZ,Golden Star Shipping\n", "utf-8")
    assert run("portfolio", "add", "other", "other.csv", "--list", "us-ofac-sdn").status == 0
    told = json.loads(run("alerts", "--json").out)
    assert [(item["portfolio"], brief(item["alerts"])) for item in told] == [
        ("main", [("new", "A", "1")]),
        ("other", [("new", "Z", "2")]),
    ]


def test_a_list_that_is_too_old_or_missing_makes_cannot_say_of_no_alerts(run: Run, watched: None) -> None:
    look(run)
    later = NOW + timedelta(days=30)
    assert look(run, now=later) == (3, [])
    assert look(run, "--max-age", "99", now=later) == (0, [])
    watch(run, "A,Almaz Antey\n", "--list", "un-sc")
    ran = run("alerts", "main", "--max-age", "99", now=later)
    assert (ran.status, "un-sc is not loaded" in ran.out) == (3, True)


def test_a_quiet_look_is_recorded_once_a_day_and_no_more(run: Run, watched: None, size: Callable[[], int]) -> None:
    look(run)
    before = size()
    look(run)
    assert size() == before
    look(run, now=NOW + timedelta(days=1))
    assert size() == before + 1


def test_without_the_cache_the_alerts_are_the_same(
    run: Run, watched: None, publish: Callable[..., None], home: Path
) -> None:
    look(run)
    publish("2026-11-21", {"1": "ALMAZ ANTEY GROUP", "3": "BLUE HERON BAKERY"})
    told = look(run, "--dry-run")
    for file in (home / "cache").rglob("*"):
        if file.is_file():
            file.unlink()
    assert look(run, "--dry-run") == told
    (home / "cache" / "watch").rename(home / "cache" / "gone")
    (home / "cache" / "watch").touch()
    assert look(run) == told


def test_alerts_without_portfolios_say_so(run: Run) -> None:
    ran = run("alerts")
    assert (ran.status, "no portfolios" in ran.out) == (0, True)


def test_an_invalid_identifier_of_one_counterparty_does_not_end_the_watch(run: Run, watched: None) -> None:
    from compliance import Compliance
    from compliance.monitoring import portfolios
    from compliance.monitoring.model import Counterparty, known

    party = Counterparty(id="L", name="Golden Star Shipping", identifiers=(("lei", "529900"),))
    with Compliance.open(clock=lambda: NOW) as compliance:
        portfolios.add(compliance, "main", {"L": portfolios.as_bytes(known(party))})
    assert ("new", "L", "2") in brief(look(run)[1])
