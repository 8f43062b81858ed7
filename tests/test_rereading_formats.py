"""`import --reread` reads every format again from its archived originals, XML and packed files as well."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.changes import LIST_REREAD
from compliance.model import Publication
from compliance.sources import CATALOGUE, FORMATS, read_group
from compliance.sources.inputs import collect

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = date(2025, 3, 4)
FILES = {
    "ofac-delimited": ["ofac-sdn/2023-11-30"],
    "ofac-xml": ["ofac-xml/sdn.xml"],
    "ofac-advanced-xml": ["ofac-xml/sdn_advanced.xml"],
    "ofac-enhanced-xml": ["ofac-xml/cons_enhanced.xml"],
    "un-xml": ["un/2021-02-20"],
    "uk-conlist-csv": ["uk-conlist/ConList.csv"],
    "uk-sanctions-list": ["uk-sanctions/UK-Sanctions-List.csv"],
    "uk-sanctions-list-xml": ["uk-sanctions/UK-Sanctions-List.xml"],
    "eu-fsf-csv": ["eu-fsf/full-1.1.csv"],
    "eu-fsf-xml": ["eu-fsf/full-1.1.xml"],
    "ca-sema-xml": ["ca-sema/2023-06-01"],
    "bis-dpl": ["bis-dpl/2022-03-04"],
    "us-regulations-json": ["us-regulations/2024-05-05/bis_entity_list.json"],
    "uflpa-html": ["us-regulations/2024-05-05/uflpa.html"],
    "ecfr-xml": ["ecfr/title-15-part-744-2024-05-06.xml"],
    "csl-csv": ["csl/2022-02-02"],
    "ftm-jsonl": ["opensanctions/entities.ftm.json"],
    "targets-simple-csv": ["opensanctions/targets.simple.csv"],
    "own-list": ["own-list/blocklist.csv", "own-list/blocklist.toml"],
}
UNDATED = ("own-list",)


def test_every_format_has_a_fixture_and_its_lists_are_in_the_catalogue() -> None:
    """A new format that is not here fails this test, and those below hold it as soon as it is."""
    assert {format.FORMAT_ID for format in FORMATS} == set(FILES)
    for form, names in FILES.items():
        for group in collect([FIXTURES / name for name in names]):
            for publication in read_group(group, DAY if form in UNDATED else None):
                made = tuple(name for name in publication.lists if name not in CATALOGUE)
                assert all(name.startswith(("own-", "ftm-")) for name in made), made


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Compliance]]:
    held: list[Compliance] = []
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))

    def open_(name: str) -> Compliance:
        monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / name))
        held.append(Compliance.open(clock=lambda: NOW, bundled=False))
        return held[-1]

    yield open_
    for compliance in held:
        compliance.close()


def misread(publication: Publication) -> Publication:
    """The publication as a reader reads it that took the names for something else."""
    wrong = [s._replace(fields={**s.fields, "name": "?"}, listed_on=None) for s in publication.statements]
    return publication._replace(statements=wrong)


def told(compliance: Compliance, day: date) -> list[tuple[str, str, object, object]]:
    return [(found.list_id, found.key, found.since, found.fields) for found in compliance.register(day).listings()]


@pytest.mark.parametrize("form", FILES)
def test_a_misreading_is_corrected_from_the_originals(form: str, opened: Callable[[str], Compliance]) -> None:
    """Then the register is that of a log which was read rightly; a second time there is nothing to correct."""
    groups = collect([FIXTURES / name for name in FILES[form]])
    given = DAY if form in UNDATED else None
    found = [(group, publication) for group in groups for publication in read_group(group, given)]
    assert {publication.format for _, publication in found} == {form}
    wrong, right = opened("wrong"), opened("right")
    for group, publication in found:
        contents = [file.data for file in group.files]
        for log, said in ((wrong, misread(publication)), (right, publication)):
            log._importer(log.log).take(said, contents, today=NOW.date())
    days = {publication.published for _, publication in found} | {date(2021, 1, 1), date(2026, 1, 1)}
    assert [told(wrong, day) for day in days] != [told(right, day) for day in days]
    assert sum(done.appended for done in wrong.reread()) > 0
    assert [told(wrong, day) for day in days] == [told(right, day) for day in days]
    assert {row.payload["cause"] for row in wrong.log.rows(types=["Amended"])} <= {"corrected", "dated", "restored"}
    size = wrong.log.head().size
    assert sum(done.appended for done in wrong.reread()) == 0
    assert wrong.log.head().size == size
    assert list(wrong.log.rows(types=[LIST_REREAD]))


def test_a_packed_file_is_read_again_as_it_was_unpacked(tmp_path: Path, opened: Callable[[str], Compliance]) -> None:
    packed = tmp_path / "2022-02-02" / "consolidated.csv.gz"
    packed.parent.mkdir()
    (source,) = (FIXTURES / "csl" / "2022-02-02").glob("*.csv")
    packed.write_bytes(gzip.compress(source.read_bytes()))
    compliance = opened("packed")
    (summary,) = compliance.import_files([packed])
    assert summary.publication.files[0].name == "consolidated.csv"
    (again,) = compliance.import_files([source], published=date(2022, 2, 2))
    assert again.already, "packed or not, it is the same file"
    assert sum(done.appended for done in compliance.reread()) == 0
