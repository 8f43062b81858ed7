"""`export --format ftm` writes entities that the followthemoney library accepts, with all that the entries say."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.ftm import entities, write_ftm
from compliance.ftm_ids import is_bic, is_imo, is_isin, is_lei, is_uscc
from compliance.register import Listing
from tests.exports.ftm_checks import SCHEMATA, check_entities, check_nothing_is_missing, check_shape

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    with Compliance.open(clock=lambda: NOW) as compliance:
        list(compliance.import_files([FIXTURES / "ofac-sdn"]))
        list(compliance.import_files([FIXTURES / "ofac-consolidated"], accept_removals=True))
        yield compliance.register(date(2024, 2, 1))


def test_every_entity_has_the_shape_of_its_schema_and_the_library_accepts_it(register: Any) -> None:
    out = io.StringIO()
    count = write_ftm(register.listings(), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    check_shape(lines)
    check_entities(lines)
    assert count == sum(state.entries for state in register.lists.values())


def test_the_schemata_are_those_of_the_library() -> None:
    followthemoney = pytest.importorskip("followthemoney", reason="the extra `conformance` is not installed")
    for name, schema in SCHEMATA.items():
        held = followthemoney.model.get(name)
        assert set(schema["properties"]) <= set(held.properties)
        assert set(schema["required"]) == set(held.required)


def test_every_name_identifier_date_and_programme_is_there(register: Any) -> None:
    for listing in register.listings():
        check_nothing_is_missing(listing.entry(), list(entities(listing)))


def test_sensetime_reads_as_the_list_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    with Compliance.open(clock=lambda: NOW) as compliance:
        listing = compliance.register(date(2022, 1, 5)).find("us-ofac-cmic", "33114")
    assert listing is not None
    party, *others = entities(listing)
    sanction = next(e for e in others if e["schema"] == "Sanction")
    number = next(e for e in others if e["schema"] == "Identification")
    assert (party["id"], party["caption"]) == ("us-ofac-cmic-33114", "SENSETIME GROUP LIMITED")
    assert sanction["properties"]["listingDate"] == ["2021-12-10"]
    assert sanction["properties"]["startDate"] == ["2022-02-08"]
    assert sanction["properties"]["program"] == ["CMIC-EO13959"]
    assert (number["properties"]["number"], number["properties"]["country"]) == (["2162198"], ["hk"])


def test_ids_stay_from_day_to_day(register: Any) -> None:
    """The same listing gives the same entities: ids come from content, not from order."""
    listing: Listing = next(iter(register.listings("us-ofac-sdn")))
    assert [e["id"] for e in entities(listing)] == [e["id"] for e in entities(listing)]
    turned = listing._replace(fields={**listing.fields, "addresses": list(reversed(listing.fields["addresses"]))})
    assert {e["id"] for e in entities(listing)} == {e["id"] for e in entities(turned)}


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_lei, "253400WSS48YWMBUA688", "253400WSS48YWMBUA689"),
        (is_isin, "US0378331005", "US0378331006"),
        (is_imo, "9187667", "9187668"),
        (is_bic, "DEUTDEFF500", "DEUT1EFF"),
        (is_uscc, "91350100M000100Y43", "91350100M000100Y44"),
    ],
)
def test_a_code_is_claimed_only_when_its_check_holds(check: Any, right: str, wrong: str) -> None:
    assert check(right)
    assert not check(wrong)


def test_a_listing_under_two_programmes_is_one_sanction_that_names_both(register: Any) -> None:
    listing = next(x for x in register.listings("us-ofac-sdn") if len(x.fields["programmes"]) == 2)
    sanctions = [e for e in entities(listing) if e["schema"] == "Sanction"]
    assert [s["properties"]["program"] for s in sanctions] == [listing.fields["programmes"]]


def test_what_has_no_property_of_its_own_stands_in_the_notes(register: Any) -> None:
    """What a file did not say is said to be unknown."""
    listing = next(iter(register.listings("us-ofac-sdn")))
    party = next(entities(listing._replace(fields={**listing.fields, "aliases": None})))
    assert "unknown: aliases" in party["properties"]["notes"]
