"""Putting many rows of events into the database, by the fastest way that each has."""

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert

from events.tables import EVENT

_COLUMNS = tuple(EVENT.c.keys())


def insert_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows, in the caller's transaction."""
    take = itemgetter(*_COLUMNS)
    connection.exec_driver_sql(_sqlite_insert(), [take(row) for row in rows])


@cache
def _sqlite_insert() -> str:
    """The statement for the driver itself: binding row by row costs SQLAlchemy as much as inserting."""
    from sqlalchemy.dialects.sqlite import dialect

    return str(insert(EVENT).values(dict.fromkeys(_COLUMNS)).compile(dialect=dialect()))
