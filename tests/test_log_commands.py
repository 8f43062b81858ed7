"""`compliance log`: heads for others to keep, and proofs that they check without the log."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.cli import main
from events.note import Verifier, parse, verified

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]
URL = "sqlite:///data/compliance.db"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("log", "head")`: exit status, standard output, standard error; in a fresh data folder."""
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COMPLIANCE_ACTOR", "tester")
    monkeypatch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    monkeypatch.delenv("COMPLIANCE_LOG_KEY", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments, clock=lambda: NOW)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def key(run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key that signs from now on; its verifier key."""
    _, out, _ = run("log", "keygen", "--name", "example.com/lists")
    monkeypatch.setenv("COMPLIANCE_LOG_KEY", str(Path("data") / "log.key"))
    return out.strip()


def kept(run: Run, name: str) -> str:
    """The present head in a file."""
    assert run("log", "head", "-o", name) == (0, "", "")
    assert Path(name).read_text("utf-8") == run("log", "head")[1]
    return name


def grow(run: Run) -> None:
    assert run("import", str(ROOT / "fixtures" / "ofac-sdn"))[0] == 0


def test_a_head_is_a_checkpoint_and_the_json_says_the_same(run: Run) -> None:
    status, text, _ = run("log", "head")
    facts = json.loads(run("log", "head", "--json")[1])
    origin, size, _, end = text.split("\n")
    assert (status, size, end) == (0, "71", "")
    assert (
        origin
        == facts["origin"]
        == "entity-compliance/" + json.loads(run("log", "events", "--json")[1].split("\n")[0])["leaf_hash"][:16]
    )
    assert facts["checkpoint"] == text
    assert (facts["size"], facts["recorded_at"]) == (71, "2026-11-24T12:00:00+00:00")
    assert run("log", "verify")[1] == f"the log is whole: 71 events, root {facts['root']}\n"


def test_a_head_is_signed_where_a_key_is_configured(run: Run, key: str) -> None:
    text = run("log", "head")[1]
    assert verified(parse(text), Verifier.parse(key)).startswith("example.com/lists\n71\n")
    assert json.loads(run("log", "head", "--json")[1])["checkpoint"] == text


def test_the_settings_file_can_name_the_key(run: Run, tmp_path: Path) -> None:
    run("log", "keygen", "-o", "other.key", "--name", "a.example/b")
    run("lists")
    (tmp_path / "data" / "settings.toml").write_text(f'log_key = "{tmp_path}/other.key"\n', "utf-8")
    assert "\n— a.example/b " in run("log", "head")[1]


def test_a_private_key_is_readable_by_its_owner_alone_and_never_written_over(run: Run) -> None:
    umask = os.umask(0)
    try:
        status, out, err = run("log", "keygen")
    finally:
        os.umask(umask)
    assert (status, stat.S_IMODE(os.stat("data/log.key").st_mode)) == (0, 0o600)
    assert "data/log.key" in err
    private = Path("data/log.key").read_text("utf-8")
    assert private.split("+", 4)[4].strip() not in out + err
    status, out, err = run("log", "keygen")
    assert (status, out) == (2, "")
    assert "is there already" in err
    assert Path("data/log.key").read_text("utf-8") == private


@pytest.mark.parametrize("content", [None, "", "nonsense", "PRIVATE+KEY+a+00000000+AAAA", "\udcff"])
def test_a_key_file_that_is_none_is_said_and_nothing_is_printed(
    run: Run, content: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        Path("a.key").write_text(content, "utf-8", errors="surrogateescape")
    monkeypatch.setenv("COMPLIANCE_LOG_KEY", "a.key")
    status, out, err = run("log", "head")
    assert (status, out) == (2, "")
    assert err.startswith("compliance: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["a b", "a+b", ""])
def test_a_key_name_that_notes_do_not_take_is_refused(run: Run, name: str) -> None:
    assert run("log", "keygen", "--name", name)[0] == 2
    assert not Path("data/log.key").exists()


def test_an_event_is_proved_to_somebody_without_the_log(run: Run, key: str) -> None:
    grow(run)
    head = kept(run, "head.txt")
    assert run("log", "prove", "80", "-o", "proof.json")[0] == 0
    status, out, _ = run("log", "check-proof", "proof.json", "--head", head, "--key", key)
    assert status == 0
    assert "event 80 is in the log example.com/lists of 82 events" in out
    assert "Amended in list/us-ofac-sdn, effective 2023-11-30" in out
    assert "is the one given and is signed by example.com/lists" in out
    told = json.loads(run("log", "check-proof", "proof.json", "--key", key, "--json")[1])
    assert told["holds"] is True
    assert "\n".join(told["proves"]) in out


def test_growth_is_proved_to_somebody_who_kept_a_head(run: Run, key: str) -> None:
    head = kept(run, "head.txt")
    grow(run)
    Path("proof.json").write_text(run("log", "prove", "--since", head)[1], "utf-8")
    status, out, _ = run("log", "check-proof", "proof.json", "--head", head, "--key", key)
    assert status == 0
    assert "of 82 events begins with the 71 events of the earlier head" in out
    assert out.count("is signed by example.com/lists") == 2
    assert out.count("is the one given") == 1


def test_a_head_that_went_through_mail_is_still_a_head(run: Run, key: str) -> None:
    """Mail gives lines other ends; the signature is for the text without."""
    head = kept(run, "head.txt")
    Path("mailed.txt").write_bytes(Path(head).read_bytes().replace(b"\n", b"\r\n"))
    grow(run)
    assert run("log", "verify", "--against", "mailed.txt")[0] == 0
    assert run("log", "prove", "--since", "mailed.txt", "-o", "proof.json")[0] == 0
    status, out, _ = run("log", "check-proof", "proof.json", "--head", "mailed.txt", "--key", key)
    assert status == 0
    assert out.count("is signed by example.com/lists") == 2


def test_a_bare_size_and_root_will_do_for_a_head(run: Run) -> None:
    facts = json.loads(run("log", "head", "--json")[1])
    pair = f"{facts['size']}:{facts['root']}"
    Path("head.json").write_text(json.dumps(facts), "utf-8")
    grow(run)
    for head in (pair, "head.json"):
        assert run("log", "verify", "--against", head)[0] == 0
        assert run("log", "prove", "--since", head, "-o", "proof.json")[0] == 0
        for other in (pair, "head.json"):
            assert "is the one given" in run("log", "check-proof", "proof.json", "--head", other)[1]


def test_without_head_and_key_a_proof_is_worth_its_own_word_and_that_is_said(run: Run) -> None:
    run("log", "prove", "1", "-o", "proof.json")
    status, out, _ = run("log", "check-proof", "proof.json")
    assert status == 0
    assert "is only what the proof says" in out


def test_a_proof_that_does_not_hold_ends_with_3(run: Run, key: str) -> None:
    head = kept(run, "head.txt")
    run("log", "prove", "62", "-o", "proof.json")
    proof = Path("proof.json").read_text("utf-8")
    grow(run)
    later = kept(run, "later.txt")
    other = run("log", "keygen", "-o", "other.key", "--name", "example.com/lists")[1].strip()
    Path("changed.json").write_text(proof.replace("Listed", "Delisted"), "utf-8")
    for arguments in (["changed.json"], ["proof.json", "--head", later], ["proof.json", "--key", other]):
        status, out, err = run("log", "check-proof", *arguments)
        assert (status, out) == (3, "")
        assert "proves nothing" in err
    assert run("log", "check-proof", "proof.json", "--head", head, "--key", key)[0] == 0


@pytest.mark.parametrize("content", [None, "", "{}", "[]", "\udcff", '{"schema": "event-log/inclusion/1"}'])
def test_a_proof_that_cannot_be_read_ends_with_2(run: Run, content: str | None) -> None:
    if content is not None:
        Path("proof.json").write_text(content, "utf-8", errors="surrogateescape")
    status, out, err = run("log", "check-proof", "proof.json")
    assert (status, out) == (2, "")
    assert err.startswith("compliance: proof.json")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["prove"],
        ["prove", "1", "--since", "71:" + "0" * 64],
        ["prove", "72"],
        ["prove", "0"],
        ["prove", "--since", "nothing.txt"],
        ["prove", "--since", "71:xyz"],
        ["prove", "--since", "x" * 5000],
        ["prove", "--since", "nonsense.txt"],
        ["verify", "--against", "nonsense.txt"],
        ["verify", "--against", ""],
        ["verify", "--against", "."],
        ["verify", "--against", "0:" + "0" * 64],
        ["prove", "1", "-o", "no/such/folder.json"],
        ["check-proof", "x", "--key", "nonsense"],
        ["check-proof", "x", "--key", ""],
    ],
)
def test_a_bad_question_about_proofs_ends_with_2(run: Run, arguments: list[str]) -> None:
    Path("nonsense.txt").write_text("nonsense\n", "utf-8")
    status, out, err = run("log", *arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err


def test_a_log_that_is_not_the_one_of_the_head_proves_nothing(run: Run) -> None:
    run("lists")
    for head in ("71:" + "0" * 64, "900:" + "0" * 64):
        for arguments in (["prove", "--since", head], ["verify", "--against", head]):
            status, out, err = run("log", *arguments)
            assert (status, out) == (3, "")
            assert "head kept elsewhere" in err


def test_terminal_codes_in_a_foreign_proof_are_not_passed_on(run: Run) -> None:
    from events.checkpoint import Checkpoint
    from events.merkle import leaf_hash
    from events.proofs import dump_proof, prove_inclusion

    event = json.dumps({"position": 1, "type": "\x1b[2J", "actor": "\u202e"}).encode()
    proof = prove_inclusion(event, 1, [leaf_hash(event)], Checkpoint("x", 1, leaf_hash(event)).text())
    Path("proof.json").write_text(dump_proof(proof), "utf-8")
    status, out, _ = run("log", "check-proof", "proof.json")
    assert status == 0
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_checking_opens_no_database_and_reads_no_settings(run: Run, tmp_path: Path) -> None:
    """In another process, with a data folder that must not come into being and settings that cannot be read."""
    run("log", "prove", "62", "-o", "proof.json")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "settings.toml").write_text("= nonsense", "utf-8")
    program = (
        "import sys; from compliance.cli import main; status = main(['log', 'check-proof', 'proof.json']);"
        "sys.exit(status or 'sqlalchemy' in sys.modules)"
    )
    environment = {**os.environ, "COMPLIANCE_DATA_DIR": str(tmp_path / "elsewhere"), "COMPLIANCE_MAX_AGE": "x"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(item.name for item in (tmp_path / "elsewhere").iterdir()) == ["settings.toml"]


def test_a_proof_is_for_one_head_although_others_append_meanwhile(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two looks at the log somebody may have added to it."""
    from datetime import date

    from events import EventLog, NewEvent

    head = run("log", "head")[1]
    with Compliance.open(clock=lambda: NOW) as compliance, EventLog.open(URL, clock=lambda: NOW) as other:
        facts = compliance.facts

        def busy() -> object:
            found = facts()
            other.append(
                "busy", other.version("busy"), [NewEvent(type="T", effective=date(2024, 1, 1), payload={})], actor="x"
            )
            return found

        monkeypatch.setattr(compliance, "facts", busy)
        compliance.prove(62).check()
        compliance.prove_since(head).check()
        assert compliance.head().split("\n")[1] == "73"


def test_the_python_interface_gives_the_same(run: Run) -> None:
    head = run("log", "head")[1]
    with Compliance.open(clock=lambda: NOW) as compliance:
        assert compliance.head() == head
        compliance.prove(62).check()
        compliance.prove_since(head).check()
        assert compliance.verify().checked == 71


def test_every_log_command_has_json(run: Run) -> None:
    proof = json.loads(run("log", "prove", "62", "--json")[1])
    assert (proof["schema"], proof["position"]) == ("event-log/inclusion/1", 62)
    told = json.loads(run("log", "prove", "62", "-o", "proof.json", "--json")[1])
    assert told == {"file": "proof.json", "schema": "event-log/inclusion/1", "head": run("log", "head")[1]}
    root = json.loads(run("log", "head", "--json")[1])["root"]
    migrated = json.loads(run("log", "migrate", "--json")[1])
    assert migrated == {"before": 2, "after": 2, "restored": [], "size": 71, "root": root}


def test_a_head_of_the_same_size_and_root_under_another_name_is_told_by_its_name(run: Run) -> None:
    """The key that signs names the log: who kept a head from before the key must hear why it does not fit."""
    unsigned = kept(run, "unsigned.txt")
    run("log", "prove", "62", "-o", "proof.json")
    text = Path(unsigned).read_text("utf-8")
    Path("other.txt").write_text(text.replace(text.split("\n")[0], "example.com/other"), "utf-8")
    status, out, err = run("log", "check-proof", "proof.json", "--head", "other.txt")
    assert (status, out) == (3, "")
    assert "agree in size and root, but go by different names" in err
    assert "example.com/other in the head given" in err
    grow(run)
    later = kept(run, "later.txt")
    status, _, err = run("log", "check-proof", "proof.json", "--head", later)
    assert status == 3
    assert "it is about other heads (71 events of the log entity-compliance/" in err
    assert "than the one given, which counts 82 events of the log entity-compliance/" in err
