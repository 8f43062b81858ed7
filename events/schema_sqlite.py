"""The schema of a log in SQLite: for each version the statements that lead to it from the one before.

Frozen: what is written here has been run on logs that exist. A change is a new version at the end. No
statement may touch a row of `event` or `checkpoint`: the hashes are over what is stored.
"""

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END"

# REPLACE deletes without firing DELETE triggers, so what could replace a row is refused before it is
# inserted: a position, version or size that is not the next one.
_VERSION_1 = (
    "CREATE TABLE event (position INTEGER NOT NULL, stream VARCHAR NOT NULL, version INTEGER NOT NULL,"
    " type VARCHAR NOT NULL, schema_version INTEGER NOT NULL, effective VARCHAR NOT NULL,"
    " recorded_at VARCHAR NOT NULL, actor VARCHAR NOT NULL, payload VARCHAR NOT NULL,"
    " leaf_hash VARCHAR NOT NULL, PRIMARY KEY (position))",
    "CREATE UNIQUE INDEX event_of_stream ON event (stream, version)",
    "CREATE INDEX ix_event_effective ON event (effective)",
    "CREATE TABLE checkpoint (number INTEGER NOT NULL, size INTEGER NOT NULL, root VARCHAR NOT NULL,"
    " frontier VARCHAR NOT NULL, recorded_at VARCHAR NOT NULL, PRIMARY KEY (number), UNIQUE (size))",
    "CREATE INDEX ix_checkpoint_recorded_at ON checkpoint (recorded_at)",
    "CREATE TABLE log_format (application VARCHAR NOT NULL, schema_version INTEGER NOT NULL,"
    " PRIMARY KEY (application))",
    f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event {_REFUSE}",
    f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {_REFUSE}",
    "CREATE TRIGGER event_next_only BEFORE INSERT ON event"
    " WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event)"
    " OR NEW.version IS NOT"
    f" (SELECT coalesce(max(version), 0) + 1 FROM event WHERE stream = NEW.stream) {_REFUSE}",
    f"CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint {_REFUSE}",
    f"CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint {_REFUSE}",
    "CREATE TRIGGER checkpoint_next_only BEFORE INSERT ON checkpoint"
    " WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM checkpoint)"
    " OR NEW.size IS NOT (SELECT max(position) FROM event)"
    f" OR NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint) {_REFUSE}",
    "INSERT INTO log_format VALUES ('events', 1)",
)

# The row that names the version is guarded too: it goes up by one, and that is all it does.
_VERSION_2 = (
    "CREATE TRIGGER log_format_next_only BEFORE UPDATE ON log_format"
    " WHEN NEW.application IS NOT OLD.application"
    f" OR NEW.schema_version IS NOT OLD.schema_version + 1 {_REFUSE}",
    f"CREATE TRIGGER log_format_no_delete BEFORE DELETE ON log_format {_REFUSE}",
    f"CREATE TRIGGER log_format_no_insert BEFORE INSERT ON log_format {_REFUSE}",
)

STEPS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2)
