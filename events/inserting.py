"""Putting many rows of events into the database, by the fastest way that each has."""

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert

from events.tables import EVENT

_COLUMNS = tuple(EVENT.c.keys())
_COPY = f"COPY event ({', '.join(_COLUMNS)}) FROM STDIN"


def insert_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, in the caller's transaction. PostgreSQL takes them as one statement."""
    take = itemgetter(*_COLUMNS)
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(_sqlite_insert(), [take(row) for row in rows])
        return
    cursor: Any = connection.connection.cursor()  # psycopg's own, for what SQLAlchemy has no word for
    with cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(take(row))


@cache
def _sqlite_insert() -> str:
    """The statement for the driver itself: binding row by row costs SQLAlchemy as much as inserting."""
    from sqlalchemy.dialects.sqlite import dialect

    return str(insert(EVENT).values(dict.fromkeys(_COLUMNS)).compile(dialect=dialect()))
