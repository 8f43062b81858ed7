"""The tables of a log. What they hold is text and whole numbers, the same in any database."""

from sqlalchemy import Index, Table
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 1


class LogTable(SQLModel, registry=registry()):
    """Base of our tables, with a registry of its own: a caller's SQLModel tables stay apart."""


class EventRow(LogTable, table=True):
    """One event. `payload` is canonical JSON, `effective` an ISO date, `recorded_at` ISO UTC with Z."""

    __tablename__ = "event"
    __table_args__ = (Index("event_of_stream", "stream", "version", unique=True),)

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stream: str
    version: int
    type: str
    schema_version: int
    effective: str = Field(index=True)
    recorded_at: str
    actor: str
    payload: str
    leaf_hash: str


class CheckpointRow(LogTable, table=True):
    """The tree after one append: size, root, and the frontier (hex, joined) from which it goes on."""

    __tablename__ = "checkpoint"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(unique=True)
    root: str
    frontier: str
    recorded_at: str = Field(index=True)


class FormatRow(LogTable, table=True):
    """The one row that says whose tables these are, and of which version."""

    __tablename__ = "log_format"

    application: str = Field(primary_key=True)
    schema_version: int


EVENT: Table = LogTable.metadata.tables["event"]
CHECKPOINT: Table = LogTable.metadata.tables["checkpoint"]
FORMAT: Table = LogTable.metadata.tables["log_format"]

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END"

# By the name of the dialect. REPLACE deletes without firing DELETE triggers, so what could replace a
# row is refused before it is inserted: a position, version or size that is not the next one.
TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": (
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
    )
}
