"""A past book answers what a book of the day answers, without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.screening import Subject

NAMES = (
    "Almaz Antey", "Lazarus Group", "SenseTime Group", "Example Holdings, S.A. de C.V.", "Sinbad", "Hidden Cobra",
    "Semiconductor Manufacturing Intl", "Kontsern VKO", "Zephyr Kestrel", "Apple Inc.", "PARTY NUMBER 3",
)  # fmt: skip
DAYS = (
    date(2021, 6, 2),
    date(2021, 12, 10),
    date(2023, 10, 31),
    date(2023, 11, 29),
    date(2023, 11, 30),
    date(2024, 1, 2),
)


@pytest.fixture
def library(fixtures: Path, sdn: Callable[..., Path]) -> Compliance:
    """OFAC's small files, and a file of another day in which everybody has gone and others have come."""
    opened = Compliance.open(clock=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))
    list(opened.import_files([fixtures / "ofac-sdn"]))
    list(
        opened.import_files(
            [sdn("2024-01-02", {"900001": "ZEPHYR KESTREL", **{str(n): f"PARTY NUMBER {n}" for n in range(1, 9)}})]
        )
    )
    return opened


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("known", [None, 71, 80])
def test_every_answer_is_the_same(library: Compliance, day: date, known: int | None) -> None:
    """Outcome, hits with scores and reasons, doubts, basis: the whole answer, by name and by number."""
    subjects = [Subject(name) for name in NAMES]
    subjects += [
        Subject("", identifiers=(("tax-id", "7731084175"),)), Subject("Somebody", identifiers=(("entry", "900002"),)),
        Subject("Lazarus", countries=("KP",)), Subject("Example, Ivan", born=(date(1980, 1, 1), date(1980, 12, 31))),
    ]  # fmt: skip
    with library, library.chronicle(known) as chronicle:
        past = library.past_screener(chronicle, day, threshold=60)
        present = library.screener(as_of=day, known_at=known, threshold=60)
        for subject in subjects:
            one, other = past.screen(subject), present.screen(subject)
            assert one.model_copy(update={"notes": ()}) == other.model_copy(update={"notes": ()}), subject
