"""Every batch is recorded whole, with its rows that had hits, and its output is made again, byte for byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance, screening
from compliance.knowledge import KnownLog
from compliance.records import RowHit, RunRecorded
from compliance.screenings.reading import Wanted
from events import LogUnavailable
from tests.compliance.conftest import NOW

Run = Callable[..., Any]
BOOK = "id,counterparty\nC-1,SenseTime Group\nC-2,Blue Heron\nC-3,\nC-4,Sensetimme Grupp\n"
BATCH = ("batch", "book.csv", "-o", "out.csv", "--id-column", "id", "--as-of", "2021-12-12")


@pytest.fixture
def book(home: Path) -> Path:
    path = home / "work" / "book.csv"
    path.write_text(BOOK, "utf-8")
    return path


def recorded(compliance: Compliance) -> list[RunRecorded]:
    records = [held.record for held in compliance.journal.find(Wanted(runs=True))]
    return [record for record in records if isinstance(record, RunRecorded)]


def the_id(run: Run) -> str:
    (listed,) = json.loads(run("screenings", "list", "--kind", "run", "--json").out)
    return str(listed["id"])


@pytest.mark.usefixtures("book")
def test_a_batch_is_one_event_and_one_for_each_row_with_hits(run: Run, home: Path, library: Compliance) -> None:
    assert run(*BATCH).status == 1
    events = list(library.log.read(after=71))
    assert [event.type for event in events] == ["RunRecorded", "RowHit", "RowHit"]
    assert len({event.stream for event in events}) == 1
    (record,) = recorded(library)
    output = (home / "work" / "out.csv").read_bytes()
    assert record.outputs[0].sha256 == sha256(output).hexdigest()
    assert record.inputs[0].sha256 == sha256(BOOK.encode()).hexdigest()
    assert (record.rows, record.clear, record.hits, record.cannot_say, record.unreadable) == (4, 1, 2, 0, 1)
    rows = [RowHit.model_validate(event.payload) for event in events[1:]]
    assert [(row.run, row.row, row.row_id, row.who.name) for row in rows] == [
        (record.id, 2, "C-1", "SenseTime Group"),
        (record.id, 5, "C-4", "Sensetimme Grupp"),
    ]
    assert run("screenings", "prove", record.id, "-o", "proof.json").status == 0
    assert "RunRecorded in run/" in run("log", "check-proof", "proof.json").out
    assert run("log", "verify").status == 0


@pytest.mark.usefixtures("book")
def test_a_batch_is_not_recorded_where_that_is_said(
    run: Run, size: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(*BATCH, "--no-record").status == 1
    monkeypatch.setenv("COMPLIANCE_RECORD", "no")
    assert run(*BATCH).status == 1
    assert size() == 71
    assert run(*BATCH, "--record").status == 1
    assert size() == 74


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("more", [(), ("--all",), ("-o", "out.jsonl"), ("--threshold", "60", "--limit", "1")])
def test_a_run_is_made_again_to_the_byte_after_the_lists_have_changed(
    run: Run, home: Path, more: tuple[str, ...], sdn: Callable[..., Path]
) -> None:
    run(*BATCH, *more)
    output = home / "work" / ("out.jsonl" if "out.jsonl" in more else "out.csv")
    before = output.read_bytes()
    output.unlink()
    later = NOW + timedelta(days=900)
    assert run("import", sdn("2021-12-11", {"1": "BLUE HERON"}), now=later).status == 0
    shutil.rmtree(home / "cache")
    again = run("screenings", "reproduce", the_id(run), "-o", "again", now=later)
    assert (again.status, "the same output, byte for byte" in again.out) == (0, True)
    assert (home / "work" / "again").read_bytes() == before


def test_an_input_that_is_elsewhere_changed_or_gone_is_named(run: Run, book: Path, home: Path) -> None:
    run(*BATCH)
    id_ = the_id(run)
    moved = book.rename(home / "moved.csv")
    gone = run("screenings", "reproduce", id_)
    assert (gone.status, gone.out) == (3, "")
    assert "the input book.csv cannot be read" in gone.err
    assert run("screenings", "reproduce", id_, "--input", moved).status == 0
    assert run("screenings", "reproduce", id_, "--input", moved, "--input", moved).status == 3
    moved.write_text(BOOK + "C-5,Hikvision\n", "utf-8")
    changed = run("screenings", "reproduce", id_, "--input", moved)
    assert (changed.status, "is not the file that was screened" in changed.err) == (3, True)


@pytest.mark.usefixtures("book")
def test_what_came_from_standard_input_is_made_again_from_a_file(run: Run, home: Path) -> None:
    run("batch", "-", "-o", "out.csv", "--as-of", "2021-12-12", stdin=BOOK.encode())
    assert "the input standard input cannot be read" in run("screenings", "reproduce", the_id(run)).err
    assert run("screenings", "reproduce", the_id(run), "--input", "book.csv").status == 0


@pytest.mark.usefixtures("book")
def test_another_matcher_gives_another_output_and_the_rows_that_differ(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*BATCH)
    weigh = screening.weighed
    monkeypatch.setattr(screening, "weighed", lambda score, *more: (max(weigh(score, *more)[0] - 9, 0), ()))
    found = run("screenings", "reproduce", the_id(run))
    assert found.status == 1
    for told in (
        "the output is another one now", "hits: 2 -> 1", "row 2: us-ofac-cmic/33114: score 100.0 -> 91.0",
        "row 5: us-ofac-cmic/33114 (SENSETIME GROUP LIMITED, ", ") is no hit any more",
    ):  # fmt: skip
        assert told in found.out


@pytest.mark.usefixtures("book")
def test_with_digests_the_log_holds_no_name_and_the_run_is_made_again_from_its_input(
    run: Run, home: Path, library: Compliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_RECORD_NAMES", "digest")
    run(*BATCH)
    stored = b"".join(file.read_bytes() for file in (home / "data").rglob("*.db*")).lower()
    for secret in (b"sensetimme", b"grupp", b"c-4"):
        assert secret not in stored
    assert run("screenings", "reproduce", the_id(run)).status == 0
    assert the_id(run) in run("screenings", "list", "--name", "Sensetimme Grupp").out
    assert run("screenings", "list", "--name", "Sensetimme").out == ""
    assert "(name not kept" in run("screenings", "show", the_id(run)).out


@pytest.mark.usefixtures("book")
def test_a_run_whose_recording_failed_is_seen_as_such_and_recorded_by_resuming(
    run: Run, home: Path, size: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output is in place first, so that nothing is recorded that is not there."""
    append = KnownLog.append

    def failing(known: KnownLog, stream: str, *more: Any, **others: Any) -> Any:
        raise LogUnavailable("the disk is full")

    monkeypatch.setattr(KnownLog, "append", failing)
    stopped = run(*BATCH)
    assert (stopped.status, stopped.err.splitlines()[-1]) == (3, "compliance: the disk is full")
    output = (home / "work" / "out.csv").read_bytes()
    id_ = json.loads((home / "work" / "out.csv.run.json").read_bytes())["id"]
    assert run("screenings", "show", id_).status == 2
    monkeypatch.setattr(KnownLog, "append", append)
    assert run(*BATCH, "--resume").status == 1
    assert (home / "work" / "out.csv").read_bytes() == output
    assert the_id(run) == id_
    assert size() == 74
    assert run("screenings", "reproduce", id_).status == 0


@pytest.mark.usefixtures("book")
def test_runs_are_found_by_the_names_and_entries_of_their_rows(run: Run) -> None:
    run(*BATCH)
    id_ = the_id(run)
    for fits in (("--name", "sensetime group"), ("--entry", "us-ofac-cmic/33114"), ("--outcome", "clear"), ()):
        assert id_ in run("screenings", "list", *fits).out
    for not_ in (("--name", "Blue Heron"), ("--entry", "us-ofac-cmic/1"), ("--outcome", "cannot say")):
        assert run("screenings", "list", *not_).out == ""
    shown = run("screenings", "show", id_, "--limit", "1").out
    assert "row 2 (C-1)  SenseTime Group" in shown
    assert "1 more rows with hits" in shown
