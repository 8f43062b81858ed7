"""Opening a log in PostgreSQL: connections, how they begin, making the tables.

With `postgres_address`, `postgres_errors`, `postgres_state` and `schema_postgres` this is all that is
PostgreSQL's own. How appends are kept in order: docs/decisions/020-one-writer-in-postgresql.md.
"""

import logging
from collections.abc import Collection
from functools import partial
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event

from events.errors import LogNotFound, LogUnavailable, NotALog
from events.postgres_address import shown
from events.postgres_errors import translated, unreachable
from events.postgres_state import OWN_SCHEMA, SEARCH_PATH, STATE_QUERY
from events.schema import upgrade, version_of_tables
from events.storage import Storage

# SQLAlchemy reports that a cursor on a lost connection cannot be closed; whoever has set up logging
# sees it, and standard error does not: the lost connection is an error of its own.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())

_LOCK_CLASS = 0x45564C47  # "EVLG": our part of the numbers that advisory locks are named by

_BEGIN = (
    # An append that returned survives a crash of the server, whatever its default is.
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
    f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}, 'event'::regclass::oid::integer)",
)

# What belongs to an extension does not make a database somebody else's.
_RELATIONS = """
SELECT relname FROM pg_class c
WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm')
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
"""
_PLACE = """
SELECT coalesce((SELECT relnamespace::regnamespace FROM pg_class WHERE oid = to_regclass('log_format'))::text,
                quote_ident(current_schema())) AS schema,
       current_setting('server_encoding') AS encoding
"""


class _Place(NamedTuple):
    """Where the log is or will be: a schema's name, quoted, and the relations that are in it."""

    schema: str
    relations: Collection[str]


def open_database(parameters: dict[str, Any], *, create: bool, timeout: float) -> Storage:
    """The log in the database that these parameters of libpq lead to, made first if there is none and `create` says so.

    It lies in the schema of the connection's search path that has one, else in the first. `timeout` is
    how many seconds to wait for the server and for another writer. Raises LogNotFound, NotALog,
    LogUnavailable.
    """
    name = shown(parameters)
    engine = _engine(parameters, name, timeout)
    try:
        with translated(name):
            place = _prepare(engine, name, create=create)
    except BaseException:
        engine.dispose()
        raise
    return Storage(
        name=name,
        # One snapshot for a whole read; no lock is asked for that an append holds.
        readers=engine.execution_options(isolation_level="REPEATABLE READ"),
        # Each statement sees what was committed before it: all appends, once the lock is held.
        writers=engine.execution_options(isolation_level="READ COMMITTED", write=True),
        translated=partial(translated, name),
        state=partial(_state, engine, name),
        schema=place.schema,
    )


def _engine(parameters: dict[str, Any], name: str, timeout: float) -> Engine:
    def connect() -> psycopg.Connection[Any]:
        try:
            connection = psycopg.connect(**parameters)
        except psycopg.Error as error:
            raise unreachable(name, error, parameters.get("password")) from None
        return _with_own_functions_first(connection, name)

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(timeout * 1000))}")
            for statement in _BEGIN:
                connection.exec_driver_sql(statement)

    # A connection that was lost while it lay idle is replaced before it is used.
    engine = create_engine("postgresql+psycopg://", creator=connect, pool_pre_ping=True)
    event.listen(engine, "begin", begin)
    return engine


def _with_own_functions_first(connection: psycopg.Connection[Any], name: str) -> psycopg.Connection[Any]:
    """The connection back. LogUnavailable where operators of other schemas would come before PostgreSQL's own.

    Who may set the search path of a role or a database could otherwise make a comparison leave out rows.
    """
    with translated(name):
        ((schemas,),) = connection.execute(SEARCH_PATH).fetchall()
        connection.rollback()
    if OWN_SCHEMA in schemas:
        connection.close()
        raise LogUnavailable(f"the search path of {name} names {OWN_SCHEMA}: take that out, it comes first by itself")
    return connection


def _prepare(engine: Engine, name: str, *, create: bool) -> _Place:
    with engine.connect() as connection:
        place = _place(connection, name)
        if version_of_tables(connection, place.relations, name):
            return place
    if not create:
        raise LogNotFound(f"there is no log in {name}")
    return _create(engine, name)


def _place(connection: Connection, name: str) -> _Place:
    row = connection.exec_driver_sql(_PLACE).mappings().one()
    if row["schema"] is None:
        raise LogUnavailable(f"{name} has none of the schemas of the search path: make one (CREATE SCHEMA) first")
    if row["encoding"] != "UTF8":
        raise NotALog(f"{name} has the encoding {row['encoding']}: make one with ENCODING 'UTF8' for the log")
    schema = row["schema"]
    relations = connection.exec_driver_sql(_RELATIONS, {"schema": schema}).scalars()
    return _Place(schema, set(relations))


def _create(engine: Engine, name: str) -> _Place:
    """Tables and triggers in one transaction; whoever comes second finds them made."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}, hashtext(current_schema()))")
        place = _place(connection, name)
        if not version_of_tables(connection, place.relations, name):
            upgrade(connection, 0, place.schema)
    return place


def _state(engine: Engine, name: str) -> str | None:
    with translated(name), engine.connect() as connection:
        return str(connection.exec_driver_sql(STATE_QUERY).scalar_one())
