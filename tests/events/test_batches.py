"""The quick half of a verification accepts nothing that the definition refuses, and nearly all that it accepts."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events import InvalidEvent
from events.batches import Columns, all_canonical, in_order, next_versions, recomputed_leaves
from events.canonical import canonical_text
from events.event import join_canonical
from events.merkle import leaf_hash


def canonical(text: str) -> bool:
    """The definition."""
    try:
        return canonical_text(json.loads(text)) == text
    except (InvalidEvent, ValueError, RecursionError):
        return False


def test_every_character_of_the_bmp_is_written_as_the_definition_writes_it() -> None:
    """As value and as key; the codec must agree for the comparison of texts to mean anything."""
    from events.batches import _codec

    read, write = _codec()
    for code in [*range(0xD800), *range(0xE000, 0x10000)]:
        value = {chr(code): f"a{chr(code)}"}
        assert write([value]).decode() == canonical_text(value) + "\n"
        assert read(write([value])) == [value]


def test_what_was_stored_is_accepted(payloads: st.SearchStrategy[dict[str, Any]]) -> None:
    """Whatever payload a log takes, unless its keys lie beyond U+FFFF, which are left to the definition."""

    @given(st.lists(payloads, min_size=1, max_size=5))
    def run(values: list[dict[str, Any]]) -> None:
        texts = [canonical_text(value) for value in values]
        assert all_canonical(texts) or any(ord(char) > 0xFFFF for char in "".join(texts))

    run()


SNIPPETS = st.sampled_from(
    ['{', '}', '[', ']', ',', ':', '"', '\\', 'a', '"a":1', '{"a":1}', '{"b":[]}', '[1', '2]', '\n', ' ', '1.5', '1e9',
     '-0', '-', '9007199254740991', '9007199254740992', '99999999999999999999', 'null', 'true', '\\u0041', '\\ud83d',
     '\U0001f600', '\ue000', '"\ue000":1,"\U0001f600":2', '"\U0001f600":2,"\ue000":1', '\x7f', '\u2028', '\\u007f',
     '\\/', '0', '00', '"x":"2024-01-01"']
)  # fmt: skip


@given(st.lists(st.lists(SNIPPETS, max_size=8).map("".join), min_size=1, max_size=4))
@example(['{"a":[1', "2]}", '{"b":1},{"c":2}'])
@example(['{"a":1}\n{"b":2}', ""])
@example(['{"a":9007199254740992}'])
@example(['{"a":-9007199254740992}'])
@example(['{"a":[1,9007199254740992]}'])
@example(['{"a":1.5}'])
@example(['{"b":1,"a":2}'])
@example(['{"a":1,"a":1}'])
@example(['{"a": 1}'])
@example(["[]"])
@example(["7"])
@example(['{"a":-0}'])
@example(['{"\U0001f600":2,"\ue000":1}'])
@example(['{"\ue000":1,"\U0001f600":2}'])
@example(['{"a":' + "[" * 99 + "]" * 99 + "}"])
@example(['{"a":' + "[" * 100 + "]" * 100 + "}"])
@example(['{"a":' + "[" * 5000 + "]" * 5000 + "}"])
def test_what_is_accepted_is_canonical(texts: list[str]) -> None:
    try:
        accepted = all_canonical(texts)
    except (InvalidEvent, ValueError):
        accepted = False
    assert not accepted or all(canonical(text) for text in texts)


@pytest.mark.parametrize(
    "text",
    ['{"a":9007199254740991}', '{"a":"9007199254740992"}', '{"a":"b-12345678901234567890"}', '{"a":"\U0001f600"}'],
)
def test_what_only_looks_doubtful_is_accepted(text: str) -> None:
    """Else one such payload would make its whole batch slow."""
    assert canonical(text)
    assert all_canonical(['{"b":1}', text])


def columns(**changes: tuple[Any, ...]) -> Columns:
    """Two sound events of one stream, at positions 3 and 4, and what is changed of them."""
    fields: dict[str, tuple[Any, ...]] = {
        "position": (3, 4), "stream": ("s", "s"), "version": (1, 2), "type": ("T", "Ü"), "schema_version": (1, 2),
        "effective": ("2024-01-01", "2024-01-02"), "recorded_at": ("2024-01-01T00:00:00.000000Z",) * 2,
        "actor": ("me", 'a"b'), "payload": ("{}", '{"a":1}'),
    }  # fmt: skip
    rows = zip(*fields.values(), strict=True)
    leaves = [leaf_hash(join_canonical(**dict(zip(fields, row, strict=True)))).hex() for row in rows]
    return Columns(**{**fields, "leaf_hash": tuple(leaves), **changes})


def test_sound_events_give_their_leaves() -> None:
    sound = columns()
    leaves = recomputed_leaves(sound)
    assert leaves is not None
    assert [leaf.hex() for leaf in leaves] == list(sound.leaf_hash)
    assert next_versions(sound, {"s": 0}) == {"s": 2}
    assert in_order(sound, 2, "2024-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": ("s", "t")},
        {"type": ("T", "U")},
        {"actor": ("me", b"a")},
        {"actor": ("me", None)},
        {"effective": ("2024-01-01", "2024-01-03")},
        {"recorded_at": ("2024-01-01T00:00:00.000000Z", "2025-01-01T00:00:00.000000Z")},
        {"payload": ("{}", '{"a":2}')},
        {"payload": ("{}", '{"a": 1}')},
        {"payload": ("{}", b'{"a":1}')},
        {"version": (1, 3)},
        {"version": (1, 2.0)},
        {"version": (1, "2")},
        {"schema_version": (1, True)},
        {"schema_version": (1, "2")},
        {"leaf_hash": ("", "")},
        {"leaf_hash": (columns().leaf_hash[0][:-1], columns().leaf_hash[0][-1] + columns().leaf_hash[1])},
        {"leaf_hash": (None, None)},
    ],
)  # fmt: skip
def test_a_changed_event_is_not_accepted(changes: dict[str, tuple[Any, ...]]) -> None:
    assert recomputed_leaves(columns(**changes)) is None


def test_what_was_found_canonical_before_is_only_hashed() -> None:
    """Its hash is made anew all the same."""
    sloppy = '{"a": 1}'
    row = {name: column[1] for name, column in columns()._asdict().items() if name != "leaf_hash"}
    leaf = leaf_hash(join_canonical(**{**row, "payload": sloppy})).hex()
    changed = columns(payload=("{}", sloppy))._replace(leaf_hash=(columns().leaf_hash[0], leaf))
    assert recomputed_leaves(changed) is None
    assert recomputed_leaves(changed, canonical_before=True) is not None
    assert recomputed_leaves(columns(payload=("{}", '{"a":2}')), canonical_before=True) is None


@pytest.mark.parametrize(
    ("stream", "version", "before", "after"),
    [
        (("s", "s"), (1, 2), {}, {"s": 2}),
        (("s", "s"), (2, 1), {}, None),
        (("s", "s"), (1, 1), {}, None),
        (("s", "s"), (1, 2), {"s": 1}, None),
        (("s", "t"), (1, 1), {}, {"s": 1, "t": 1}),
        (("s", "t"), (4, 6), {"s": 3, "t": 5}, {"s": 4, "t": 6}),
        (("s", "t"), (4, 5), {"s": 3, "t": 5}, None),
    ],
)
def test_versions_go_on_by_one(
    stream: tuple[str, ...], version: tuple[int, ...], before: dict[str, int], after: dict[str, int] | None
) -> None:
    assert next_versions(columns(stream=stream, version=version), before) == after


def test_positions_have_no_gap_and_times_no_step_back() -> None:
    early, late = "2024-01-01T00:00:00.000000Z", "2024-01-02T00:00:00.000000Z"
    assert in_order(columns(recorded_at=(early, late)), 2, early)
    assert not in_order(columns(recorded_at=(late, early)), 2, early)
    assert not in_order(columns(), 2, late)
    assert not in_order(columns(), 3, "")
    assert not in_order(columns(position=(3, 5)), 2, "")
    assert not in_order(columns(position=(4, 3)), 2, "")
