"""A log that an earlier version made: read as it is, migrated when asked, and the same afterwards."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from events import EventLog, Head, LogOutdated, LogUnavailable, NewEvent, NotALog, schema_postgres, schema_sqlite
from events.state import database_path
from events.tables import SCHEMA_VERSION, LogTable
from tests.support.databases import Database

New = Callable[..., NewEvent]
VERSIONS = Path(__file__).parent / "versions"
ROOT = "d0f4e5aa86e15a2c2b3ab868a7da88883e706bdd95a9777bb6e5a41b1d838f99"
HEAD = Head(size=3, root=ROOT, recorded_at=datetime(2024, 1, 1, 12, 0, 1, tzinfo=UTC))
STORED = "SELECT * FROM event ORDER BY position"
COUNTED = "SELECT * FROM checkpoint ORDER BY number"


def now() -> datetime:
    return datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture(params=range(1, SCHEMA_VERSION))
def old(request: pytest.FixtureRequest, kind: str, any_url: str) -> str:
    """The address of a log of three events that each earlier version made, from a frozen dump."""
    script = (VERSIONS / f"{request.param}-{kind}.sql").read_text("utf-8")
    path = database_path(any_url)
    if path is not None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(script)
        return any_url
    with psycopg.connect(any_url.replace("+psycopg", "")) as connection:
        (schema,) = connection.execute("SELECT current_schema()").fetchone() or ()
        connection.execute(script.replace("{schema}", schema).encode())
    return any_url


def test_both_databases_have_a_step_for_each_version() -> None:
    assert len(schema_sqlite.STEPS) == len(schema_postgres.STEPS) == SCHEMA_VERSION


def test_an_old_log_is_read_as_it_is(old: str) -> None:
    with EventLog.open(old, clock=now) as log:
        assert log.verify().head == log.head() == HEAD
        assert [(e.position, e.stream, e.actor, e.payload["n"]) for e in log.read()] == [
            (1, "a", "ann", 1),
            (2, "a", "ann", 2),
            (3, "b", "bob", 3),
        ]
        assert log.effective_dates() == [date(1999, 12, 31), date(2024, 1, 1)]


def test_an_old_log_is_not_written_to(old: str, new: New) -> None:
    with EventLog.open(old, clock=now) as log:
        with pytest.raises(LogOutdated, match=f"can only be read: migrate it to version {SCHEMA_VERSION}") as refused:
            log.append("a", 2, [new()], actor="me")
        assert isinstance(refused.value, LogUnavailable)
        assert log.verify().head == HEAD


def test_a_migrated_log_goes_on_where_the_old_one_ended(old: str, new: New) -> None:
    with Database(old) as database:
        before = database.query(STORED), database.query(COUNTED)
    with EventLog.open(old, clock=now) as log:
        before_version, after = log.migrate()
        assert (before_version < after, after) == (True, SCHEMA_VERSION)
        assert log.migrate() == (SCHEMA_VERSION, SCHEMA_VERSION)
    with Database(old) as database:
        assert (database.query(STORED), database.query(COUNTED)) == before
    with EventLog.open(old, clock=now, create=False) as log:
        log.append("a", 2, [new()], actor="me")
        assert log.verify(against=HEAD).checked == 4


def test_a_migrated_log_has_the_schema_of_a_new_one(old: str, new_url: Callable[[], str]) -> None:
    fresh = new_url()
    EventLog.open(fresh, clock=now).close()
    with EventLog.open(old, clock=now) as log:
        log.migrate()
    assert described(old) == described(fresh)


def test_a_migration_that_fails_leaves_the_old_log(old: str) -> None:
    with EventLog.open(old, clock=now) as log:
        with Database(old) as database:
            function = " FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
            body = function if database.refusal is psycopg.IntegrityError else " BEGIN SELECT 1; END"
            # The name of a trigger that a later step makes: the migration stops in its middle.
            name = "log_format_append_only" if body == function else "log_format_no_insert"
            database.connection.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON log_format{body}")
        was = described(old)
        with pytest.raises(LogUnavailable, match="already exists"):
            log.migrate()
        assert described(old) == was
        assert log.verify(guards=False).head == HEAD


def test_an_append_notices_that_a_newer_program_migrated_the_log_meanwhile(any_url: str, new: New) -> None:
    with EventLog.open(any_url, clock=now) as log:
        log.append("a", 0, [new()], actor="me")
        with Database(any_url) as database:
            database.run("UPDATE log_format SET schema_version = schema_version + 1")
        with pytest.raises(NotALog, match="newer than this program: update the program"):
            log.append("a", 1, [new()], actor="me")
        with pytest.raises(NotALog, match="newer than this program"):
            log.verify()
    with pytest.raises(NotALog, match=f"version {SCHEMA_VERSION + 1}, newer than this program"):
        EventLog.open(any_url, clock=now)


def test_the_models_describe_the_tables_that_the_statements_make(any_url: str) -> None:
    EventLog.open(any_url, clock=now).close()
    path = database_path(any_url)
    url = f"sqlite:///{path}" if path else "postgresql+psycopg://"
    engine = create_engine(
        url, **({} if path else {"creator": lambda: psycopg.connect(any_url.replace("+psycopg", ""))})
    )
    with engine.connect() as connection:
        found = inspect(connection)
        for table in LogTable.metadata.tables.values():
            assert [c["name"] for c in found.get_columns(table.name)] == [c.name for c in table.c]
            assert not any(c["nullable"] for c in found.get_columns(table.name))
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            indexes = {index.name: list(index.columns.keys()) for index in table.indexes}
            held = {i["name"]: i["column_names"] for i in found.get_indexes(table.name)}
            assert indexes.items() <= held.items()
    engine.dispose()


def described(url: str) -> set[str]:
    """Every table, index, trigger and function of a log as a text, whatever it was made by."""
    with Database(url) as database:
        if database_path(url):
            rows = database.query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {re.sub(r"\s", "", sql) for (sql,) in rows}
        ((schema,),) = database.query("SELECT current_schema()")
        queries = (
            "SELECT concat_ws(' ', table_name, ordinal_position, column_name, data_type, is_nullable, collation_name)"
            f" FROM information_schema.columns WHERE table_schema = '{schema}'",
            f"SELECT indexdef FROM pg_indexes WHERE schemaname = '{schema}'",
            f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace",
            "SELECT concat(t.tgenabled, ' ', pg_get_triggerdef(t.oid))"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            f" WHERE c.relnamespace = '{schema}'::regnamespace AND NOT t.tgisinternal",
        )
        texts = {text for query in queries for (text,) in database.query(query)}
        return {re.sub(rf"\b{schema}\b", "SCHEMA", text) for text in texts}
