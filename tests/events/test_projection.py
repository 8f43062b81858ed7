"""Folding events, old versions, and snapshots on disk."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from events import (
    CacheUnavailable,
    EventLog,
    NewEvent,
    SnapshotStore,
    Upcasts,
    canonical_bytes,
    fold,
    leaf_hash,
)

New = Callable[..., NewEvent]
KEYS = [f"{n:064x}" for n in range(5)]


def test_fold_applies_each_event_in_order(log: EventLog, new: New) -> None:
    log.append("a", 0, [new(n=n) for n in (3, 1, 2)], actor="me")
    assert fold(log.rows(), "", lambda state, row: f"{state}{row.payload['n']}") == "312"


def test_old_payloads_are_brought_up_one_step_at_a_time(url: str, clock: Any, new: New) -> None:
    steps = {
        ("Seen", 1): lambda old: {"names": [old["name"]]},
        ("Seen", 2): lambda old: {**old, "country": None},
    }
    with EventLog.open(url, clock=clock, upcasts=Upcasts(steps)) as log:
        second = NewEvent(type="Seen", effective=new().effective, payload={"names": ["B"]}, schema_version=2)
        log.append("a", 0, [new(name="A"), second, new("Other", name="C")], actor="me")
        expected = [
            (3, {"names": ["A"], "country": None}),
            (3, {"names": ["B"], "country": None}),
            (1, {"name": "C"}),
        ]
        assert [(event.schema_version, event.payload) for event in log.read()] == expected
        assert [(row.schema_version, row.payload) for row in log.rows()] == expected


def test_get_gives_an_old_event_as_it_was_hashed(url: str, clock: Any, new: New) -> None:
    with EventLog.open(url, clock=clock, upcasts=Upcasts({("Seen", 1): lambda old: {}})) as log:
        log.append("a", 0, [new(name="A")], actor="me")
        event = log.get(1)
        assert event.payload == {"name": "A"}
        assert leaf_hash(event) == event.leaf_hash
        assert b'"name":"A"' in canonical_bytes(event)
        assert log.verify().checked == 1


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "cache" / "snapshots")


def write(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "data").write_text(text) and None


def test_a_snapshot_is_built_once(store: SnapshotStore) -> None:
    assert store.path(KEYS[0]) is None
    built = store.build(KEYS[0], write("first"))
    assert store.build(KEYS[0], write("second")) == built == store.path(KEYS[0])
    assert (built / "data").read_text() == "first"
    assert [entry.name for entry in store.folder.iterdir()] == [KEYS[0]]


def test_a_failed_build_leaves_nothing(store: SnapshotStore) -> None:
    def fail(folder: Path) -> None:
        (folder / "data").write_text("half")
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError, match="bug"):
        store.build(KEYS[0], fail)
    assert store.path(KEYS[0]) is None
    assert list(store.folder.iterdir()) == []


def test_builders_at_once_all_succeed(store: SnapshotStore) -> None:
    together, results = threading.Barrier(4), []

    def build(name: str) -> None:
        def writer(folder: Path) -> None:
            (folder / "data").write_text(name)
            together.wait()

        results.append(store.build(KEYS[0], writer))

    threads = [threading.Thread(target=build, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [store.path(KEYS[0])] * 4
    assert [entry.name for entry in store.folder.iterdir()] == [KEYS[0]]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = SnapshotStore(tmp_path / "file" / "snapshots")
    assert store.path(KEYS[0]) is None
    with pytest.raises(CacheUnavailable, match="cannot write the cache folder"):
        store.build(KEYS[0], write(""))
    store.prune(0)


def test_a_full_disk_while_writing(store: SnapshotStore) -> None:
    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(CacheUnavailable, match="No space left"):
        store.build(KEYS[0], full)


@pytest.mark.parametrize("key", ["", "../../etc", "ABCDEF0123456789", "zz" * 32, "ab"])
def test_keys_are_digests(store: SnapshotStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a lower-case hex digest"):
        store.path(key)


@pytest.mark.parametrize("lost", ["data", "manifest.json"])
def test_a_snapshot_that_lost_a_file_is_built_again(store: SnapshotStore, lost: str) -> None:
    (store.build(KEYS[0], write("first")) / lost).unlink()
    assert store.path(KEYS[0]) is None
    assert (store.build(KEYS[0], write("second")) / "data").read_text() == "second"
    assert [entry.name for entry in store.folder.iterdir()] == [KEYS[0]]


def test_a_changed_byte_is_seen_by_who_looks_thoroughly(store: SnapshotStore) -> None:
    """A changed size is seen always."""
    built = store.build(KEYS[0], write("first"))
    (built / "data").write_text("fIrst")
    assert store.path(KEYS[0]) == built
    assert store.path(KEYS[0], thorough=True) is None
    assert (store.build(KEYS[0], write("again"), thorough=True) / "data").read_text() == "again"
    (built / "data").write_text("longer than that")
    assert store.path(KEYS[0]) is None


def test_prune_keeps_the_newest_and_clears_what_the_dead_left(store: SnapshotStore) -> None:
    for age, key in enumerate(KEYS):
        os.utime(store.build(key, write(key)), (1000 - age, 1000 - age))
    for name, born in ((".draft-dead", 1000), (".draft-alive", 100_000), ("somebody-elses", 0)):
        (store.folder / name).mkdir()
        os.utime(store.folder / name, (born, born))
    store.prune(2, now=lambda: 100_000)
    assert {entry.name for entry in store.folder.iterdir()} == {*KEYS[:2], ".draft-alive", "somebody-elses"}
