"""`export --format official` writes OFAC's records again, and says what it cannot write."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.cli import main
from compliance.errors import BadInput, CannotSay
from compliance.official import official_set
from compliance.register import Listing

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST, SECOND = date(2023, 10, 31), date(2023, 11, 30)
NON_SDN = ("us-ofac-cmic", "us-ofac-ssi", "us-ofac-capta", "us-ofac-plc", "us-ofac-fse", "us-ofac-13599", "us-ofac-mbs")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compliance]:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    with Compliance.open(clock=lambda: NOW, bundled=False) as compliance:
        yield compliance


def take(compliance: Compliance, *folders: Path) -> Compliance:
    for folder in folders:
        list(compliance.import_files([folder]))
    return compliance


def content(folder: Path) -> dict[str, str]:
    """The files of a folder, without the end mark, which OFAC's comments files may lack."""
    return {file.name: file.read_bytes().decode().rstrip("\x1a") for file in folder.glob("*.csv")}


def written(compliance: Compliance, day: date, *lists: str) -> dict[str, str]:
    found = official_set(compliance.register(day), compliance.held_publications(), lists)
    return {file.name: file.text().rstrip("\x1a") for file in found.files}


@pytest.mark.parametrize("day", [FIRST, SECOND])
def test_the_files_of_a_day_are_written_again_byte_for_byte(empty: Compliance, day: date) -> None:
    take(empty, FIXTURES / "ofac-sdn")
    assert written(empty, day, "us-ofac-sdn") == content(FIXTURES / "ofac-sdn" / day.isoformat())
    assert official_set(empty.register(day), empty.held_publications(), ["us-ofac-sdn"]).notes == ()


def test_the_consolidated_files_are_written_from_all_their_lists(empty: Compliance) -> None:
    take(empty, FIXTURES / "ofac-consolidated" / "2024-02-01")
    assert written(empty, date(2024, 2, 1), *NON_SDN) == content(FIXTURES / "ofac-consolidated" / "2024-02-01")


def test_a_part_of_the_consolidated_lists_says_that_it_is_one(empty: Compliance) -> None:
    take(empty, FIXTURES / "ofac-consolidated" / "2024-02-01")
    found = official_set(empty.register(date(2024, 2, 1)), empty.held_publications(), ["us-ofac-cmic"])
    assert "only the records of us-ofac-cmic" in found.notes[0]
    assert {record.split(",")[3] for record in found.files[0].records} == {'"CMIC-EO13959"'}


def test_a_companion_of_another_day_is_said_to_be_so(empty: Compliance, tmp_path: Path) -> None:
    """The second day is held without alt.csv: the aliases are those of the first, and that is said."""
    later = tmp_path / "2023-11-30"
    shutil.copytree(FIXTURES / "ofac-sdn" / "2023-11-30", later)
    (later / "alt.csv").unlink()
    take(empty, FIXTURES / "ofac-sdn" / "2023-10-31", later)
    found = official_set(empty.register(SECOND), empty.held_publications(), ["us-ofac-sdn"])
    assert [file.name for file in found.files] == ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"]
    (note,) = found.notes
    assert note.startswith("alt.csv is as known on 2023-10-31: the publication of 2023-11-30 was held without it")


def test_a_companion_that_no_publication_had_is_not_written(empty: Compliance, tmp_path: Path) -> None:
    day = tmp_path / "2023-10-31"
    day.mkdir()
    shutil.copy(FIXTURES / "ofac-sdn" / "2023-10-31" / "sdn.csv", day)
    take(empty, day)
    found = official_set(empty.register(FIRST), empty.held_publications(), ["us-ofac-sdn"])
    assert [file.name for file in found.files] == ["sdn.csv"]
    assert [note.split(" ")[0] for note in found.notes] == ["alt.csv", "add.csv", "sdn_comments.csv"]


def test_lists_of_different_files_are_refused(empty: Compliance) -> None:
    take(empty, FIXTURES / "ofac-sdn")
    with pytest.raises(BadInput, match="us-ofac-sdn, us-ofac-cmic"):
        official_set(empty.register(SECOND), empty.held_publications(), ["us-ofac-sdn", "us-ofac-cmic"])


def test_a_list_that_is_not_held_cannot_be_written(empty: Compliance) -> None:
    take(empty, FIXTURES / "ofac-sdn")
    with pytest.raises(CannotSay, match="no delimited file of us-ofac-cmic is held"):
        official_set(empty.register(SECOND), empty.held_publications(), ["us-ofac-cmic"])


def test_the_command_writes_a_folder_that_can_be_imported_again(
    empty: Compliance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take(empty, FIXTURES / "ofac-sdn")
    empty.close()
    folder = tmp_path / "out" / "2023-11-30"
    words = ["export", "us-ofac-sdn", "--as-of", "2023-11-30", "--format", "official", "-o", str(folder)]
    assert main(words, clock=lambda: NOW) == 0
    assert content(folder) == content(FIXTURES / "ofac-sdn" / "2023-11-30")
    assert main(["import", str(folder)], clock=lambda: NOW) == 0
    assert "0 listed" not in capsys.readouterr().out


def test_official_needs_a_folder(empty: Compliance, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "us-ofac-sdn", "--format", "official"], clock=lambda: NOW) == 2
    assert "-o FOLDER" in capsys.readouterr().err


def test_aliases_without_numbers_of_ofac_are_not_invented(empty: Compliance) -> None:
    """Another format of the same day may state aliases without them."""
    take(empty, FIXTURES / "ofac-sdn")
    register, held = empty.register(SECOND), empty.held_publications()

    class Unnumbered:
        as_of = register.as_of

        def listings(self, list_id: str) -> Iterator[Listing]:
            for listing in register.listings(list_id):
                bare = [{"text": alias["text"], "kind": alias["kind"]} for alias in listing.fields["aliases"]]
                yield listing._replace(fields={**listing.fields, "aliases": bare})

    with pytest.raises(CannotSay, match="have no numbers of OFAC's"):
        official_set(Unnumbered(), held, ["us-ofac-sdn"])  # type: ignore[arg-type]
