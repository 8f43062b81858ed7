"""The schema of a log in PostgreSQL: for each version the statements that lead to it from the one before.

Frozen, as in `schema_sqlite`. `{schema}` is the quoted name of the schema that holds the log: the
functions name their tables in full, so that no table elsewhere can be put in their place. All text has
the collation "C": its order is that of its bytes, as in SQLite, whatever the database's language is.

The triggers are ALWAYS ones: `session_replication_role` does not switch them off.
"""

_VERSION_1 = (
    'CREATE TABLE {schema}.event (position bigint NOT NULL PRIMARY KEY, stream text COLLATE "C" NOT NULL,'
    ' version bigint NOT NULL, type text COLLATE "C" NOT NULL, schema_version bigint NOT NULL,'
    ' effective text COLLATE "C" NOT NULL, recorded_at text COLLATE "C" NOT NULL,'
    ' actor text COLLATE "C" NOT NULL, payload text COLLATE "C" NOT NULL, leaf_hash text COLLATE "C" NOT NULL)',
    "CREATE UNIQUE INDEX event_of_stream ON {schema}.event (stream, version)",
    "CREATE INDEX ix_event_effective ON {schema}.event (effective)",
    "CREATE TABLE {schema}.checkpoint (number bigint NOT NULL PRIMARY KEY, size bigint NOT NULL UNIQUE,"
    ' root text COLLATE "C" NOT NULL, frontier text COLLATE "C" NOT NULL, recorded_at text COLLATE "C" NOT NULL)',
    "CREATE INDEX ix_checkpoint_recorded_at ON {schema}.checkpoint (recorded_at)",
    "CREATE TABLE {schema}.log_format (application text NOT NULL PRIMARY KEY, schema_version integer NOT NULL)",
    "CREATE FUNCTION {schema}.log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    # All rows of one statement at once: row by row this takes several times as long as the insert.
    "CREATE FUNCTION {schema}.event_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF EXISTS (SELECT FROM (SELECT min(position) AS first, max(position) AS last, count(*) AS n FROM added) AS a"
    " WHERE a.last <> a.first + a.n - 1 OR a.last <> (SELECT max(position) FROM {schema}.event)"
    " OR a.first <> (SELECT coalesce(max(position), 0) + 1 FROM {schema}.event WHERE position < a.first))"
    " OR EXISTS (SELECT FROM (SELECT stream, version,"
    " min(version) OVER (PARTITION BY stream) + row_number() OVER (PARTITION BY stream ORDER BY position) - 1 AS due"
    " FROM added) AS a WHERE a.version <> a.due)"
    " OR EXISTS (SELECT FROM"
    " (SELECT stream, min(version) AS first, max(version) AS last FROM added GROUP BY stream) AS a"
    " WHERE a.last <> (SELECT max(version) FROM {schema}.event e WHERE e.stream = a.stream)"
    " OR a.first <>"
    " (SELECT coalesce(max(version), 0) + 1 FROM {schema}.event e WHERE e.stream = a.stream AND e.version < a.first))"
    " THEN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation';"
    " END IF; RETURN NULL; END $$",
    "CREATE FUNCTION {schema}.checkpoint_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM {schema}.checkpoint)"
    " OR NEW.size IS DISTINCT FROM (SELECT max(position) FROM {schema}.event)"
    " OR NEW.size <= (SELECT coalesce(max(size), 0) FROM {schema}.checkpoint)"
    " THEN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation';"
    " END IF; RETURN NEW; END $$",
    "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.event"
    " FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_refuse()",
    "CREATE TRIGGER event_next_only AFTER INSERT ON {schema}.event REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_next_only()",
    "CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.checkpoint"
    " FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_refuse()",
    "CREATE TRIGGER checkpoint_next_only BEFORE INSERT ON {schema}.checkpoint"
    " FOR EACH ROW EXECUTE FUNCTION {schema}.checkpoint_next_only()",
    "ALTER TABLE {schema}.event ENABLE ALWAYS TRIGGER event_append_only",
    "ALTER TABLE {schema}.event ENABLE ALWAYS TRIGGER event_next_only",
    "ALTER TABLE {schema}.checkpoint ENABLE ALWAYS TRIGGER checkpoint_append_only",
    "ALTER TABLE {schema}.checkpoint ENABLE ALWAYS TRIGGER checkpoint_next_only",
    "INSERT INTO {schema}.log_format VALUES ('events', 1)",
)

_VERSION_2 = (
    "CREATE FUNCTION {schema}.log_format_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.application IS DISTINCT FROM OLD.application"
    " OR NEW.schema_version IS DISTINCT FROM OLD.schema_version + 1"
    " THEN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation';"
    " END IF; RETURN NEW; END $$",
    "CREATE TRIGGER log_format_next_only BEFORE UPDATE ON {schema}.log_format"
    " FOR EACH ROW EXECUTE FUNCTION {schema}.log_format_next_only()",
    "CREATE TRIGGER log_format_append_only BEFORE INSERT OR DELETE OR TRUNCATE ON {schema}.log_format"
    " FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_refuse()",
    "ALTER TABLE {schema}.log_format ENABLE ALWAYS TRIGGER log_format_next_only",
    "ALTER TABLE {schema}.log_format ENABLE ALWAYS TRIGGER log_format_append_only",
)

STEPS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2)
