"""What was asked and answered is recorded, found again, and answered again from the log alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import Answer, Compliance, screening
from compliance.errors import BadInput, CannotSay
from compliance.records import ScreeningRecorded, Who
from compliance.screenings.reading import Wanted
from compliance.screenings.reproducing import Reproduced

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENSETIME = "SenseTime Group Limited"


def recorded(compliance: Compliance, **wanted: Any) -> list[ScreeningRecorded]:
    found = [held.record for held in compliance.journal.find(Wanted(**wanted))]
    assert all(isinstance(record, ScreeningRecorded) for record in found)
    return [record for record in found if isinstance(record, ScreeningRecorded)]


def again(compliance: Compliance, record: ScreeningRecorded) -> Reproduced:
    return compliance.journal.reproduce(record)


def test_a_recorded_answer_says_who_asked_what_of_which_lists_and_what_was_answered(library: Compliance) -> None:
    answer = library.screen(
        SENSETIME, as_of=date(2022, 1, 5), countries=("HK",), identifiers=(("registration", "2162198"),), record=True
    )  # fmt: skip
    (held,) = library.journal.find()
    record = held.record
    assert isinstance(record, ScreeningRecorded)
    event = library.log.get(held.position)
    assert (event.type, event.stream, event.actor) == ("ScreeningRecorded", f"screening/{record.id}", "tester")
    assert record.who == Who(name=SENSETIME, countries=("HK",), identifiers=(("registration", "2162198"),))
    asked = record.asked
    assert (asked.as_of, asked.today, asked.position, asked.root) == (
        date(2022, 1, 5), NOW.date(), answer.position, answer.root,
    )  # fmt: skip
    assert (asked.threshold, asked.limit, asked.max_age, asked.matcher) == (
        repr(answer.threshold), None, 7, answer.matcher,
    )  # fmt: skip
    assert [(item.id, item.publication, item.coverage) for item in record.lists] == [
        (basis.id, basis.publication, "complete") for basis in answer.lists
    ]
    assert record.outcome == "hits"
    assert [(hit.entry, float(hit.score), hit.reason) for hit in record.hits] == [
        (hit.entry.id, hit.score, hit.reason.summary) for hit in answer.hits
    ]


@pytest.mark.parametrize(
    ("name", "as_of", "outcome"),
    [
        (SENSETIME, date(2022, 1, 5), "hits"),
        ("Blue Heron", date(2021, 6, 9), "clear"),
        ("Blue Heron", date(2021, 6, 2), "cannot say"),
        ("Blue Heron", date(2026, 11, 24), "cannot say"),
    ],
)
def test_each_outcome_is_recorded_and_answered_again_to_the_byte(
    home: Path, library: Compliance, name: str, as_of: date, outcome: str
) -> None:
    """Years later, by another process without any cache, when today is another day and a list would be stale."""
    answer = library.screen(name, as_of=as_of, record=True)
    assert answer.outcome == outcome
    library.close()
    shutil.rmtree(home / "cache")
    with Compliance.open(clock=lambda: NOW + timedelta(days=3000)) as later:
        (record,) = recorded(later)
        assert record.outcome == outcome
        found = again(later, record)
        assert (found.same, found.differences, found.answer) == (True, (), json.loads(json.dumps(answer.plain())))
        assert f"sha256:{sha256(found.canonical.encode()).hexdigest()}" == record.answer
        assert json.loads(found.canonical) == found.answer


def test_equal_questions_within_a_second_are_two_records(library: Compliance) -> None:
    for _ in range(3):
        library.screen(SENSETIME, record=True)
    with Compliance.open(clock=lambda: NOW) as other:
        other.screen(SENSETIME, record=True)
    ids = [record.id for record in recorded(library)]
    assert len(set(ids)) == 4
    assert {id_.partition("-")[0] for id_ in ids} == {"20261124T120000Z"}
    assert len({record.answer for record in recorded(library)}) == 1


def test_a_bad_question_is_not_recorded(library: Compliance) -> None:
    with pytest.raises(BadInput):
        library.screen("…", record=True)
    with pytest.raises(BadInput):
        library.screen(SENSETIME, lists=["nowhere"], record=True)
    assert recorded(library) == []


def test_two_processes_that_record_at_once_lose_nothing(home: Path, library: Compliance) -> None:
    """They ask the same in the same second, so that they want the same ids, too."""
    library.screen(SENSETIME)
    code = (
        "from datetime import UTC, datetime\n"
        "from compliance import Compliance\n"
        "with Compliance.open(clock=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)) as c:\n"
        "    for _ in range(12):\n"
        f"        c.screen({SENSETIME!r}, record=True)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for writer in writers:
        _, said = writer.communicate(timeout=120)
        assert (writer.returncode, said) == (0, "")
    assert len({record.id for record in recorded(library)}) == 24
    assert library.verify().head.size == 71 + 24


def test_another_matcher_gives_both_answers_and_the_difference(
    library: Compliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.screen(SENSETIME, as_of=date(2022, 1, 5), record=True)
    library.screen("Blue Heron", as_of=date(2021, 6, 9), record=True)
    clear, hits = recorded(library)
    weigh = screening.weighed
    monkeypatch.setattr(screening, "MATCHER_VERSION", "99")
    monkeypatch.setattr(screening, "weighed", lambda score, *more: (weigh(score, *more)[0] - 5, ()))
    found = again(library, hits)
    assert not found.same
    assert found.differences == (
        "us-ofac-cmic/33114: score 100.0 -> 95.0",
        f"it was answered by matcher {hits.asked.matcher}, and is now by matcher 99",
    )
    assert found.recorded["hits"][0]["score"] == "100.0"
    assert found.answer["hits"][0]["score"] == 95.0
    assert again(library, clear).differences == (
        "outcome, lists, hits and scores are the same; the wording or a detail of an entry differs",
        f"it was answered by matcher {hits.asked.matcher}, and is now by matcher 99",
    )
    monkeypatch.setattr(screening, "weighed", lambda score, *more: (0.0, ()))
    assert again(library, hits).differences[:2] == (
        "outcome: hits -> cannot say",
        "us-ofac-cmic/33114 (SENSETIME GROUP LIMITED, 100.0) is no hit any more",
    )


def test_a_record_of_another_log_is_not_answered_from_this_one(library: Compliance) -> None:
    library.screen(SENSETIME, record=True)
    (record,) = recorded(library)
    for update in ({"root": "0" * 64}, {"position": 9_999}, {"position": 60}):
        other = record.model_copy(update={"asked": record.asked.model_copy(update=update)})
        with pytest.raises(CannotSay, match="it was answered from a log that has the root"):
            again(library, other)


def test_what_is_recorded_is_found_by_day_outcome_name_and_entry(library: Compliance) -> None:
    now = NOW
    with Compliance.open(clock=lambda: now) as growing:
        for number, name in enumerate((SENSETIME, "Blue Heron", "Hikvision")):
            now = NOW + timedelta(days=number)
            growing.screen(name, as_of=date(2021, 12, 20), record=True)

    def names(**wanted: Any) -> list[str | None]:
        return [record.who.name for record in recorded(library, **wanted)]

    assert names() == ["Hikvision", "Blue Heron", SENSETIME]
    assert names(since=date(2026, 11, 25)) == ["Hikvision", "Blue Heron"]
    assert names(until=date(2026, 11, 25)) == ["Blue Heron", SENSETIME]
    assert names(since=date(2026, 11, 25), until=date(2026, 11, 25)) == ["Blue Heron"]
    assert names(until=date(2026, 11, 23)) == []
    assert names(outcome="clear") == ["Blue Heron"]
    assert names(name="sensetime group limited") == [SENSETIME]
    assert names(name="sensetime") == []
    assert names(entry="us-ofac-cmic/33114") == [SENSETIME]
    assert names(runs=True) == []


DAYS = [date(2024, 1, number) for number in (2, 9, 16, 23)]
PARTIES = ("QUICKSILVER HARBOUR", "BLUE HERON TRADING", "NORTHERN STAR SHIPPING", "OLD MILL")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(DAYS), st.sets(st.sampled_from(PARTIES), min_size=1)),
        st.tuples(st.sampled_from([*DAYS, date(2024, 1, 1), date(2024, 2, 1)]), st.sampled_from(PARTIES)),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_a_screening_among_any_imports_is_answered_again_and_what_was_known_stays(
    steps: Sequence[tuple[date, set[str] | str]],
) -> None:
    """Publications come in any order, behind one another too; each answer is asked again at the end."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPLIANCE_DATA_DIR", f"{folder}/data")
        patch.setenv("COMPLIANCE_CACHE_DIR", f"{folder}/cache")
        answers: list[tuple[str, date, int, Answer]] = []
        with Compliance.open(clock=lambda: NOW, bundled=False) as compliance:
            for number, (day, what) in enumerate([(DAYS[0], {PARTIES[0]}), *steps]):
                if isinstance(what, str):
                    answer = compliance.screen(what, as_of=day, record=True)
                    answers.append((what, day, compliance.facts().size, answer))
                else:
                    file = write_sdn(Path(folder, f"{number}"), day, what)
                    list(compliance.import_files([file], accept_removals=True))
            held = list(compliance.journal.find())
            assert len(held) == len(answers)
            for one, (name, day, position, answer) in zip(reversed(held), answers, strict=True):
                assert isinstance(one.record, ScreeningRecorded)
                assert again(compliance, one.record).same
                assert compliance.screen(name, as_of=day, known_at=position) == answer
                assert compliance.screen(name, as_of=day, known_at=answer.position) == answer


def write_sdn(folder: Path, day: date, names: set[str]) -> Path:
    target = folder / day.isoformat()
    target.mkdir(parents=True)
    lines = [f'{PARTIES.index(name) + 1},"{name}",-0- ,"SDGT"{",-0- " * 8}\r\n' for name in sorted(names)]
    (target / "sdn.csv").write_bytes("".join(lines).encode() + b"\x1a\r\n")
    return target


Run = Callable[..., Any]


def test_the_commands_record_list_show_reproduce_and_prove(run: Run, home: Path) -> None:
    asked = run("screen", SENSETIME, "Blue Heron", "--as-of", "2022-01-05", "--record")
    ids = [line.removeprefix("recorded as ") for line in asked.out.splitlines() if line.startswith("recorded as ")]
    assert len(ids) == 2
    listed = run("screenings", "list")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["id", *reversed(ids)]
    shown = run("screenings", "show", ids[0])
    assert shown.status == 0
    for told in (SENSETIME, "2022-01-05", "us-ofac-cmic/33114", "by tester", "log position 72", "position 71"):
        assert told in shown.out
    same = run("screenings", "reproduce", ids[0], "-o", "answer.json")
    assert same.status == 0
    assert same.out.startswith(f"{ids[0]}: the same answer, byte for byte (sha256:")
    digest = sha256((home / "work" / "answer.json").read_bytes()).hexdigest()
    assert f"sha256:{digest}" in shown.out
    assert run("screenings", "prove", ids[1], "-o", "proof.json").status == 0
    assert "event 73 is in the log" in run("log", "check-proof", "proof.json").out
    assert json.loads(run("screenings", "prove", ids[1], "-o", "proof.json", "--json").out)["file"] == "proof.json"
    assert run("log", "verify").status == 0


def test_json_has_the_id_of_each_answer_and_the_whole_record(run: Run) -> None:
    (answer,) = json.loads(run("screen", SENSETIME, "--as-of", "2022-01-05", "--record", "--json").out)
    (listed,) = json.loads(run("screenings", "list", "--json").out)
    shown = json.loads(run("screenings", "show", answer["screening"], "--json").out)
    assert (listed["id"], listed["kind"], listed["position"]) == (answer["screening"], "screening", 72)
    assert shown == {**listed, "actor": "tester"}
    again = json.loads(run("screenings", "reproduce", answer.pop("screening"), "--json").out)
    assert (again["same"], again["answer"]) == (True, answer)
    assert "screening" not in json.loads(run("screen", SENSETIME, "--json").out)[0]


def test_the_setting_records_always_and_an_option_goes_before_it(
    run: Run, size: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_RECORD", "1")
    assert "recorded as" in run("screen", SENSETIME).out
    assert "recorded as" not in run("screen", SENSETIME, "--no-record").out
    assert size() == 72
    monkeypatch.setenv("COMPLIANCE_RECORD", "maybe")
    wrong = run("screen", SENSETIME)
    assert (wrong.status, wrong.err) == (
        2,
        "compliance: the setting record (COMPLIANCE_RECORD) is 'maybe': write yes or no\n",
    )


def test_another_answer_ends_with_1_and_shows_both(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("screen", SENSETIME, "--as-of", "2022-01-05", "--record")
    monkeypatch.setattr(screening, "MATCHER_VERSION", "99")
    found = run("screenings", "reproduce", "20261124T120000Z")
    assert found.status == 1
    for told in ("the answer is another one now", "now by matcher 99", "as recorded:", "answered now:"):
        assert told in found.out


def test_an_id_that_is_not_there_or_names_two_is_a_bad_question(run: Run) -> None:
    run("screen", SENSETIME, "Blue Heron", "--record")
    for id_, why in (("20261124T120000Z", "the beginning of 2 ids"), ("2026", "no id"), ("x" * 20, "no id")):
        for command in ("show", "reproduce", "prove"):
            ran = run("screenings", command, id_)
            assert (ran.status, ran.out, why in ran.err) == (2, "", True)
    nothing = run("screenings", "list", "--entry", "us-ofac-cmic/1")
    assert (nothing.status, nothing.out, nothing.err) == (0, "", "nothing like that is recorded\n")
