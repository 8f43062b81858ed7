"""What is done behind the log's back is refused by the database, and found when the refusal is off."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events import EventLog, Head, LogBroken, NewEvent
from tests.support.databases import Database

New = Callable[..., NewEvent]
ZEROS = "00" * 32
EVENT = "'2024-01-01', '2024-01-01T12:00:00.000000Z', 'me', '{}', ''"


def cases(both: list[Any], *, sqlite: list[Any], postgres: list[Any]) -> list[Any]:
    """Each case with the database that it is for."""
    kinds = [("sqlite", [*both, *sqlite]), ("postgres", [*both, *postgres])]
    return [(kind, *(case if isinstance(case, tuple) else (case,))) for kind, own in kinds for case in own]


@pytest.fixture
def url(any_url: str) -> str:
    return any_url


@pytest.fixture
def kept(url: str, clock: Callable[[], datetime], new: New) -> Head:
    """The head of a log of ten events in streams a and b, three appends: sizes 4, 7, 10."""
    with EventLog.open(url, clock=clock) as log:
        log.append("a", 0, [new(n=n) for n in range(1, 5)], actor="me")
        log.append("b", 0, [new(n=n) for n in range(5, 8)], actor="me")
        log.append("a", 4, [new("Seen", date(2024, 2, 1), n=n) for n in range(8, 11)], actor="me")
        return log.head()


@pytest.fixture
def database(url: str, kept: Head) -> Iterator[Database]:
    with Database(url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "statement"),
    cases(
        [
            "UPDATE event SET payload = '{}' WHERE position = 3",
            "UPDATE event SET position = 11 WHERE position = 10",
            "UPDATE event SET payload = payload",
            "DELETE FROM event WHERE position = 10",
            "DELETE FROM event",
            f"INSERT INTO event VALUES (10, 'a', 8, 'Seen', 1, {EVENT})"
            " ON CONFLICT (position) DO UPDATE SET payload = ''",
            f"INSERT INTO event VALUES (12, 'a', 8, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (11, 'a', 9, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (11, 'a', 8, 'Seen', 1, {EVENT}), (13, 'a', 9, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (11, 'a', 8, 'Seen', 1, {EVENT}), (12, 'b', 5, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (0, 'c', 1, 'Seen', 1, {EVENT})",
            "UPDATE checkpoint SET root = ''",
            "DELETE FROM checkpoint WHERE number = 3",
            "INSERT INTO checkpoint VALUES (4, 10, '', '', '')",
            "INSERT INTO checkpoint VALUES (4, 11, '', '', '')",
            "INSERT INTO checkpoint VALUES (5, 11, '', '', '')",
            "UPDATE log_format SET application = 'other'",
            "UPDATE log_format SET schema_version = 99",
            "DELETE FROM log_format",
            "INSERT INTO log_format VALUES ('other', 1)",
        ],
        sqlite=[
            "UPDATE OR REPLACE event SET position = 4 WHERE position = 3",
            f"INSERT OR REPLACE INTO event VALUES (10, 'a', 7, 'Seen', 1, {EVENT})",
            f"REPLACE INTO event VALUES (11, 'a', 7, 'Seen', 1, {EVENT})",
            f"INSERT OR IGNORE INTO event VALUES (10, 'a', 8, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (NULL, 'c', 1, 'Seen', 1, {EVENT})",
            "REPLACE INTO checkpoint VALUES (3, 10, '', '', '')",
            "INSERT INTO checkpoint VALUES (NULL, 11, '', '', '')",
        ],
        postgres=[
            "TRUNCATE event",
            "TRUNCATE checkpoint CASCADE",
            "TRUNCATE log_format",
            f"INSERT INTO event VALUES (12, 'a', 9, 'Seen', 1, {EVENT}), (11, 'a', 8, 'Seen', 1, {EVENT}),"
            f" (13, 'a', 8, 'Seen', 1, {EVENT})",
            f"INSERT INTO event VALUES (11, 'a', 9, 'Seen', 1, {EVENT}), (12, 'a', 8, 'Seen', 1, {EVENT})",
            "MERGE INTO event USING (SELECT 10 AS n) AS wanted ON position = n WHEN MATCHED THEN DELETE",
            "SET session_replication_role = replica; DELETE FROM event",
            "SET session_replication_role = replica; TRUNCATE event",
        ],
    ),
    indirect=["kind"],
)
def test_the_database_refuses_what_is_not_an_append(url: str, database: Database, kept: Head, statement: str) -> None:
    with pytest.raises(database.refusal, match=r"append-only|duplicate key"):
        database.run(statement)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert log.verify(against=kept).checked == 10


SWAP = """
    UPDATE event SET position = -5 WHERE position = 5;
    UPDATE event SET position = 5 WHERE position = 6;
    UPDATE event SET position = 6 WHERE position = -5;
"""
MAKE_ROOM = "".join(f"UPDATE event SET position = {n + 1} WHERE position = {n};" for n in range(10, 5, -1))


@pytest.mark.parametrize(
    ("kind", "script", "position", "says"),
    cases(
        [
            ("UPDATE event SET payload = '{\"n\":99}' WHERE position = 3", 3, "changed"),
            ("UPDATE event SET payload = '{\"n\": 3}' WHERE position = 3", 3, "canonical"),
            ("UPDATE event SET payload = '{' WHERE position = 3", 3, "cannot be read"),
            ("UPDATE event SET payload = '[]' WHERE position = 3", 3, "cannot be read"),
            ("UPDATE event SET payload = '7' WHERE position = 3", 3, "cannot be read"),
            ("UPDATE event SET effective = '2024-01-02' WHERE position = 3", 3, "changed"),
            ("UPDATE event SET actor = 'you' WHERE position = 3", 3, "changed"),
            ("UPDATE event SET type = 'Gone' WHERE position = 3", 3, "changed"),
            ("UPDATE event SET schema_version = 2 WHERE position = 3", 3, "changed"),
            ("UPDATE event SET recorded_at = '2024-01-01T12:00:00.000001Z' WHERE position = 4", 4, "changed"),
            ("UPDATE event SET stream = 'c' WHERE position = 3", 3, "changed"),
            ("UPDATE event SET version = 9 WHERE position = 3", 3, "changed"),
            (f"UPDATE event SET leaf_hash = '{ZEROS}' WHERE position = 3", 3, "changed"),
            (SWAP, 5, "changed"),
            ("DELETE FROM event WHERE position = 1", 1, "no event at this position, the next one is 2"),
            ("DELETE FROM event WHERE position = 6", 6, "no event at this position, the next one is 7"),
            ("DELETE FROM event WHERE position > 8", 9, "tail was cut"),
            ("DELETE FROM event", 1, "tail was cut"),
            (f"{MAKE_ROOM} INSERT INTO event VALUES (6, 'c', 1, 'Seen', 1, {EVENT})", 6, "changed"),
            (f"INSERT INTO event VALUES (0, 'c', 1, 'Seen', 1, {EVENT})", 1, "the next one is 0"),
            (f"INSERT INTO event VALUES (11, 'c', 1, 'Seen', 1, {EVENT})", 11, "changed"),
            (f"UPDATE checkpoint SET root = '{ZEROS}' WHERE size = 7", 7, "another root"),
            (f"UPDATE checkpoint SET frontier = '{ZEROS}' WHERE size = 7", 7, "other subtrees"),
            ("UPDATE checkpoint SET recorded_at = '' WHERE size = 7", 7, "another time"),
            ("UPDATE checkpoint SET size = 6 WHERE size = 7", 6, "another root"),
            ("UPDATE checkpoint SET size = 99 WHERE size = 7", 11, "tail was cut"),
            ("DELETE FROM checkpoint WHERE size = 4", 1, "checkpoint 1 is missing"),
            ("DELETE FROM checkpoint WHERE size = 7", 5, "checkpoint 2 is missing"),
            ("DELETE FROM checkpoint WHERE size = 10", 8, "no checkpoint counts this event"),
            ("DELETE FROM checkpoint", 1, "no checkpoint counts this event"),
        ],
        sqlite=[
            ("UPDATE event SET payload = x'00ff' WHERE position = 3", 3, "cannot be read"),
            ("UPDATE event SET effective = 20240101 WHERE position = 3", 3, "changed"),
            ("UPDATE event SET actor = x'00' WHERE position = 3", 3, "cannot be read"),
            ("UPDATE event SET schema_version = 'x' WHERE position = 3", 3, "cannot be read"),
        ],
        postgres=[("TRUNCATE event", 1, "tail was cut"), ("TRUNCATE checkpoint", 1, "no checkpoint counts this event")],
    ),
    indirect=["kind"],
)
def test_tampering_is_found(url: str, database: Database, script: str, position: int, says: str) -> None:
    database.tamper(script)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log, pytest.raises(LogBroken) as broken:
        log.verify()
    assert broken.value.position == position
    assert says in str(broken.value)
    assert "\n" not in str(broken.value)


def test_a_cut_tail_is_found_by_a_head_kept_elsewhere(url: str, database: Database, kept: Head) -> None:
    """Cut together with its checkpoint, what is left is a whole log: only its head tells."""
    database.tamper("DELETE FROM event WHERE position > 7; DELETE FROM checkpoint WHERE size > 7")
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert log.verify().checked == 7
        with pytest.raises(LogBroken, match="counts 10 events, the log holds 7") as broken:
            log.verify(against=kept)
    assert broken.value.position == 8


def test_a_rewritten_log_is_found_by_a_head_kept_elsewhere(
    new_url: Callable[[], str], clock: Callable[[], datetime], new: New, kept: Head
) -> None:
    with EventLog.open(new_url(), clock=clock) as forged:
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
def test_a_log_with_a_broken_end_is_not_continued(url: str, database: Database, new: New, script: str) -> None:
    database.tamper(script)
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log, pytest.raises(LogBroken):
        log.append("c", 0, [new()], actor="me")


@pytest.mark.parametrize("column", ["payload", "effective", "recorded_at"])
def test_reading_what_cannot_be_read(url: str, database: Database, column: str) -> None:
    database.tamper(f"UPDATE event SET {column} = 'x' WHERE position = 3")
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        for read in (log.read, log.rows):
            with pytest.raises(LogBroken, match="position 3: it cannot be read"):
                list(read())


def test_a_time_that_runs_backwards_is_found(url: str, new: New) -> None:
    """Even where leaf, root and checkpoint were all made to fit: an append with a wrong clock."""
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    with EventLog.open(url, clock=lambda: noon) as log:
        log.append("a", 0, [new()], actor="me")
    with Database(url) as database:
        database.tamper("UPDATE checkpoint SET recorded_at = ''")
    with EventLog.open(url, clock=lambda: noon - timedelta(days=1)) as log:
        log.append("a", 1, [new()], actor="me")
    with Database(url) as database:
        database.tamper("UPDATE checkpoint SET recorded_at = '2024-01-01T12:00:00.000000Z' WHERE number = 1")
    with (
        EventLog.open(url, clock=lambda: noon) as log,
        pytest.raises(LogBroken, match="lies before") as broken,
    ):
        log.verify()
    assert broken.value.position == 2
