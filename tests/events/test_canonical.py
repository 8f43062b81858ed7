"""Canonical JSON: the bytes of RFC 8785, and a refusal of what JSON cannot carry."""

from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events import Event, InvalidEvent, canonical_bytes, leaf_hash
from events.canonical import canonical_text


class Colour(IntEnum):
    RED = 1


@given(data=st.data())
def test_the_bytes_are_those_of_rfc8785(data: st.DataObject, payloads: Any) -> None:
    payload = data.draw(payloads)
    assert canonical_text(payload).encode() == rfc8785.dumps(payload)


def test_keys_are_ordered_as_utf16_units_and_not_as_code_points() -> None:
    """U+1F600 is D83D DE00 in UTF-16, before U+FB33 (the example of RFC 8785 3.2.3)."""
    assert canonical_text({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'


@given(data=st.data(), stream=st.text(), actor=st.text())
def test_the_bytes_of_an_event_are_those_of_rfc8785(
    data: st.DataObject, payloads: Any, stream: str, actor: str
) -> None:
    fields: dict[str, Any] = {
        "position": 7,
        "stream": stream,
        "version": 2,
        "type": "Seen",
        "schema_version": 1,
        "actor": actor,
        "payload": data.draw(payloads),
    }
    moment = datetime(2024, 2, 29, 1, 2, 3, 45, tzinfo=UTC)
    event = Event(**fields, effective=date(2024, 2, 29), recorded_at=moment, leaf_hash="")
    expected = {**fields, "effective": "2024-02-29", "recorded_at": "2024-02-29T01:02:03.000045Z"}
    assert canonical_bytes(event) == rfc8785.dumps(expected)
    assert len(leaf_hash(event)) == 64


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


def endless() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"a": [{"b": 0.5}]}, "payload.a[0].b is the float 0.5"),
        ({"a": 1.0}, "float 1.0"),
        ({"a": float("nan")}, "float nan"),
        ({"a": -0.0}, "float -0.0"),
        ({"a": 2**53}, "beyond"),
        ({"a": -(10**5000)}, "payload"),
        ({"a": {1: 2}}, "payload.a has the key 1"),
        ({"a": {1: 2, "1": 3}}, "the key 1"),
        ({None: 2}, "the key None"),
        ({"a": (1, 2)}, "payload.a is a tuple"),
        ({"a": date(2024, 1, 1)}, "payload.a is a date"),
        ({"a": b""}, "payload.a is a bytes"),
        ({"a": {"b"}}, "payload.a is a set"),
        ({"a": "x\ud800"}, "half of a surrogate pair"),
        ({"a\udfff": "x"}, "which is not text"),
        (nested(101), "deeper than 100"),
        (nested(5000), "deeper than 100"),
        (endless(), "holds itself"),
        ([], "payload"),
    ],
)
def test_what_json_cannot_carry_is_refused_by_name(payload: Any, says: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        canonical_text(payload)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_just_within_bounds_is_taken() -> None:
    assert canonical_text({"a": 2**53 - 1, "b": Colour.RED}) == '{"a":9007199254740991,"b":1}'
    assert canonical_text(nested(100)).count("{") == 100
    assert canonical_text({"a": [[] for _ in range(500)]}).count("[") == 501
