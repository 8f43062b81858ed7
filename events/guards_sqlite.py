"""The triggers of a log in SQLite, and the tables that they are on, held against their statements."""

import re
import sqlite3
from contextlib import closing
from functools import cache

from sqlalchemy import Connection

from events.schema_sqlite import STEPS

_TABLES = ("event", "checkpoint", "log_format")
_SCHEMA = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = '{}'"


def faults(connection: Connection, version: int) -> list[str]:
    """What is not as it was made, each in words."""
    tables, triggers = _made(version)
    found = {name: _bare(sql) for name, _, sql in connection.exec_driver_sql(_SCHEMA.format("table"))}
    wrong = [f"the table {name} is not as it was made" for name in tables if found.get(name) != tables[name]]
    held = {name: sql for name, table, sql in _triggers(connection) if table in _TABLES}
    wrong += [f"the trigger {name} is missing" for name in triggers if name not in held]
    wrong += [
        f"the trigger {name} is another one" for name in triggers if held.get(name, triggers[name]) != triggers[name]
    ]
    return wrong + [f"the trigger {name} is foreign" for name in held if name not in triggers]


def restore(connection: Connection, version: int) -> None:
    """Drops all triggers of the tables and makes those of that version again."""
    for name, table, _ in _triggers(connection):
        if table in _TABLES:
            connection.exec_driver_sql(f"DROP TRIGGER {_quoted(name)}")
    for sql in _made(version)[1].values():
        connection.exec_driver_sql(sql)


def _triggers(connection: Connection) -> list[tuple[str, str, str]]:
    """Name, table and statement of each. A table may be written in any case; so it stands in ours."""
    rows = connection.exec_driver_sql(_SCHEMA.format("trigger")).all()
    return [(name, table.lower(), sql) for name, table, sql in rows]


@cache
def _made(version: int) -> tuple[dict[str, str], dict[str, str]]:
    """The statements of the tables, without blanks, and of the triggers, as a new log of that version has them."""
    with closing(sqlite3.connect(":memory:")) as database:
        for step in STEPS[:version]:
            for statement in step:
                database.execute(statement)
        tables = {name: _bare(sql) for name, _, sql in database.execute(_SCHEMA.format("table"))}
        return tables, {name: sql for name, _, sql in database.execute(_SCHEMA.format("trigger"))}


def _bare(sql: str) -> str:
    """Without blanks: the first version's tables were made by statements laid out otherwise."""
    return re.sub(r"\s+", "", sql)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
