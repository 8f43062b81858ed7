"""Hits for the record as lines of JSON, while a run is not finished."""

from __future__ import annotations

from datetime import date

import orjson

from compliance.batch.values import KeptHits
from compliance.records import RecordedHit
from compliance.screening import Subject


def hits_to(kept: KeptHits) -> bytes:
    """One line."""
    hits = [hit.model_dump(mode="json") for hit in kept.hits]
    return orjson.dumps([kept.input, kept.row, kept.row_id, kept.subject, hits], default=list) + b"\n"


def hits_from(line: bytes) -> KeptHits:
    """What `hits_to` wrote."""
    number, row, row_id, (name, countries, identifiers, party_type, born), hits = orjson.loads(line)
    first_and_last = (date.fromisoformat(born[0]), date.fromisoformat(born[1])) if born else None
    pairs = tuple((kind, value) for kind, value in identifiers)
    subject = Subject(name, tuple(countries), pairs, party_type, first_and_last)
    return KeptHits(number, row, row_id, subject, tuple(RecordedHit.model_validate(hit) for hit in hits))
