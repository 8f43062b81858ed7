"""A log written before a payload had its present version reads as a present one; its bytes and hashes stay."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance.changes import LIST_PUBLISHED, UPCASTS, ListPublished, published_event
from compliance.snapshots import replayed
from compliance.timeline import histories
from events import EventLog, Upcasts, leaf_hash

FIXTURE = Path(__file__).parents[1] / "fixtures" / "old-log" / "2026-11-24.sql"
ROOT = "fa89570c7fa515e9ac5107619755a9029329b2d9bfcf5f67fc75ef6faed2a58e"
SDN = "us-ofac-sdn"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "log.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIXTURE.read_text("utf-8"))
    return path


@pytest.fixture
def log(file: Path) -> Iterator[EventLog]:
    with EventLog.open(f"sqlite:///{file}", clock=lambda: datetime.now(UTC), upcasts=UPCASTS) as opened:
        yield opened


def test_an_old_event_is_read_as_a_present_one(log: EventLog) -> None:
    """Version 1 did not say which reader read the publication: it is not known, and nothing is made up."""
    first = next(log.rows())
    assert (first.type, first.schema_version) == (LIST_PUBLISHED, 2)
    assert ListPublished.model_validate(first.payload).reader is None
    assert [event.schema_version for event in log.read(types=[LIST_PUBLISHED])] == [2, 2]


def test_the_stored_bytes_and_hashes_of_an_old_event_stay(log: EventLog, file: Path) -> None:
    """Reading it, in whatever version, changes neither the event as stored nor the root over all of them."""
    list(log.rows())
    stored = log.get(1)
    assert stored.schema_version == 1
    assert "reader" not in stored.payload
    assert leaf_hash(stored) == stored.leaf_hash
    assert log.verify().head.root == log.head().root == ROOT
    with closing(sqlite3.connect(file)) as database:
        assert "\n".join(database.iterdump()) in FIXTURE.read_text("utf-8")


def test_the_register_and_the_history_come_out_of_an_old_log(log: EventLog) -> None:
    register = replayed(log, date(2023, 12, 1), log.head().size)
    assert register.lists[SDN].entries == 6
    assert register.lists[SDN].published == date(2023, 11, 30)
    found = register.find(SDN, "900007")
    assert found is not None
    assert found.entry().primary_name == "SINBAD.IO"
    assert [record.reader for record in histories(log.rows())[SDN].publications] == [None, None]


def test_without_the_step_the_old_form_would_not_be_understood(file: Path) -> None:
    """What the step is for: a reader of the present version alone trips over the missing part."""
    with (
        EventLog.open(f"sqlite:///{file}", clock=lambda: datetime.now(UTC), upcasts=Upcasts()) as log,
        pytest.raises(KeyError, match="reader"),
    ):
        histories(log.rows())


def test_the_steps_lead_to_the_version_that_is_written_now(log: EventLog) -> None:
    payload = ListPublished.model_validate(next(log.rows()).payload)
    written = published_event(payload)
    reached, old = UPCASTS.apply(LIST_PUBLISHED, 1, log.get(1).payload)
    assert (reached, old) == (written.schema_version, written.payload)
