-- A log of schema version 1, as the program of that version made it: two appends, three events.
PRAGMA application_id=1163283527;
PRAGMA journal_mode=WAL;
BEGIN TRANSACTION;
CREATE TABLE checkpoint (
	number INTEGER NOT NULL,
	size INTEGER NOT NULL,
	root VARCHAR NOT NULL,
	frontier VARCHAR NOT NULL,
	recorded_at VARCHAR NOT NULL,
	PRIMARY KEY (number),
	UNIQUE (size)
);
INSERT INTO "checkpoint" VALUES(1,2,'b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed7894','b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed7894','2024-01-01T12:00:00.000000Z');
INSERT INTO "checkpoint" VALUES(2,3,'d0f4e5aa86e15a2c2b3ab868a7da88883e706bdd95a9777bb6e5a41b1d838f99','b6945dbddf367955b3be3bcb3dfcc047dcda618e053838900030d3978bed78946ee7b9b96426790c1d1347970fb71393d4fc710733b98618513c1a302fcae288','2024-01-01T12:00:01.000000Z');
CREATE TABLE event (
	position INTEGER NOT NULL,
	stream VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	type VARCHAR NOT NULL,
	schema_version INTEGER NOT NULL,
	effective VARCHAR NOT NULL,
	recorded_at VARCHAR NOT NULL,
	actor VARCHAR NOT NULL,
	payload VARCHAR NOT NULL,
	leaf_hash VARCHAR NOT NULL,
	PRIMARY KEY (position)
);
INSERT INTO "event" VALUES(1,'a',1,'Seen',1,'2024-01-01','2024-01-01T12:00:00.000000Z','ann','{"n":1,"text":"naïve 😀"}','ae5f09677bfc2b5b2a9f9f00f9d226dc492fc959b5236fdb7e01376153ac665f');
INSERT INTO "event" VALUES(2,'a',2,'Seen',1,'2024-01-01','2024-01-01T12:00:00.000000Z','ann','{"n":2,"text":"naïve 😀"}','28d649ba202d79d19c0aa25e777a993dc8ab287c370d1a4932b55c0b6a12dbb0');
INSERT INTO "event" VALUES(3,'b',1,'Seen',1,'1999-12-31','2024-01-01T12:00:01.000000Z','bob','{"n":3,"text":"naïve 😀"}','6ee7b9b96426790c1d1347970fb71393d4fc710733b98618513c1a302fcae288');
CREATE TABLE log_format (
	application VARCHAR NOT NULL,
	schema_version INTEGER NOT NULL,
	PRIMARY KEY (application)
);
INSERT INTO "log_format" VALUES('events',1);
CREATE INDEX ix_event_effective ON event (effective);
CREATE UNIQUE INDEX event_of_stream ON event (stream, version);
CREATE INDEX ix_checkpoint_recorded_at ON checkpoint (recorded_at);
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER event_next_only BEFORE INSERT ON event WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event) OR NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM event WHERE stream = NEW.stream) BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER checkpoint_next_only BEFORE INSERT ON checkpoint WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM checkpoint) OR NEW.size IS NOT (SELECT max(position) FROM event) OR NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint) BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
COMMIT;
