"""Which version of the schema a log has, making a new one, and bringing an old one up to date.

A new log walks through the same steps as an old one, so both end with the same schema. Why this and
not a migration tool: docs/decisions/021-own-migrations.md.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from events import schema_postgres, schema_sqlite
from events.errors import LogOutdated, NotALog
from events.tables import CHECKPOINT, EVENT, FORMAT, SCHEMA_VERSION

APPLICATION = "events"

_TABLES = {EVENT.name, CHECKPOINT.name, FORMAT.name}


def version_of_tables(connection: Connection, names: Collection[str], log: str) -> int:
    """The version of the log whose tables have these names, 0 where there is none.

    Raises NotALog for somebody else's tables, or a newer log. `log` is what to call it.
    """
    if not names:
        return 0
    if not set(names) >= _TABLES:
        raise NotALog(f"{log} holds tables of something else: name another place for the log")
    return stored_version(connection, log)


def stored_version(connection: Connection, log: str) -> int:
    """The version that the log says it has. Raises NotALog when there is none, or a newer one."""
    version = connection.scalar(select(FORMAT.c.schema_version).where(FORMAT.c.application == APPLICATION))
    if not isinstance(version, int):
        raise NotALog(f"{log} does not say which version of log it is: name another place for the log")
    if version > SCHEMA_VERSION:
        raise NotALog(f"{log} is a log of version {version}, newer than this program: update the program")
    return version


def require_current(connection: Connection, log: str) -> None:
    """In a write transaction: that this program's schema is the log's, still.

    Raises LogOutdated for an older log, NotALog for one that a newer program migrated meanwhile.
    """
    version = stored_version(connection, log)
    if version < SCHEMA_VERSION:
        raise LogOutdated(log, version, SCHEMA_VERSION)


def upgrade(connection: Connection, version: int, schema: str = "") -> None:
    """All steps after `version` (0: from nothing), in the caller's one transaction."""
    module = schema_postgres if connection.dialect.name == "postgresql" else schema_sqlite
    place = schema.replace("%", "%%")  # psycopg reads it as the beginning of a parameter
    for number, statements in enumerate(module.STEPS[version:], version + 1):
        for statement in statements:
            connection.exec_driver_sql(statement.replace("{schema}", place))
        if number > 1:  # the first step writes the row
            connection.execute(update(FORMAT).values(schema_version=number))
