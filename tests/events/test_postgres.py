"""What is PostgreSQL's own: how it is reached, who may do what, what happens when it goes away."""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from events import EventLog, LogNotFound, LogUnavailable, NewEvent, NotALog, RememberedHead, storage_state
from events.postgres_address import connection_parameters, shown
from tests.support.databases import Database, administer, in_schema
from tests.support.postgres_server import Server, running_server

New = Callable[..., NewEvent]
PASSWORD = "p@ss/w:rd"
TERMINATE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
WHERE relation = 'event'::regclass AND pid <> pg_backend_pid()
"""


def now() -> datetime:
    return datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def url(new_postgres_url: Callable[[], str]) -> str:
    return new_postgres_url()


@pytest.fixture(scope="module")
def role(postgres_database: str) -> Iterator[str]:
    """A role that may log in with the password, and nothing else."""
    administer(postgres_database, f"CREATE ROLE log_reader LOGIN PASSWORD '{PASSWORD}'")
    yield "log_reader"
    administer(postgres_database, "DROP OWNED BY log_reader", "DROP ROLE log_reader")


def as_role(url: str, role: str) -> str:
    """The same address for another user, with the password in it."""
    given = {**conninfo_to_dict(url.replace("+psycopg", "")), "user": role, "password": PASSWORD}
    return "postgresql+psycopg:///?" + "&".join(f"{key}={quote(str(value), safe='')}" for key, value in given.items())


def over_network(server: Server, user: str, password: str, database: str = "postgres") -> str:
    return f"postgresql+psycopg://{user}:{quote(password, safe='')}@127.0.0.1:{server.port}/{database}"


def refused(url: str, kind: type[Exception] = LogUnavailable, **options: object) -> str:
    """The one line with which the log at this address is refused; with no part of the password in it."""
    with pytest.raises(kind) as error:
        EventLog.open(url, clock=now, timeout=2, **options).close()  # type: ignore[arg-type]
    text = str(error.value)
    assert "\n" not in text
    assert not any(part in text for part in ("p@ss", "w:rd", "p%40ss", quote(PASSWORD, safe="")))
    chain = error.value.__cause__
    assert chain is None or "w:rd" not in str(chain)
    return text


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
def test_each_usual_way_to_write_the_address(url: str, scheme: str, new: New) -> None:
    address = url.replace("postgresql+psycopg", scheme)
    with EventLog.open(address, clock=now) as log:
        log.append("a", 0, [new()], actor="me")
        assert log.name.startswith("the PostgreSQL database ")
    with EventLog.open(url, clock=now, create=False) as log:
        assert log.verify().checked == 1


def test_no_log_and_none_wanted(url: str) -> None:
    assert "there is no log in the PostgreSQL database" in refused(url, LogNotFound, create=False)
    with Database(url) as database:
        assert database.query("SELECT to_regclass('event')") == [(None,)]


@pytest.mark.parametrize(
    "script", ["CREATE TABLE customer (id int)", "CREATE TABLE event (position int)", "CREATE VIEW v AS SELECT 1 AS x"]
)
def test_somebody_elses_schema_is_left_alone(url: str, script: str) -> None:
    administer(url, script)
    for create in (True, False):
        assert "holds tables of something else" in refused(url, NotALog, create=create)
    with Database(url) as database:
        assert database.query("SELECT to_regclass('checkpoint')") == [(None,)]


def test_a_schema_that_is_not_there(postgres_database: str) -> None:
    assert "none of the schemas of the search path" in refused(in_schema(postgres_database, "nowhere"))


def test_the_log_is_found_behind_an_empty_schema(url: str, postgres_database: str, new: New) -> None:
    """A schema made later for one user does not make that user's log a new, empty one."""
    with EventLog.open(url, clock=now) as log:
        log.append("a", 0, [new()], actor="me")
    with Database(url) as database:
        ((schema,),) = database.query("SELECT current_schema()")
    administer(postgres_database, f"CREATE SCHEMA {schema}_mine")
    try:
        with EventLog.open(in_schema(postgres_database, f"{schema}_mine,{schema}"), clock=now) as log:
            log.append("a", 1, [new()], actor="me")
            assert log.verify().checked == 2
    finally:
        administer(postgres_database, f"DROP SCHEMA {schema}_mine")


def test_a_schema_with_an_awkward_name(postgres_database: str, new: New) -> None:
    name = 'Our "log"; 100% - $1'
    quoted = '"' + name.replace('"', '""') + '"'
    administer(postgres_database, f"CREATE SCHEMA {quoted}")
    try:
        with EventLog.open(in_schema(postgres_database, quoted.replace(" ", "\\ ")), clock=now) as log:
            log.append("a", 0, [new()], actor="me")
            assert log.verify().checked == 1
    finally:
        administer(postgres_database, f"DROP SCHEMA {quoted} CASCADE")


def test_a_database_that_cannot_hold_every_character(postgres_database: str) -> None:
    administer(postgres_database, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    try:
        assert "ENCODING 'UTF8'" in refused(re.sub(r"/[^/@?]*(\?|$)", r"/latin\1", postgres_database, count=1), NotALog)
    finally:
        administer(postgres_database, "DROP DATABASE latin")


def test_what_cannot_be_reached_is_told_without_the_password(postgres_server: Server) -> None:
    ours, role = postgres_server, "somebody"
    administer(ours.url, f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    assert 'database "nowhere" does not exist' in refused(over_network(ours, role, PASSWORD, "nowhere"))
    assert "password authentication failed" in refused(over_network(ours, role, "x" + PASSWORD))
    assert "password authentication failed" in refused(over_network(ours, "nobody-at-all", PASSWORD))
    assert "Connection refused" in refused(over_network(ours._replace(port=1), role, PASSWORD))
    assert "cannot connect" in refused(f"postgresql+psycopg://me:{quote(PASSWORD, safe='')}@no-such-host.invalid/d")
    assert "cannot connect" in refused("postgresql+psycopg:///d?host=/no/such/folder&password=p%40ss")


def test_without_the_driver_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "events.postgres", raising=False)
    assert "install the extra `postgres`" in refused("postgresql+psycopg://me@host/db")
    assert storage_state("postgresql+psycopg://me@host/db") is None


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql+psycopg://me:{PASSWORD}@host/db",
        "postgresql+psycopg://me:p@ss@host/db",
        "postgresql+psycopg://me:w:rd/p@host/db",
        "postgresql+psycopg://me@host/db?passwort=p@ss",
        "postgresql+psycopg://me@host/db?sslmode=p@ss",
        "postgresql+psycopg://[::1/p@ss",
        "postgresql+psycopg://me:%zzp@ss@host",
    ],
)
def test_an_address_that_is_mistyped_shows_no_part_of_the_password(address: str) -> None:
    refused(address)


def test_a_log_shows_where_it_is_and_not_how_to_get_in() -> None:
    parameters = connection_parameters(
        "postgresql+psycopg://me:secret@db.example.org:5433/compliance?sslpassword=x1", 5
    )
    assert shown(parameters) == "the PostgreSQL database compliance at db.example.org:5433"


def test_who_may_only_read_reads(url: str, role: str, new: New) -> None:
    with EventLog.open(url, clock=now) as log:
        log.append("a", 0, [new()], actor="me")
    with Database(url) as database:
        ((schema,),) = database.query("SELECT current_schema()")
        database.run(
            f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"
        )
        mine = as_role(url, role)
        with EventLog.open(mine, clock=now) as log:
            assert log.verify().checked == 1
            assert log.state() == storage_state(mine) == storage_state(url)
            with pytest.raises(LogUnavailable, match="does not let this user do that"):
                log.append("a", 1, [new()], actor="me")
        database.run(f"GRANT INSERT ON ALL TABLES IN SCHEMA {schema} TO {role}")
        with EventLog.open(mine, clock=now) as log:
            log.append("a", 1, [new()], actor="me")
            assert log.verify().checked == 2


def test_who_may_make_nothing_is_told_so(url: str, role: str) -> None:
    with Database(url) as database:
        ((schema,),) = database.query("SELECT current_schema()")
        database.run(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    text = refused(as_role(url, role))
    assert "does not let this user do that (permission denied for schema" in text


def test_a_database_that_may_only_be_read(url: str, new: New) -> None:
    """As a standby may, which repeats another server."""
    EventLog.open(url, clock=now).close()
    with EventLog.open(
        url.replace("-csearch_path", "-cdefault_transaction_read_only%3Don%20-csearch_path"), clock=now
    ) as log:
        assert log.head().size == 0
        with pytest.raises(LogUnavailable, match="may only be read"):
            log.append("a", 0, [new()], actor="me")


def test_a_writer_that_holds_the_lock_too_long_and_readers_that_do_not_wait(url: str, new: New) -> None:
    with EventLog.open(url, clock=now) as first, EventLog.open(url, clock=now, timeout=0) as second:

        class Slow(list[NewEvent]):
            """While its events are asked for, its append is under way."""

            def __iter__(self) -> Iterator[NewEvent]:
                for n in range(2500):
                    if n == 1500:
                        assert (second.head().size, list(second.rows()), second.verify().checked) == (0, [], 0)
                        with pytest.raises(LogUnavailable, match="locked by another process"):
                            second.append("b", 0, [new()], actor="you")
                    yield new(n=n)

        first.append("a", 0, Slow([new()]), actor="me")
        second.append("b", 0, [new()], actor="you")
        assert [event.position for event in second.read(after=2499)] == [2500, 2501]


def test_a_connection_that_is_cut_in_the_middle_of_an_append(url: str, new: New) -> None:
    with EventLog.open(url, clock=now) as log:
        log.append("a", 0, [new()], actor="me")

        class Cut(list[NewEvent]):
            def __iter__(self) -> Iterator[NewEvent]:
                for n in range(6000):
                    if n == 4500:
                        with Database(url) as database:
                            database.run(TERMINATE)
                    yield new(n=n)

        with pytest.raises(LogUnavailable, match="was lost: what was being appended is there whole or not at all"):
            log.append("a", 1, Cut([new()]), actor="me")
        assert log.verify().checked == 1
        assert [e.position for e in log.append("a", 1, [new()] * 6000, actor="me")][-1] == 6001
        assert log.verify().checked == 6001


def test_a_connection_that_is_cut_while_it_reads(url: str, new: New) -> None:
    with EventLog.open(url, clock=now) as log:
        log.append("a", 0, [new(text="x" * 2000)] * 6000, actor="me")
        reader = log.read()
        next(reader)
        with Database(url) as database:
            database.run(TERMINATE)
        with pytest.raises(LogUnavailable, match="was lost"):
            list(reader)
        assert log.verify().checked == 6000


def test_a_server_that_is_stopped_and_started_again(new: New) -> None:
    """At once in the middle of an append, as in a crash; the log that was open goes on."""
    with running_server(durable=True) as server, EventLog.open(server.url, clock=now) as log:
        log.append("a", 0, [new()] * 10, actor="me")

        class Stopped(list[NewEvent]):
            def __iter__(self) -> Iterator[NewEvent]:
                for n in range(4000):
                    if n == 2500:
                        server.stop()
                    yield new(n=n)

        with pytest.raises(LogUnavailable, match="was lost"):
            log.append("a", 10, Stopped([new()]), actor="me")
        with pytest.raises(LogUnavailable, match="cannot connect"):
            log.head()
        assert storage_state(server.url) is None
        server.start()
        log.append("a", 10, [new()], actor="me")
        assert log.verify().checked == 11


def test_the_state_is_another_after_each_append_and_each_trick(url: str, new: New) -> None:
    seen = set()

    def state() -> str | None:
        found = storage_state(url)
        seen.add(found)
        return found

    assert state() is None
    with EventLog.open(url, clock=now) as log:
        for version in range(2):
            assert state() == state() == log.state()
            log.append("a", version, [new()], actor="me")
        assert log.verify().checked == 2
    assert state() == state()
    assert len(seen) == 4
    tricks = [
        "ALTER TABLE event DISABLE TRIGGER event_append_only; UPDATE event SET actor = 'you';"
        "ALTER TABLE event ENABLE ALWAYS TRIGGER event_append_only",
        "ALTER TABLE event DISABLE TRIGGER USER; UPDATE event SET actor = 'me'; ALTER TABLE event ENABLE ALWAYS TRIGGER"
        " event_append_only; ALTER TABLE event ENABLE ALWAYS TRIGGER event_next_only",
        "DROP TRIGGER checkpoint_append_only ON checkpoint; CREATE TRIGGER checkpoint_append_only"
        " BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()",
        "ALTER TABLE event SET UNLOGGED",
    ]
    for count, trick in enumerate(tricks, 5):
        with Database(url) as database:
            database.run(trick)
        state()
        assert len(seen) == count, trick


def test_a_function_put_in_the_place_of_a_guard_is_another_state(url: str) -> None:
    EventLog.open(url, clock=now).close()
    before = storage_state(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
    assert None is not before != storage_state(url)


def test_what_is_remembered_of_a_log_holds_no_password(tmp_path: Path) -> None:
    addresses = [
        f"postgresql+psycopg://me:{word}@host/db?application_name=x&sslpassword={word}" for word in ("s3cret", "other")
    ]
    RememberedHead.remember(tmp_path, addresses[0], "t1", {"size": 1})
    assert RememberedHead.recall(tmp_path, addresses[1], "t1") == {"size": 1}
    assert RememberedHead.recall(tmp_path, addresses[0].replace("/db", "/db2"), "t1") is None
    assert "s3cret" not in "".join(file.name + file.read_text() for file in tmp_path.iterdir())


def test_functions_of_others_do_not_answer_in_the_place_of_the_databases_own(url: str, new: New) -> None:
    """A comparison that somebody defined could leave out rows of some answers, and not of the verification."""
    with EventLog.open(url, clock=now) as log:
        log.append("a", 0, [new()], actor="me")
    hijacked = f"{url},pg_catalog"  # the URL ends in the search path
    assert "take that out" in refused(hijacked, LogUnavailable)
    assert storage_state(hijacked) is None
    assert storage_state(url) is not None
