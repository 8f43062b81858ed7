"""Names stay out of the record where that is asked for, and docs/privacy.md says the truth about it."""

from __future__ import annotations

import hmac
import json
import stat
import threading
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.errors import BadInput, CannotSay
from compliance.records import ScreeningRecorded
from compliance.screening import Subject
from compliance.screenings.keeping import NameKeys

Run = Callable[..., Any]
NAME = "Sensetimme Grupp"
QUESTION = ("screen", NAME, "--as-of", "2022-01-05", "--country", "HK", "--born", "1971-02-03", "--record")


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_RECORD_NAMES", "digest")


def only(compliance: Compliance) -> ScreeningRecorded:
    (held,) = compliance.journal.find()
    assert isinstance(held.record, ScreeningRecorded)
    return held.record


@pytest.mark.usefixtures("digested")
def test_in_digest_mode_the_database_holds_nothing_of_what_was_asked(run: Run, home: Path, library: Compliance) -> None:
    assert run(*QUESTION).status == 1
    record = only(library)
    assert record.who.given == ("countries", "born")
    assert [getattr(record.who, field) for field in Subject._fields] == [None, (), (), None, None]
    assert record.hits[0].entry == "us-ofac-cmic/33114"
    library.close()
    stored = b"".join(file.read_bytes() for file in (home / "data").rglob("*.db*")).lower()
    answer = json.dumps(record.model_dump(mode="json"))
    for secret in ("sensetimme", "grupp", "1971-02", sha256(NAME.encode()).hexdigest()):
        assert secret.encode() not in stored
        assert secret not in answer
    assert record.answer.startswith("hmac-sha256:")


@pytest.mark.usefixtures("digested")
def test_who_has_the_name_and_the_key_can_show_that_it_was_asked(run: Run) -> None:
    run(*QUESTION)
    found = run("screenings", "list", "--name", NAME, "--json")
    id_ = json.loads(found.out)[0]["id"]
    assert run("screenings", "list", "--name", "Somebody Else").out == ""
    particulars = ("--country", "HK", "--born", "1971-02-03")
    same = run("screenings", "reproduce", id_, "--name", NAME, *particulars)
    assert (same.status, "the same answer, byte for byte" in same.out) == (0, True)
    for given, why in (
        ((), "give the name again with --name, and what else was known of the party (countries, born)"),
        (("--name", NAME), "asked for this name, but with other particulars: besides it, countries, born was known"),
        (("--name", "Somebody", *particulars), "asked for another name than 'Somebody'"),
    ):
        wrong = run("screenings", "reproduce", id_, *given)
        assert (wrong.status, wrong.out, why in wrong.err) == (3, "", True), wrong.err
    assert "(name not kept" in run("screenings", "list").out
    assert "with countries, born" in run("screenings", "show", id_).out


@pytest.mark.usefixtures("digested")
def test_a_destroyed_key_leaves_the_record_and_takes_the_name(run: Run, home: Path) -> None:
    run(*QUESTION)
    (key,) = (home / "data" / "keys").iterdir()
    key.unlink()
    gone = run("screenings", "reproduce", "20261124T120000Z", "--name", NAME)
    assert (gone.status, gone.err) == (
        3, f"compliance: there is no key {key}: names that were digested with it cannot be compared any more\n",
    )  # fmt: skip
    assert run("screenings", "list", "--name", NAME).out == ""
    assert "us-ofac-cmic/33114" in run("screenings", "show", "20261124T120000Z").out
    assert run("log", "verify").status == 0
    run(*QUESTION)  # a new key, which cannot tell of what the old one digested
    other = run("screenings", "reproduce", run("screenings", "list").out.splitlines()[2].split()[0], "--name", NAME)
    assert (other.status, "is not the key that this was digested with" in other.err) == (3, True)


@pytest.mark.usefixtures("digested")
def test_who_looks_for_a_name_is_told_of_records_whose_key_is_gone(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*QUESTION)
    (key,) = (home / "data" / "keys").iterdir()
    key.unlink()
    says = "1 more record cannot be told by a name: the key of the digests is gone\n"
    gone = run("screenings", "list", "--name", NAME)
    assert (gone.status, gone.out, gone.err) == (3, "", says)
    assert run("screenings", "list", "--name", NAME, "--outcome", "clear").status == 0
    monkeypatch.setenv("COMPLIANCE_RECORD_NAMES", "plain")
    run(*QUESTION)
    found = run("screenings", "list", "--name", NAME, "--json")
    assert (found.status, len(json.loads(found.out)), found.err) == (0, 1, says)


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made: list[bytes] = []

    def fresh(size: int) -> bytes:
        made.append(bytes([len(made)]) * size)
        return made[-1]

    found: list[bytes] = []
    make = lambda: found.append(NameKeys(tmp_path / "keys", fresh).get(date(2026, 5, 1), make=True))  # noqa: E731
    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    (file,) = (tmp_path / "keys").iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("names-2026.key", 0o600)
    keys = NameKeys(tmp_path / "keys", fresh)
    assert keys.get(date(2026, 12, 31)) == found[0]
    assert keys.get(date(2027, 1, 1), make=True) != found[0]
    with pytest.raises(CannotSay, match=r"there is no key .*names-2028.key"):
        keys.get(date(2028, 1, 1))
    (tmp_path / "keys" / "names-2029.key").write_text("secret\n")
    with pytest.raises(BadInput, match="no key file"):
        keys.get(date(2029, 1, 1))


@pytest.mark.usefixtures("digested")
def test_the_digests_are_those_that_the_page_describes(run: Run, home: Path, library: Compliance) -> None:
    run("screen", NAME, "--record", "--country", "HK")
    record = only(library)
    key = bytes.fromhex((home / "data" / "keys" / "names-2026.key").read_text())
    name = sha256(key).hexdigest()[:8]
    whole = b'{"countries":["HK"],"name":"Sensetimme Grupp"}'
    assert record.who.name_digest == f"hmac-sha256:{name}:{hmac.new(key, NAME.encode(), sha256).hexdigest()}"
    assert record.who.digest == f"hmac-sha256:{name}:{hmac.new(key, whole, sha256).hexdigest()}"


def test_names_that_are_kept_need_no_key(library: Compliance, home: Path) -> None:
    library.screen(NAME, countries=("HK",), record=True)
    record = only(library)
    assert (record.who.name, record.who.digest, record.who.name_digest) == (NAME, None, None)
    assert not (home / "data" / "keys").exists()
    assert library.journal.reproduce(record, Subject(NAME, ("HK",))).same
    with pytest.raises(CannotSay, match="other particulars"):
        library.journal.reproduce(record, Subject(NAME))


def test_a_wrong_setting_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_RECORD_NAMES", "hash")
    wrong = run("screen", NAME)
    assert (wrong.status, wrong.err) == (
        2, "compliance: the setting record_names (COMPLIANCE_RECORD_NAMES) is 'hash': write plain or digest\n",
    )  # fmt: skip
