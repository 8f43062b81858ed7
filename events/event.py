"""`NewEvent`, what a caller appends; `Event`, what the log holds; and the bytes that are hashed."""

import re
from datetime import UTC, date, datetime
from json.encoder import encode_basestring as quoted
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from events.canonical import canonical_text
from events.errors import InvalidEvent
from events.merkle import leaf_hash as hash_leaf

_set = object.__setattr__
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class NewEvent(BaseModel):
    """A fact to append: its type, the day from which it is true, and its JSON payload."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(min_length=1)
    effective: date
    payload: dict[str, Any]
    schema_version: int = Field(default=1, ge=1)


class Event(BaseModel):
    """A fact as the log holds it. Frozen; the payload is the holder's own, and is not to be changed."""

    model_config = ConfigDict(frozen=True)

    position: int = Field(ge=1)
    stream: str
    version: int = Field(ge=1)
    type: str
    schema_version: int
    effective: date
    recorded_at: Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
    actor: str
    payload: dict[str, Any]
    leaf_hash: str

    @classmethod
    def of_checked(cls, fields: dict[str, Any]) -> Self:
        """The event of values that were checked when they were made, without checking them again.

        pydantic's own `model_construct` does the same at ten times the cost.
        """
        event = cls.__new__(cls)
        _set(event, "__dict__", fields)
        _set(event, "__pydantic_fields_set__", set(fields))
        _set(event, "__pydantic_extra__", None)
        _set(event, "__pydantic_private__", None)
        return event


class Recorded(NamedTuple):
    """An event without its proof, unvalidated: for replaying many of them fast."""

    position: int
    stream: str
    version: int
    type: str
    schema_version: int
    effective: date
    recorded_at: datetime
    payload: dict[str, Any]


def canonical_bytes(event: Event) -> bytes:
    """RFC 8785 JSON of the whole event but its leaf hash; what an outsider hashes again."""
    return join_canonical(
        position=event.position,
        stream=event.stream,
        version=event.version,
        type=event.type,
        schema_version=event.schema_version,
        effective=event.effective.isoformat(),
        recorded_at=time_text(event.recorded_at),
        actor=event.actor,
        payload=canonical_text(event.payload),
    )


def leaf_hash(event: Event) -> str:
    """Hex SHA-256(0x00 || canonical bytes): the leaf of RFC 9162 2.1.1."""
    return hash_leaf(canonical_bytes(event)).hex()


def join_canonical(
    *,
    position: int,
    stream: str,
    version: int,
    type: str,
    schema_version: int,
    effective: str,
    recorded_at: str,
    actor: str,
    payload: str,
) -> bytes:
    """The canonical bytes from parts that are texts already; `payload` must be canonical itself.

    The keys stand in their sorted order, so joining gives what RFC 8785 gives for the whole.
    """
    return (
        f'{{"actor":{quoted(actor)},"effective":{quoted(effective)},"payload":{payload},'
        f'"position":{position:d},"recorded_at":{quoted(recorded_at)},"schema_version":{schema_version:d},'
        f'"stream":{quoted(stream)},"type":{quoted(type)},"version":{version:d}}}'
    ).encode()


def time_text(moment: datetime) -> str:
    """UTC with microseconds and Z, so that order as text is order in time. InvalidEvent if no zone."""
    if moment.tzinfo is None:
        raise InvalidEvent(f"{moment.isoformat()} has no time zone: give an aware datetime")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def checked_name(what: str, name: str) -> str:
    """`name` back; InvalidEvent when it is empty or holds a control character or half a surrogate."""
    if not name or _FORBIDDEN.search(name):
        raise InvalidEvent(f"{what} {name!r} is empty or holds a control character")
    return name
