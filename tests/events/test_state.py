"""The token of a database's present state, and what is remembered under it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from events import CacheUnavailable, EventLog, NewEvent, RememberedHead, storage_state

New = Callable[..., NewEvent]


def test_no_file_no_state(url: str) -> None:
    assert storage_state(url) is None
    assert storage_state("postgresql://host/db") is None
    assert storage_state("sqlite://") is None
    assert storage_state("sqlite:///\0") is None


def test_each_append_is_another_state(log: EventLog, url: str, new: New) -> None:
    states = [storage_state(url)]
    for version in range(3):
        log.append("a", version, [new()], actor="me")
        states.append(storage_state(url))
    assert len(set(states)) == 4


def test_reading_changes_nothing(url: str, clock: Callable[[], object], new: New) -> None:
    with EventLog.open(url, clock=clock) as log:  # type: ignore[arg-type]
        log.append("a", 0, [new()], actor="me")
    before = storage_state(url)
    with EventLog.open(url, clock=clock) as log:  # type: ignore[arg-type]
        assert log.verify().checked == 1
        assert storage_state(url) == before
    assert storage_state(url) == before


def test_another_file_in_its_place_is_another_state(url: str, path: Path) -> None:
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    before = storage_state(url)
    other = path.with_name("other")
    other.write_text("two")
    os.utime(other, ns=(1, 1))
    other.replace(path)
    assert storage_state(url) != before


def test_a_modification_time_put_back_is_another_state(url: str, path: Path) -> None:
    """Only a clock that is set back could hide the time of the change."""
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    before, changed = storage_state(url), path.stat().st_ctime_ns
    while path.stat().st_ctime_ns == changed:  # until the file system's clock has ticked
        path.write_text("two")
        os.utime(path, ns=(1, 1))
    assert storage_state(url) != before


def test_an_empty_write_ahead_log_is_none(url: str, path: Path) -> None:
    path.write_text("one")
    before = storage_state(url)
    wal = path.with_name("log.db-wal")
    wal.touch()
    assert storage_state(url) == before
    wal.write_text("x")
    assert storage_state(url) != before


def test_a_journal_that_would_be_rolled_back_into_the_file_is_another_state(url: str, path: Path) -> None:
    """SQLite writes a journal that it finds into the file when it is opened next, after we have looked."""
    path.write_text("one")
    before = storage_state(url)
    path.with_name("log.db-journal").write_text("x")
    assert storage_state(url) != before


def test_one_database_by_two_names_is_one(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(path)):
        path.touch()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(path)
    assert storage_state("sqlite:///log.db") == storage_state(f"sqlite:///{path}") is not None
    assert storage_state("sqlite:///link.db") == storage_state(f"sqlite:///{path}")


def test_facts_are_recalled_for_exactly_their_state(tmp_path: Path, url: str) -> None:
    folder, facts = tmp_path / "cache" / "heads", {"size": 3, "dates": ["2024-01-01"]}
    assert RememberedHead.recall(folder, url, "t1") is None
    RememberedHead.remember(folder, url, "t1", facts)
    assert RememberedHead.recall(folder, url, "t1") == facts
    assert RememberedHead.recall(folder, url, "t2") is None
    assert RememberedHead.recall(folder, f"{url}2", "t1") is None
    RememberedHead.remember(folder, f"{url}2", "t1", {})
    RememberedHead.remember(folder, url, "t2", {"size": 4})
    assert RememberedHead.recall(folder, url, "t2") == {"size": 4}
    assert RememberedHead.recall(folder, url, "t1") is None
    assert len(list(folder.iterdir())) == 2
    assert RememberedHead.latest(folder, url) == {"size": 4}
    assert RememberedHead.latest(folder, f"{url}3") is None


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, '{"address": 1}', "\udcff"])
def test_a_spoilt_memory_is_no_memory(tmp_path: Path, url: str, content: str) -> None:
    RememberedHead.remember(tmp_path, url, "t1", {})
    (file,) = tmp_path.iterdir()
    file.write_text(content, errors="surrogateescape")
    assert RememberedHead.recall(tmp_path, url, "t1") is None
    assert RememberedHead.latest(tmp_path, url) is None


def test_a_cache_folder_that_cannot_be_written(tmp_path: Path, url: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CacheUnavailable, match="cannot write the cache folder"):
        RememberedHead.remember(tmp_path / "file" / "heads", url, "t1", {})
    assert RememberedHead.recall(tmp_path / "file" / "heads", url, "t1") is None
