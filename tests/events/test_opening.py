"""Opening: what is there, what is not, and what only looks like a log."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events import EventLog, EventsError, LogBroken, LogNotFound, LogReplaced, LogUnavailable, NewEvent, NotALog

New = Callable[..., NewEvent]


def now() -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC)


def open_at(path: Path, create: bool = True) -> EventLog:
    return EventLog.open(f"sqlite:///{path}", clock=now, create=create)


def run(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def test_a_new_log_is_a_wal_database_that_names_its_application(path: Path, log: EventLog) -> None:
    assert log.name == str(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x45564C47,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_closed_log_is_one_file(path: Path, log: EventLog, new: New) -> None:
    log.append("a", 0, [new()], actor="me")
    log.close()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_no_log_and_none_wanted(path: Path) -> None:
    with pytest.raises(LogNotFound, match=r"no log at .*log\.db"):
        open_at(path, create=False)
    with pytest.raises(LogNotFound):
        open_at(path.parent / "no" / "folder" / "log.db", create=False)
    assert list(path.parent.iterdir()) == []


def test_the_folder_is_made_with_the_log(tmp_path: Path, new: New) -> None:
    with open_at(tmp_path / "a b" / "100% #1?" / "log.db") as log:
        log.append("a", 0, [new()], actor="me")
    assert (tmp_path / "a b" / "100% #1?" / "log.db").is_file()


def test_an_empty_file_is_a_log_that_was_not_begun(path: Path, new: New) -> None:
    """Such as a crash leaves between making the file and making the tables."""
    path.touch()
    with pytest.raises(LogNotFound, match="empty"):
        open_at(path, create=False)
    with open_at(path) as log:
        log.append("a", 0, [new()], actor="me")
    with open_at(path, create=False) as log:
        assert log.verify().checked == 1


def test_an_empty_database_likewise(path: Path) -> None:
    run(path, "PRAGMA journal_mode=WAL")
    with pytest.raises(LogNotFound, match="empty"):
        open_at(path, create=False)
    open_at(path).close()
    open_at(path, create=False).close()


@pytest.mark.parametrize(
    "content", [b"name,country\nAcme,US\n", b"x", b"SQLite format 3\0" + b"\xff" * 5000, bytes(5000)]
)
def test_a_file_that_is_no_database(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(NotALog, match=r"log\.db is not a SQLite database: name another file") as refused:
        open_at(path)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("CREATE TABLE customer (id)", "something else"),
        ("CREATE TABLE event (position)", "something else"),
        ("PRAGMA application_id=1196444487; CREATE TABLE t (id)", "something else"),
        ("PRAGMA application_id=1196444487", "something else"),
        ("PRAGMA application_id=0x45564C47; CREATE TABLE t (id)", "something else"),
    ],
)
def test_somebody_elses_database_is_left_alone(path: Path, script: str, says: str) -> None:
    run(path, f"{script}; PRAGMA user_version=3")
    before = path.read_bytes()
    for create in (True, False):
        with pytest.raises(NotALog, match=says):
            open_at(path, create=create)
    assert path.read_bytes() == before


def test_a_log_from_the_future(path: Path) -> None:
    open_at(path).close()
    run(path, "UPDATE log_format SET schema_version = schema_version + 1")
    with pytest.raises(NotALog, match="version 3, newer than this program"):
        open_at(path)
    run(path, "DROP TRIGGER log_format_no_delete; DELETE FROM log_format")
    with pytest.raises(NotALog, match="does not say which version"):
        open_at(path)


def test_a_folder_is_not_a_log(tmp_path: Path) -> None:
    with pytest.raises(NotALog, match="is a folder"):
        open_at(tmp_path)


def test_a_folder_that_cannot_be_made(path: Path) -> None:
    path.write_text("a file")
    with pytest.raises(LogUnavailable, match="cannot be opened"):
        open_at(path / "below" / "log.db")


@pytest.mark.parametrize("url", ["mysql://me:secret@host/db", "sqlite://", "log.db", ""])
def test_other_addresses_are_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(LogUnavailable, match="not supported: write sqlite:///") as refused:
        EventLog.open(url, clock=now)
    assert "secret" not in str(refused.value)


def test_a_writer_that_holds_the_lock_too_long(url: str, path: Path, new: New) -> None:
    with (
        EventLog.open(url, clock=now, timeout=0) as log,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailable, match=r"log\.db is locked by another process"):
            log.append("a", 0, [new()], actor="me")
        assert log.head().size == 0
        other.execute("ROLLBACK")
        log.append("a", 0, [new()], actor="me")


def test_a_log_that_another_is_just_making(url: str, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LogUnavailable, match=r"log\.db is locked by another process"):
            EventLog.open(url, clock=now, timeout=0)
        other.execute("ROLLBACK")
    EventLog.open(url, clock=now, timeout=0).close()


def test_a_damaged_file_is_a_broken_log(path: Path, new: New) -> None:
    with open_at(path) as log:
        log.append("a", 0, [new(text="x" * 500)] * 200, actor="me")
    content = bytearray(path.read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises((LogBroken, NotALog, LogUnavailable)) as refused, open_at(path) as log:
        log.verify()
    assert isinstance(refused.value, EventsError)


def test_a_read_only_folder_can_still_be_read(tmp_path: Path, new: New) -> None:
    if os.geteuid() == 0:
        pytest.skip("permissions do not bind root")
    folder = tmp_path / "shelf"
    with open_at(folder / "log.db") as log:
        log.append("a", 0, [new()], actor="me")
    (folder / "log.db").chmod(stat.S_IRUSR)
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with open_at(folder / "log.db") as log:
            assert log.verify().checked == 1
            with pytest.raises(LogUnavailable, match="may not be written"):
                log.append("a", 1, [new()], actor="me")
        with pytest.raises(LogUnavailable, match="cannot be opened"):
            open_at(folder / "other.db")
    finally:
        folder.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("removed", [True, False])
def test_a_file_that_is_removed_or_replaced_while_it_is_open_is_neither_read_nor_written(
    log: EventLog, url: str, path: Path, new: Callable[..., NewEvent], removed: bool
) -> None:
    """The open file outlives its name: an append into it would be lost, and its state is not that of the new one."""
    log.append("a", 0, [new()], actor="me")
    copy = shutil.copy(path, path.with_name("copy.db"))
    path.unlink() if removed else os.replace(copy, path)
    for act in (log.head, log.state, lambda: list(log.rows()), lambda: log.append("a", 1, [new()], actor="me")):
        with pytest.raises(LogReplaced, match="open it again"):
            act()
