"""A log whose triggers are not as they were made is not protected: it says which, and is not added to."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from events import EventLog, LogBroken, LogUnprotected, NewEvent
from tests.support.databases import Database, administer

New = Callable[..., NewEvent]

# What is done to the database, in each kind, and what is said of it.
SQLITE = [
    ("DROP TRIGGER event_no_update", "the trigger event_no_update is missing"),
    ("DROP TRIGGER log_format_no_insert", "the trigger log_format_no_insert is missing"),
    ("CREATE TRIGGER later AFTER INSERT ON EVENT BEGIN SELECT 1; END", "the trigger later is foreign"),
    ("CREATE TRIGGER lost BEFORE INSERT ON event BEGIN SELECT RAISE(IGNORE); END", "the trigger lost is foreign"),
    (
        "DROP TRIGGER event_no_delete | CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT 1; END",
        "the trigger event_no_delete is another one",
    ),
    (
        "DROP TRIGGER event_no_delete | CREATE TRIGGER event_no_delete BEFORE DELETE ON checkpoint"
        " BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END",
        "the trigger event_no_delete is another one",
    ),
]
POSTGRES = [
    ("DROP TRIGGER event_append_only ON event", "the trigger event_append_only is missing"),
    ("DROP TRIGGER log_format_next_only ON log_format", "the trigger log_format_next_only is missing"),
    ("ALTER TABLE event DISABLE TRIGGER event_append_only", "the trigger event_append_only is switched off"),
    ("ALTER TABLE event ENABLE REPLICA TRIGGER event_next_only", "the trigger event_next_only is switched off"),
    (
        "CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "the trigger event_append_only is another one",
    ),
    (
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$ |"
        "CREATE TRIGGER later BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION later()",
        "the trigger later is foreign",
    ),
    (
        "DROP TRIGGER event_append_only ON event | CREATE TRIGGER event_append_only BEFORE DELETE ON event"
        " FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()",
        "the trigger event_append_only is another one",
    ),
]
BY_HAND = [
    ("sqlite", "ALTER TABLE event ADD COLUMN more"),
    ("postgres", "ALTER TABLE event ENABLE ROW LEVEL SECURITY"),
    ("postgres", "CREATE RULE nothing AS ON INSERT TO checkpoint DO INSTEAD NOTHING"),
    ("postgres", "CREATE TABLE more () INHERITS (event)"),
]
CASES = [("sqlite", *case) for case in SQLITE] + [("postgres", *case) for case in POSTGRES]


@pytest.fixture
def guarded(any_url: str, clock: Callable[[], datetime], new: New) -> Iterator[EventLog]:
    with EventLog.open(any_url, clock=clock) as log:
        log.append("a", 0, [new(), new()], actor="me")
        yield log


def behind(url: str, script: str) -> None:
    with Database(url) as database:
        for statement in script.split("|"):
            database.connection.execute(statement)


@pytest.mark.parametrize(("kind", "script", "says"), CASES, indirect=["kind"])
def test_a_trigger_that_is_gone_changed_or_foreign_is_named(
    any_url: str, guarded: EventLog, new: New, script: str, says: str
) -> None:
    behind(any_url, script)
    for act in (guarded.verify, lambda: guarded.append("a", 2, [new()], actor="me")):
        with pytest.raises(LogUnprotected) as told:
            act()
        assert says in told.value.faults
        assert "\n" not in str(told.value)
    assert guarded.head().size == 2


@pytest.mark.parametrize(("kind", "script", "says"), CASES, indirect=["kind"])
def test_the_triggers_can_be_put_back(any_url: str, guarded: EventLog, new: New, script: str, says: str) -> None:
    head = guarded.head()
    behind(any_url, script)
    assert says in guarded.protect()
    assert guarded.protect() == []
    guarded.append("a", 2, [new()], actor="me")
    assert guarded.verify(against=head).checked == 3
    with Database(any_url) as database, pytest.raises(database.refusal):
        database.run("UPDATE event SET actor = 'you'")


@pytest.mark.parametrize(("kind", "script"), BY_HAND, indirect=["kind"])
def test_what_is_no_trigger_is_left_to_the_owner(any_url: str, guarded: EventLog, script: str) -> None:
    """Rows that are hidden, added or swallowed by other means than a trigger."""
    behind(any_url, script)
    for act in (guarded.verify, guarded.protect):
        with pytest.raises(LogUnprotected):
            act()


def test_a_wrong_event_is_named_before_a_missing_trigger(any_url: str, guarded: EventLog) -> None:
    sqlite = any_url.startswith("sqlite")
    behind(any_url, f"DROP TRIGGER {'event_no_update' if sqlite else 'event_append_only ON event'}")
    with Database(any_url) as database:
        database.run("UPDATE event SET actor = 'you' WHERE position = 2")
    with pytest.raises(LogBroken, match="at position 2: its content"):
        guarded.verify()


def test_a_log_in_a_schema_with_an_odd_name_is_protected(
    clock: Callable[[], datetime], new: New, postgres_database: str
) -> None:
    administer(postgres_database, 'CREATE SCHEMA IF NOT EXISTS "Odd 100% \'name"')
    joint = "&" if "?" in postgres_database else "?"
    url = f"{postgres_database}{joint}options=-csearch_path%3D%22Odd%5C%20100%25%5C%20%27name%22"
    with EventLog.open(url, clock=clock) as log:
        log.append("a", 0, [new()], actor="me")
        assert log.verify().checked == 1
        administer(url, "DROP TRIGGER event_append_only ON event")
        assert log.protect() == ["the trigger event_append_only is missing"]
    administer(postgres_database, 'DROP SCHEMA "Odd 100% \'name" CASCADE')
