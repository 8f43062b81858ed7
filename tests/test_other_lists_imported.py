"""Lists of other publishers in the log: registers of any day whatever the order, expiries, measures, own lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.errors import ImportRefused
from compliance.measures import in_words, measures_of
from compliance.model import Measure, MeasureKind
from compliance.sources.bis_dpl import HEADER
from compliance.sources.catalogue import CATALOGUE, list_info

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SERIES = {
    "un-sc": ("un/2020-01-15", "un/2021-02-20"),
    "ca-sema": ("ca-sema/2021-01-10", "ca-sema/2023-06-01"),
    "us-bis-dpl": ("bis-dpl/2021-03-04", "bis-dpl/2022-03-04"),
    "us-bis-el": ("us-regulations/2024-05-05", "ecfr"),
}


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Compliance]]:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    held: list[Compliance] = []

    def open_(name: str) -> Compliance:
        held.append(Compliance.open(f"sqlite:///{tmp_path / name}.db", clock=lambda: NOW, bundled=False))
        return held[-1]

    yield open_
    for compliance in held:
        compliance.close()


def take(compliance: Compliance, *folders: str) -> None:
    for folder in folders:
        assert list(compliance.import_files([FIXTURES / folder]))


def said(compliance: Compliance, list_id: str, day: date) -> dict[str, dict[str, Any]]:
    """What the register of a day says; a field of which nothing is known is as one that is empty."""
    return {
        listing.key: {name: value for name, value in listing.fields.items() if value}
        for listing in compliance.register(day).listings(list_id)
    }


@pytest.mark.parametrize("list_id", SERIES)
def test_publications_imported_backwards_end_in_the_same_registers(
    list_id: str, opened: Callable[[str], Compliance]
) -> None:
    forth, back = opened("forth"), opened("back")
    take(forth, *SERIES[list_id])
    take(back, *reversed(SERIES[list_id]))
    days = [record.published for record in forth.held_publications()[list_id]]
    assert len(days) == 2
    for day in (*days, date(2015, 1, 1), date(2026, 1, 1)):
        assert said(forth, list_id, day) == said(back, list_id, day)


def test_a_party_under_a_new_number_is_amended_and_one_that_left_is_delisted(
    opened: Callable[[str], Compliance],
) -> None:
    compliance = opened("log")
    take(compliance, *SERIES["un-sc"])
    before, after = (said(compliance, "un-sc", date(year, 12, 31)) for year in (2020, 2021))
    assert before.keys() - after.keys() == {"KPi.902"}
    assert (before["QDi.901"]["other"]["DATAID"], after["QDi.901"]["other"]["DATAID"]) == ("9000001", "9100001")


def denied(folder: Path, names: range, ends: str) -> Path:
    folder.mkdir()
    rows = [
        f"EXAMPLE {n}\tSTREET {n}\tPARIS\t\tFR\t\t01/02/2015\t{ends}\tY\t2015-01-09\tNEW\t80 F.R. 1 1/9/15"
        for n in names
    ]
    (folder / "dpl.txt").write_text("\n".join(["\t".join(HEADER), *rows]) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize(("ends", "refused"), [("01/02/2020", False), ("01/02/2030", True), ("", True)])
def test_orders_that_have_expired_are_no_removals_for_the_guard(
    ends: str, refused: bool, opened: Callable[[str], Compliance], tmp_path: Path
) -> None:
    compliance = opened("log")
    list(compliance.import_files([denied(tmp_path / "2020-01-01", range(40), ends)]))
    second = denied(tmp_path / "2020-02-01", range(20), ends)
    if refused:
        with pytest.raises(ImportRefused, match="20 of 40 entries would be removed"):
            list(compliance.import_files([second]))
    else:
        (summary,) = compliance.import_files([second])
        assert summary.lists[0].counts == {"delisted": 20}


def test_an_own_list_has_history_and_answers_like_any_other(opened: Callable[[str], Compliance]) -> None:
    compliance = opened("log")
    list(compliance.import_files([FIXTURES / "own-list"], published=date(2024, 5, 6)))
    answer = compliance.screen("Example Overseas", as_of=date(2024, 6, 1))
    assert [hit.entry.id for hit in answer.hits] == ["own-blocklist/B-1"]
    assert list_info("own-blocklist").title == "Own list blocklist"
    assert compliance.verify().checked == compliance.log.head().size


def test_a_list_that_its_publisher_closed_is_asked_about_the_days_before_only(
    opened: Callable[[str], Compliance],
) -> None:
    compliance = opened("log")
    list(compliance.import_files([FIXTURES / "uk-conlist" / "ConList.csv"]))
    list(compliance.import_files([FIXTURES / "uk-sanctions" / "UK-Sanctions-List.csv"]))
    before = compliance.screen("EXAMPLE TRADING CORPORATION", as_of=date(2018, 6, 1))
    assert [hit.entry.id for hit in before.hits] == ["uk-conlist/90002"]
    after = compliance.screen("EXAMPLE TRADING CORPORATION", as_of=date(2026, 10, 9))
    assert [basis.id for basis in after.lists] == ["uk-sanctions"]
    assert after.hits == ()


def test_every_list_says_what_it_forbids_and_why() -> None:
    unknown = {id for id in CATALOGUE if measures_of(id, (), (), {})[0].kind is MeasureKind.unknown}
    # Sectoral measures follow from the directive, menu-based ones from the programme; the others state theirs.
    stated = {"us-csl-cmic", "us-ofac-cmic-pdf", "us-eo14032-annex", "uk-sanctions"}
    assert unknown == {"us-ofac-ssi", "us-csl-ssi", "us-ofac-mbs", *stated}
    assert all(measure.rule for id in CATALOGUE for measure in measures_of(id, (), (), {}))


@pytest.mark.parametrize("kind", MeasureKind)
def test_every_measure_can_be_said_in_words(kind: MeasureKind) -> None:
    assert len(in_words(Measure(kind=kind, basis="x")).split()) > 2
