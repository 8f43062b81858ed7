"""The same files again are told by their bytes, without being read; whatever else they may say is still read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.errors import BadInput
from compliance.importing import ImportSummary

FIXTURES = Path(__file__).parents[2] / "fixtures"
CONSOLIDATED = FIXTURES / "ofac-consolidated" / "2024-02-01"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UN = FIXTURES / "un" / "2020-01-15" / "consolidated.xml"


@pytest.fixture
def library(home: Path) -> Iterator[Compliance]:
    """A log with nothing in it."""
    with Compliance.open(clock=lambda: NOW, bundled=False) as opened:
        yield opened


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, no file can be read."""

    def never(*_: object) -> None:
        raise AssertionError("the file was read")

    monkeypatch.setattr("compliance.sources.reading.read_group", never)


def take(library: Compliance, *paths: Path, **options: object) -> list[ImportSummary]:
    return list(library.import_files(paths, **options))  # type: ignore[arg-type]


def test_the_same_files_under_other_names_are_not_read_again(
    library: Compliance, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (first,) = take(library, CONSOLIDATED)
    (un,) = take(library, UN)
    size = library.log.head().size
    moved = tmp_path / "download 2024-02-01"
    moved.mkdir()
    for number, file in enumerate(sorted(CONSOLIDATED.iterdir())):
        shutil.copy(file, moved / f"{number}.txt")
    request.getfixturevalue("unread")
    for path, before in ((moved, first), (UN, un)):
        (again,) = take(library, path)
        assert again.already
        assert again.identity == before.identity
        assert {p.list_id: p.entries for p in again.lists} == {p.list_id: p.entries for p in before.lists}
    assert library.log.head().size == size


def test_a_list_that_was_left_out_the_first_time_is_taken_the_second(library: Compliance) -> None:
    take(library, CONSOLIDATED, lists=["us-ofac-ssi"])
    (again,) = take(library, CONSOLIDATED)
    assert not again.already
    assert len(again.lists) == 7


def test_another_date_makes_another_publication_of_the_same_files(library: Compliance) -> None:
    take(library, CONSOLIDATED)
    (later,) = take(library, CONSOLIDATED, published=date(2024, 2, 2))
    assert (later.already, later.publication.published) == (False, date(2024, 2, 2))


def test_a_date_that_contradicts_the_file_is_refused_the_second_time_as_well(library: Compliance) -> None:
    take(library, UN)
    with pytest.raises(BadInput, match="was given"):
        take(library, UN, published=date(2021, 1, 1))


def test_an_original_that_was_lost_is_put_back(library: Compliance) -> None:
    (first,) = take(library, UN)
    digest = first.publication.files[0].sha256
    stored = library.archive.path(digest)
    stored.unlink()
    (again,) = take(library, UN)
    assert again.already
    assert library.archive.get(digest) == UN.read_bytes()
