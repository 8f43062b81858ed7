"""What keeps the tables append-only: are the triggers all there, as they were made, and none besides?

The rows may be right without them, but nothing would refuse the next change. `schema_sqlite` and
`schema_postgres` say how they are made; what is found is held against those statements.
"""

from sqlalchemy import Connection

from events import guards_postgres, guards_sqlite
from events.errors import LogUnprotected


def faults(connection: Connection, version: int, schema: str = "") -> list[str]:
    """What is not as a log of that version was made, each in words; nothing when all is well."""
    if connection.dialect.name == "postgresql":
        return guards_postgres.faults(connection, version, schema)
    return guards_sqlite.faults(connection, version)


def require_guards(connection: Connection, version: int, schema: str = "") -> None:
    """Raises LogUnprotected unless everything is as it was made."""
    if found := faults(connection, version, schema):
        raise LogUnprotected(found)


def restore(connection: Connection, version: int, schema: str = "") -> list[str]:
    """The triggers as they were made, and no others, in the caller's transaction; what was wrong before.

    Raises LogUnprotected when something else is wrong as well, which only the database's owner can put right.
    """
    found = faults(connection, version, schema)
    if found:
        if connection.dialect.name == "postgresql":
            guards_postgres.restore(connection, version, schema)
        else:
            guards_sqlite.restore(connection, version)
        require_guards(connection, version, schema)
    return found
