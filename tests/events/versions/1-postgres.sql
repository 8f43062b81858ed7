-- A log of schema version 1, as the program of that version made it: two appends, three events.
-- {schema} is the schema that it is in.
CREATE TABLE {schema}.event (position bigint NOT NULL PRIMARY KEY, stream text COLLATE "C" NOT NULL, version bigint NOT NULL, type text COLLATE "C" NOT NULL, schema_version bigint NOT NULL, effective text COLLATE "C" NOT NULL, recorded_at text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL, payload text COLLATE "C" NOT NULL, leaf_hash text COLLATE "C" NOT NULL);
CREATE UNIQUE INDEX event_of_stream ON {schema}.event (stream, version);
CREATE INDEX ix_event_effective ON {schema}.event (effective);
CREATE TABLE {schema}.checkpoint (number bigint NOT NULL PRIMARY KEY, size bigint NOT NULL UNIQUE, root text COLLATE "C" NOT NULL, frontier text COLLATE "C" NOT NULL, recorded_at text COLLATE "C" NOT NULL);
CREATE INDEX ix_checkpoint_recorded_at ON {schema}.checkpoint (recorded_at);
CREATE TABLE {schema}.log_format (application text NOT NULL PRIMARY KEY, schema_version integer NOT NULL);
CREATE FUNCTION {schema}.log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE FUNCTION {schema}.event_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM (SELECT min(position) AS first, max(position) AS last, count(*) AS n FROM added) AS a WHERE a.last <> a.first + a.n - 1 OR a.last <> (SELECT max(position) FROM {schema}.event) OR a.first <> (SELECT coalesce(max(position), 0) + 1 FROM {schema}.event WHERE position < a.first)) OR EXISTS (SELECT FROM (SELECT stream, version, min(version) OVER (PARTITION BY stream) + row_number() OVER (PARTITION BY stream ORDER BY position) - 1 AS due FROM added) AS a WHERE a.version <> a.due) OR EXISTS (SELECT FROM (SELECT stream, min(version) AS first, max(version) AS last FROM added GROUP BY stream) AS a WHERE a.last <> (SELECT max(version) FROM {schema}.event e WHERE e.stream = a.stream) OR a.first <> (SELECT coalesce(max(version), 0) + 1 FROM {schema}.event e WHERE e.stream = a.stream AND e.version < a.first)) THEN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$;
CREATE FUNCTION {schema}.checkpoint_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM {schema}.checkpoint) OR NEW.size IS DISTINCT FROM (SELECT max(position) FROM {schema}.event) OR NEW.size <= (SELECT coalesce(max(size), 0) FROM {schema}.checkpoint) THEN RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.event FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_refuse();
CREATE TRIGGER event_next_only AFTER INSERT ON {schema}.event REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_next_only();
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_refuse();
CREATE TRIGGER checkpoint_next_only BEFORE INSERT ON {schema}.checkpoint FOR EACH ROW EXECUTE FUNCTION {schema}.checkpoint_next_only();
ALTER TABLE {schema}.event ENABLE ALWAYS TRIGGER event_append_only;
ALTER TABLE {schema}.event ENABLE ALWAYS TRIGGER event_next_only;
ALTER TABLE {schema}.checkpoint ENABLE ALWAYS TRIGGER checkpoint_append_only;
ALTER TABLE {schema}.checkpoint ENABLE ALWAYS TRIGGER checkpoint_next_only;
INSERT INTO {schema}.log_format VALUES ('events', 1);
INSERT INTO {schema}.event VALUES (1, 'a', 1, 'Seen', 1, '2024-01-01', '2024-01-01T12:00:00.000000Z', 'ann', '{"n":1,"text":"naïve 😀"}', 'ae5f09677bfc2b5b2a9f9f00f9d226dc492fc959b5236fdb7e01376153ac665f');
INSERT INTO {schema}.event VALUES (2, 'a', 2, 'Seen', 1, '2024-01-01', '2024-01-01T12:00:00.000000Z', 'ann', '{"n":2,"text":"naïve 😀"}', '28d649ba202d79d19c0aa25e777a993dc8ab287c370d1a4932b55c0b6a12dbb0');
INSERT INTO {schema}.checkpoint VALUES (1, 2, 'b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed7894', 'b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed7894', '2024-01-01T12:00:00.000000Z');
INSERT INTO {schema}.event VALUES (3, 'b', 1, 'Seen', 1, '1999-12-31', '2024-01-01T12:00:01.000000Z', 'bob', '{"n":3,"text":"naïve 😀"}', '6ee7b9b96426790c1d1347970fb71393d4fc710733b98618513c1a302fcae288');
INSERT INTO {schema}.checkpoint VALUES (2, 3, 'd0f4e5aa86e15a2c2b3ab868a7da88883e706bdd95a9777bb6e5a41b1d838f99', 'b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed78946ee7b9b96426790c1d1347970fb71393d4fc710733b98618513c1a302fcae288', '2024-01-01T12:00:01.000000Z');
