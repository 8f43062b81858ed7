"""OFAC's three XML formats are read into the fields of its delimited files, and nothing else is invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.entries import assemble, plain
from compliance.errors import BadInput
from compliance.model import Entry, Publication
from compliance.sources import read

FIXTURES = Path(__file__).parents[2] / "fixtures"
XML = FIXTURES / "ofac-xml"
FORMS = {
    "delimited": sorted((FIXTURES / "ofac-consolidated" / "2024-02-01").glob("*.csv")),
    "older": [XML / "consolidated.xml"],
    "advanced": [XML / "cons_advanced.xml"],
    "enhanced": [XML / "cons_enhanced.xml"],
}
DAY = date(2024, 2, 1)
SHARED = ("type", "name", "programmes", "details", "aliases", "addresses")
Known = dict[tuple[str, str], dict[str, Any]]


def publication(path: Path) -> Publication:
    (found,) = read([path])
    return found


def entry(name: str, list_id: str, key: str) -> Entry:
    found = {(s.lists[0], s.key): s for s in publication(XML / name).statements}[list_id, key]
    day = found.listed_on.isoformat() if found.listed_on else None
    return assemble(list_id, key, {**found.fields, "listed_on": day})


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Known]:
    def run(*forms: str) -> Known:
        folder = tmp_path / "-".join(forms)
        monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(folder))
        monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
        with Compliance.open(f"sqlite:///{folder / 'log.db'}", bundled=False) as compliance:
            for form in forms:
                list(compliance.import_files(FORMS[form]))
            return {(x.list_id, x.key): dict(x.fields) for x in compliance.register(DAY).listings()}

    return run


@pytest.mark.parametrize(("first", "second"), list(permutations(FORMS, 2)))
def test_one_day_in_a_second_format_changes_nothing_that_the_first_said(
    imported: Callable[..., Known], first: str, second: str
) -> None:
    before, after = imported(first), imported(first, second)
    assert before.keys() == after.keys()
    for party, fields in before.items():
        for field, value in fields.items():
            said = after[party][field]
            if first == "advanced" or second == "delimited":
                # The advanced format lacks the numbers of aliases, and only the delimited one states an order.
                assert bare(said) == bare(value), (party, field)
            else:
                assert said == value, (party, field)


def bare(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    items = [{k: v for k, v in i.items() if k != "source_id"} if isinstance(i, dict) else i for i in value]
    return sorted(items, key=str)


@pytest.mark.parametrize("name", ["sdn.xml", "sdn_advanced.xml"])
def test_ships_aircraft_people_and_titles_are_as_in_the_delimited_files(sdn: Path, name: str) -> None:
    (delimited,) = read([sdn])
    found = {statement.key: statement.fields for statement in publication(XML / name).statements}
    assert found.keys() == {statement.key for statement in delimited.statements}
    for statement in delimited.statements:
        for field in SHARED:
            assert bare(found[statement.key][field]) == bare(statement.fields[field]), (statement.key, field)


@pytest.mark.parametrize("name", ["sdn.xml", "sdn_advanced.xml"])
def test_what_remarks_say_in_words_is_stated_apart(name: str) -> None:
    ship = entry(name, "us-ofac-sdn", "900004")
    assert {(i.kind, i.value) for i in ship.identifiers} == {("imo", "1234567"), ("mmsi", "123456789")}
    person = entry(name, "us-ofac-sdn", "900003")
    assert [(b.first, b.last) for b in person.births] == [(date(1962, 1, 1), date(1964, 12, 31))]
    assert [(n.text, n.kind.value) for n in person.names[1:]] == [("THE COURIER", "weak")]


def test_a_name_in_its_own_script_is_a_name_of_the_party() -> None:
    found = entry("cons_enhanced.xml", "us-ofac-cmic", "910001")
    assert [(n.text, n.kind.value, n.script) for n in found.names] == [
        ("SENSETIME GROUP LIMITED", "primary", None),
        ("SENSETIME GROUP LTD", "aka", None),
        ("商湯集團有限公司", "original-script", "Chinese Traditional"),
    ]


@pytest.mark.parametrize("name", ["cons_advanced.xml", "cons_enhanced.xml"])
def test_each_list_has_its_own_date_and_the_measures_that_go_with_it(name: str) -> None:
    dates = {(s.lists, s.key): str(s.listed_on) for s in publication(XML / name).statements}
    assert dates[("us-ofac-cmic",), "910001"] == "2021-12-10"
    assert dates[("us-ofac-cmic",), "910002"] == "2021-06-03"
    assert dates[("us-ofac-ssi",), "910003"] == "2014-09-12"
    (measure,) = entry(name, "us-ofac-cmic", "910001").measures
    assert (measure.kind.value, str(measure.effective), str(measure.divest_by)) == (
        "securities", "2022-02-08", "2022-12-10"
    )  # fmt: skip
    assert [m.basis for m in entry(name, "us-ofac-ssi", "910003").measures] == ["EO 13662 Directive 1"]


@pytest.mark.parametrize("lists", [None, ["us-ofac-mbs"]])
def test_tags_that_cannot_tell_take_nobody_off_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists: list[str] | None
) -> None:
    """A party under a directive of EO 14024 is on NS-MBS by name; the delimited files have no tag for that."""
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    text = (XML / "cons_enhanced.xml").read_text("utf-8")
    place = text.index("</sanctionsLists>", text.index('entity id="910003"'))
    named = '<sanctionsList datePublished="2022-02-24">Non-SDN Menu-Based Sanctions List</sanctionsList>'
    path = tmp_path / "list.xml"
    path.write_text(text[:place] + named + text[place:], "utf-8")
    with Compliance.open(f"sqlite:///{tmp_path / 'log.db'}", bundled=False) as compliance:
        list(compliance.import_files([path]))
        list(compliance.import_files(FORMS["delimited"], published=date(2024, 3, 1), lists=lists or ()))
        found = {listing.key for listing in compliance.register(date(2024, 3, 1)).listings("us-ofac-mbs")}
    assert found == {"910003", "910006"}


def test_a_party_known_from_remarks_and_from_xml_says_nothing_twice(imported: Callable[..., Known]) -> None:
    for (list_id, key), fields in imported("delimited", "enhanced").items():
        whole = assemble(list_id, key, fields)
        for values in (whole.names, whole.identifiers, whole.births, whole.birthplaces, whole.other):
            texts = [str(getattr(v, "text", None) or getattr(v, "value", v)) for v in values]
            assert len(texts) == len(set(texts)), (key, texts)


def test_what_has_no_field_of_its_own_stands_under_the_publishers_names() -> None:
    more = plain(entry("cons_enhanced.xml", "us-ofac-cmic", "910001"))["more"]
    assert more["ofac-enhanced-xml"]["legalAuthorities"]["legalAuthority"]["#text"] == "Executive Order 14032 (CMIC)"
    assert more["sanctions_types"] == ["Executive Order 13959 Sanctions"]


def test_the_format_is_told_by_content_and_the_day_by_the_file(tmp_path: Path) -> None:
    for number, (path, format) in enumerate(
        [("sdn.xml", "ofac-xml"), ("sdn_advanced.xml", "ofac-advanced-xml"), ("cons_enhanced.xml", "ofac-enhanced-xml")]
    ):
        text = (XML / path).read_text("utf-8")
        other = tmp_path / f"list{number}.txt"
        # The namespaces changed over the years, and will again.
        other.write_text(text.replace("http://tempuri.org/sdnList.xsd", "urn:x").replace("un.org", "example.org"))
        found = publication(other)
        assert (found.format, found.date_source) == (format, "file")
        assert found.statements == publication(XML / path).statements


def test_a_contrary_date_is_refused_when_given_and_noted_when_a_name_has_it(tmp_path: Path) -> None:
    path = XML / "consolidated.xml"
    with pytest.raises(BadInput, match=r"consolidated\.xml: the file says that it was published on 2024-02-01, not on"):
        read([path], published=date(2024, 2, 2))
    assert read([path], published=DAY)[0].published == DAY
    folder = tmp_path / "2024-03-01"
    folder.mkdir()
    (folder / "consolidated.xml").write_bytes(path.read_bytes())
    (found,) = read([folder])
    assert found.published == DAY
    assert "2024-02-01 is taken" in found.warnings[0]
