"""The triggers of a log in PostgreSQL, their functions, and what else could come between a caller and the rows."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from events.schema_postgres import STEPS

_TABLES = "('event'::regclass, 'checkpoint'::regclass, 'log_format'::regclass)"  # as a reader finds them
_TRIGGERS = f"""
SELECT t.tgname AS name, c.relname AS table, split_part(pg_get_triggerdef(t.oid), ' EXECUTE ', 1) AS made,
       p.pronamespace::regnamespace::text || '.' || p.proname AS function, p.prosrc AS body,
       t.tgenabled::text AS enabled, l.lanname || coalesce(' ' || p.proconfig::text, '') AS language
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_language l ON l.oid = p.prolang
WHERE t.tgrelid IN {_TABLES} AND NOT t.tgisinternal ORDER BY t.tgname
"""
# Each can hide rows from a reader, add rows that no trigger saw, or swallow an append.
_BETWEEN = f"""
SELECT 'the table ' || relname || ' is not a plain table' FROM pg_class WHERE oid IN {_TABLES} AND relkind <> 'r'
UNION ALL
SELECT 'the table ' || relname || ' has row security' FROM pg_class WHERE oid IN {_TABLES}
   AND (relrowsecurity OR relforcerowsecurity)
UNION ALL
SELECT 'the rule ' || rulename || ' is foreign' FROM pg_rewrite WHERE ev_class IN {_TABLES} AND rulename <> '_RETURN'
UNION ALL
SELECT 'the table ' || inhrelid::regclass::text || ' adds its rows' FROM pg_inherits WHERE inhparent IN {_TABLES}
"""
_CREATED = r"CREATE TRIGGER (\w+) (BEFORE|AFTER) ([A-Z ]+) ON (.+) EXECUTE FUNCTION (.+)\(\)"
_EVENTS = ("INSERT", "DELETE", "UPDATE", "TRUNCATE")  # the order in which PostgreSQL writes them


class _Trigger(NamedTuple):
    """A trigger as it must be: on which table, its statement without the function, the function and its body."""

    table: str
    made: str
    function: str
    body: str


def faults(connection: Connection, version: int, schema: str) -> list[str]:
    """What is not as it was made, each in words."""
    made = _made(version, schema)
    wrong = list(connection.exec_driver_sql(_BETWEEN).scalars())
    held = {row["name"]: dict(row) for row in connection.exec_driver_sql(_TRIGGERS).mappings()}
    wrong += [f"the trigger {name} is missing" for name in made if name not in held]
    for name, row in held.items():
        wrong += [f"the trigger {name} is {reason}" for reason in _why_not(row, made.get(name))]
    return wrong


def restore(connection: Connection, version: int, schema: str) -> None:
    """Drops all triggers of the tables and makes those of that version again, with their functions."""
    for row in connection.exec_driver_sql(_TRIGGERS).mappings().all():
        name = '"' + row["name"].replace('"', '""').replace("%", "%%") + '"'
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {_in(schema, '{schema}')}.{row['table']}")
    for statement in _statements(version):
        if re.match(r"CREATE (FUNCTION|TRIGGER)|ALTER TABLE \S+ ENABLE", statement):
            again = statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
            connection.exec_driver_sql(_in(schema, again))


def _why_not(row: dict[str, Any], made: _Trigger | None) -> Iterator[str]:
    if made is None:
        yield "foreign"
    elif _Trigger(row["table"], row["made"], row["function"], row["body"]) != made or row["language"] != "plpgsql":
        yield "another one"
    elif row["enabled"] != "A":
        yield "switched off"


@cache
def _made(version: int, schema: str) -> dict[str, _Trigger]:
    """The triggers of a new log of that version."""
    bodies, found = {}, {}
    for statement in _statements(version):
        text = statement.replace("{schema}", schema)
        if function := re.match(r"CREATE FUNCTION (.+?)\(\)", text):
            bodies[function[1]] = text.split("$$")[1]
        if trigger := re.match(
            r"CREATE TRIGGER (\w+) (BEFORE|AFTER) ([A-Z ]+) ON (.+) EXECUTE FUNCTION (.+)\(\)", text
        ):
            name, when, events, rest, called = trigger.groups()
            ordered = " OR ".join(sorted(events.split(" OR "), key=_EVENTS.index))
            table = rest.removeprefix(f"{schema}.").split(" ", 1)[0]
            found[name] = _Trigger(table, f"CREATE TRIGGER {name} {when} {ordered} ON {rest}", called, bodies[called])
    return found


def _statements(version: int) -> Iterator[str]:
    for step in STEPS[:version]:
        yield from step


def _in(schema: str, statement: str) -> str:
    """For the driver, which reads a percent sign as the beginning of a parameter."""
    return statement.replace("{schema}", schema.replace("%", "%%"))
