"""The real files of the lists that are not OFAC's: nothing of them is lost, in whatever order they are imported."""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.entries import plain
from compliance.errors import DamagedFile
from compliance.sources import read
from tests import originals
from tests.originals import Original

pytestmark = pytest.mark.corpus
CORPUS = os.environ.get("COMPLIANCE_CORPUS", "")
if not CORPUS:
    pytest.skip("COMPLIANCE_CORPUS does not name the folder of real lists", allow_module_level=True)

LISTS = Path(CORPUS) / "lists"
Reader = Callable[[Path], Iterable[Original]]
# What a folder's name does not tell: the first day of a month that is all we know.
CANADA_2020 = date(2020, 3, 1)
FILES: list[tuple[str, Reader, date, tuple[str, ...]]] = [
    *((f"un/{day}/consolidated.xml", originals.un, date.fromisoformat(day), ("un-sc",))
      for day in ("2018-10-29", "2020-03-20", "2025-04-19", "2026-02-27")),
    ("uk/2018-04-13/sanctionsconlist.csv", originals.uk_conlist, date(2018, 4, 13), ("uk-conlist",)),
    ("ca/2020-03/sema-lmes.xml", originals.ca_sema, CANADA_2020, ("ca-sema",)),
    ("ca/2025-03-20/cannada.xml", originals.ca_sema, date(2025, 3, 20), ("ca-sema",)),
    ("bis-dpl/2019-06-12/dpl.txt", originals.bis_dpl, date(2019, 6, 12), ("us-bis-dpl",)),
    ("bis-dpl/2022-09-02/dpl.txt", originals.bis_dpl, date(2022, 9, 2), ("us-bis-dpl",)),
    *((f"us-regulations/2026-07-09/{name}.json", originals.us_regulations, date(2026, 7, 9), (list_id,))
      for name, list_id in (("bis_entity_list", "us-bis-el"), ("bis_meu", "us-bis-meu"),
                            ("dow_1260h", "us-dod-1260h"), ("ofac_nscmic", "us-ofac-cmic-pdf"),
                            ("ofac_eo14032_annex", "us-eo14032-annex"))),
    ("us-regulations/2026-07-09/source-uflpa-2026-07-09.html", originals.uflpa, date(2026, 7, 9), ("us-dhs-uflpa",)),
]  # fmt: skip
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def opened(folder: Path) -> Compliance:
    return Compliance.open(f"sqlite:///{folder / 'log.db'}", clock=lambda: NOW, bundled=False)


def taken(compliance: Compliance, path: str, day: date) -> None:
    given = day if path.startswith("ca/2020") else None
    for summary in compliance.import_files([LISTS / path], published=given):
        assert not summary.already


@pytest.fixture(scope="module", params=["in order", "backwards"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compliance]:
    """A log with all of the files; the guard against mass removals is on."""
    folder = tmp_path_factory.mktemp("others")
    patch = pytest.MonkeyPatch()
    patch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
    patch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
    with opened(folder) as compliance:
        for path, _, day, _ in FILES if request.param == "in order" else reversed(FILES):
            taken(compliance, path, day)
        yield compliance
    patch.undo()


@pytest.mark.parametrize(("path", "reader", "day", "lists"), FILES, ids=[file[0] for file in FILES])
def test_every_value_of_a_real_file_is_in_the_export_of_its_day(
    held: Compliance, path: str, reader: Reader, day: date, lists: tuple[str, ...]
) -> None:
    register = held.register(day)
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for list_id in lists:
        for listing in register.listings(list_id):
            entry = listing.entry()
            names = {"name": entry.primary_name, "aliases": [{"text": name.text} for name in entry.names[1:]]}
            entries[listing.key].append({**plain(entry), **names})
    records = list(reader(LISTS / path))
    wrong = originals.unfound(records, entries)
    assert wrong == [], f"{len(wrong)} of {len(records)}"


@pytest.mark.parametrize(("path", "reader", "day", "lists"), FILES, ids=[file[0] for file in FILES])
def test_the_register_of_the_day_holds_nobody_that_the_file_does_not(
    held: Compliance, path: str, reader: Reader, day: date, lists: tuple[str, ...]
) -> None:
    given = day if path.startswith("ca/2020") else None
    stated = {s.key: s.fields for p in read([LISTS / path], published=given) for s in p.statements}
    register = held.register(day)
    found = {listing.key: listing.fields for list_id in lists for listing in register.listings(list_id)}
    assert found.keys() == stated.keys()
    for key, fields in stated.items():
        assert {name: found[key].get(name) for name in fields} == fields


def test_the_steps_of_the_un_list_amend_and_do_not_list_anew(held: Compliance) -> None:
    """Six parties came back under other DATAIDs between 2025 and 2026: amendments, not delistings."""
    history = held.history("un-sc")
    assert history is not None
    before, after = (dict(history.at(date.fromisoformat(day))) for day in ("2025-04-19", "2026-02-27"))
    renumbered = [
        key
        for key in before.keys() & after.keys()
        if before[key].fields["other"]["DATAID"] != after[key].fields["other"]["DATAID"]
    ]
    assert len(renumbered) == 6
    assert all(before[key].since == after[key].since for key in renumbered)


def test_canada_s_dates_stand_though_the_file_of_2020_has_none(held: Compliance) -> None:
    """Whichever of the two files came first: who was on the list in 2020 was so from the date that 2025 tells."""
    in_2020 = {listing.key for listing in held.register(CANADA_2020).listings("ca-sema")}
    register = held.register(date(2025, 3, 20))
    dated = {x.key: (x.since, x.entry().listed_on) for x in register.listings("ca-sema") if x.key in in_2020}
    earlier = {key: days for key, days in dated.items() if days[1] and days[1] < CANADA_2020}
    assert len(earlier) > 1200
    assert all(since == own for since, own in earlier.values())


def test_the_consolidated_screening_list_is_stated_whole(tmp_path: Path) -> None:
    path = LISTS / "csl" / "2022-05-06" / "consolidated.csv.gz"
    unpacked = tmp_path / "consolidated-2022-05-06.csv"
    unpacked.write_bytes(gzip.decompress(path.read_bytes()))
    (publication,) = read([unpacked])
    assert len(publication.statements) == 14160
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for s in publication.statements:
        entries[s.key].append({**s.fields, "listed_on": s.listed_on.isoformat() if s.listed_on else ""})
    assert originals.unfound(originals.csl(path), entries) == []


@pytest.mark.parametrize("path", ["csl/2023-11-16-damaged", "eu/2018-07-04-damaged"])
def test_the_damaged_files_are_refused_naming_file_and_line(path: str) -> None:
    with pytest.raises(DamagedFile, match=r"\.csv, line \d[\d,]*: "):
        read([LISTS / path])
