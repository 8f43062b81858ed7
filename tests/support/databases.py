"""Databases seen from behind the log's back."""

import sqlite3
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

from events.state import database_path

# How each trigger is dropped, and how it is made again.
_SQLITE_TRIGGERS = "SELECT 'DROP TRIGGER ' || name, sql FROM sqlite_master WHERE type = 'trigger'"
_POSTGRES_TRIGGERS = """
SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass),
       format('%s|ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', pg_get_triggerdef(oid), tgrelid::regclass, tgname)
FROM pg_trigger WHERE tgrelid IN ('event'::regclass, 'checkpoint'::regclass, 'log_format'::regclass)
AND NOT tgisinternal
"""


def in_schema(url: str, schema: str) -> str:
    """The same PostgreSQL database, with this schema as its search path."""
    return f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={schema}')}"


def administer(url: str, *statements: str) -> None:
    """Runs statements on the PostgreSQL database, each on its own."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


class Database:
    """A log's database, opened without the log."""

    def __init__(self, url: str) -> None:
        path = database_path(url)
        self.connection: Any
        if path is None:
            self.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
            self.refusal: type[Exception] = psycopg.IntegrityError
        else:
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.refusal = sqlite3.IntegrityError

    def run(self, script: str) -> None:
        """One statement or several."""
        for statement in script.split(";"):
            if statement.strip():
                self.connection.execute(statement)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of one SELECT."""
        return [tuple(row) for row in self.connection.execute(statement).fetchall()]

    def tamper(self, script: str) -> None:
        """The same without the triggers, as who owns the database can do it; they are there again afterwards."""
        triggers = self.query(_SQLITE_TRIGGERS if self.refusal is sqlite3.IntegrityError else _POSTGRES_TRIGGERS)
        for drop, _ in triggers:
            self.connection.execute(drop)
        self.run(script)
        for _, again in triggers:
            for statement in again.split("|"):
                self.connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
