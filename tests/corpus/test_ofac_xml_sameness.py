"""OFAC's formats say the same of one day, and one can follow the other without an amendment that OFAC never made."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance

LISTS = Path(os.environ.get("COMPLIANCE_CORPUS") or "/nonexistent") / "lists" / "ofac-consolidated"
CSV_2018 = sorted((LISTS / "2018-04-06").glob("*.csv"))
XML_2018 = [LISTS / "2018-04-06" / "consolidated.xml"]
ADVANCED_2020 = [LISTS / "2020-03-17" / "cons_advanced.xml"]
ENHANCED_2025 = [LISTS / "2025-01-10" / "CONS_ENHANCED.ZIP"]
CSV_2025 = sorted((LISTS / "2025-12-19").glob("*.csv"))
SHARED = {"type", "name", "programmes", "details", "aliases", "addresses"}
CLOCK = lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)  # noqa: E731 - the clock that is passed in
Known = dict[tuple[str, str], dict[str, Any]]

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CSV_2018, reason="COMPLIANCE_CORPUS names no folder of real lists"),
]


@contextmanager
def imported(folder: Path, *steps: list[Path]) -> Iterator[Compliance]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
        patch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
        with Compliance.open(f"sqlite:///{folder / 'data' / 'log.db'}", clock=CLOCK, bundled=False) as compliance:
            for paths in steps:
                # The list under Executive Order 13599 ended in 2018, 264 entries at once.
                list(compliance.import_files(paths, accept_removals=True))
            yield compliance


def known(compliance: Compliance, day: date) -> Known:
    return {(found.list_id, found.key): dict(found.fields) for found in compliance.register(day).listings()}


def changes(before: Known, after: Known) -> list[tuple[str, Any, Any]]:
    """What was known of a party before and is another thing now, field by field."""
    return [
        (field, fields[field], after[party].get(field))
        for party, fields in before.items()
        if party in after
        for field in fields
        if fields[field] != after[party].get(field)
    ]


def told(state: Known) -> Known:
    """Without what is null: not known, or known to be empty."""
    return {party: {field: v for field, v in fields.items() if v is not None} for party, fields in state.items()}


def numbers(value: Any) -> set[str]:
    """The numbers that OFAC gives to members of a value."""
    items = value if isinstance(value, list) else []
    return {item["source_id"] for item in items if isinstance(item, dict) and "source_id" in item}


def members(value: Any) -> Counter[str]:
    """A value without order and without numbers of its members: what nobody could call a change."""
    items = value if isinstance(value, list) else [value]
    bare = [{k: v for k, v in i.items() if k != "source_id"} if isinstance(i, dict) else i for i in items]
    return Counter(str(item) for item in bare if item)


@pytest.mark.parametrize("second", ["xml", "csv"])
def test_the_second_format_of_a_day_only_adds_what_the_first_could_not_say(tmp_path: Path, second: str) -> None:
    steps = (CSV_2018, XML_2018) if second == "xml" else (XML_2018, CSV_2018)
    day = date(2018, 4, 6)
    with imported(tmp_path / "one", steps[0]) as one, imported(tmp_path / "both", *steps) as both:
        before, after = known(one, day), known(both, day)
    assert before.keys() == after.keys()
    different = changes(before, after)
    if second == "xml":
        assert different == []
    # The older XML omits addresses of which there is but a number, and sorts the tags by their letters.
    assert all(members(old) == members(new) for _, old, new in different)
    assert Counter(field for field, _, _ in different) == (
        Counter() if second == "xml" else Counter(addresses=146, programmes=2)
    )


def test_both_orders_of_import_end_in_the_same_register(tmp_path: Path) -> None:
    day = date(2018, 4, 6)
    with imported(tmp_path / "a", CSV_2018, XML_2018) as one, imported(tmp_path / "b", XML_2018, CSV_2018) as other:
        assert told(known(one, day)) == told(known(other, day))


@pytest.mark.parametrize(
    ("first", "second", "days", "real"),
    [
        (CSV_2018, ADVANCED_2020, ("2018-04-06", "2020-03-17"), {"addresses": 1, "programmes": 2}),
        (XML_2018, ADVANCED_2020, ("2018-04-06", "2020-03-17"), {"addresses": 1, "programmes": 2}),
        (
            ENHANCED_2025, CSV_2025, ("2025-01-10", "2025-12-19"),
            {"addresses": 5, "aliases": 5, "name": 1, "programmes": 12},
        ),
    ],
    ids=["csv-advanced", "older-advanced", "enhanced-csv"],
)  # fmt: skip
def test_from_format_to_format_only_real_amendments_follow(
    tmp_path: Path, first: list[Path], second: list[Path], days: tuple[str, str], real: dict[str, int]
) -> None:
    with imported(tmp_path, first, second) as compliance:
        before, after = (known(compliance, date.fromisoformat(day)) for day in days)
    different = [change for change in changes(before, after) if change[0] in SHARED]
    assert Counter(field for field, old, new in different if members(old) != members(new)) == real
    # Where nothing else changed, a number is told that the format before did not have.
    assert all(numbers(new) - numbers(old) for _, old, new in different if members(old) == members(new))


def test_what_a_later_format_first_mentions_is_not_said_of_earlier_days(tmp_path: Path) -> None:
    """OFAC dates Gazprom's listing 2014, which the files of 2018 do not contradict; all else is that of 2025 alone."""
    with imported(tmp_path / "one", CSV_2018) as one, imported(tmp_path / "both", CSV_2018, ENHANCED_2025) as both:
        for day in (date(2018, 4, 6), date(2025, 1, 9)):
            before, after = known(one, day), known(both, day)
            undated = {party: {f: v for f, v in after[party].items() if f != "listed_on"} for party in before}
            assert undated == before
            assert after["us-ofac-ssi", "17250"]["listed_on"] == "2014-09-12"
        held = both.register(date(2025, 1, 10)).find("us-ofac-ssi", "17250")
        assert held is not None
        assert "13662 Sectoral Directive 4" in held.fields["sanctions_types"]


def test_who_stands_on_a_list_by_name_is_not_taken_off_it_by_tags_that_cannot_tell(tmp_path: Path) -> None:
    """Gazprom, Transneft and the Russian Agricultural Bank are on NS-MBS by a directive that no tag names."""
    with imported(tmp_path, ENHANCED_2025, CSV_2025) as compliance:
        register = compliance.register(date(2025, 12, 19))
        found = {listing.key: listing.entry() for listing in register.listings("us-ofac-mbs")}
    assert len(found) == 12
    assert {"17014", "17250", "17254"} <= found.keys()
    assert found["17250"].remarks is not None
    assert [measure.basis for measure in found["17250"].measures] == ["EO 14024 Directive 3"]


def test_the_whole_course_through_four_formats_holds_no_storm_and_a_file_again_nothing(tmp_path: Path) -> None:
    """From 2020 to 2025 OFAC renamed 52 parties and redid many; what is not really different is not there."""
    with imported(tmp_path, CSV_2018, ADVANCED_2020, ENHANCED_2025, CSV_2025) as compliance:
        states = [known(compliance, date.fromisoformat(d)) for d in ("2020-03-17", "2025-01-10", "2025-12-19")]
        size = compliance.log.head().size
        for paths in (ADVANCED_2020, ENHANCED_2025):
            assert all(summary.already for summary in compliance.import_files(paths))
        assert compliance.log.head().size == size
    for before, after in pairwise(states):
        for field, old, new in changes(before, after):
            if field in SHARED and members(old) == members(new):
                assert numbers(new) - numbers(old), (field, old, new)
    assert Counter(field for field, _, _ in changes(*states[:2]) if field == "name") == {"name": 52}


def test_each_party_is_on_the_lists_that_the_file_names_since_the_days_it_names(tmp_path: Path) -> None:
    with imported(tmp_path, ENHANCED_2025) as compliance:
        register = compliance.register(date(2025, 1, 10))
        sizes = {list_id: state.entries for list_id, state in register.lists.items() if state.entries}
        cmic = [found.entry() for found in register.listings("us-ofac-cmic")]
    assert sizes == {
        "us-ofac-cmic": 68, "us-ofac-ssi": 286, "us-ofac-plc": 78, "us-ofac-mbs": 12, "us-ofac-capta": 1,
        "us-ofac-fse": 1,
    }  # fmt: skip
    assert Counter(str(entry.listed_on) for entry in cmic) == {"2021-06-03": 59, "2021-12-10": 1, "2021-12-16": 8}
    sensetime = next(entry for entry in cmic if entry.key == "33114")
    assert [name.text for name in sensetime.names] == [
        "SENSETIME GROUP LIMITED", "SENSETIME GROUP LTD", "商湯集團有限公司"
    ]  # fmt: skip
    assert {str(measure.effective) for entry in cmic for measure in entry.measures} == {
        "2021-08-02", "2022-02-08", "2022-02-14"
    }  # fmt: skip
