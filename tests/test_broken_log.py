"""No command answers from a broken log: it says so and ends with 3, whatever the cache remembers."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from compliance.cli import main
from compliance.cli.app import app
from tests.support.databases import Database

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SDN = ROOT / "fixtures" / "ofac-sdn"

# Every command that reads or writes the log, as it succeeds on a whole one, with its exit status there.
COMMANDS: dict[str, tuple[list[str], int]] = {
    "screen": (["screen", "SenseTime Group", "--as-of", "2022-01-05"], 1),
    "batch": (
        ["batch", str(ROOT / "fixtures" / "portfolio.csv"), "-o", "out.csv", "--as-of", "2023-12-01", "--no-record"],
        1,
    ),
    "decide": (
        ["decide", "us-ofac-cmic/33114", "escalate", "--counterparty", "C-1", "--name", "Sensetime", "--reason", "ask"],
        0,
    ),
    "portfolio add": (
        ["portfolio", "add", "main", str(ROOT / "fixtures" / "portfolio.csv"), "--accept-unreadable"],
        0,
    ),
    "portfolio show": (["portfolio", "show", "main"], 0),
    "portfolio list": (["portfolio", "list"], 0),
    "alerts": (["alerts"], 1),
    "portfolio remove": (["portfolio", "remove", "main", "C-001"], 0),
    "decisions list": (["decisions", "list"], 0),
    "decisions export": (["decisions", "export", "-o", "out.csv"], 0),
    "decisions import": (["decisions", "import", str(ROOT / "fixtures" / "decisions.csv")], 0),
    "screen --record": (["screen", "SenseTime Group", "--as-of", "2022-01-05", "--record"], 1),
    "screenings list": (["screenings", "list"], 0),
    "screenings show": (["screenings", "show", "20261124T120000Z"], 0),
    "screenings reproduce": (["screenings", "reproduce", "20261124T120000Z"], 0),
    "screenings prove": (["screenings", "prove", "20261124T120000Z", "-o", "out.json"], 0),
    "import": (["import", str(SDN / "2023-11-30")], 0),
    "update": (["update", "us-ofac-sdn"], 0),
    "import --reread": (["import", "--reread"], 0),
    "original": (["original", "70"], 0),
    "lists": (["lists", "--as-of", "2023-12-01"], 0),
    "show": (["show", "us-ofac-cmic/33114"], 0),
    "history": (["history", "us-ofac-cmic"], 0),
    "diff": (["diff", "us-ofac-cmic", "--from", "2021-06-03", "--to", "2021-12-16"], 1),
    "audit": (["audit", "SenseTime Group", "--on", "2022-01-05"], 1),
    "holdings": (["holdings", str(ROOT / "fixtures" / "holdings.csv"), "--list", "us-ofac-cmic"], 3),
    "export": (["export", "us-ofac-cmic", "-o", "out.csv"], 0),
    "report": (["report", "20220105T120000Z-0a1b2c"], 2),  # no such run; of a broken log not even that can be said
    "log head": (["log", "head"], 0),
    "log verify": (["log", "verify"], 0),
    "log prove": (["log", "prove", "70", "-o", "out.json"], 0),
    "log keygen": (["log", "keygen", "-o", "out.key"], 0),
    "log events": (["log", "events"], 0),
    "log migrate": (["log", "migrate"], 0),
}
WITHOUT_A_LOG = {"log check-proof"}

TAMPERING = {
    "payload": "UPDATE event SET payload = replace(payload, 'SENSETIME', 'SOMEBODY') WHERE payload LIKE '%SENSETIME%'",
    "effective": "UPDATE event SET effective = '2021-12-11' WHERE payload LIKE '%SENSETIME%'",
    "recorded_at": "UPDATE event SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 5",
    "actor": "UPDATE event SET actor = 'you' WHERE position = 60",
    "stream": "UPDATE event SET stream = 'list/other' WHERE position = 71",
    "type": "UPDATE event SET type = 'Delisted' WHERE position = 62",
    "schema_version": "UPDATE event SET schema_version = 2 WHERE position = 62",
    "order": "UPDATE event SET position = 99 WHERE position = 3; UPDATE event SET position = 3 WHERE position = 4;"
    "UPDATE event SET position = 4 WHERE position = 99",
    "a deleted tail": "DELETE FROM event WHERE position > 70",
    "a deleted middle": "DELETE FROM event WHERE position BETWEEN 10 AND 20",
    "all events deleted": "DELETE FROM event",
    "all deleted": "DELETE FROM event; DELETE FROM log_format",
    "an inserted row": "INSERT INTO event SELECT 72, stream, 72, type, schema_version, effective, recorded_at, actor,"
    " payload, leaf_hash FROM event WHERE position = 71",
    "a checkpoint": "UPDATE checkpoint SET root = replace(root, 'a', 'b')",
    "a checkpoint's frontier": "UPDATE checkpoint SET frontier = '' WHERE number = 1",
    "a deleted checkpoint": "DELETE FROM checkpoint WHERE number = 1",
    "the format": "UPDATE log_format SET schema_version = 0",
    "a format that is no number": "UPDATE log_format SET schema_version = 'x'",
    "the format's owner": "UPDATE log_format SET application = 'other'",
    "a dropped table": "DROP TABLE checkpoint",
    "a second format": "INSERT INTO log_format VALUES ('other', 1)",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled list."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        use(folder, patch)
        mirror = shutil.copytree(SDN / "2023-11-30", folder / "mirror" / "us-ofac-sdn")
        for file in mirror.iterdir():
            os.utime(file, (1701302400, 1701302400))  # of 2023-11-30
        assert main(["lists"], clock=lambda: NOW) == 0
    return folder


@pytest.fixture
def home(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in use, whose cache knows everything that the commands ask."""
    shutil.copytree(whole / "data", tmp_path / "data")
    shutil.copytree(whole / "mirror", tmp_path / "mirror")
    use(tmp_path, monkeypatch)
    for arguments, status in COMMANDS.values():
        if arguments[0] in ("screen", "lists") and "--record" not in arguments:
            assert main(arguments, clock=lambda: NOW) == status
    assert (tmp_path / "cache" / "books").is_dir()
    return tmp_path


def use(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
    patch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
    patch.setenv("COMPLIANCE_MIRROR", str(folder / "mirror"))
    patch.setenv("COMPLIANCE_MAX_AGE", "100000")
    patch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    patch.delenv("COMPLIANCE_LOG_KEY", raising=False)
    patch.chdir(folder)


def tamper(home: Path, script: str) -> None:
    with closing(sqlite3.connect(home / "data" / "compliance.db", isolation_level=None)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.executescript(script)


def without_triggers(home: Path, script: str) -> None:
    """As `tamper`, by somebody who puts the triggers back."""
    with Database(f"sqlite:///{home}/data/compliance.db") as database:
        database.tamper(script)


def leaves(command: Any, path: str = "") -> Iterator[str]:
    """The names of the commands in a group, as they are typed."""
    if not hasattr(command, "commands"):
        yield path
        return
    for name, below in command.commands.items():
        yield from leaves(below, f"{path} {name}".strip())


def test_every_command_is_tried_here() -> None:
    assert set(leaves(typer.main.get_command(app))) == {
        *WITHOUT_A_LOG,
        *(name.partition(" --")[0] for name in COMMANDS),
    }


def test_on_a_whole_log_every_command_answers(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, status in COMMANDS.values():
        assert main(arguments, clock=lambda: NOW) == status, capsys.readouterr().err


@pytest.mark.parametrize("kind", TAMPERING)
def test_no_command_answers_from_a_broken_log(home: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(home.rglob("out*"))
    tamper(home, TAMPERING[kind])
    capsys.readouterr()
    for arguments, _ in COMMANDS.values():
        status = main(arguments, clock=lambda: NOW)
        said = capsys.readouterr()
        assert (status, said.out) == (3, ""), f"{arguments}: {said}"
        assert said.err.startswith("compliance: ")
        assert said.err.count("\n") == 1
    assert sorted(home.rglob("out*")) == before


def test_a_change_with_size_and_modification_time_put_back_is_found(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of the change itself cannot be put back by a program."""
    database = home / "data" / "compliance.db"
    stat = database.stat()
    content = database.read_bytes()
    with open(database, "r+b") as file:
        file.seek(content.rindex(b"SENSETIME"))
        file.write(b"SOMEBODY!")
    os.utime(database, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (database.stat().st_size, database.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == 3
    assert "broken" in capsys.readouterr().err


def test_an_append_does_not_hide_a_change_of_what_was_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The part that was verified before is held against the root that it had."""
    from datetime import date

    from events import EventLog, NewEvent

    without_triggers(home, TAMPERING["payload"])
    with EventLog.open(f"sqlite:///{home}/data/compliance.db", clock=lambda: NOW) as log:
        log.append("other", 0, [NewEvent(type="Seen", effective=date(2024, 1, 1), payload={})], actor="you")
    for arguments, _ in COMMANDS.values():
        assert main(arguments, clock=lambda: NOW) == 3, arguments
    assert "broken" in capsys.readouterr().err


HIDDEN = """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_master SET sql = sql || ' WHERE version <> 62' WHERE name = 'event_of_stream';
    PRAGMA writable_schema = RESET;
    REINDEX event_of_stream;
    PRAGMA writable_schema = ON;
    UPDATE sqlite_master SET sql = replace(sql, ' WHERE version <> 62', '') WHERE name = 'event_of_stream';
    PRAGMA writable_schema = RESET;
"""


def test_an_index_that_hides_an_event_is_found_by_log_verify(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows are all there and right, but who reads one stream by the index does not see one of them."""
    tamper(home, HIDDEN)
    with closing(sqlite3.connect(home / "data" / "compliance.db")) as database:
        by_index = "SELECT count(*) FROM event INDEXED BY event_of_stream WHERE stream = 'list/us-ofac-cmic'"
        assert database.execute(by_index).fetchone() == (70,)
    assert main(["log", "verify"], clock=lambda: NOW) == 3
    assert "structures disagree" in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_byte_gives_the_same_answer_or_none(
    home: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three bytes of the file put to others, wherever they are."""
    from random import Random

    commands = [COMMANDS[name] for name in ("screen", "show", "history", "diff")]
    answers = []
    for arguments, status in commands:
        capsys.readouterr()
        answers.append((main(arguments, clock=lambda: NOW), capsys.readouterr().out))
        assert answers[-1][0] == status
    random, database = Random(seed), home / "data" / "compliance.db"
    content = bytearray(database.read_bytes())
    for place in random.sample(range(100, len(content)), 3):
        content[place] ^= random.randrange(1, 256)
    database.write_bytes(content)
    for (arguments, _), answer in zip(commands, answers, strict=True):
        found = (main(arguments, clock=lambda: NOW), capsys.readouterr().out)
        assert found in (answer, (3, ""))


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each verification, how many events had been verified before."""
    from events import EventLog

    calls: list[int] = []
    verify: Callable[..., object] = EventLog.verify

    def counted(log: EventLog, against: object = None, known: object = None, **more: bool) -> object:
        calls.append(getattr(known, "size", 0))
        return verify(log, against, known, **more)

    monkeypatch.setattr(EventLog, "verify", counted)
    return calls


def test_an_unchanged_log_is_not_verified_again(home: Path, verified: list[int]) -> None:
    for name in ("screen", "lists", "show", "history", "diff", "export", "log head", "log prove", "log events"):
        main(COMMANDS[name][0], clock=lambda: NOW)
    assert verified == []


def test_a_grown_log_is_verified_once_more_and_what_was_known_only_by_its_hashes(
    home: Path, verified: list[int]
) -> None:
    assert main(["import", str(SDN)], clock=lambda: NOW) == 0
    assert verified == []
    for _ in range(2):
        main(COMMANDS["screen"][0], clock=lambda: NOW)
    assert verified == [71]


def test_a_touched_log_with_the_same_head_is_verified_as_a_whole(home: Path, verified: list[int]) -> None:
    (home / "data" / "compliance.db").touch()
    for _ in range(2):
        main(COMMANDS["screen"][0], clock=lambda: NOW)
    assert verified == [0]


def test_without_a_cache_folder_every_command_verifies(home: Path, verified: list[int]) -> None:
    shutil.rmtree(home / "cache")
    (home / "cache").touch()
    for name in ("screen", "lists"):
        main(COMMANDS[name][0], clock=lambda: NOW)
    assert verified == [0, 0]


@pytest.mark.parametrize(
    "facts", [{}, {"size": 71}, {"size": "x", "root": 1, "days": []}, {"size": 1, "root": "", "days": ["x"]}]
)
def test_a_spoilt_memory_is_no_memory(home: Path, verified: list[int], facts: dict[str, object]) -> None:
    (memory,) = (home / "cache").glob("head-*.json")
    memory.write_text(json.dumps({**json.loads(memory.read_text("utf-8")), "facts": facts}), "utf-8")
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == COMMANDS["screen"][1]
    assert verified == [0]


def test_log_verify_looks_at_everything_each_time(home: Path, verified: list[int]) -> None:
    for _ in range(2):
        assert main(["log", "verify"], clock=lambda: NOW) == 0
    assert verified == [0, 0]


def test_a_trigger_that_is_gone_is_named_and_put_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows are right, but nothing would refuse the next change."""
    tamper(home, "")
    capsys.readouterr()
    for name in ("screen", "import", "log verify"):
        assert main(COMMANDS[name][0], clock=lambda: NOW) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert "the trigger event_no_update is missing" in said.err
        assert said.err.endswith("repair it with `compliance log migrate`\n")
    assert main(["log", "migrate"], clock=lambda: NOW) == 0
    assert "put right: the trigger event_no_update is missing\n" in capsys.readouterr().out
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == 1


def test_a_log_with_a_tail_cut_answers_nothing_until_it_is_accepted(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is left is whole in itself: only a head that was kept, here or elsewhere, can tell."""
    assert main(["import", str(SDN)], clock=lambda: NOW) == 0
    assert main(["log", "head", "-o", "head"], clock=lambda: NOW) == 0
    without_triggers(home, "DELETE FROM event WHERE position > 78; DELETE FROM checkpoint WHERE size > 78")
    capsys.readouterr()
    assert main(["log", "verify", "--against", "head"], clock=lambda: NOW) == 3
    assert "the head kept elsewhere counts 82 events" in capsys.readouterr().err
    for arguments, _ in COMMANDS.values():
        assert main(arguments, clock=lambda: NOW) == 3, arguments
        said = capsys.readouterr()
        assert "held 82 events when it was last verified from here, and holds 78 now" in said.err
        assert (said.out, said.err.count("\n")) == ("", 1)
    assert main(["log", "verify", "--accept"], clock=lambda: NOW) == 0
    said = capsys.readouterr()
    assert said.out.startswith("the log is whole: 78 events")
    assert said.err.startswith("compliance: given up: the 82 events with the root ")
    for _ in range(2):
        assert main(["lists", "--as-of", "2023-12-01"], clock=lambda: NOW) == 0
        assert capsys.readouterr().err == ""
    assert main(["log", "verify", "--against", "head", "--accept"], clock=lambda: NOW) == 3


def test_another_log_in_the_place_answers_nothing(
    home: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """As long as the old one, or longer, and whole in itself."""
    other = tmp_path_factory.mktemp("other")
    with pytest.MonkeyPatch.context() as patch:
        use(other, patch)
        assert main(["import", str(SDN)], clock=lambda: datetime(2026, 11, 25, tzinfo=UTC)) == 0
    shutil.copy(other / "data" / "compliance.db", home / "data" / "compliance.db")
    capsys.readouterr()
    for name in ("screen", "log verify", "import"):
        assert main(COMMANDS[name][0], clock=lambda: NOW) == 3
        assert "held 71 events when it was last verified from here, and does not begin with them" in (
            capsys.readouterr().err
        )


def removed(home: Path) -> None:
    (home / "data" / "compliance.db").unlink()


def emptied(home: Path) -> None:
    (home / "data" / "compliance.db").write_bytes(b"")


def without_rows(home: Path) -> None:
    without_triggers(home, "DELETE FROM event; DELETE FROM checkpoint")


def without_tables(home: Path) -> None:
    removed(home)
    with closing(sqlite3.connect(home / "data" / "compliance.db")) as database:
        database.execute("PRAGMA user_version = 1")


def cut_in_the_bundled_list(home: Path) -> None:
    without_triggers(home, "DELETE FROM event WHERE position > 60; DELETE FROM checkpoint WHERE size > 60")


LOSSES = [removed, emptied, without_rows, without_tables, cut_in_the_bundled_list]


@pytest.mark.parametrize("remembered", ["by the cache", "by the archive"])
@pytest.mark.parametrize("lose", LOSSES)
def test_a_log_that_was_here_is_not_begun_anew_in_silence(
    home: Path, lose: Callable[[Path], None], remembered: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(SDN)], clock=lambda: NOW) == 0
    assert main(["lists"], clock=lambda: NOW) == 0
    lose(home)
    shutil.rmtree(home / ("data/archive" if remembered == "by the cache" else "cache"))
    before = (home / "data" / "compliance.db").exists()
    capsys.readouterr()
    for name in ("screen", "import", "lists", "log head", "log migrate"):
        assert main(COMMANDS[name][0], clock=lambda: NOW) == 3, name
        said = capsys.readouterr()
        assert "`compliance log verify --accept`" in said.err
        assert (said.out, said.err.count("\n")) == ("", 1)
    assert (home / "data" / "compliance.db").exists() == before
    assert main(["log", "verify", "--accept"], clock=lambda: NOW) == 0
    assert capsys.readouterr().out.startswith("the log is whole: 71 events")
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == 1


def test_a_log_that_was_stopped_while_it_was_begun_is_completed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One original more in the archive than the log names, and no memory: as after a kill."""
    from hashlib import sha256

    from compliance.archive import Archive
    from compliance.bundled import bundled_files

    cut_in_the_bundled_list(home)
    shutil.rmtree(home / "cache")
    last = sha256([paths for paths, _ in bundled_files()][-1][0].read_bytes()).hexdigest()
    Archive(home / "data" / "archive").path(last).unlink()
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == 1
    assert main(["log", "verify"], clock=lambda: NOW) == 0
    assert "71 events" in capsys.readouterr().out


def test_originals_beside_another_log_may_be_of_that_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_DATABASE_URL", f"sqlite:///{home}/data/second.db")
    assert main(COMMANDS["screen"][0], clock=lambda: NOW) == 1
