"""`update`: what is new is imported whole, what cannot be right is held back, and what was checked is recorded."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from compliance import Compliance
from compliance.cli import main
from compliance.updating.outcome import Outcome, Status
from tests.updating.conftest import FIXTURES, NOW
from tests.updating.server import File, Handler, Publisher, cut, page, serve, silent, status

OCTOBER, NOVEMBER = FIXTURES / "ofac-sdn" / "2023-10-31", FIXTURES / "ofac-sdn" / "2023-11-30"
FILES = ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")
SDN, CONS = "us-ofac-sdn", "us-ofac-consolidated"
OTHER = 'publisher = "another"\n'
CONS_FILES = ("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv")


def put(publisher: Publisher, folder: Path, day: datetime, source: str = SDN, **more: Any) -> None:
    """Serves a folder's files at the addresses of a source, modified on that day."""
    for path in sorted(folder.glob("*.csv")):
        publisher.files[f"/{source}/{path.name}"] = File(path.read_bytes(), day, **more)


def _whole(publisher: Publisher, place: str) -> str:
    return place if "://" in place else publisher.url + place


class Updating:
    """A user's log, its updates, and what can be asked of it."""

    def __init__(self, publisher: Publisher, data: Path) -> None:
        self.publisher = publisher
        self.now = NOW
        self.slept: list[float] = []
        self.own = data / "addresses.toml"
        self.at({SDN: {name: f"/{SDN}/{name}" for name in FILES}, CONS: {n: f"/{CONS}/{n}" for n in CONS_FILES}})

    def at(self, places: dict[str, dict[str, str]], more: str = "") -> None:
        """Writes the user's own addresses: for each source its files and where they are; `more` for the last."""
        self.own.parent.mkdir(exist_ok=True)
        lines = []
        for source, files in places.items():
            named = ", ".join(f'"{name}" = "{_whole(self.publisher, place)}"' for name, place in files.items())
            lines.append(f"[{source}]\nfiles = {{ {named} }}\n")
        self.own.write_text("".join(lines) + more)

    def __call__(self, *asked: str, **more: Any) -> Outcome:
        (outcome,) = self.all(*(asked or (SDN,)), **more)
        return outcome

    def all(self, *asked: str, **more: Any) -> list[Outcome]:
        with self.opened() as compliance:
            return list(compliance.update(asked, sleep=self.slept.append, **more))

    def opened(self) -> Compliance:
        return Compliance.open(clock=lambda: self.now, bundled=False)

    def events(self) -> list[tuple[str, date, dict[str, Any]]]:
        with self.opened() as compliance:
            return [(e.type, e.effective, e.payload) for e in compliance.log.rows()]

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.events()]

    def entries(self) -> set[str]:
        with self.opened() as compliance:
            return {listing.key for listing in compliance.register(self.now.date()).listings(SDN)}


@pytest.fixture
def updating(publisher: Publisher, tmp_path: Path) -> Updating:
    put(publisher, OCTOBER, datetime(2023, 10, 31, 15, tzinfo=UTC))
    return Updating(publisher, tmp_path / "data")


def test_a_set_of_files_becomes_one_publication_dated_by_the_server(updating: Updating) -> None:
    outcome = updating()
    assert (outcome.status, outcome.published, outcome.date_source) == (Status.new, date(2023, 10, 31), "Last-Modified")
    kind, effective, opening = updating.events()[0]
    assert (kind, effective, opening["date_source"]) == ("ListPublished", date(2023, 10, 31), "Last-Modified")
    assert [file["name"] for file in opening["files"]] == list(FILES)
    assert updating.entries() == {f"90000{n}" for n in range(1, 7)}


def test_the_originals_are_in_the_archive_byte_for_byte(updating: Updating) -> None:
    updating()
    with updating.opened() as compliance:
        from compliance.archive import Archive

        archive = Archive(compliance.settings.archive)
        opening = next(compliance.log.rows()).payload
        assert [archive.get(file["sha256"]) for file in opening["files"]] == [
            (OCTOBER / name).read_bytes() for name in FILES
        ]


def test_nothing_new_is_recorded_as_checked_once_a_day(updating: Updating) -> None:
    updating()
    updating.now += timedelta(days=3)
    assert updating().status == Status.nothing_new
    assert updating().status == Status.nothing_new
    checks = [(day, payload["answer"]) for kind, day, payload in updating.events() if kind == "ListChecked"]
    assert checks == [(date(2023, 12, 1), "imported"), (date(2023, 12, 4), "not modified")]
    assert [seen.status for seen in updating.publisher.seen].count(304) >= 8


def test_the_age_of_a_list_counts_from_the_last_check(updating: Updating) -> None:
    """A list that has not changed for a year, but was checked today, can carry the answer clear."""
    updating()
    updating.now += timedelta(days=365)
    with updating.opened() as compliance:
        assert compliance.screen("Nobody At All Like This").outcome == "cannot say"
    updating()
    with updating.opened() as compliance:
        answer = compliance.screen("Nobody At All Like This")
    assert answer.outcome == "clear"
    assert (answer.lists[0].age, answer.lists[0].checked, answer.lists[0].published) == (
        0,
        date(2024, 11, 30),
        date(2023, 10, 31),
    )


def test_a_check_shows_that_nothing_changed_since_the_publication(updating: Updating) -> None:
    """The days between can be asked about, once the publisher was asked after them; what was known before stays so."""
    updating()
    asked_before = updating.now.date()
    updating.now += timedelta(days=100)
    between = {"as_of": asked_before + timedelta(days=50)}
    with updating.opened() as compliance:
        assert compliance.register(date(2023, 11, 15)).lists[SDN].checked is None
        assert compliance.screen("Nobody At All Like This", **between).outcome == "cannot say"
        position = compliance.log.head().size
    updating()
    with updating.opened() as compliance:
        assert compliance.screen("Nobody At All Like This", **between).outcome == "clear"
        assert compliance.screen("Nobody At All Like This", **between, known_at=position).outcome == "cannot say"


def test_a_new_publication_is_imported_and_only_what_changed_is_fetched(updating: Updating) -> None:
    updating()
    put(updating.publisher, NOVEMBER, datetime(2023, 11, 30, 15, tzinfo=UTC))
    outcome = updating()
    assert outcome.published == date(2023, 11, 30)
    assert dict(outcome.lists[0].changes) == {"listed": 1, "amended": 1, "delisted": 1}
    unchanged = [n for n in FILES if (OCTOBER / n).read_bytes() == (NOVEMBER / n).read_bytes()]
    assert unchanged
    assert all(updating.publisher.statuses(f"/{SDN}/{name}").count(200) == 1 for name in unchanged)


def test_files_touched_but_not_changed_are_no_new_publication(updating: Updating) -> None:
    updating()
    put(updating.publisher, OCTOBER, datetime(2023, 11, 20, 15, tzinfo=UTC), validators=False)
    assert updating().status == Status.nothing_new
    assert updating.kinds().count("ListPublished") == 1


def test_a_second_publication_of_the_same_day_is_taken(updating: Updating) -> None:
    updating()
    put(updating.publisher, NOVEMBER, datetime(2023, 10, 31, 20, tzinfo=UTC))
    assert updating().status == Status.new
    assert updating.entries() == {
        path.split(",")[0] for path in (NOVEMBER / "sdn.csv").read_text().split("\n") if "," in path
    }


def test_without_any_date_the_day_of_download_is_taken_and_said(updating: Updating) -> None:
    put(updating.publisher, OCTOBER, NOW, validators=False)
    outcome = updating()
    assert (outcome.published, outcome.date_source) == (date(2023, 12, 1), "day of download")


def test_one_file_missing_takes_none(updating: Updating) -> None:
    """All or none: aliases are not taken for unknown because their file failed."""
    updating.publisher.fail(f"/{SDN}/alt.csv", status(404))
    outcome = updating()
    assert outcome.status == Status.failed
    assert "alt.csv: the server answered 404" in str(outcome.reason)
    assert updating.kinds() == []


def test_a_set_that_changes_while_it_is_fetched_is_fetched_again(updating: Updating) -> None:
    """sdn.csv of October with the companions of November would be a publication that never was."""

    def replaced(handler: Handler) -> None:
        put(updating.publisher, NOVEMBER, datetime(2023, 11, 30, 15, tzinfo=UTC))
        serve(handler)

    updating.publisher.fail(f"/{SDN}/sdn_comments.csv", replaced)
    outcome = updating()
    assert outcome.published == date(2023, 11, 30)
    assert updating.entries() == {"900001", "900002", "900003", "900004", "900005", "900007"}


HELD: dict[str, tuple[Callable[[Handler], None], str]] = {
    "empty": (lambda handler: handler.reply(200, b""), "the file is empty"),
    "web page": (page("<!DOCTYPE html><html><body>Under maintenance</body></html>"), "a web page, not a list file"),
    "json": (lambda handler: handler.reply(200, b'{"error": "try later"}'), "this is JSON"),
    "cut without a word": (lambda handler: handler.reply(200, (OCTOBER / "sdn.csv").read_bytes()[:600]), "it is cut"),
}


@pytest.mark.parametrize("what", HELD)
def test_what_cannot_be_a_list_is_held_back(updating: Updating, what: str) -> None:
    updating()
    before = updating.entries(), updating.kinds()
    answer, reason = HELD[what]
    updating.publisher.fail(f"/{SDN}/sdn.csv", answer)
    outcome = updating()
    assert outcome.status == Status.held_back
    assert reason in str(outcome.reason)
    assert (updating.entries(), updating.kinds()) == before
    assert updating().status == Status.nothing_new  # the next day is good again


def test_a_body_that_stays_cut_is_a_failure(updating: Updating) -> None:
    updating.publisher.fail(f"/{SDN}/sdn.csv", *[cut(300)] * 9)
    put(updating.publisher, OCTOBER, NOW, ranges=False)
    outcome = updating()
    assert outcome.status == Status.failed
    assert "the body was cut" in str(outcome.reason)
    assert updating.slept == [2.0, 4.0, 8.0]


def test_the_file_of_another_list_is_held_back(updating: Updating) -> None:
    put(updating.publisher, OCTOBER, NOW)
    cons = FIXTURES / "ofac-consolidated" / "2024-02-01"
    for name, other in zip(FILES, ("cons_prim.csv", "cons_alt.csv", "cons_add.csv"), strict=False):
        updating.publisher.files[f"/{SDN}/{name}"] = File((cons / other).read_bytes(), NOW)
    updating.publisher.fail(f"/{SDN}/sdn_comments.csv", lambda h: h.reply(200, b'9640,"rest"\r\n\x1a'))
    outcome = updating()
    assert outcome.status == Status.held_back
    assert updating.kinds() == []


def many(rows: int) -> bytes:
    lines = [f'{n},"EXAMPLE {n}",-0- ,"SDGT",' + "-0- ," * 7 + "-0- " for n in range(1, rows + 1)]
    return ("\r\n".join(lines) + "\r\n\x1a").encode()


@pytest.fixture
def large(publisher: Publisher, tmp_path: Path) -> Updating:
    """A list of 200 entries in one file, of which 100 are gone the next day."""
    found = Updating(publisher, tmp_path / "data")
    found.at({SDN: {"sdn.csv": "/mine/list"}})
    publisher.files["/mine/list"] = File(many(200), datetime(2023, 11, 1, tzinfo=UTC))
    assert found().status == Status.new
    publisher.files["/mine/list"] = File(many(100), datetime(2023, 11, 2, tzinfo=UTC))
    return found


def test_a_mass_removal_is_held_back_and_can_be_accepted(large: Updating, tmp_path: Path) -> None:
    outcome = large()
    assert outcome.status == Status.held_back
    assert "100 of 200 entries would be removed" in str(outcome.reason)
    assert "--accept-removals" in str(outcome.reason)
    assert (tmp_path / "data" / "downloads" / SDN / "sdn.csv").read_bytes() == many(100)
    assert len(large.entries()) == 200
    assert large(accept_removals=True).status == Status.new
    assert len(large.entries()) == 100


def test_an_older_file_than_the_one_held_is_held_back(large: Updating) -> None:
    """A mirror that lags behind must not make the list look fresh."""
    large.publisher.files["/mine/list"] = File(many(199), datetime(2023, 10, 1, tzinfo=UTC))
    outcome = large()
    assert outcome.status == Status.held_back
    assert "older than that of 2023-11-01" in str(outcome.reason)
    assert large.kinds().count("ListChecked") == 1


def test_a_date_in_the_future_is_held_back(large: Updating) -> None:
    large.publisher.files["/mine/list"] = File(many(199), datetime(2024, 1, 1, tzinfo=UTC))
    outcome = large()
    assert "2024-01-01 is in the future" in str(outcome.reason)


def test_a_dry_run_tells_what_would_change_and_changes_nothing(updating: Updating, tmp_path: Path) -> None:
    updating()
    put(updating.publisher, NOVEMBER, datetime(2023, 11, 30, 15, tzinfo=UTC))
    before = updating.kinds()
    outcome = updating(dry=True)
    assert outcome.status == Status.would_change
    assert set(outcome.lists[0].named) == {
        "delisted us-ofac-sdn/900006",
        "amended us-ofac-sdn/900002 JOINT-STOCK COMPANY CONCERN ALMAZ-ANTEY",
        "listed us-ofac-sdn/900007 SINBAD.IO",
    }
    assert updating.kinds() == before
    assert updating().status == Status.new
    assert not list((tmp_path / "data" / "downloads" / SDN).glob("*.csv"))


def test_not_modified_never_stands_for_files_that_the_log_does_not_have(updating: Updating, tmp_path: Path) -> None:
    """Another log beside the same downloads folder: it is not told that there is nothing new."""
    updating()
    for name in ("compliance.db", "compliance.db-wal", "compliance.db-shm"):
        (tmp_path / "data" / name).unlink(missing_ok=True)
    with updating.opened() as compliance:
        compliance.verify(accept=True)  # begun anew, and meant to be
    assert updating().status == Status.new
    assert len(updating.entries()) == 6


def test_a_lost_original_is_fetched_again(updating: Updating, tmp_path: Path) -> None:
    updating()
    for path in (tmp_path / "data" / "archive").rglob("*.gz"):
        path.unlink()
    assert updating().status == Status.nothing_new
    assert updating.publisher.statuses(f"/{SDN}/sdn.csv").count(200) == 2


def test_one_failing_list_never_stops_the_others(updating: Updating) -> None:
    cons = FIXTURES / "ofac-consolidated" / "2024-02-01"
    put(updating.publisher, cons, datetime(2023, 11, 1, tzinfo=UTC), "us-ofac-consolidated")
    found = {outcome.source: outcome.status for outcome in updating.all(SDN, "us-ofac-cmic")}
    assert found == {SDN: Status.new, "us-ofac-consolidated": Status.failed}  # it has no comments file
    updating.publisher.files["/us-ofac-consolidated/cons_comments.csv"] = File(b"")
    found = {outcome.source: outcome.status for outcome in updating.all("us-ofac-ssi", SDN)}
    assert found == {SDN: Status.nothing_new, "us-ofac-consolidated": Status.held_back}  # an empty one, that is


def test_one_publisher_is_never_asked_twice_at_once(updating: Updating) -> None:
    updating.all(SDN, "us-ofac-cmic")
    assert len(updating.publisher.seen) > 4
    assert updating.publisher.most_active == 1


def test_publishers_are_asked_side_by_side(updating: Updating) -> None:
    """Each of two servers answers only when both have been asked."""
    other, both = Publisher(), Barrier(2, timeout=20)

    def meeting(handler: Handler) -> None:
        both.wait()
        serve(handler)

    updating.at({SDN: {name: f"/{SDN}/{name}" for name in FILES}, CONS: {"cons_prim.csv": f"{other.url}/c"}}, OTHER)
    other.files["/c"] = File((FIXTURES / "ofac-consolidated" / "2024-02-01" / "cons_prim.csv").read_bytes(), NOW)
    other.fail("/c", meeting)
    updating.publisher.fail(f"/{SDN}/sdn.csv", meeting)
    found = {outcome.source: outcome.status for outcome in updating.all(SDN, "us-ofac-cmic")}
    other.stop()
    assert found == {SDN: Status.new, "us-ofac-consolidated": Status.new}


def test_who_has_had_enough_need_not_wait_for_a_silent_server(updating: Updating) -> None:
    other = Publisher()
    updating.at({SDN: {name: f"/{SDN}/{name}" for name in FILES}, CONS: {"cons_prim.csv": f"{other.url}/c"}}, OTHER)
    asked = Event()

    def heard(handler: Handler) -> None:
        asked.set()
        silent(handler)

    other.fail("/c", heard)
    with updating.opened() as compliance:
        outcomes = compliance.update((SDN, "us-ofac-cmic"))
        assert next(outcomes).source == SDN
        assert asked.wait(20)
        outcomes.close()
        assert other.active == 1
    other.stop()


def test_a_list_that_is_asked_for_later_is_taken_from_files_that_have_not_changed(updating: Updating) -> None:
    """Not modified means nothing for a list that the last update did not take."""
    cons = FIXTURES / "ofac-consolidated" / "2024-02-01"
    updating.publisher.files["/c"] = File((cons / "cons_prim.csv").read_bytes(), NOW)
    rest = ("us-ofac-ssi", "us-ofac-capta", "us-ofac-plc", "us-ofac-fse", "us-ofac-13599", "us-ofac-mbs")
    updating.at({CONS: {"cons_prim.csv": "/c"}}, f'lists = ["us-ofac-cmic"]\nalso = {list(rest)}\n')
    assert [part.list for part in updating("us-ofac-cmic").lists] == ["us-ofac-cmic"]
    assert updating("us-ofac-cmic").status == Status.nothing_new
    assert updating("us-ofac-ssi").status == Status.new
    with updating.opened() as compliance:
        assert set(compliance.register(NOW.date()).lists) == {"us-ofac-cmic", "us-ofac-ssi"}


def test_files_imported_by_hand_before_are_nothing_new(updating: Updating) -> None:
    with updating.opened() as compliance:
        list(compliance.import_files([OCTOBER]))
    assert updating().status == Status.nothing_new
    assert [payload["answer"] for kind, _, payload in updating.events() if kind == "ListChecked"] == ["same files"]


def test_a_fault_of_a_reader_is_told_and_stops_nothing(updating: Updating, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: Any) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("compliance.updating.taking.read_group", faulty)
    outcome = updating()
    assert outcome.status == Status.held_back
    assert "unexpected ZeroDivisionError: oops; this is a fault of the program" in str(outcome.reason)


def test_two_updates_at_once_are_refused(
    updating: Updating, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data" / "downloads"
    folder.mkdir(parents=True)
    lock = sqlite3.connect(folder / "lock.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    assert main(["update", SDN], clock=lambda: NOW) == 3
    assert "another update is at work" in capsys.readouterr().err
    lock.close()


def test_the_date_of_a_file_without_one_comes_from_the_publishers_page(updating: Updating) -> None:
    pattern = r'"number":\s*15\b[^{}]*"up_to_date_as_of":\s*"(\d{4}-\d{2}-\d{2})"'
    page = f"page = '{updating.publisher.url}/titles.json'\npage_date = '{pattern}'\n"
    updating.at({SDN: {"sdn.csv": "/{date}/sdn.csv"}}, page)
    titles = [{"number": n, "up_to_date_as_of": f"2023-11-{n}"} for n in (14, 15)]
    updating.publisher.files["/titles.json"] = File(json.dumps({"titles": titles}).encode())
    updating.publisher.files["/2023-11-15/sdn.csv"] = File(many(3), NOW)
    outcome = updating()
    assert (outcome.published, outcome.date_source) == (date(2023, 11, 15), "publisher's page")
    updating.publisher.files["/titles.json"] = File(b"<html>new design</html>")
    assert "the date of us-ofac-sdn is not on the page" in str(updating().reason)


def test_an_address_of_the_users_own_goes_before_the_mirror(
    large: Updating, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_MIRROR", f"{publisher.url}/nowhere")
    publisher.files["/mine/list"] = File(many(201), datetime(2023, 11, 3, tzinfo=UTC))
    assert large().status == Status.new


def test_a_folder_can_stand_for_the_publishers(
    updating: Updating, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without a network: files carried over are updates like any other, but no check of the publisher."""
    updating.own.unlink()
    folder = tmp_path / "carried over" / SDN
    folder.mkdir(parents=True)
    for path in OCTOBER.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
        os.utime(folder / path.name, (datetime(2023, 11, 7, tzinfo=UTC).timestamp(),) * 2)
    monkeypatch.setenv("COMPLIANCE_MIRROR", str(folder.parent))
    first = updating()
    assert (first.published, first.date_source) == (date(2023, 11, 7), "file time")
    again = updating()
    assert (again.status, again.published) == (Status.nothing_new, date(2023, 11, 7))
    assert again.warnings == ("a mirror was asked and not the publisher: not recorded as checked",)
    assert "ListChecked" not in updating.kinds()
    assert updating.publisher.seen == []


def test_a_mirror_on_the_web_is_no_check_either(updating: Updating, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror that has stopped mirroring would keep an old list fresh for ever."""
    updating.own.unlink()
    monkeypatch.setenv("COMPLIANCE_MIRROR", updating.publisher.url)
    assert updating().status == Status.new
    assert updating().status == Status.nothing_new
    assert "ListChecked" not in updating.kinds()


@pytest.fixture
def command(updating: Updating, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(list(words), clock=lambda: updating.now)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_the_command_tells_each_source_and_its_status_is_0_when_all_are_fresh(command: Any) -> None:
    code, out, _ = command("update", SDN)
    assert (code, out) == (
        0,
        "us-ofac-sdn: new, published 2023-10-31 (Last-Modified)\n  us-ofac-sdn: 6 entries: 6 listed\n",
    )
    assert command("update", SDN)[:2] == (0, "us-ofac-sdn: nothing new since 2023-10-31\n")


def test_a_loaded_list_that_no_update_brings_is_named(command: Any, updating: Updating) -> None:
    updating.own.write_text('[us-ofac-consolidated]\nby_hand = "it is a test"\n')
    _, _, err = command("update")
    assert "note: us-ofac-cmic was not fetched: it is a test" in err  # the bundled list


def test_the_status_is_3_when_a_list_fails(command: Any) -> None:
    code, out, err = command("update", SDN, "us-ofac-cmic", "--json")
    found = {outcome["source"]: outcome["status"] for outcome in json.loads(out)}
    assert (code, found) == (3, {SDN: "new", "us-ofac-consolidated": "failed"})
    assert "not updated: us-ofac-consolidated; these lists stay as they were" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("us-ofac-sdnn",), "did you mean us-ofac-sdn"),
        (("--accept-removals",), "needs the lists that it is meant for"),
    ],
)
def test_a_bad_question_is_2(command: Any, words: tuple[str, ...], told: str) -> None:
    code, _, err = command("update", *words)
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    "text", ["files = 3", "[us-ofac-sdn]\nfiles = {}", "[x]\nfiles = {'../up' = 'http://h/'}", "=="]
)
def test_a_wrong_file_of_addresses_is_2(command: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "addresses.toml").write_text(text)
    code, _, err = command("update", SDN)
    assert code == 2
    assert "addresses" in err


def test_the_schedule_is_printed_and_nothing_is_fetched(command: Any, publisher: Publisher, tmp_path: Path) -> None:
    code, out, _ = command("update", "--schedule", SDN)
    assert code == 0
    assert f"COMPLIANCE_DATA_DIR={tmp_path / 'data'}" in out
    assert " update us-ofac-sdn\n" in out
    assert "OnCalendar=*-*-* 06,18:17:00" in out
    assert publisher.seen == []
