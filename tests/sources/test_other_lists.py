"""Each format that is not OFAC's: read from the small files of `fixtures/`, nothing of them lost, damage refused."""

from __future__ import annotations

import csv
import html
import itertools
import re
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from compliance.errors import BadInput, DamagedFile
from compliance.measures import NS_CMIC_RULE
from compliance.model import Publication, Statement
from compliance.sources import read
from tests import originals
from tests.originals import Original

FIXTURES = Path(__file__).parents[2] / "fixtures"
REGULATIONS = FIXTURES / "us-regulations" / "2024-05-05"
FILES: list[tuple[Path, Callable[[Path], Iterable[Original]]]] = [
    (FIXTURES / "un" / "2020-01-15" / "consolidated.xml", originals.un),
    (FIXTURES / "uk-conlist" / "ConList.csv", originals.uk_conlist),
    (FIXTURES / "uk-sanctions" / "UK-Sanctions-List.csv", originals.uk_sanctions),
    (FIXTURES / "uk-sanctions" / "UK-Sanctions-List.xml", originals.uk_sanctions_xml),
    (FIXTURES / "eu-fsf" / "full-1.1.csv", originals.eu_fsf),
    (FIXTURES / "eu-fsf" / "form-2018.csv", originals.eu_fsf),
    (FIXTURES / "eu-fsf" / "full-1.1.xml", originals.eu_fsf_xml),
    (FIXTURES / "ca-sema" / "2021-01-10" / "sema-lmes.xml", originals.ca_sema),
    (FIXTURES / "ca-sema" / "2023-06-01" / "sema-lmes.xml", originals.ca_sema),
    *((REGULATIONS / f"{name}.json", originals.us_regulations) for name in
      ("bis_entity_list", "dhs_uflpa", "dow_1260h", "ofac_nscmic")),
    (REGULATIONS / "uflpa.html", originals.uflpa),
    (FIXTURES / "ecfr" / "title-15-part-744-2024-05-06.xml", originals.ecfr),
    (FIXTURES / "opensanctions" / "entities.ftm.json", originals.ftm),
    (FIXTURES / "opensanctions" / "targets.simple.csv", originals.targets_simple),
    (FIXTURES / "bis-dpl" / "2021-03-04" / "dpl.txt", originals.bis_dpl),
    (FIXTURES / "csl" / "2022-02-02" / "consolidated.csv", originals.csl),
]  # fmt: skip


def one(path: Path, published: date | None = None) -> Publication:
    (publication,) = read([path], published=published)
    return publication


def by_key(publication: Publication) -> dict[str, Statement]:
    return {statement.key: statement for statement in publication.statements}


def fields_of(publication: Publication) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for statement in publication.statements:
        listed = statement.listed_on.isoformat() if statement.listed_on else ""
        found[statement.key].append({**statement.fields, "listed_on": listed})
    return found


@pytest.mark.parametrize(("path", "reader"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_every_value_of_every_record_is_stated(path: Path, reader: Callable[[Path], Iterable[Original]]) -> None:
    records = list(reader(path))
    assert records
    assert originals.unfound(records, fields_of(one(path))) == []


@pytest.mark.parametrize(("path", "reader"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_a_format_is_recognised_from_its_content_alone(path: Path, reader: object, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path / "download-2024-05-05")
    assert one(Path(copy)).format == one(path).format


@pytest.mark.parametrize(("path", "reader"), FILES, ids=lambda value: getattr(value, "name", ""))
def test_every_statement_speaks_of_every_covered_field(path: Path, reader: object) -> None:
    publication = one(path)
    for statement in publication.statements:
        assert statement.fields.keys() == set(publication.covers)


# A web page shows no end that could be missed: the last whole row of its tables ends the list.
WITH_AN_END = [(path, reader) for path, reader in FILES if path.suffix != ".html"]


@pytest.mark.parametrize(("path", "reader"), WITH_AN_END, ids=lambda value: getattr(value, "name", ""))
def test_a_file_cut_in_the_middle_is_refused_in_one_line(path: Path, reader: object, tmp_path: Path) -> None:
    data = path.read_bytes()
    copy = tmp_path / "2024-05-05" / path.name
    copy.parent.mkdir()
    copy.write_bytes(data[: 2 * len(data) // 3])
    with pytest.raises(DamagedFile) as refusal:
        read([copy])
    assert str(copy) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_un_list_is_dated_by_itself_and_known_by_its_reference_numbers() -> None:
    publication = one(FIXTURES / "un" / "2020-01-15")
    assert (publication.published, publication.date_source) == (date(2020, 1, 15), "file")
    assert publication.lists == ("un-sc",)
    assert sorted(by_key(publication)) == ["KPe.903", "KPi.902", "QDi.901"]
    person = by_key(publication)["QDi.901"]
    assert person.listed_on == date(2015, 4, 14)
    assert person.fields["name"] == "EXAMPLE BIN MUHAMMAD AL-EXAMPLE"
    assert [(a["text"], a["kind"]) for a in person.fields["aliases"]] == [
        ("مثال بن محمد المثال", "original-script"),
        ("Ixample al-Ixample", "aka"),
        ("Abu Ex", "weak"),
    ]
    assert [(b.get("first"), b.get("last"), b.get("circa", False)) for b in person.fields["births"]] == [
        ("1967-01-01", "1969-12-31", False),
        ("1965-01-01", "1965-12-31", True),
        ("1968-05-25", "1968-05-25", False),
    ]
    assert person.fields["identifiers"] == [
        {"kind": "passport", "value": "A0000001", "label": "Passport", "country": "Yemen", "issued": "2013-11-06"}
    ]


def test_empty_elements_of_the_un_list_say_nothing() -> None:
    fields = by_key(one(FIXTURES / "un" / "2020-01-15"))["KPi.902"].fields
    assert (fields["aliases"], fields["addresses"], fields["births"], fields["remarks"]) == ([], [], [], None)


def test_a_given_date_that_contradicts_the_file_s_own_is_refused() -> None:
    with pytest.raises(BadInput, match="says it is of 2020-01-15, but 2020-01-16 was given"):
        read([FIXTURES / "un" / "2020-01-15"], published=date(2020, 1, 16))


def test_a_british_party_is_one_entry_however_many_rows_it_has() -> None:
    publication = one(FIXTURES / "uk-conlist" / "ConList.csv")
    assert publication.published == date(2018, 5, 13)
    person = by_key(publication)["90001"].fields
    assert person["name"] == "AL-EXAMPLE, Example Muhammad"
    assert [alias["text"] for alias in person["aliases"]] == ["AL-EXAMPLE, Ixample Farouq"]
    assert person["nationalities"] == ["Yemen", "Qatar"]
    assert [birth["text"] for birth in person["births"]] == ["00/00/1980", "01/02/1981"]
    assert person["births"][0]["last"] == "1980-12-31"
    assert "‘the treasurer’, in Sana’a" in person["remarks"]["text"]
    company = by_key(publication)["90002"].fields
    assert company["aliases"] == [{"text": "EXAMPLE BUREAU", "kind": "fka"}]
    assert len(company["addresses"]) == 2


def test_the_identity_of_a_canadian_entry_outlives_new_regimes_names_elements_and_numbers() -> None:
    before, after = (by_key(one(FIXTURES / "ca-sema" / day)) for day in ("2021-01-10", "2023-06-01"))
    assert before.keys() & after.keys() == {"myanmar-examplebagan", "russia-examplovsergeyivanovich"}
    assert {"russia-examplovsergeyivanovich", "russia-examplovsergeyivanovich-2", "russia-examplefaye"} < after.keys()
    assert after["russia-examplefaye"].fields["type"] == "vessel"
    assert after["russia-examplefaye"].fields["identifiers"][0]["kind"] == "imo"


def test_commas_of_legal_forms_do_not_part_canadian_aliases() -> None:
    entry = by_key(one(FIXTURES / "ca-sema" / "2021-01-10"))["myanmar-examplebagan"]
    assert [a["text"] for a in entry.fields["aliases"]] == [
        "Example Bagan Holdings Pte., Ltd.",
        "Example Bagan Limited",
    ]


def test_entity_list_rows_of_one_name_are_told_apart_by_what_they_say_not_by_their_order(tmp_path: Path) -> None:
    path = REGULATIONS / "bis_entity_list.json"
    statements = by_key(one(path))
    assert statements["pk-examplesteelmills"].listed_on == date(1998, 11, 19)
    assert statements["pk-examplesteelmills-2"].listed_on == date(2012, 9, 19)
    assert statements["cn-beijingexampletechnologydevelopmentcoltd"].listed_on == date(2019, 10, 9)


def test_a_count_that_does_not_hold_gives_a_cut_file_away(tmp_path: Path) -> None:
    copy = tmp_path / "list.json"
    copy.write_text((REGULATIONS / "bis_entity_list.json").read_text("utf-8").replace('"count": 3', '"count": 4'))
    with pytest.raises(DamagedFile, match="3 entities where the file says 4"):
        read([copy])


def test_the_official_page_of_a_list_goes_before_a_third_party_s_reading_of_that_day() -> None:
    publications = {p.lists[0]: p for p in read([REGULATIONS])}
    assert publications["us-dhs-uflpa"].format == "uflpa-html"
    assert any("dhs_uflpa.json" in warning for warning in publications["us-dhs-uflpa"].warnings)


def test_a_party_in_two_tables_of_the_uflpa_page_is_one_with_two_grounds() -> None:
    entry = by_key(one(REGULATIONS / "uflpa.html"))["examplecottoncoltd"]
    assert entry.fields["programmes"] == ["Section 2(d)(2)(B)(i)", "Section 2(d)(2)(B)(v)"]
    assert entry.listed_on == date(2022, 6, 21)
    assert [(a["text"], a["kind"]) for a in entry.fields["aliases"]] == [
        ("Example Linen", "aka"),
        ("Example (Hotan) Hair", "aka"),
        ("Example Wool Co., Ltd.", "fka"),
        ("Example Yarn", "aka"),
    ]


def test_a_denied_person_is_known_by_name_through_renewals_and_respellings() -> None:
    before, after = (by_key(one(FIXTURES / "bis-dpl" / day)) for day in ("2021-03-04", "2022-03-04"))
    assert before.keys() - after.keys() == {"exampleexpiredgmbh"}
    assert before["alexampleairlines"].fields["dates"] == {"Expiration_Date": "2021-12-03"}
    assert after["alexampleairlines"].fields["dates"] == {"Expiration_Date": "2022-05-30"}
    assert before["exampleforeverltd"].fields["dates"] == {}
    assert [a["text"] for a in before["alexampleairlines"].fields["aliases"]] == ["ALEXAMPLE AIRLINES"]


def test_the_consolidated_screening_list_never_speaks_for_lists_with_files_of_their_own() -> None:
    publication = one(FIXTURES / "csl" / "2022-02-02")
    assert publication.lists == (
        "us-csl-sdn", "us-csl-cmic", "us-csl-el", "us-csl-dpl", "us-csl-uvl", "us-state-dtc", "us-state-isn",
    )  # fmt: skip
    statements = by_key(publication)
    assert statements["90002"].fields["measures"] == [
        {
            "kind": "securities",
            "basis": "CMIC-EO13959",
            "rule": NS_CMIC_RULE,
            "effective": "2021-08-02",
            "divest_by": "2022-06-03",
        }
    ]
    assert {"hk-examplechinaltd", "hk-examplechinaltd-2"} < statements.keys()
    assert statements["90001"].fields["gender"] == "Male"


def test_the_first_fault_of_a_delimited_file_is_named_and_the_rest_counted(tmp_path: Path) -> None:
    header, *rows = (FIXTURES / "csl" / "2022-02-02" / "consolidated.csv").read_text("utf-8").splitlines()
    copy = tmp_path / "csl-2022-02-02.csv"
    copy.write_text("\n".join([header, header, "a,b,c", *rows]), "utf-8")
    with pytest.raises(DamagedFile, match=r"line 2: the header stands there once more \(and 1 more\)"):
        read([copy])


def test_xml_with_a_document_type_is_refused_before_any_entity_is_read(tmp_path: Path) -> None:
    text = (FIXTURES / "un" / "2020-01-15" / "consolidated.xml").read_text("utf-8")
    bomb = '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    copy = tmp_path / "consolidated.xml"
    copy.write_text(text.replace("<CONSOLIDATED_LIST", bomb + "<CONSOLIDATED_LIST", 1).replace("Haji", "&b;"), "utf-8")
    with pytest.raises(DamagedFile, match="document type"):
        read([copy])


def test_a_reference_number_that_stands_twice_is_damage(tmp_path: Path) -> None:
    text = (FIXTURES / "un" / "2020-01-15" / "consolidated.xml").read_text("utf-8").replace("KPi.902", "KPe.903")
    copy = tmp_path / "consolidated.xml"
    copy.write_text(text, "utf-8")
    with pytest.raises(DamagedFile, match=r"line \d+: KPe\.903 stands there twice"):
        read([copy])


def test_the_uk_sanctions_list_says_the_same_as_csv_xml_and_spreadsheet(tmp_path: Path) -> None:
    rows = one(FIXTURES / "uk-sanctions" / "UK-Sanctions-List.csv")
    elements = one(FIXTURES / "uk-sanctions" / "UK-Sanctions-List.xml")
    sheet = one(spreadsheet(FIXTURES / "uk-sanctions" / "UK-Sanctions-List.csv", tmp_path / "list.ods"))
    assert rows.published == elements.published == sheet.published == date(2026, 10, 8)
    assert by_key(rows) == by_key(sheet)
    for key, statement in by_key(rows).items():
        assert by_key(elements)[key] == statement


def test_the_uk_sanctions_list_states_what_was_imposed() -> None:
    statements = by_key(one(FIXTURES / "uk-sanctions" / "UK-Sanctions-List.csv"))
    kinds = {key: [m["kind"] for m in s.fields["measures"]] for key, s in statements.items()}
    assert kinds == {
        "AFG9001": ["asset-freeze", "travel-ban"],
        "DPR9075": ["transport"],
        "RUS9001": ["asset-freeze", "trust-services"],
    }
    person = statements["AFG9001"].fields
    assert [(a["text"], a["kind"]) for a in person["aliases"]] == [
        ("Examplakhund, Mohammad", "aka"),
        ("Haji Example", "weak"),
        ("محمد مثال آخوند", "original-script"),
    ]
    assert person["births"][0] == {"text": "dd/mm/1958", "first": "1958-01-01", "last": "1958-12-31"}
    assert statements["DPR9075"].fields["type"] == "vessel"


def test_the_forms_of_the_eu_list_agree_on_all_that_the_model_holds() -> None:
    rows, elements = (by_key(one(FIXTURES / "eu-fsf" / name)) for name in ("full-1.1.csv", "full-1.1.xml"))
    assert rows.keys() == elements.keys()
    for key, statement in rows.items():
        for field in statement.fields.keys() & elements[key].fields.keys() - {"aliases"}:
            assert statement.fields[field] == elements[key].fields[field], field


def test_a_name_of_the_eu_list_has_its_language_number_and_strength() -> None:
    entry = by_key(one(FIXTURES / "eu-fsf" / "full-1.1.xml"))["9013"].fields
    assert entry["name"] == "Ahmed Al-Example"
    assert entry["aliases"] == [
        {"text": "Ахмед ал-Пример", "kind": "original-script", "source_id": "9019", "language": "BG"},
        {"text": "Abu Ex", "kind": "weak", "source_id": "9018"},
    ]
    assert entry["births"][1] == {
        "text": "1967 to 1969", "first": "1967-01-01", "last": "1969-12-31", "circa": True,
    }  # fmt: skip


def test_an_eu_file_whose_lines_were_wrapped_in_quotes_is_refused_saying_so(tmp_path: Path) -> None:
    lines = (FIXTURES / "eu-fsf" / "form-2018.csv").read_text("utf-8").splitlines()
    copy = tmp_path / "list.csv"
    copy.write_text("".join(f'"{line}\t\t"\n' for line in lines), "utf-8")
    with pytest.raises(DamagedFile, match="line 1: each line stands in one pair of quotation marks"):
        read([copy])


def test_the_ecfr_s_tables_are_three_lists_with_the_keys_that_the_other_form_gives() -> None:
    publication = one(FIXTURES / "ecfr" / "title-15-part-744-2024-05-06.xml")
    assert (publication.lists, publication.published) == (
        ("us-bis-el", "us-bis-uvl", "us-bis-meu"),
        date(2024, 5, 6),
    )
    statements = by_key(publication)
    other_form = by_key(one(REGULATIONS / "bis_entity_list.json"))
    key = "cn-beijingexampletechnologydevelopmentcoltd"
    for field in ("name", "aliases", "listed_on"):
        values = [{**s.fields, "listed_on": s.listed_on}[field] for s in (statements[key], other_form[key])]
        assert (
            sorted(map(str, values[0])) == sorted(map(str, values[1])) if field == "aliases" else values[0] == values[1]
        )
    assert [a["street"] for a in statements[key].fields["addresses"]] == [
        "Room 1, Haidian District, Beijing, China",
        "Room 2, Chaoyang District, Beijing, China",
    ]
    assert statements["ae-examplegulffze"].lists == ("us-bis-uvl",)
    assert statements["cn-exampleghoura"].fields["addresses"][0]["country"] == "CHINA, PEOPLE'S REPUBLIC OF"
    assert {"cn-exampleturbineworks", "ru-exampleradarjsc"} < statements.keys()
    assert any("a note below the table" in warning for warning in publication.warnings)


def test_a_reserved_place_in_the_ecfr_is_no_party(tmp_path: Path) -> None:
    """Supplement 7 has countries without any party, supplement 4 places of parties that were removed."""
    source = FIXTURES / "ecfr" / "title-15-part-744-2024-05-06.xml"
    row = "<TR><TD>BURMA</TD><TD>[Reserved]</TD><TD/></TR>\n<TR><TD>RUSSIA</TD>"
    copy = tmp_path / source.name
    copy.write_text(source.read_text("utf-8").replace("<TR><TD>RUSSIA</TD>", row, 1), "utf-8")
    assert by_key(one(copy)).keys() == by_key(one(source)).keys()


def test_follow_the_money_entities_carry_what_is_linked_with_them() -> None:
    publication = one(FIXTURES / "opensanctions" / "entities.ftm.json")
    assert (publication.lists, publication.published) == (("ftm-xx-example-list",), date(2024, 5, 6))
    company, person = (by_key(publication)[key] for key in ("NK-example1", "NK-example2"))
    assert company.listed_on == date(2022, 3, 15)
    assert {linked["schema"] for linked in company.fields["other"]["linked"]} == {"Address", "Sanction"}
    assert [(a["text"], a["kind"]) for a in company.fields["aliases"]] == [
        ("ООО Пример Трейдинг", "aka"),
        ("Extra", "aka"),
        ("Example Bureau", "fka"),
        ("EXT", "weak"),
    ]
    assert person.fields["type"] == "individual"
    assert "NK-relative" not in by_key(publication)
    assert [linked["id"] for linked in person.fields["other"]["linked"]] == ["fam-1", "NK-relative"]
    assert publication.warnings == ()
    assert by_key(one(FIXTURES / "opensanctions" / "targets.simple.csv")).keys() == by_key(publication).keys()


def own(folder: Path, **changes: tuple[str, str]) -> Path:
    """A copy of the own list and its mapping, with one text of a file changed."""
    shutil.copytree(FIXTURES / "own-list", folder)
    for name, (old, new) in changes.items():
        path = folder / f"blocklist.{name}"
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return folder


def test_an_own_list_is_a_list_like_any_other() -> None:
    publication = one(FIXTURES / "own-list", date(2024, 5, 6))
    assert publication.lists == ("own-blocklist",)
    assert {file.name for file in publication.files} == {"blocklist.csv", "blocklist.toml"}
    statements = by_key(publication)
    company = statements["B-1"]
    assert company.listed_on == date(2020, 3, 1)
    assert [alias["text"] for alias in company.fields["aliases"]] == ["Example Overseas", "EUG", "Altname GmbH"]
    assert [(i["kind"], i["value"]) for i in company.fields["identifiers"]] == [
        ("lei", "529900T8BM49AURSDO55"),
        ("registration", "HRB 90001"),
    ]
    assert company.fields["measures"] == [
        {"kind": "internal", "basis": "no new business (credit committee)", "rule": "your own decision"}
    ]
    assert statements["B-2"].fields["type"] == "individual"
    assert originals.unfound(originals.own_list(FIXTURES / "own-list" / "blocklist.toml"), fields_of(publication)) == []


def test_an_own_list_may_be_a_spreadsheet(tmp_path: Path) -> None:
    book = Workbook()
    for row in csv.reader((FIXTURES / "own-list" / "blocklist.csv").read_text("utf-8").splitlines()):
        book.active.append(row)  # type: ignore[union-attr]
    folder = own(tmp_path / "2024-05-06", toml=("blocklist.csv", "blocklist.xlsx"))
    (folder / "blocklist.csv").unlink()
    book.save(folder / "blocklist.xlsx")
    expected = by_key(one(FIXTURES / "own-list", date(2024, 5, 6)))
    assert by_key(one(folder)) == expected
    (folder / "blocklist.xlsx").unlink()
    spreadsheet(FIXTURES / "own-list" / "blocklist.csv", folder / "blocklist.ods")
    own_mapping = folder / "blocklist.toml"
    own_mapping.write_text(own_mapping.read_text("utf-8").replace("blocklist.xlsx", "blocklist.ods"), "utf-8")
    assert by_key(one(folder)) == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"toml": ('name = "Partner"', 'name = "Partnr"')}, "has no column 'Partnr'; its columns are 'No', 'Partner'"),
        ({"toml": ('"own-blocklist"', '"us-ofac-sdn"')}, "an own list's id is own-NAME"),
        ({"toml": ("[types]", "[typos]")}, "blocklist.toml: typos: extra inputs are not permitted"),
        (
            {"toml": ('file = "blocklist.csv"', 'file = "other.csv"')},
            "the file 'other.csv' that it describes is not there",
        ),
        ({"toml": ("list = ", "list == ")}, "not readable as TOML"),
        ({"csv": ("B-3,Example Minor Ltd", "B-3,")}, "line 4: no Partner"),
        ({"csv": ("B-3", "B-1")}, "line 4: No 'B-1' stands there twice, first in line 2"),
        ({"csv": ("2020-03-01", "yesterday")}, "line 2: the Since 'yesterday' is no day"),
        ({"csv": (",Firma,", ",Stiftung,")}, "line 2: the Kind 'Stiftung' is neither"),
    ],
)
def test_what_is_wrong_with_an_own_list_is_said_in_one_line(
    changes: dict[str, tuple[str, str]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=re.escape(message)):
        read([own(tmp_path / "2024-05-06", **changes)])


def test_an_own_list_in_another_encoding_is_read_when_its_mapping_says_so(tmp_path: Path) -> None:
    folder = own(tmp_path / "2024-05-06")
    text = (folder / "blocklist.csv").read_text("utf-8")
    (folder / "blocklist.csv").write_bytes(text.encode("cp1252"))
    with pytest.raises(DamagedFile, match=r"line 2: the byte DC is not utf-8"):
        read([folder])
    mapping = folder / "blocklist.toml"
    mapping.write_text('encoding = "cp1252"\n' + mapping.read_text("utf-8"), "utf-8")
    assert by_key(one(folder))["B-1"].fields["name"] == "Example Übersee GmbH"


def test_a_date_of_listing_after_the_publication_is_a_slip_when_it_is_one_and_refused_when_it_is_many(
    tmp_path: Path,
) -> None:
    text = (FIXTURES / "un" / "2020-01-15" / "consolidated.xml").read_text("utf-8")
    copy = tmp_path / "consolidated.xml"
    copy.write_text(text.replace("2017-12-22", "2917-12-22"), "utf-8")
    publication = one(copy)
    assert by_key(publication)["KPi.902"].listed_on is None
    assert by_key(publication)["KPi.902"].fields["other"]["listed_on"] == "2917-12-22"
    assert any("KPi.902 is said to be listed on 2917-12-22" in warning for warning in publication.warnings)
    many = one(FIXTURES / "ca-sema" / "2023-06-01" / "sema-lmes.xml", date(1999, 1, 1))
    assert [s.listed_on for s in many.statements if s.listed_on]


def test_half_a_character_in_json_is_damage(tmp_path: Path) -> None:
    text = (REGULATIONS / "ofac_nscmic.json").read_text("utf-8")
    copy = tmp_path / "list.json"
    copy.write_text(text.replace("Example Engine", "\\ud800 Engine"), "utf-8")
    with pytest.raises(DamagedFile, match="line 1: half a character"):
        read([copy])


def spreadsheet(table: Path, target: Path) -> Path:
    """The rows of a CSV file as an OpenDocument spreadsheet, as office programs write it: blanks are repeated."""
    rows = list(csv.reader(table.read_text("utf-8").splitlines()))
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    blank = '<table:table-cell table:number-columns-repeated="{}"/>'
    lines = []
    for row in rows:
        parts = [
            blank.format(len(cells)) if not text else cell.format(html.escape(text)) * len(cells)
            for text, group in itertools.groupby(row)
            for cells in [list(group)]
        ]
        lines.append(f"<table:table-row>{''.join(parts)}</table:table-row>")
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='List'>"
        f"{''.join(lines)}{empty}</table:table><table:table table:name='Notes'><table:table-row>"
        f"{cell.format('not of the list')}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return target
