"""What every test of the log needs: a clock that ticks by itself, an address, a log, an event."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from events import EventLog, NewEvent

START = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """One second later each time it is asked."""
    seconds = iter(range(1_000_000))
    return lambda: START + timedelta(seconds=next(seconds))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def log(url: str, clock: Callable[[], datetime]) -> Iterator[EventLog]:
    with EventLog.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def new() -> Callable[..., NewEvent]:
    """`new("Seen", n=1)`: an event of that type with that payload."""

    def make(type_: str = "Seen", day: date = date(2024, 1, 1), **payload: Any) -> NewEvent:
        return NewEvent(type=type_, effective=day, payload=payload)

    return make


@pytest.fixture(scope="session")
def payloads() -> st.SearchStrategy[dict[str, Any]]:
    """Any payload that the log takes, astral keys and control characters included."""
    whole = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
    leaves = st.none() | st.booleans() | whole | st.text()
    keys = st.text() | st.sampled_from(["\ue000", "\uffff", "\U00010000", "\U0001f600"])
    values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)
    return st.dictionaries(keys, values, max_size=6)
