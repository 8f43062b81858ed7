"""What else is recorded in the log changes no answer, costs no derived data, and need not be verified again."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.errors import CannotSay
from events import ConcurrentAppend, EventLog, LogBroken, NewEvent
from tests.support.databases import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENSETIME = "SenseTime Group Limited"
SEEN = NewEvent(type="Seen", effective=date(2022, 3, 3), payload={"what": "a party"})  # nothing that we know

Sdn = Callable[..., Path]
Run = Callable[..., Any]


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each verification, how many events had been verified before."""
    calls: list[int] = []
    verify: Callable[..., Any] = EventLog.verify

    def counted(log: EventLog, against: object = None, known: object = None, **more: Any) -> Any:
        calls.append(getattr(known, "size", 0))
        return verify(log, against, known, **more)

    monkeypatch.setattr(EventLog, "verify", counted)
    return calls


def asked(compliance: Compliance, **question: Any) -> str:
    return json.dumps(compliance.screen(SENSETIME, **question).plain())


def test_equal_questions_have_equal_answers_whatever_is_recorded_in_between(library: Compliance) -> None:
    days = [date(2021, 6, 3), date(2022, 3, 2), date(2022, 3, 3), date(2026, 11, 24)]
    before = [asked(library, as_of=day) for day in days]
    for number in range(3):
        library.append(f"screening/{number}", 0, [SEEN, SEEN])
    assert [asked(library, as_of=day) for day in days] == before
    for position in (71, 72, 74, 77):  # inside of an append, too
        assert [asked(library, as_of=day, known_at=position) for day in days] == before
    assert asked(library, known_at=NOW.date()) == before[-1]
    with Compliance.open(clock=lambda: NOW) as later:
        assert [asked(later, as_of=day) for day in days] == before


def test_what_was_known_between_two_imports_does_not_depend_on_what_was_recorded_there(
    library: Compliance, sdn: Sdn
) -> None:
    list(library.import_files([sdn("2024-01-02", [1, 2])]))
    first = library.facts().size
    library.append("run/a", 0, [SEEN] * 5)
    list(library.import_files([sdn("2024-02-02", [1, 2, 3])]))
    library.append("run/b", 0, [SEEN])
    for known_at in range(first, first + 6):
        assert len(list(library.register(date(2024, 3, 1), known_at).listings("us-ofac-sdn"))) == 2
        assert library.register(date(2024, 3, 1), known_at).position == first
    assert len(list(library.register(date(2024, 3, 1)).listings("us-ofac-sdn"))) == 3
    assert library.facts().size == library.register(date(2024, 3, 1)).position + 1


def test_recording_makes_no_new_book_and_no_new_register(home: Path, library: Compliance) -> None:
    def kept() -> list[str]:
        return sorted(path.name for kind in ("books", "registers") for path in (home / "cache" / kind).iterdir())

    library.screen(SENSETIME, as_of=date(2022, 3, 3))
    library.register(date(2022, 3, 3))
    before = kept()
    library.append("screening/1", 0, [SEEN])
    library.screen(SENSETIME, as_of=date(2022, 3, 3))
    library.register(date(2022, 3, 3))
    assert kept() == before


def test_an_own_append_is_not_verified_again_here_or_in_the_next_process(
    library: Compliance, verified: list[int]
) -> None:
    library.screen(SENSETIME)
    verified.clear()
    for number in range(3):
        library.append(f"screening/{number}", 0, [SEEN])
        library.screen(SENSETIME)
    assert library.facts().size == 74
    library.close()
    with Compliance.open(clock=lambda: NOW) as later:
        later.screen(SENSETIME)
        assert later.facts().size == 74
        later.append("screening/3", 0, [SEEN])
    assert verified == []
    with Compliance.open(clock=lambda: NOW) as last:
        assert last.verify().head.size == last.facts().size == 75


def test_with_a_reader_in_the_way_an_append_is_kept_all_the_same(home: Path, library: Compliance) -> None:
    """The write-ahead log cannot be folded in then; nobody waits for it, and nothing wrong is remembered."""
    library.screen(SENSETIME)
    with closing(sqlite3.connect(home / "data" / "compliance.db")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (71,)
        library.append("screening/1", 0, [SEEN])
        library.close()
    with Compliance.open(clock=lambda: NOW) as later:
        assert later.facts().size == later.verify().head.size == 72


def test_what_another_process_appended_through_here_is_known_from_it(library: Compliance, verified: list[int]) -> None:
    library.screen(SENSETIME)
    verified.clear()
    with Compliance.open(clock=lambda: NOW) as other:
        other.append("screening/1", 0, [SEEN])
    verified.clear()
    assert library.append("screening/2", 0, [SEEN])[0].position == 73
    assert library.facts().size == 73
    assert verified == []


def test_who_appends_between_the_look_and_the_append_is_not_taken_for_verified(
    library: Compliance, verified: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    library.screen(SENSETIME)
    append: Callable[..., Any] = EventLog.append

    def with_company(log: EventLog, stream: str, *more: Any, **others: Any) -> Any:
        monkeypatch.setattr(EventLog, "append", append)
        with Compliance.open(clock=lambda: NOW) as other:
            other.append("screening/other", 0, [SEEN])
        return append(log, stream, *more, **others)

    monkeypatch.setattr(EventLog, "append", with_company)
    verified.clear()
    assert library.append("screening/1", 0, [SEEN])[0].position == 73
    assert library.facts().size == 73
    assert verified == [72]


def test_a_change_behind_an_open_log_is_found_though_its_own_append_was_known(home: Path, library: Compliance) -> None:
    library.append("screening/1", 0, [SEEN])
    with closing(sqlite3.connect(home / "data" / "compliance.db", isolation_level=None)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE event SET actor = 'somebody' WHERE position = 5")
    with pytest.raises(LogBroken):
        library.append("screening/2", 0, [SEEN])
    library.close()
    with Compliance.open(clock=lambda: NOW) as later, pytest.raises(LogBroken):
        later.facts()


def test_a_stream_that_is_there_is_not_appended_to_as_if_it_were_new(library: Compliance) -> None:
    library.append("screening/1", 0, [SEEN])
    with pytest.raises(ConcurrentAppend):
        library.append("screening/1", 0, [SEEN])
    assert library.append("screening/1", 1, [SEEN])[0].version == 2
    assert library.append("screening/1", 2, []) == []


def test_a_log_that_holds_no_list_says_so(home: Path) -> None:
    clock = iter(NOW + timedelta(days=number) for number in range(9))
    with Compliance.open(clock=lambda: next(clock), bundled=False) as empty:
        empty.append("screening/1", 0, [SEEN])
        for known_at in (1, NOW.date()):
            with pytest.raises(CannotSay, match="no list is loaded"):
                empty.screen(SENSETIME, as_of=date(2022, 1, 5), known_at=known_at)


def test_every_command_passes_over_what_is_about_no_list(library: Compliance, run: Run, sdn: Sdn) -> None:
    """Lists, histories, differences, exports, imports and new readings answer as without it."""
    questions = [
        ("lists",), ("show", "us-ofac-cmic/33114"), ("history", "us-ofac-cmic"), ("history", "us-ofac-cmic/33114"),
        ("diff", "us-ofac-cmic", "--from", "2021-06-03", "--to", "2021-12-16"), ("export", "us-ofac-cmic"),
        ("import", "--reread"), ("screen", SENSETIME, "--json"),
    ]  # fmt: skip
    library.screen(SENSETIME)
    before = [run(*question) for question in questions]
    library.append("screening/1", 0, [SEEN])
    assert [run(*question) for question in questions] == before
    assert run("log", "events", "--after", "71").out.split() == ["72", "2022-03-03", "screening/1", "v1", "Seen"]
    assert run("log", "verify").status == 0
    assert run("original", "72").err == "compliance: the event at position 72 (Seen) came from no official file\n"
    assert run("import", sdn("2024-01-02", [1])).status == 0


def test_a_log_replaced_under_a_service_is_opened_and_verified_anew(home: Path, library: Compliance) -> None:
    """By a copy of itself it goes on; by another log it says so, and nothing is remembered of the new file."""
    path = home / "data" / "compliance.db"
    before = asked(library, as_of=date(2022, 3, 3))
    os.replace(shutil.copy(path, home / "copy.db"), path)
    assert asked(library, as_of=date(2022, 3, 3)) == before
    with Database(f"sqlite:///{shutil.copy(path, home / 'copy.db')}") as copy:
        copy.tamper("DELETE FROM event WHERE position > 60; DELETE FROM checkpoint WHERE size > 60")
    os.replace(home / "copy.db", path)
    for _ in range(2):
        with pytest.raises(CannotSay, match="held 71 events when it was last verified from here"):
            asked(library, as_of=date(2022, 3, 3))
    with Compliance.open(clock=lambda: NOW) as other, pytest.raises(CannotSay, match="held 71 events"):
        other.facts()
