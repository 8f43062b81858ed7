"""`Head`, what the whole log comes down to; `Verification`, that it was computed again and holds."""

from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, RowMapping, select

from events.errors import LogBroken
from events.merkle import EMPTY_ROOT, Frontier
from events.tables import CHECKPOINT, EVENT


class Head(BaseModel):
    """How many events, and the root (hex) of the RFC 9162 tree over them.

    Kept elsewhere, it lets anyone show later that the log only grew. `recorded_at` is that of the
    last event, None for an empty log.
    """

    model_config = ConfigDict(frozen=True)

    size: int = 0
    root: str = EMPTY_ROOT.hex()
    recorded_at: datetime | None = None


class Verification(BaseModel):
    """The log was computed again, `checked` events of it, and this is its head.

    `days` are the days from which some event is true, sorted, and `last` the position of the last event; both
    only of the streams that were asked about, and read from the events, not from an index.
    """

    model_config = ConfigDict(frozen=True)

    head: Head
    checked: int
    days: tuple[date, ...] = ()
    last: int = 0


class Tip(NamedTuple):
    """A stored checkpoint, ready to go on from."""

    number: int
    frontier: Frontier
    root: str
    recorded_at: str


def tip(connection: Connection, size: int | None = None) -> Tip:
    """The last checkpoint, or the last that counts no more than `size` events.

    Raises LogBroken when its parts do not agree.
    """
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    if size is not None:
        query = query.where(CHECKPOINT.c.size <= size)
    row = connection.execute(query).mappings().first()
    if row is None:
        return Tip(0, Frontier(), EMPTY_ROOT.hex(), "")
    frontier = _frontier(row)
    if frontier.root().hex() != row["root"]:
        raise LogBroken(row["size"], "the checkpoint's root is not that of its own subtrees")
    return Tip(row["number"], frontier, row["root"], row["recorded_at"])


def head_at(connection: Connection, position: int) -> Head:
    """The head as it was after `position`, from the nearest checkpoint and the leaves since."""
    if position == 0:
        return Head()
    start = tip(connection, position)
    frontier = start.frontier
    leaves = select(EVENT.c.leaf_hash, EVENT.c.recorded_at).order_by(EVENT.c.position)
    since = leaves.where(EVENT.c.position > frontier.size, EVENT.c.position <= position)
    recorded_at = start.recorded_at
    for leaf, moment in connection.execute(since):
        frontier.append(leaf_bytes(leaf, frontier.size + 1))
        recorded_at = moment
    if frontier.size != position:
        raise LogBroken(frontier.size + 1, "there is no event at this position")
    return Head(size=position, root=frontier.root().hex(), recorded_at=moment_of(recorded_at, position))


def leaf_bytes(text: str, position: int) -> bytes:
    """A stored leaf hash. LogBroken when it is none."""
    try:
        leaf = bytes.fromhex(text)
    except (TypeError, ValueError):
        leaf = b""
    if len(leaf) != 32:
        raise LogBroken(position, "its leaf hash is not 32 bytes in hex")
    return leaf


def moment_of(text: str, position: int) -> datetime:
    """A stored `recorded_at`. LogBroken when it is none."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise LogBroken(position, f"recorded_at {text!r} is not a time") from None


def _frontier(row: RowMapping) -> Frontier:
    try:
        hashes = bytes.fromhex(row["frontier"])
        return Frontier(row["size"], [hashes[i : i + 32] for i in range(0, len(hashes), 32)])
    except (TypeError, ValueError):
        raise LogBroken(row["size"], "the checkpoint's subtrees are not those of its size") from None
