"""A decision keeps a hit from being raised as long as what it rested on stays the same, and never hides it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from compliance.monitoring.basis import differences, digest_of
from compliance.monitoring.model import Counterparty
from tests.compliance.conftest import Run

ENTRY = "us-ofac-sdn/1"
OPEN = ("--max-age", "99999", "--list", "us-ofac-sdn")


@pytest.fixture
def listed(run: Run, sdn: Callable[..., Path]) -> Callable[..., None]:
    """`listed("2024-01-02", {"1": "…"})`: the SDN list says so from that day."""

    def import_(day: str, entries: dict[str, str], **files: str) -> None:
        assert run("import", sdn(day, entries, **files)).status == 0

    import_("2024-01-02", {"1": "ALMAZ ANTEY CONCERN", "2": "ROSNEFT TRADING"})
    return import_


def decide(run: Run, verdict: str = "false-positive", *more: str, entry: str = ENTRY) -> str:
    ran = run(
        "decide",
        entry,
        verdict,
        "--counterparty",
        "C-1",
        "--name",
        "Almaz Antey",
        "--reason",
        "another",
        "--json",
        *more,
    )
    assert ran.status == 0, ran.err
    return str(json.loads(ran.out)["id"])


def screened(run: Run, *more: str) -> tuple[int, list[str], list[str], dict[str, dict[str, object]]]:
    ran = run("screen", "Almaz Antey", "--counterparty", "C-1", "--json", *OPEN, *more)
    (answer,) = json.loads(ran.out)
    raised = [hit["entry"]["id"] for hit in answer["hits"]]
    return ran.status, raised, [hit["entry"] for hit in answer["released"]], answer["decisions"]


def test_a_released_pair_is_not_raised_again_and_the_answer_says_why(run: Run, listed: Callable[..., None]) -> None:
    assert run("screen", "Almaz Antey", *OPEN).status == 1
    decision = decide(run)
    status, raised, released, decisions = screened(run)
    assert (status, raised, released) == (0, [], [ENTRY])
    assert decisions[ENTRY]["id"] == decision
    told = run("screen", "Almaz Antey", "--counterparty", "C-1", *OPEN).out
    assert "1 released:" in told
    assert "false-positive by tester on 2026-11-24: another" in told


def test_another_counterparty_of_the_same_name_is_raised(run: Run, listed: Callable[..., None]) -> None:
    decide(run)
    assert run("screen", "Almaz Antey", *OPEN).status == 1
    assert run("screen", "Almaz Antey", "--counterparty", "C-2", *OPEN).status == 1


@pytest.mark.parametrize(("verdict", "standing"), [("true-match", "true match"), ("escalate", "escalated")])
def test_other_verdicts_are_shown_and_the_hit_stays(
    run: Run, listed: Callable[..., None], verdict: str, standing: str
) -> None:
    decide(run, verdict)
    status, raised, released, decisions = screened(run)
    assert (status, raised, released, decisions[ENTRY]["standing"]) == (1, [ENTRY], [], standing)


def test_it_comes_back_with_the_old_decision_when_the_entry_changes(run: Run, listed: Callable[..., None]) -> None:
    decide(run)
    listed("2024-02-02", {"1": "ALMAZ ANTEY GROUP", "2": "ROSNEFT TRADING"})
    status, raised, _, decisions = screened(run)
    assert (status, raised, decisions[ENTRY]["standing"]) == (1, [ENTRY], "lapsed")
    assert decisions[ENTRY]["changes"] == ["the entry's names: - ALMAZ ANTEY CONCERN, + ALMAZ ANTEY GROUP"]
    assert "changed since: the entry's names" in run("screen", "Almaz Antey", "--counterparty", "C-1", *OPEN).out


def test_it_comes_back_when_what_is_known_of_the_counterparty_changes(run: Run, listed: Callable[..., None]) -> None:
    decide(run)
    status, _, _, decisions = screened(run, "--country", "RU")
    assert (status, decisions[ENTRY]["changes"]) == (1, ["the counterparty's countries: + RU"])


def test_the_order_in_which_things_are_stated_changes_nothing(run: Run, listed: Callable[..., None]) -> None:
    decide(run, "false-positive", "--country", "RU", "--country", "LV")
    assert screened(run, "--country", "RU", "--country", "LV")[:3] == (0, [], [ENTRY])
    numbers = [("lei", "x"), ("isin", "y")]
    one, other = (Counterparty(id="A", name="B", identifiers=tuple(given)) for given in (numbers, numbers[::-1]))
    assert digest_of(one) == digest_of(other)
    assert list(differences(one, other)) == []


def test_it_stays_released_when_something_else_of_the_entry_changes(run: Run, listed: Callable[..., None]) -> None:
    decide(run)
    remarks = '"1","ALMAZ ANTEY CONCERN",-0- ,"UKRAINE-EO13661"' + ",-0- " * 7 + ',"Linked To: NOBODY."\r\n'
    listed("2024-02-02", {}, sdn=remarks + '"2","ROSNEFT TRADING",-0- ,"SDGT"' + ",-0- " * 8 + "\r\n")
    assert screened(run)[:3] == (0, [], [ENTRY])


def test_a_release_never_hides_the_hits_beyond_the_limit(run: Run, listed: Callable[..., None]) -> None:
    listed("2024-02-02", {"1": "ALMAZ ANTEY", "2": "ROSNEFT TRADING", "3": "ALMAZ ANTEY CONCERN"})
    decide(run)
    assert screened(run, "--limit", "1")[:3] == (1, ["us-ofac-sdn/3"], [ENTRY])


def test_what_is_raised_beyond_the_limit_is_counted_without_the_released(run: Run, listed: Callable[..., None]) -> None:
    listed("2024-02-02", {"1": "ALMAZ ANTEY", "3": "ALMAZ ANTEY CONCERN", "4": "ALMAZ ANTEY"})
    decide(run)
    ran = run("screen", "Almaz Antey", "--counterparty", "C-1", "--limit", "1")
    assert "note: 2 entries are hits, only the best 1 are told" in ran.out


def test_a_list_that_is_too_old_makes_cannot_say_of_a_release(run: Run, listed: Callable[..., None]) -> None:
    decide(run)
    assert run("screen", "Almaz Antey", "--counterparty", "C-1").status == 3


def test_under_four_eyes_a_release_waits_for_another_person(
    run: Run, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    decision = decide(run)
    assert screened(run)[3][ENTRY]["standing"] == "waiting for a second person"
    assert [found["id"] for found in json.loads(run("decisions", "list", "--pending", "--json").out)] == [decision]
    own = run("decide", "--confirm", decision, "--actor", "Tester")
    assert (own.status, "another person has to confirm it" in own.err) == (2, True)
    assert run("decide", "--confirm", decision, "--actor", "bob").status == 0
    assert screened(run)[:3] == (0, [], [ENTRY])
    assert "does not wait" in run("decide", "--confirm", decision, "--actor", "carol").err


def test_under_four_eyes_a_true_match_needs_nobody_else(
    run: Run, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    decide(run, "true-match")
    assert screened(run)[3][ENTRY]["standing"] == "true match"


def test_what_has_changed_meanwhile_cannot_be_confirmed(
    run: Run, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    decision = decide(run)
    listed("2024-02-02", {"1": "ALMAZ ANTEY GROUP", "2": "ROSNEFT TRADING"})
    refused = run("decide", "--confirm", decision, "--actor", "bob")
    assert (refused.status, "has changed, so decide anew" in refused.err) == (2, True)


def test_a_later_decision_takes_the_place_of_an_earlier_one(
    run: Run, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    first = decide(run)
    decide(run, "true-match")
    assert screened(run)[1] == [ENTRY]
    assert "replaced by a later one" in run("decide", "--confirm", first, "--actor", "bob").err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["false-positive", "--counterparty", "C-1", "--reason", "x"], "which entry"),
        ([ENTRY, "false-positive", "--counterparty", "C-1"], "needs its reason"),
        ([ENTRY, "false-positive", "--counterparty", "C-1", "--reason", "  "], "needs its reason"),
        ([ENTRY, "false-positive", "--reason", "x"], "whose hit"),
        ([ENTRY, "wrong", "--counterparty", "C-1", "--reason", "x"], "true-match, false-positive, escalate"),
        (["us-ofac-sdn/99", "escalate", "--counterparty", "C-1", "--reason", "x"], "not on the lists"),
        ([ENTRY, "escalate", "--alert", "none", "--reason", "x"], "no alert"),
        (["escalate", "--screening", "none", "--reason", "x"], "no recorded screening"),
        (["--confirm", "none"], "no decision"),
        (["--confirm", "none", "--counterparty", "C-1"], "stands alone"),
    ],
)
def test_a_decision_that_cannot_be_made_is_refused_in_one_line(
    run: Run, listed: Callable[..., None], size: Callable[[], int], words: list[str], says: str
) -> None:
    before = size()
    ran = run("decide", *words)
    assert (ran.status, says in ran.err, ran.err.count("\n"), size()) == (2, True, 1, before)


def test_the_hit_of_a_recorded_screening_can_be_decided_on(run: Run, listed: Callable[..., None]) -> None:
    assert run("screen", "Almaz Antey", "--record", *OPEN).status == 1
    (recorded,) = json.loads(run("screenings", "list", "--json").out)
    ran = run("decide", "false-positive", "--screening", recorded["id"], "--reason", "another", "--json")
    assert ran.status == 0, ran.err
    made = json.loads(ran.out)
    assert (made["entry"], made["counterparty"]["name"]) == (ENTRY, "Almaz Antey")
    assert made["source"] == f"screening {recorded['id']}"
    assert run("screen", "Almaz Antey", "--counterparty", "Almaz Antey", *OPEN).status == 0
    other = run("decide", "us-ofac-sdn/2", "escalate", "--screening", recorded["id"], "--reason", "x")
    assert (other.status, f"has the hits {ENTRY}" in other.err) == (2, True)


def test_exported_decisions_come_in_again_as_they_were(
    run: Run, listed: Callable[..., None], size: Callable[[], int], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    decision = decide(run, "false-positive", "--country", "RU")
    assert run("decide", "--confirm", decision, "--actor", "bob").status == 0
    risky = ["--counterparty", "=C-2", "--name", "'Almaz", "--reason", "-1 is no reason"]
    assert run("decide", ENTRY, "escalate", *risky).status == 0
    assert run("decisions", "export", "-o", "out.csv").status == 0
    assert "'=C-2,''Almaz,escalate,'-1 is no reason" in Path("out.csv").read_text("utf-8")
    before = size()
    assert "0 recorded, 0 confirmed, 2 known" in run("decisions", "import", "out.csv").out
    assert size() == before
    told = run("decisions", "list", "--json").out
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(home / "elsewhere"))
    assert "2 recorded" in run("decisions", "import", "out.csv").out
    assert run("decisions", "list", "--json").out == told


def test_a_confirmation_that_came_from_another_tool_is_taken_in(
    run: Run, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    decide(run)
    rows = list(csv.DictReader(run("decisions", "export").out.splitlines()))
    rows[0] |= {"confirmed_by": "bob", "confirmed_at": "2026-11-25T08:00:00Z"}
    write("in.csv", rows)
    assert "0 recorded, 1 confirmed, 0 known" in run("decisions", "import", "in.csv").out
    assert screened(run)[:3] == (0, [], [ENTRY])
    rows[0]["confirmed_by"] = "TESTER"
    write("in.csv", rows)
    assert "confirms a decision of their own" in run("decisions", "import", "in.csv").err


def test_decisions_of_another_tool_are_made_now_and_once(run: Run, listed: Callable[..., None]) -> None:
    row = {"entry": ENTRY, "counterparty": "C-1", "counterparty_name": "Almaz Antey", "verdict": "false-positive"}
    write("in.csv", [{**row, "reason": "another", "decided_by": "case tool"}])
    assert "1 recorded" in run("decisions", "import", "in.csv").out
    assert "0 recorded, 0 confirmed, 1 known" in run("decisions", "import", "in.csv").out
    assert screened(run)[3][ENTRY]["decided_by"] == "case tool"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"verdict": "maybe"}, "row 2: verdict 'maybe'"),
        ({"reason": ""}, "row 2: 'reason' is empty"),
        ({"entry": "us-ofac-sdn/99"}, "row 2: 'us-ofac-sdn/99' is not on the lists"),
        ({"id": "abc"}, "row 2: it has an id"),
    ],
)
def test_a_row_that_is_no_decision_is_named(
    run: Run, listed: Callable[..., None], change: dict[str, str], says: str
) -> None:
    row = {"id": "", "entry": ENTRY, "counterparty": "C-1", "verdict": "escalate", "reason": "x", "decided_by": "ann"}
    write("in.csv", [row | change])
    ran = run("decisions", "import", "in.csv")
    assert (ran.status, says in ran.err, ran.err.count("\n")) == (2, True, 1)


def test_a_file_with_a_row_that_cannot_be_taken_in_records_nothing(
    run: Run, listed: Callable[..., None], size: Callable[[], int]
) -> None:
    row = {"entry": ENTRY, "counterparty": "C-1", "verdict": "escalate", "reason": "x", "decided_by": "ann"}
    write("in.csv", [row, row | {"entry": "us-ofac-sdn/99"}])
    before = size()
    assert "row 3: 'us-ofac-sdn/99' is not on the lists" in run("decisions", "import", "in.csv").err
    assert size() == before
    write("in.csv", [row, row])
    assert "1 recorded, 0 confirmed, 1 known" in run("decisions", "import", "in.csv").out
    assert size() == before + 1


def test_an_exported_decision_that_was_changed_in_the_file_is_refused(
    run: Run, listed: Callable[..., None], size: Callable[[], int]
) -> None:
    decide(run, "escalate")
    run("decisions", "export", "-o", "out.csv")
    before = size()
    Path("in.csv").write_text(Path("out.csv").read_text("utf-8").replace(",escalate,", ",false-positive,"), "utf-8")
    ran = run("decisions", "import", "in.csv")
    assert (ran.status, "row 2: the log has decision" in ran.err, size()) == (2, True, before)


def test_under_four_eyes_no_file_can_say_that_a_release_needs_nobody_else(
    run: Run, listed: Callable[..., None], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(run, "false-positive")
    run("decisions", "export", "-o", "out.csv")
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(home / "elsewhere"))
    monkeypatch.setenv("COMPLIANCE_FOUR_EYES", "yes")
    assert "1 recorded" in run("decisions", "import", "out.csv").out
    (told,) = json.loads(run("decisions", "list", "--pending", "--json").out)
    assert (told["verdict"], told["pending"]) == ("false-positive", True)
    assert "1 known" in run("decisions", "import", "out.csv").out


def write(name: str, rows: list[dict[str, str]]) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
