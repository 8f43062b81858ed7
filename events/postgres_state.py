"""The token of a PostgreSQL log's present state: one query, without SQLAlchemy."""

from typing import Any

from events.errors import EventsError
from events.postgres_address import connection_parameters

_PATIENCE = 10.0  # seconds; who cannot connect will be told so by opening the log

_TABLES = "('event'::regclass, 'checkpoint'::regclass, 'log_format'::regclass)"

# Which server, database and tables; the last checkpoint; and the triggers with their functions, as
# they were last altered: who wants to change a row must first switch them off, and that leaves
# another xmin or oid behind, even after they have been switched on again.
STATE_QUERY = f"""
SELECT concat_ws('|',
  (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()),
  (SELECT string_agg(concat_ws(':', oid, relfilenode, pg_relation_size(oid)), ',' ORDER BY oid)
     FROM pg_class WHERE oid IN {_TABLES}),
  (SELECT string_agg(concat_ws(':', t.oid, t.xmin, t.tgenabled, p.oid, p.xmin), ',' ORDER BY t.oid)
     FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid IN {_TABLES} AND NOT t.tgisinternal),
  (SELECT max(position) FROM event),
  (SELECT concat_ws(':', number, size, root, recorded_at) FROM checkpoint ORDER BY number DESC LIMIT 1))
"""


# The schemas in which names are looked up. PostgreSQL's own comes first, unless the path names it behind others.
SEARCH_PATH = "SELECT pg_catalog.current_schemas(false)"
OWN_SCHEMA = "pg_catalog"


def postgres_state(url: str) -> str | None:
    """The token; None when there is no log, or no way to it."""
    try:
        parameters: dict[str, Any] = connection_parameters(url, _PATIENCE)
    except EventsError:
        return None
    import psycopg

    try:
        with psycopg.connect(**parameters) as connection:
            path = connection.execute(SEARCH_PATH).fetchone()
            if path is None or OWN_SCHEMA in path[0]:
                return None  # somebody else's functions might answer; opening the log says so
            row = connection.execute(STATE_QUERY).fetchone()
    except psycopg.Error:
        return None
    return str(row[0]) if row else None
