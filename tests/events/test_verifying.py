"""What a verification finds beyond the plain cases of test_append_only, and what it takes from an earlier one.

On SQLite, whose columns take values of any kind.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import EventLog, Head, LogBroken, NewEvent
from events.event import join_canonical
from events.merkle import Frontier, leaf_hash

New = Callable[..., NewEvent]


@pytest.fixture
def kept(url: str, clock: Callable[[], datetime], new: New) -> Head:
    """The head of a log of ten events in streams a and b, three appends: sizes 4, 7, 10."""
    with EventLog.open(url, clock=clock) as log:
        log.append("a", 0, [new(n=n) for n in range(1, 5)], actor="me")
        log.append("b", 0, [new(n=n) for n in range(5, 8)], actor="me")
        log.append("a", 4, [new("Seen", date(2024, 2, 1), n=n) for n in range(8, 11)], actor="me")
        return log.head()


@pytest.fixture
def database(path: Path, kept: Head) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def tamper(database: sqlite3.Connection, script: str) -> None:
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.executescript(script)


HASHES_SHIFTED = """
    UPDATE event SET leaf_hash = leaf_hash || 'a' WHERE position = 3;
    UPDATE event SET leaf_hash = substr(leaf_hash, 2) WHERE position = 4;
"""
CLOSE_THE_GAP = "".join(f"UPDATE event SET position = {n - 1} WHERE position = {n};" for n in range(6, 11))


@pytest.mark.parametrize(
    ("script", "position", "says"),
    [
        ("UPDATE event SET payload = '{\"n\":99}' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET payload = '{\"n\": 3}' WHERE position = 3", 3, "canonical"),
        ("UPDATE event SET effective = '2024-01-02' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET actor = 'you' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET type = 'Gone' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET schema_version = 1.5 WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET version = 'x' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET actor = CAST(x'ff' AS TEXT) WHERE position = 6", 6, "not UTF-8"),
        ("UPDATE event SET payload = CAST(x'7b22ff223a317d' AS TEXT) WHERE position = 1", 1, "not UTF-8"),
        ("UPDATE event SET leaf_hash = upper(leaf_hash) WHERE position = 3", 3, "changed"),
        (HASHES_SHIFTED, 3, "changed"),
        (f"DELETE FROM event WHERE position = 5; {CLOSE_THE_GAP}", 5, "changed"),
        ("DELETE FROM event WHERE position BETWEEN 4 AND 6", 4, "no event at this position, the next one is 7"),
        ("DELETE FROM event WHERE position > 8", 9, "tail was cut"),
        ("DELETE FROM checkpoint WHERE size = 7", 5, "checkpoint 2 is missing"),
        ("UPDATE checkpoint SET size = 'x' WHERE size = 7", 5, "does not count in whole numbers"),
        ("UPDATE checkpoint SET size = -7 WHERE size = 7", 5, "counts wrongly"),
        ("UPDATE checkpoint SET number = 9 WHERE size = 7", 5, "checkpoint 2 is missing"),
        ("UPDATE checkpoint SET number = 9 WHERE size = 10", 8, "checkpoint 3 is missing"),
        ("UPDATE checkpoint SET root = x'00' WHERE size = 7", 7, "another root"),
        ("INSERT INTO checkpoint VALUES (4, 12, '', '', '')", 11, "tail was cut"),
        ("UPDATE log_format SET schema_version = 0", 0, "log_format"),
        ("INSERT INTO log_format VALUES ('other', 1)", 0, "log_format"),
    ],
)
@pytest.mark.parametrize("verified_before", [False, True])
def test_what_was_changed_is_found(
    url: str, database: sqlite3.Connection, kept: Head, script: str, position: int, says: str, verified_before: bool
) -> None:
    """Also where the log was found whole before, and only what was added since is looked at in full."""
    tamper(database, script)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log, pytest.raises(LogBroken) as broken:
        log.verify(known=kept if verified_before else None)
    assert broken.value.position == position
    assert says in str(broken.value)
    assert "\n" not in str(broken.value)


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory, new: New) -> Path:
    """2,500 events: one append each of 1,200, 1 and 1,299, in three streams."""
    path = tmp_path_factory.mktemp("long") / "log.db"
    with EventLog.open(f"sqlite:///{path}", clock=lambda: datetime(2024, 1, 1, tzinfo=UTC)) as log:
        for stream, count in (("a", 1200), ("b", 1), ("c", 1299)):
            log.append(stream, 0, [new(n=n) for n in range(count)], actor="me")
    return path


@pytest.mark.parametrize("position", [1, 100, 101, 1000, 1001, 1200, 1201, 1202, 2499, 2500])
@pytest.mark.parametrize("verified_before", [0, 1200, 1201, 2500])
def test_the_first_wrong_one_of_many_is_named(
    long_log: Path, tmp_path: Path, position: int, verified_before: int
) -> None:
    """Wherever it stands in what is looked at together."""
    path = Path(shutil.copy(long_log, tmp_path / "log.db"))
    with EventLog.open(f"sqlite:///{path}", clock=lambda: datetime.now(UTC)) as log:
        known = log.head_at(verified_before)
        assert log.verify(known=known).checked == 2500
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        tamper(connection, f"UPDATE event SET actor = 'you' WHERE position >= {position}")
    with (
        EventLog.open(f"sqlite:///{path}", clock=lambda: datetime.now(UTC)) as log,
        pytest.raises(LogBroken) as broken,
    ):
        log.verify(known=known)
    assert broken.value.position == position


def test_a_wrong_checkpoint_is_named_before_a_later_wrong_event(long_log: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(long_log, tmp_path / "log.db"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        tamper(connection, "UPDATE checkpoint SET root = '' WHERE size = 1201")
        tamper(connection, "UPDATE event SET actor = 'you' WHERE position IN (1900, 2400)")
    with (
        EventLog.open(f"sqlite:///{path}", clock=lambda: datetime.now(UTC)) as log,
        pytest.raises(LogBroken, match="another root") as broken,
    ):
        log.verify()
    assert broken.value.position == 1201


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_change_of_any_value_is_found(
    tmp_path_factory: pytest.TempPathFactory, long_log: Path, data: st.DataObject
) -> None:
    """A random column of a random row of either table, put to any other text or number."""
    table, key, size = data.draw(st.sampled_from([("event", "position", 2500), ("checkpoint", "number", 3)]))
    path = Path(shutil.copy(long_log, tmp_path_factory.mktemp("any") / "log.db"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        tamper(connection, "")
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        column, row = data.draw(st.sampled_from(names)), data.draw(st.integers(1, size))
        value = data.draw(st.integers(-(2**40), 2**40) | st.text(st.characters(exclude_categories=("Cs",))))
        where = f"WHERE {key} = {row}"
        before = connection.execute(f"SELECT * FROM {table} {where}").fetchall()
        with suppress(sqlite3.IntegrityError):
            connection.execute(f"UPDATE {table} SET {column} = ? {where}", [value])
        changed = connection.execute(f"SELECT * FROM {table} {where}").fetchall() != before
    with EventLog.open(f"sqlite:///{path}", clock=lambda: datetime.now(UTC)) as log:
        if changed:
            with pytest.raises(LogBroken):
                log.verify()
        else:
            log.verify(guards=False)


def test_a_head_known_of_another_log_is_no_help_and_no_harm(url: str, database: sqlite3.Connection, kept: Head) -> None:
    """Nothing is taken from it; what else is wrong is found all the same."""
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        for other in (Head(size=4, root="0" * 64), Head(size=11, root=kept.root), Head(size=10, root="")):
            assert log.verify(known=other).head == kept


def test_what_was_rewritten_with_all_its_hashes_is_looked_at_in_full(
    url: str, database: sqlite3.Connection, kept: Head
) -> None:
    """The known head does not cover it, so a payload that is not canonical is found although its hash fits."""
    row = database.execute("SELECT * FROM event WHERE position = 10").fetchone()
    names = [item[1] for item in database.execute("PRAGMA table_info(event)")]
    fields = {**dict(zip(names, row, strict=True)), "payload": '{"n": 10}'}
    del fields["leaf_hash"]
    leaf = leaf_hash(join_canonical(**fields))
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        tree = Frontier()
        tree.extend([*log.leaves()[:9], leaf])
    frontier = b"".join(tree.hashes).hex()
    tamper(
        database,
        f"UPDATE event SET payload = '{fields['payload']}', leaf_hash = '{leaf.hex()}' WHERE position = 10;"
        f"UPDATE checkpoint SET root = '{tree.root().hex()}', frontier = '{frontier}' WHERE size = 10",
    )
    with (
        EventLog.open(url, clock=lambda: datetime.now(UTC)) as log,
        pytest.raises(LogBroken, match="not stored as canonical JSON") as broken,
    ):
        log.verify(known=kept)
    assert broken.value.position == 10
