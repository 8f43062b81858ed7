"""Reading events back: the query, and rows to events."""

from collections.abc import Callable, Collection, Generator
from datetime import date, datetime
from itertools import chain
from typing import Any, TypeVar

import orjson
from sqlalchemy import Column, Connection, Row, Select, func, select

from events.errors import LogBroken
from events.event import Event, Recorded
from events.tables import EVENT
from events.upcasting import Upcasts

_BATCH = 1000
_T = TypeVar("_T")

EVENT_COLUMNS = tuple(EVENT.c)
RECORDED_COLUMNS = tuple(EVENT.c[name] for name in Recorded._fields)


def select_events(
    columns: Collection[Column[Any]],
    after: int = 0,
    until: int | None = None,
    stream: str | None = None,
    types: Collection[str] | None = None,
    as_of: date | None = None,
) -> Select[Any]:
    """Events after one position up to another, of one stream, of some types; in position order.

    With `as_of` only those effective on or before that day, in the order (effective, position).
    """
    query = select(*columns).where(EVENT.c.position > after)
    if until is not None:
        query = query.where(EVENT.c.position <= until)
    if types is not None:
        query = query.where(EVENT.c.type.in_(types))
    if as_of is not None:
        if stream is not None:
            query = query.where(EVENT.c.stream == stream)
        # Not by the index, which could leave out rows without that any hash shows it: the rows are read and sorted.
        effective = func.coalesce(EVENT.c.effective, "")
        return query.where(effective <= as_of.isoformat()).order_by(effective, EVENT.c.position)
    if stream is None:
        return query.order_by(EVENT.c.position)
    # Within a stream the versions are in the order of the positions, and there is an index on them.
    return query.where(EVENT.c.stream == stream).order_by(EVENT.c.version)


def stream_rows(connection: Connection, query: Select[Any], decode: Callable[[Any], _T]) -> Generator[_T, None, None]:
    """The query's rows, decoded, fetched in batches. LogBroken where a row cannot be decoded."""
    # Closed when the reader stops early, too: PostgreSQL keeps a cursor for it until then.
    with connection.execution_options(yield_per=_BATCH).execute(query) as result:
        for row in chain.from_iterable(result.partitions()):
            try:
                item = decode(row)
            except (ValueError, TypeError, RecursionError) as error:
                raise LogBroken(row.position, f"it cannot be read: {_line(error)}") from error
            yield item


def decode_event(upcasts: Upcasts) -> Callable[[Row[Any]], Event]:
    """A function from a whole row to its event, brought up to the present schema version."""

    def decode(row: Row[Any]) -> Event:
        fields = dict(row._mapping)
        payload = orjson.loads(fields["payload"])
        version, payload = upcasts.apply(fields["type"], fields["schema_version"], payload)
        return Event(**{**fields, "schema_version": version, "payload": payload})

    return decode


def decode_recorded(upcasts: Upcasts) -> Callable[[Row[Any]], Recorded]:
    """The same, without actor and leaf hash, and without pydantic's checks."""
    loads, day, moment, upcast = orjson.loads, date.fromisoformat, datetime.fromisoformat, upcasts.apply

    def decode(row: Any) -> Recorded:
        position, stream, version, type_, schema, effective, recorded_at, text = row
        payload = loads(text)
        if upcasts:
            schema, payload = upcast(type_, schema, payload)
        return Recorded(position, stream, version, type_, schema, day(effective), moment(recorded_at), payload)

    return decode


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
