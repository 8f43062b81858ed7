"""The evidence pack: whole in itself, checked without the log, and no byte of it can differ unnoticed."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import ComplianceError
from compliance.report.checking import check_pack

Run = Callable[..., Any]
ENTRY = "us-ofac-cmic/33114"


@pytest.fixture
def pack(run: Run, home: Path) -> Callable[[str], Path]:
    def make(subject: str) -> Path:
        target = home / "work" / "pack.zip"
        ran = run("report", "--evidence", subject, "-o", target)
        assert ran.status == 0, ran.err
        assert sha256(target.read_bytes()).hexdigest() in ran.err
        return target

    return make


Pack = Callable[[str], Path]


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_every_event_of_an_entry_with_its_proof_and_the_originals(run: Run, pack: Pack) -> None:
    files = contents(pack(ENTRY))
    events = [json.loads(data) for name, data in files.items() if name.startswith("events/")]
    assert {event["type"] for event in events} == {"Listed", "ListPublished"}
    assert "33114" in {event["payload"].get("key") for event in events}
    assert {name.split("/")[1] for name in files if name.startswith("proofs/")} == {
        f"{event['position']:012}.json" for event in events
    }
    published = next(event for event in events if event["type"] == "ListPublished")
    digests = {original["sha256"] for original in json.loads(files["originals.json"])}
    assert digests == {file["sha256"] for file in published["payload"]["files"]}
    assert b"SENSETIME" in files["index.html"]


def test_a_screening_rests_on_its_own_event_on_the_publications_and_on_what_decided_its_hits(
    run: Run, pack: Pack
) -> None:
    told = run("screen", "SenseTime Group", "--as-of", "2022-01-05", "--record", "--json")
    files = contents(pack(json.loads(told.out)[0]["screening"]))
    events = [json.loads(data) for name, data in files.items() if name.startswith("events/")]
    assert {event["type"] for event in events} == {"ScreeningRecorded", "ListPublished", "Listed"}
    listed = [event["payload"]["key"] for event in events if event["type"] == "Listed"]
    assert "33114" in listed
    assert b"SenseTime Group" in files["index.html"]


def test_a_portfolio_rests_on_who_was_watched_on_the_looks_and_on_what_was_decided(
    run: Run, pack: Pack, home: Path
) -> None:
    book = home / "book.csv"
    book.write_text("id,name\nC-1,SenseTime Group Limited\nC-2,Blue Heron Bakery Zzyzx\n", "utf-8")
    assert run("portfolio", "add", "clients", book).status == 0
    run("alerts", "clients")
    decided = run("decide", ENTRY, "true-match", "--counterparty", "C-1", "--reason", "the same <address>")
    assert decided.status == 0, decided.err
    files = contents(pack("clients"))
    types = {json.loads(data)["type"] for name, data in files.items() if name.startswith("events/")}
    assert {"CounterpartiesAdded", "AlertsLooked", "AlertRaised", "DecisionRecorded", "ListPublished"} <= types
    page = files["index.html"].decode()
    assert "SENSETIME GROUP LIMITED" in page
    assert "the same &lt;address&gt;" in page


def test_it_is_checked_without_a_log_by_one_command(
    run: Run, pack: Pack, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(ENTRY)
    elsewhere = home / "nowhere"
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(elsewhere))
    ran = run("log", "check-proof", path, "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["holds"] is True
    assert not elsewhere.exists()


def test_it_is_checked_by_the_script_in_it_with_python_alone(pack: Pack, home: Path) -> None:
    path = pack(ENTRY)
    script = home / "check.py"
    script.write_bytes(contents(path)["check.py"])

    def check(file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-I", script, file], capture_output=True, text=True, check=False)

    whole = check(path)
    assert (whole.returncode, whole.stderr) == (0, "")
    cut = home / "cut.zip"
    cut.write_bytes(path.read_bytes().replace(b"SENSETIME GROUP", b"SENSETIME GROAP"))
    changed = check(cut)
    assert (changed.returncode, changed.stderr) == (3, "")
    nothing = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=False)
    assert (nothing.returncode, nothing.stderr, "check.py PACK.zip" in nothing.stdout) == (2, "", True)


def test_its_digests_are_those_that_sha256sum_checks(pack: Pack) -> None:
    files = contents(pack(ENTRY))
    for line in files["MANIFEST.sha256"].decode().splitlines():
        digest, name = line.split("  ")
        assert sha256(files[name]).hexdigest() == digest


def test_the_same_evidence_is_the_same_bytes(pack: Pack) -> None:
    assert pack(ENTRY).read_bytes() == pack(ENTRY).read_bytes()


def refused(path: Path, data: bytes) -> bool:
    path.write_bytes(data)
    try:
        check_pack(path)
    except ComplianceError:
        return True
    return False


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_byte_that_is_changed_is_found(signed: Path, data: st.DataObject) -> None:
    whole = bytearray((signed.parent / "signed.zip").read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert refused(signed, bytes(whole))


@pytest.fixture
def signed(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a signed pack's changed copies go; the pack itself is signed.zip beside it."""
    key = home / "log.key"
    assert run("log", "keygen", "-o", key).status == 0
    monkeypatch.setenv("COMPLIANCE_LOG_KEY", str(key))
    whole = home / "work" / "signed.zip"
    assert run("report", "--evidence", ENTRY, "-o", whole).status == 0
    check_pack(whole)
    return home / "work" / "changed.zip"


def test_what_is_cut_off_added_or_left_out_is_found(signed: Path) -> None:
    whole = (signed.parent / "signed.zip").read_bytes()
    assert refused(signed, whole[:-1])
    assert refused(signed, whole + b"\0")
    assert refused(signed, b"PK\x03\x04")
    files = contents(signed.parent / "signed.zip")
    for left_out in files:
        assert refused(signed, zipped({name: data for name, data in files.items() if name != left_out})), left_out


def test_a_manifest_made_anew_does_not_have_the_signature(signed: Path) -> None:
    from compliance.report.pack import MANIFEST, SIGNED, manifest_of

    files = contents(signed.parent / "signed.zip")
    files["index.html"] += b" "
    files[MANIFEST] = manifest_of({name: data for name, data in files.items() if name not in (MANIFEST, SIGNED)})
    assert refused(signed, zipped(files))


def zipped(files: dict[str, bytes]) -> bytes:
    from compliance.report.pack import zipped as packed

    return packed(files)


def test_an_event_that_was_changed_with_its_manifest_is_not_in_the_head(pack: Pack) -> None:
    from compliance.report.pack import MANIFEST, manifest_of

    path = pack(ENTRY)
    files = contents(path)
    name = next(name for name in files if name.startswith("events/") and b"SENSETIME" in files[name])
    proof = name.replace("events/", "proofs/")
    files[name] = files[name].replace(b"SENSETIME GROUP", b"SOMEBODY ELSE")
    files[proof] = files[proof].replace(b"SENSETIME GROUP", b"SOMEBODY ELSE")
    files[MANIFEST] = manifest_of({one: data for one, data in files.items() if one != MANIFEST})
    assert refused(path, zipped(files))


def test_the_head_and_the_key_that_somebody_knows_decide(signed: Path, run: Run, home: Path) -> None:
    pack, head = signed.parent / "signed.zip", home / "head.txt"
    assert run("log", "head", "-o", head).status == 0
    key = contents(pack)["KEY.txt"].decode().strip()
    assert "is the one given" in run("log", "check-proof", pack, "--head", head).out
    assert "signed by the key given" in run("log", "check-proof", pack, "--key", key).out
    assert run("log", "check-proof", pack, "--head", f"1:{'00' * 32}").status == 3
    other = home / "other.key"
    stranger = json.loads(run("log", "keygen", "-o", other, "--json").out)["verifier_key"]
    assert run("log", "check-proof", pack, "--key", stranger).status == 3


def test_a_compressed_or_foreign_zip_is_refused(run: Run, home: Path) -> None:
    for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", kind) as archive:
            archive.writestr("MANIFEST.sha256", "0" * 100_000)
        path = home / "other.zip"
        path.write_bytes(out.getvalue())
        ran = run("log", "check-proof", path)
        assert (ran.status, ran.err.count("\n")) == (3, 1)


def test_what_the_log_does_not_hold_is_said_in_one_line(run: Run, home: Path) -> None:
    target = home / "pack.zip"
    for subject in ("us-ofac-cmic/1", "no-such-list/1", "20200101T000000Z-ffffff"):
        ran = run("report", "--evidence", subject, "-o", target)
        assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert run("report", "--evidence", ENTRY).status == 2
    assert not target.exists()
