"""What is done behind the log's back is refused by the database, and found when the refusal is off."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from events import EventLog, Head, LogBroken, NewEvent

New = Callable[..., NewEvent]
EVENT = "'2024-01-01', '2024-01-01T12:00:00.000000Z', 'me', '{}', ''"


@pytest.fixture
def kept(url: str, path: Path, clock: Callable[[], datetime], new: New) -> Head:
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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET payload = '{}' WHERE position = 3",
        "UPDATE OR REPLACE event SET position = 4 WHERE position = 3",
        "UPDATE event SET position = 11 WHERE position = 10",
        "DELETE FROM event WHERE position = 10",
        "DELETE FROM event",
        f"INSERT OR REPLACE INTO event VALUES (10, 'a', 7, 'Seen', 1, {EVENT})",
        f"REPLACE INTO event VALUES (11, 'a', 7, 'Seen', 1, {EVENT})",
        f"INSERT OR IGNORE INTO event VALUES (10, 'a', 8, 'Seen', 1, {EVENT})",
        f"INSERT INTO event VALUES (10, 'a', 8, 'Seen', 1, {EVENT}) ON CONFLICT DO UPDATE SET payload = ''",
        f"INSERT INTO event VALUES (12, 'a', 8, 'Seen', 1, {EVENT})",
        f"INSERT INTO event VALUES (11, 'a', 9, 'Seen', 1, {EVENT})",
        f"INSERT INTO event VALUES (0, 'c', 1, 'Seen', 1, {EVENT})",
        f"INSERT INTO event VALUES (NULL, 'c', 1, 'Seen', 1, {EVENT})",
        "UPDATE checkpoint SET root = ''",
        "DELETE FROM checkpoint WHERE number = 3",
        "REPLACE INTO checkpoint VALUES (3, 10, '', '', '')",
        "REPLACE INTO checkpoint VALUES (4, 10, '', '', '')",
        "REPLACE INTO checkpoint VALUES (4, 11, '', '', '')",
        "INSERT INTO checkpoint VALUES (NULL, 11, '', '', '')",
    ],
)
def test_the_database_refuses_what_is_not_an_append(
    url: str, database: sqlite3.Connection, kept: Head, statement: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(statement)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert log.verify(against=kept).checked == 10


SWAP = """
    UPDATE event SET position = -5 WHERE position = 5;
    UPDATE event SET position = 5 WHERE position = 6;
    UPDATE event SET position = 6 WHERE position = -5;
"""
MAKE_ROOM = "".join(f"UPDATE event SET position = {n + 1} WHERE position = {n};" for n in range(10, 5, -1))


@pytest.mark.parametrize(
    ("script", "position", "says"),
    [
        ("UPDATE event SET payload = '{\"n\":99}' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET payload = '{\"n\": 3}' WHERE position = 3", 3, "canonical"),
        ("UPDATE event SET payload = '{' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET payload = '[]' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET payload = '7' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET payload = x'00ff' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET effective = '2024-01-02' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET effective = 20240101 WHERE position = 3", 3, "changed"),
        ("UPDATE event SET actor = 'you' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET actor = x'00' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET type = 'Gone' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET schema_version = 2 WHERE position = 3", 3, "changed"),
        ("UPDATE event SET schema_version = 'x' WHERE position = 3", 3, "cannot be read"),
        ("UPDATE event SET recorded_at = '2024-01-01T12:00:00.000001Z' WHERE position = 4", 4, "changed"),
        ("UPDATE event SET stream = 'c' WHERE position = 3", 3, "changed"),
        ("UPDATE event SET version = 9 WHERE position = 3", 3, "changed"),
        ("UPDATE event SET leaf_hash = hex(zeroblob(32)) WHERE position = 3", 3, "changed"),
        (SWAP, 5, "changed"),
        ("DELETE FROM event WHERE position = 1", 1, "no event at this position, the next one is 2"),
        ("DELETE FROM event WHERE position = 6", 6, "no event at this position, the next one is 7"),
        ("DELETE FROM event WHERE position > 8", 9, "tail was cut"),
        ("DELETE FROM event", 1, "tail was cut"),
        (f"{MAKE_ROOM} INSERT INTO event VALUES (6, 'c', 1, 'Seen', 1, {EVENT})", 6, "changed"),
        (f"INSERT INTO event VALUES (0, 'c', 1, 'Seen', 1, {EVENT})", 1, "the next one is 0"),
        (f"INSERT INTO event VALUES (11, 'c', 1, 'Seen', 1, {EVENT})", 11, "changed"),
        ("UPDATE checkpoint SET root = hex(zeroblob(32)) WHERE size = 7", 7, "another root"),
        ("UPDATE checkpoint SET frontier = hex(zeroblob(32)) WHERE size = 7", 7, "other subtrees"),
        ("UPDATE checkpoint SET recorded_at = '' WHERE size = 7", 7, "another time"),
        ("UPDATE checkpoint SET size = 6 WHERE size = 7", 6, "another root"),
        ("UPDATE checkpoint SET size = 99 WHERE size = 7", 11, "tail was cut"),
        ("DELETE FROM checkpoint WHERE size = 4", 1, "checkpoint 1 is missing"),
        ("DELETE FROM checkpoint WHERE size = 7", 5, "checkpoint 2 is missing"),
        ("DELETE FROM checkpoint WHERE size = 10", 8, "no checkpoint counts this event"),
        ("DELETE FROM checkpoint", 1, "no checkpoint counts this event"),
    ],
)
def test_tampering_is_found(url: str, database: sqlite3.Connection, script: str, position: int, says: str) -> None:
    tamper(database, script)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log, pytest.raises(LogBroken) as broken:
        log.verify()
    assert broken.value.position == position
    assert says in str(broken.value)
    assert "\n" not in str(broken.value)


def tamper(database: sqlite3.Connection, script: str) -> None:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        database.execute(f"DROP TRIGGER {name}")
    database.executescript(script)


def test_a_cut_tail_is_found_by_a_head_kept_elsewhere(url: str, database: sqlite3.Connection, kept: Head) -> None:
    """Cut together with its checkpoint, what is left is a whole log: only its head tells."""
    tamper(database, "DELETE FROM event WHERE position > 7; DELETE FROM checkpoint WHERE size > 7")
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert log.verify().checked == 7
        with pytest.raises(LogBroken, match="counts 10 events, the log holds 7") as broken:
            log.verify(against=kept)
    assert broken.value.position == 8


def test_a_rewritten_log_is_found_by_a_head_kept_elsewhere(
    url: str, tmp_path: Path, clock: Callable[[], datetime], new: New, kept: Head
) -> None:
    with EventLog.open(f"sqlite:///{tmp_path}/forged.db", clock=clock) as forged:
        forged.append("a", 0, [new(n=0)] * 12, actor="me")
        assert forged.verify().checked == 12
        with pytest.raises(LogBroken, match="not those of the head kept elsewhere"):
            forged.verify(against=kept)
        with pytest.raises(LogBroken, match="not those of the head kept elsewhere"):
            forged.verify(against=Head(size=0, root=kept.root))


@pytest.mark.parametrize(
    "script",
    [
        "DELETE FROM event WHERE position > 8",
        "DELETE FROM checkpoint WHERE size > 7",
        "UPDATE checkpoint SET frontier = 'x' WHERE size = 10",
        "UPDATE checkpoint SET root = 'x' WHERE size = 10",
    ],
)
def test_a_log_with_a_broken_end_is_not_continued(
    url: str, database: sqlite3.Connection, new: New, script: str
) -> None:
    tamper(database, script)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log, pytest.raises(LogBroken):
        log.append("c", 0, [new()], actor="me")


@pytest.mark.parametrize("column", ["payload", "effective", "recorded_at"])
def test_reading_what_cannot_be_read(url: str, database: sqlite3.Connection, column: str) -> None:
    tamper(database, f"UPDATE event SET {column} = 'x' WHERE position = 3")
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        for read in (log.read, log.rows):
            with pytest.raises(LogBroken, match="position 3: it cannot be read"):
                list(read())


def test_a_time_that_runs_backwards_is_found(url: str, path: Path, new: New) -> None:
    """Even where leaf, root and checkpoint were all made to fit: an append with a wrong clock."""
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    with EventLog.open(url, clock=lambda: noon) as log:
        log.append("a", 0, [new()], actor="me")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        tamper(connection, "UPDATE checkpoint SET recorded_at = ''")
    with EventLog.open(url, clock=lambda: noon - timedelta(days=1)) as log:
        log.append("a", 1, [new()], actor="me")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE checkpoint SET recorded_at = '2024-01-01T12:00:00.000000Z' WHERE number = 1")
    with (
        EventLog.open(url, clock=lambda: noon) as log,
        pytest.raises(LogBroken, match="lies before") as broken,
    ):
        log.verify()
    assert broken.value.position == 2
