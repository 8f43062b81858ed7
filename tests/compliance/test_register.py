"""The register: what every list said on a day, as it was known at a position, and how far that carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.errors import BadInput, CannotSay
from compliance.register import Coverage

SDN = "us-ofac-sdn"
CMIC = "us-ofac-cmic"
Folder = Callable[..., Path]


def keys(library: Compliance, day: date, known_at: date | int | None = None) -> list[str]:
    register = library.register(day, known_at)
    return [item.key for item in register.listings(SDN)] if SDN in register.lists else []


class TestAsOf:
    @pytest.fixture(autouse=True)
    def _two_publications(self, library: Compliance, sdn: Folder) -> None:
        for _ in library.import_files([sdn("2024-01-02", [1, 2]), sdn("2024-02-02", [2, 3])]):
            pass

    def test_a_day_between_two_publications_has_the_list_of_the_first(self, library: Compliance) -> None:
        assert keys(library, date(2024, 2, 1)) == ["1", "2"]

    def test_a_publication_counts_from_its_own_day(self, library: Compliance) -> None:
        assert keys(library, date(2024, 2, 2)) == ["2", "3"]

    def test_before_the_first_publication_the_list_is_unknown_and_not_empty(self, library: Compliance) -> None:
        state = library.register(date(2024, 1, 1)).lists[SDN]
        assert (state.coverage, state.entries, state.published) == (Coverage.unknown, 0, None)
        assert state.complete_since == date(2024, 1, 2)

    def test_from_the_first_publication_on_it_is_complete(self, library: Compliance) -> None:
        state = library.register(date(2024, 1, 2)).lists[SDN]
        assert (state.coverage, state.published) == (Coverage.complete, date(2024, 1, 2))

    def test_an_entry_is_found_while_it_is_listed_and_says_since_when(self, library: Compliance) -> None:
        found = library.register(date(2024, 3, 1)).find(SDN, "3")
        assert found is not None
        assert (found.since, found.entry().primary_name) == (date(2024, 2, 2), "PARTY NUMBER 3")
        assert library.register(date(2024, 3, 1)).find(SDN, "1") is None
        assert library.register(date(2024, 3, 1)).find("us-ofac-ssi", "1") is None


class TestKnownAt:
    def test_a_position_gives_what_was_known_then(self, library: Compliance, sdn: Folder) -> None:
        (first,) = library.import_files([sdn("2024-01-02", [1, 2])])
        position = library.log.head().size
        list(library.import_files([sdn("2024-02-02", [2, 3])]))
        assert keys(library, date(2024, 3, 1), position) == ["1", "2"]
        assert first.appended == 3

    def test_a_publication_filled_in_later_was_not_known_before(self, library: Compliance, sdn: Folder) -> None:
        list(library.import_files([sdn("2024-01-02", [1, 2]), sdn("2024-03-02", [1, 2])]))
        position = library.log.head().size
        list(library.import_files([sdn("2024-02-02", [1, 2, 3])]))
        assert keys(library, date(2024, 2, 5), position) == ["1", "2"]
        assert keys(library, date(2024, 2, 5)) == ["1", "2", "3"]

    def test_a_position_inside_an_append_never_shows_half_a_list(self, library: Compliance, sdn: Folder) -> None:
        before = library.log.head().size
        list(library.import_files([sdn("2024-01-02", [1, 2, 3])]))
        for position in range(before, before + 4):
            assert keys(library, date(2024, 3, 1), position) == []
        assert keys(library, date(2024, 3, 1), before + 4) == ["1", "2", "3"]

    def test_a_position_inside_the_first_append_is_before_anything_was_known(self, library: Compliance) -> None:
        with pytest.raises(CannotSay, match="nothing was known at position 5"):
            library.register(date(2024, 1, 1), 5)

    @pytest.mark.parametrize("position", [0, -1, 72])
    def test_a_position_that_the_log_does_not_have_is_an_error(self, library: Compliance, position: int) -> None:
        with pytest.raises(BadInput, match="it has 1 to 71"):
            library.register(date(2024, 1, 1), position)

    def test_a_day_means_the_end_of_that_day_of_recording(self, home: Path, sdn: Folder) -> None:
        folders = sdn("2024-01-02", [1, 2]), sdn("2024-02-02", [2, 3])
        for folder, now in zip(
            folders, (datetime(2024, 1, 3, 9, tzinfo=UTC), datetime(2024, 2, 3, 9, tzinfo=UTC)), strict=True
        ):
            with Compliance.open(clock=lambda now=now: now, bundled=False) as library:  # type: ignore[misc]
                list(library.import_files([folder]))
        with Compliance.open(clock=lambda: datetime(2024, 5, 1, tzinfo=UTC)) as library:
            assert keys(library, date(2024, 3, 1), date(2024, 2, 2)) == ["1", "2"]
            assert keys(library, date(2024, 3, 1), date(2024, 2, 3)) == ["2", "3"]
            with pytest.raises(CannotSay, match="nothing was known on 2024-01-02"):
                library.register(date(2024, 3, 1), date(2024, 1, 2))


class TestOwnDates:
    def test_an_entry_with_its_own_date_reaches_back_and_the_list_is_partial_there(self, home: Path) -> None:
        """SenseTime's listing date stands in the file; the days before the first complete file are not covered."""
        file = Path(__file__).parents[2] / "compliance" / "data" / "ns-cmic" / "2021-12-16" / "cons_prim.csv"
        with Compliance.open(clock=lambda: datetime(2026, 1, 1, tzinfo=UTC), bundled=False) as library:
            list(library.import_files([file], published=date(2021, 12, 16), lists=[CMIC]))
            register = library.register(date(2021, 12, 10))
            assert register.lists[CMIC].coverage is Coverage.partial
            found = register.find(CMIC, "33114")
            assert found is not None
            assert found.since == date(2021, 12, 10)
            assert library.register(date(2021, 12, 9)).find(CMIC, "33114") is None
