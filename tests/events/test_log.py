"""What a log promises to those who write to it and read from it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from events import (
    ConcurrentAppend,
    EventLog,
    Head,
    InvalidEvent,
    LogUnavailable,
    NewEvent,
    NoSuchPosition,
    canonical_bytes,
    leaf_hash,
)
from events.merkle import consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion

New = Callable[..., NewEvent]


@pytest.fixture
def url(any_url: str) -> str:
    """All that is said here holds on both databases."""
    return any_url


def test_an_append_gives_back_what_is_read_afterwards(log: EventLog, new: New) -> None:
    appended = log.append("a", 0, [new(n=1), new("Gone", date(2023, 5, 6), n=2)], actor="me")
    assert list(log.read()) == appended
    assert [(e.position, e.stream, e.version, e.type, e.actor) for e in appended] == [
        (1, "a", 1, "Seen", "me"),
        (2, "a", 2, "Gone", "me"),
    ]
    assert appended[1].effective == date(2023, 5, 6)
    assert {e.recorded_at for e in appended} == {datetime(2024, 1, 1, 12, tzinfo=UTC)}
    assert all(e.leaf_hash == leaf_hash(e) for e in appended)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), stream=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_payload_comes_back_as_it_was(
    data: st.DataObject, payloads: Any, stream: str, new_url: Callable[[], str]
) -> None:
    contents = data.draw(st.lists(payloads, max_size=5))
    new = [NewEvent(type="Any", effective=date(2024, 1, 1), payload=payload) for payload in contents]
    url = new_url()
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        appended = log.append(stream, 0, new, actor="me")
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert [event.payload for event in log.read(stream=stream)] == contents
        assert list(log.read()) == appended
        assert log.verify().checked == len(contents)


def test_positions_run_over_all_streams_and_versions_within_one(log: EventLog, new: New) -> None:
    log.append("a", 0, [new()] * 2, actor="me")
    log.append("b", 0, [new()], actor="me")
    log.append("a", 2, [new()], actor="me")
    assert [(e.position, e.stream, e.version) for e in log.read()] == [
        (1, "a", 1),
        (2, "a", 2),
        (3, "b", 1),
        (4, "a", 3),
    ]
    assert (log.version("a"), log.version("b"), log.version("none")) == (3, 1, 0)
    assert log.streams() == ["a", "b"]


@pytest.mark.parametrize("expected", [0, 2, -1])
def test_a_stale_version_appends_nothing(log: EventLog, new: New, expected: int) -> None:
    log.append("a", 0, [new()], actor="me")
    with pytest.raises(ConcurrentAppend) as refused:
        log.append("a", expected, [new()], actor="me")
    assert (refused.value.stream, refused.value.expected, refused.value.actual) == ("a", expected, 1)
    assert log.head().size == 1


def test_an_empty_append_writes_nothing_but_checks_the_version(log: EventLog) -> None:
    assert log.append("a", 0, [], actor="me") == []
    assert log.head() == Head()
    with pytest.raises(ConcurrentAppend):
        log.append("a", 1, [], actor="me")


@pytest.mark.parametrize("bad", [{"x": 0.5}, {"x": "\ud800"}])
def test_one_bad_event_and_none_is_appended(log: EventLog, new: New, bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        log.append("a", 0, [new()] * 2500 + [new(**bad)], actor="me")
    assert log.head() == Head()
    assert list(log.read()) == []


@pytest.mark.parametrize(("stream", "actor"), [("", "me"), ("a\n", "me"), ("a", ""), ("a", "\ud800")])
def test_names_must_be_text_on_one_line(log: EventLog, new: New, stream: str, actor: str) -> None:
    with pytest.raises(InvalidEvent):
        log.append(stream, 0, [new()], actor=actor)


def test_new_events_are_checked_and_frozen(new: New) -> None:
    with pytest.raises(ValidationError):
        new("")
    with pytest.raises(ValidationError):
        new().type = "Other"  # type: ignore[misc]


def test_recorded_at_never_runs_backwards(url: str, new: New) -> None:
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    times = iter([noon, noon - timedelta(hours=1), noon + timedelta(microseconds=1)])
    with EventLog.open(url, clock=lambda: next(times)) as log:
        for version in range(3):
            log.append("a", version, [new()], actor="me")
        assert [e.recorded_at for e in log.read()] == [noon, noon, noon + timedelta(microseconds=1)]
        log.verify()


def test_a_clock_without_a_zone_is_refused(url: str, new: New) -> None:
    with EventLog.open(url, clock=lambda: datetime(2024, 1, 1)) as log:  # noqa: DTZ001
        with pytest.raises(InvalidEvent, match="no time zone"):
            log.append("a", 0, [new()], actor="me")
        assert log.head().size == 0


def test_recorded_at_is_utc_whatever_the_clock_says(url: str, new: New) -> None:
    noon = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    with EventLog.open(url, clock=lambda: noon) as log:
        (event,) = log.append("a", 0, [new()], actor="me")
        assert event.recorded_at == noon
        assert event.recorded_at.utcoffset() == timedelta(0)


@pytest.fixture
def ten(log: EventLog, new: New) -> EventLog:
    """Streams a and b in turn, types Odd and Even, in appends of two events of the same stream."""
    for i in range(0, 10, 4):
        log.append("a", i // 2, [new("Odd", n=i + 1), new("Even", n=i + 2)], actor="me")
        if i < 8:
            log.append("b", i // 2, [new("Odd", n=i + 3), new("Even", n=i + 4)], actor="me")
    return log


@pytest.mark.parametrize(
    ("arguments", "positions"),
    [
        ({}, range(1, 11)),
        ({"after": 3}, range(4, 11)),
        ({"until": 3}, range(1, 4)),
        ({"after": 3, "until": 5}, [4, 5]),
        ({"after": 5, "until": 3}, []),
        ({"stream": "b"}, [3, 4, 7, 8]),
        ({"stream": "b", "after": 3, "until": 7}, [4, 7]),
        ({"types": ["Even"]}, [2, 4, 6, 8, 10]),
        ({"types": {"Even", "Odd"}, "after": 8}, [9, 10]),
        ({"types": ()}, []),
        ({"stream": "none"}, []),
    ],
)
def test_reading_a_part(ten: EventLog, arguments: Any, positions: Any) -> None:
    events = list(ten.read(**arguments))
    assert [e.position for e in events] == list(positions)
    assert [e.payload["n"] for e in events] == list(positions)
    assert [row[:7] for row in ten.rows(**arguments)] == [
        (e.position, e.stream, e.version, e.type, e.schema_version, e.effective, e.recorded_at) for e in events
    ]
    assert [row.payload for row in ten.rows(**arguments)] == [e.payload for e in events]


def test_a_reader_sees_the_log_as_it_was_when_it_began(ten: EventLog, new: New) -> None:
    reader = ten.read()
    first = next(reader)
    ten.append("a", 6, [new()] * 3000, actor="me")
    assert [first.position, *(e.position for e in reader)] == list(range(1, 11))
    assert sum(1 for _ in ten.rows()) == 3010


def test_one_event(ten: EventLog) -> None:
    assert ten.get(4) == next(ten.read(after=3))
    for position in (0, 11, -1):
        with pytest.raises(NoSuchPosition, match="holds 10 events"):
            ten.get(position)


def test_heads_of_the_past_are_those_that_were(log: EventLog, new: New) -> None:
    heads = [log.head()]
    for version in range(9):
        log.append("a", version, [new(n=version)], actor="me")
        heads.append(log.head())
    log.append("a", 9, [new()] * 5, actor="me")
    assert [log.head_at(position) for position in range(10)] == heads
    assert log.head_at(14) == log.head()
    assert log.head_at(12).root == root(log.leaves(12)).hex()
    for position in (-1, 15):
        with pytest.raises(NoSuchPosition):
            log.head_at(position)


def test_proofs_check_without_the_log(ten: EventLog) -> None:
    head, old, event = ten.head(), ten.head_at(3), ten.get(5)
    leaf, leaves = bytes.fromhex(event.leaf_hash), ten.leaves()
    assert verify_inclusion(leaf, 4, head.size, inclusion_proof(leaves, 4), bytes.fromhex(head.root))
    roots = bytes.fromhex(old.root), bytes.fromhex(head.root)
    assert verify_consistency(old.size, head.size, *roots, consistency_proof(leaves, old.size))
    assert leaf_hash(event) == event.leaf_hash
    assert canonical_bytes(event).startswith(b'{"actor":"me","effective":"2024-01-01","payload":{"n":5}')


def test_the_position_at_a_moment(ten: EventLog) -> None:
    noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    second = timedelta(seconds=1)
    moments = [noon - second, noon, noon + second / 2, noon + second, noon + 100 * second]
    assert [ten.position_at(moment) for moment in moments] == [0, 2, 2, 4, 10]
    with pytest.raises(InvalidEvent, match="no time zone"):
        ten.position_at(datetime(2024, 1, 1))  # noqa: DTZ001


def test_effective_dates_are_distinct_and_sorted(log: EventLog, new: New) -> None:
    days = [date(2024, 2, 1), date(1999, 12, 31), date(2024, 2, 1), date(987, 1, 2)]
    log.append("a", 0, [new("Seen", day) for day in days], actor="me")
    assert log.effective_dates() == sorted(set(days))
    assert list(log.verify().days) == log.effective_dates()


def test_verify_says_how_much_it_checked(ten: EventLog) -> None:
    assert ten.verify().head == ten.head()
    assert ten.verify(against=ten.head_at(7)).checked == 10
    assert ten.verify(against=Head()).checked == 10


def test_a_closed_log_says_so(log: EventLog, new: New) -> None:
    log.append("a", 0, [new()] * 3000, actor="me")
    reader = log.read()
    next(reader)
    log.close()
    log.close()
    assert sum(1 for _ in reader) == 2999
    with pytest.raises(LogUnavailable, match="closed"):
        log.head()


def test_streams_are_sorted_by_their_characters(log: EventLog, new: New) -> None:
    """And not as the database's language would have it."""
    for stream in ("b", "a", "B", "é", "_", "\U0001f600", "\uffee"):
        log.append(stream, 0, [new()], actor="me")
    assert log.streams() == ["B", "_", "a", "b", "é", "\uffee", "\U0001f600"]


def test_a_log_lives_on_in_its_database(url: str, clock: Any, new: New) -> None:
    with EventLog.open(url, clock=clock) as log:
        log.append("a", 0, [new()], actor="me")
        head = log.head()
    with EventLog.open(url, clock=clock, create=False) as log:
        assert log.head() == head
        log.append("a", 1, [new()], actor="me")
        assert log.verify(against=head).checked == 2


def test_rows_as_of_a_day_come_in_the_order_in_which_they_decide(log: EventLog, new: New) -> None:
    """By (effective, position), whatever was appended when; without what is true only later."""
    days = [3, 1, 2, 9, 1, 3]
    log.append("a", 0, [new(day=date(2024, 1, d), n=n) for n, d in enumerate(days)], actor="me")
    log.append("b", 0, [new(day=date(2024, 1, 1), n=6), new("Other", day=date(2024, 1, 2), n=7)], actor="me")

    def found(**asked: Any) -> list[int]:
        return [row.payload["n"] for row in log.rows(as_of=date(2024, 1, 3), **asked)]

    assert found() == [1, 4, 6, 2, 7, 0, 5]
    assert found(until=5) == [1, 4, 2, 0]
    assert found(stream="a", types=["Seen"]) == [1, 4, 2, 0, 5]
    assert found(after=6, types=["Other"]) == [7]


def test_days_and_appends_are_told_of_some_streams_alone(log: EventLog, new: New) -> None:
    log.append("list/a", 0, [new(day=date(2024, 1, 3)), new(day=date(2024, 1, 1))], actor="me")
    log.append("other/a", 0, [new(day=date(2024, 1, 2))] * 3, actor="me")
    log.append("list/b", 0, [new(day=date(2024, 1, 1))], actor="me")
    log.append("lists", 0, [new(day=date(2024, 1, 9))], actor="me")
    assert [log.whole_until(position, "list/") for position in range(8)] == [0, 0, 2, 2, 2, 2, 6, 6]
    assert [log.whole_until(position) for position in range(8)] == [0, 0, 2, 2, 2, 5, 6, 7]
    found = log.verify(streams="list/")
    assert (found.last, found.days) == (6, (date(2024, 1, 1), date(2024, 1, 3)))
    assert log.verify(streams="none/").last == 0
    assert log.verify().last == 7


def test_the_heads_that_appends_left(log: EventLog, new: New) -> None:
    assert log.heads(0) == [Head()]
    heads = [Head()]
    for count in (2, 1, 3):
        log.append(f"stream {count}", 0, [new()] * count, actor="me")
        heads.append(log.head().model_copy(update={"recorded_at": None}))
    assert [log.heads(size) for size in range(8)] == [heads, *[heads[1:]] * 2, heads[2:], *[heads[3:]] * 3, []]
