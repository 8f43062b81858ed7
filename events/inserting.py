"""Putting many rows of events into the database, by the fastest way that each has."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert

from events.tables import EVENT

_COLUMNS = tuple(EVENT.c.keys())
_COPY = f"COPY event ({', '.join(_COLUMNS)}) FROM STDIN"


def insert_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, in the caller's transaction. PostgreSQL takes them as one statement."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(EVENT), rows)
        return
    cursor: Any = connection.connection.cursor()  # psycopg's own, for what SQLAlchemy has no word for
    with cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row([row[name] for name in _COLUMNS])
