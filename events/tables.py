"""The tables of a log. What they hold is text and whole numbers, the same in any database.

Here they are described for reading and inserting. They are made by `schema`, from the statements of
`schema_sqlite` and `schema_postgres`.
"""

from sqlalchemy import BigInteger, Index, Table
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 2  # how many steps `schema_sqlite` and `schema_postgres` have


class LogTable(SQLModel, registry=registry()):
    """Base of our tables, with a registry of its own: a caller's SQLModel tables stay apart."""


class EventRow(LogTable, table=True):
    """One event. `payload` is canonical JSON, `effective` an ISO date, `recorded_at` ISO UTC with Z."""

    __tablename__ = "event"
    __table_args__ = (Index("event_of_stream", "stream", "version", unique=True),)

    position: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    stream: str
    version: int = Field(sa_type=BigInteger)
    type: str
    schema_version: int = Field(sa_type=BigInteger)
    effective: str = Field(index=True)
    recorded_at: str
    actor: str
    payload: str
    leaf_hash: str


class CheckpointRow(LogTable, table=True):
    """The tree after one append: size, root, and the frontier (hex, joined) from which it goes on."""

    __tablename__ = "checkpoint"

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    size: int = Field(unique=True, sa_type=BigInteger)
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
