from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from compliance.errors import BadInput
from compliance.model import Publication, RemarkFacts, Statement
from compliance.sources import read


def by_key(publication: Publication) -> dict[str, Statement]:
    return {statement.key: statement for statement in publication.statements}


def test_a_statement_says_what_the_rows_say(sdn: Path) -> None:
    vessel = by_key(read([sdn])[0])["900004"]
    assert vessel.lists == ("us-ofac-sdn",)
    assert vessel.fields["type"] == "vessel"
    assert vessel.fields["name"] == "NORTHERN EXAMPLE"
    assert vessel.fields["programmes"] == ["IRAN-EO13846"]
    assert vessel.fields["details"] == {
        "Call_Sign": "EXA1",
        "Vess_type": "Crude Oil Tanker",
        "Tonnage": "99,144",
        "GRT": "56,068",
        "Vess_flag": "Panama",
        "Vess_owner": "Example Shipping S.A.",
    }
    assert vessel.fields["aliases"] == [{"text": "SOUTHERN EXAMPLE", "kind": "fka", "source_id": "800004"}]


def test_an_entry_without_a_type_is_an_entity(sdn: Path) -> None:
    assert by_key(read([sdn])[0])["900001"].fields["type"] == "entity"


def test_several_programmes_are_told_apart(sdn: Path) -> None:
    person = by_key(read([sdn])[0])["900003"]
    assert person.fields["programmes"] == ["UKRAINE-EO13661", "RUSSIA-EO14024"]


def test_addresses_keep_the_publishers_order_and_parts(sdn: Path) -> None:
    assert by_key(read([sdn])[0])["900002"].fields["addresses"] == [
        {"street": "41 ul. Vereiskaya", "city": "Moscow 121471", "country": "Russia", "source_id": "700002"},
        {"country": "Russia", "source_id": "700003"},
    ]


def test_an_entry_without_aliases_has_none_when_the_file_of_aliases_is_there(sdn: Path) -> None:
    assert by_key(read([sdn])[0])["900006"].fields["aliases"] == []


def test_a_file_that_is_missing_leaves_its_field_unsaid(sdn: Path) -> None:
    (publication,) = read([sdn / "sdn.csv"])
    assert publication.covers == ("type", "name", "programmes", "details", "remarks")
    assert all(set(statement.fields) == set(publication.covers) for statement in publication.statements)


def test_cut_remarks_and_their_rest_are_joined_without_a_gap(sdn: Path) -> None:
    fields = by_key(read([sdn])[0])["900003"].fields
    head, whole = fields["remarks"], fields["continuation"]
    assert head["truncated"] is True
    assert len(head["text"]) == 1000
    assert "identifiers" not in head
    assert [found["value"] for found in whole["identifiers"]] == ["77001234567"]
    assert [name["text"] for name in whole["weak_names"]] == ["THE COURIER"]
    assert "truncated" not in whole


def test_remarks_that_were_not_cut_have_no_continuation(sdn: Path) -> None:
    assert by_key(read([sdn])[0])["900001"].fields["continuation"] is None


def test_remarks_of_a_thousand_characters_are_cut_unless_the_rest_is_known_to_be_empty(
    spoilt: Callable[..., Path],
) -> None:
    folder = spoilt("sdn_comments.csv", lambda data: data)
    (folder / "sdn_comments.csv").unlink()
    assert by_key(read([folder])[0])["900003"].fields["remarks"]["truncated"] is True

    other = b'900001," Goes on here."\r\n\x1a'
    (folder / "sdn_comments.csv").write_bytes(other)
    fields = by_key(read([folder])[0])["900003"].fields
    assert "truncated" not in fields["remarks"]
    assert fields["continuation"] is None


def test_a_continuation_of_remarks_that_were_not_cut_is_told(spoilt: Callable[..., Path]) -> None:
    folder = spoilt("sdn_comments.csv", lambda data: data[:-1] + b'900001,"Goes on here."\r\n')
    (warning,) = read([folder])[0].warnings
    assert "sdn_comments.csv, line 2" in warning


def test_the_consolidated_file_holds_several_lists_and_the_tags_decide(consolidated: Path) -> None:
    (publication,) = read([consolidated])
    assert publication.lists == (
        "us-ofac-cmic",
        "us-ofac-ssi",
        "us-ofac-capta",
        "us-ofac-plc",
        "us-ofac-fse",
        "us-ofac-13599",
        "us-ofac-mbs",
    )
    assert [statement.lists for statement in publication.statements] == [
        ("us-ofac-cmic",),
        ("us-ofac-cmic",),
        ("us-ofac-ssi",),
        ("us-ofac-plc",),
        ("us-ofac-capta",),
        ("us-ofac-mbs",),
    ]


def test_a_cmic_entry_is_dated_by_its_own_listing_date(consolidated: Path) -> None:
    statements = by_key(read([consolidated])[0])
    assert statements["910001"].listed_on == date(2021, 12, 10)
    assert statements["910002"].listed_on == date(2021, 6, 3)


def test_a_listing_date_of_a_directive_dates_no_entry(consolidated: Path) -> None:
    assert by_key(read([consolidated])[0])["910003"].listed_on is None


def test_an_entry_on_two_lists_has_no_one_listing_date(spoilt: Callable[..., Path], consolidated: Path) -> None:
    folder = spoilt(
        "cons_prim.csv", lambda data: data.replace(b"CMIC-EO13959", b"CMIC-EO13959] [NS-PLC", 1), consolidated
    )
    first = read([folder])[0].statements[0]
    assert first.lists == ("us-ofac-cmic", "us-ofac-plc")
    assert first.listed_on is None


def test_a_consolidated_file_from_before_a_list_says_nothing_of_it(
    spoilt: Callable[..., Path], consolidated: Path
) -> None:
    folder = spoilt("cons_prim.csv", without_younger_lists, consolidated)
    for name in ("cons_alt.csv", "cons_add.csv"):
        (folder / name).unlink()
    (publication,) = read([folder], published=date(2018, 4, 6))
    assert "us-ofac-ssi" in publication.lists
    assert "us-ofac-cmic" not in publication.lists
    assert "us-ofac-mbs" not in publication.lists


def without_younger_lists(data: bytes) -> bytes:
    return b"".join(line for line in data.splitlines(True) if b"CMIC-" not in line and b"BURMA" not in line)


def test_an_entry_on_a_list_that_had_not_begun_gives_a_wrong_date_away(consolidated: Path) -> None:
    with pytest.raises(BadInput, match="us-ofac-cmic, a list that began on 2021-06-03"):
        read([consolidated], published=date(2021, 6, 2))


def test_a_row_without_a_deciding_tag_before_the_menu_list_is_taken_with_a_warning(
    spoilt: Callable[..., Path], consolidated: Path
) -> None:
    folder = spoilt(
        "cons_prim.csv",
        lambda data: b"".join(line for line in data.splitlines(True) if b"CMIC-" not in line),
        consolidated,
    )
    for name in ("cons_alt.csv", "cons_add.csv"):
        (folder / name).unlink()
    (publication,) = read([folder], published=date(2018, 4, 6))
    assert "us-ofac-mbs" in publication.lists
    assert any("910006 is on us-ofac-mbs" in warning for warning in publication.warnings)


def test_the_sdn_file_is_known_by_its_content_and_tags_of_other_lists_do_not_deceive(
    spoilt: Callable[..., Path],
) -> None:
    def other_tags(data: bytes) -> bytes:
        return data.replace(b"SDNTK", b"SDNTK] [NS-PLC").replace(b"SDGT] [IFSR", b"IRAN] [FSE-SY")

    (publication,) = read([spoilt("sdn.csv", other_tags)])
    assert publication.lists == ("us-ofac-sdn",)


def test_a_misleading_name_is_told_and_not_believed(sdn: Path, consolidated: Path, tmp_path: Path) -> None:
    shutil.copy(consolidated / "cons_prim.csv", tmp_path / "sdn.csv")
    (publication,) = read([tmp_path / "sdn.csv"], published=date(2024, 2, 1))
    assert "us-ofac-cmic" in publication.lists
    assert any("by its content" in warning for warning in publication.warnings)


def test_both_lists_in_one_folder_are_two_publications_with_their_own_parts(
    sdn: Path, consolidated: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "2024-02-01"
    shutil.copytree(sdn, folder)
    shutil.copytree(consolidated, folder, dirs_exist_ok=True)
    first, second = sorted(read([folder]), key=lambda publication: len(publication.lists))
    assert first.statements == read([sdn])[0].statements
    assert second.statements == read([consolidated])[0].statements
    assert [file.name for file in second.files] == ["cons_prim.csv", "cons_alt.csv", "cons_add.csv"]


def test_parts_that_fit_two_lists_equally_go_by_the_customary_prefix(
    sdn: Path, consolidated: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "2024-02-01"
    shutil.copytree(sdn, folder)
    both = (consolidated / "cons_prim.csv").read_bytes().replace(b"910001,", b"900001,")
    (folder / "cons_prim.csv").write_bytes(both)
    (folder / "alt.csv").write_bytes(b'900001,1,"aka","OF THE SDN",-0- \r\n\x1a')
    (folder / "cons_alt.csv").write_bytes(b'900001,1,"aka","OF THE OTHER",-0- \r\n\x1a')
    found = {publication.lists[0]: publication.statements[0] for publication in read([folder])}
    assert found["us-ofac-sdn"].fields["aliases"][0]["text"] == "OF THE SDN"
    assert found["us-ofac-cmic"].fields["aliases"][0]["text"] == "OF THE OTHER"


def test_two_primary_files_of_one_list_are_refused(sdn: Path, tmp_path: Path) -> None:
    folder = tmp_path / "2023-10-31"
    shutil.copytree(sdn, folder)
    shutil.copy(sdn / "sdn.csv", folder / "sdn (1).csv")
    with pytest.raises(BadInput, match="more than one file of the entries"):
        read([folder])


def test_the_same_part_twice_is_refused(sdn: Path, tmp_path: Path) -> None:
    folder = tmp_path / "2023-10-31"
    shutil.copytree(sdn, folder)
    shutil.copy(sdn / "alt.csv", folder / "alt (1).csv")
    with pytest.raises(BadInput, match="the same part"):
        read([folder])


def test_aliases_alone_say_nothing(sdn: Path) -> None:
    with pytest.raises(BadInput, match=r"alt\.csv says nothing without the file of the entries"):
        read([sdn / "alt.csv"])


def test_the_two_fixtures_differ_by_an_addition_an_amendment_and_a_removal(sdn: Path) -> None:
    before, after = (by_key(publication) for publication in read([sdn.parent]))
    assert set(after) - set(before) == {"900007"}
    assert set(before) - set(after) == {"900006"}
    assert [key for key in before if key in after and before[key] != after[key]] == ["900002"]


def test_every_remark_has_the_shape_of_remark_facts(sdn: Path, consolidated: Path) -> None:
    for publication in read([sdn.parent, consolidated]):
        for statement in publication.statements:
            for field in ("remarks", "continuation"):
                facts = statement.fields.get(field)
                if facts:
                    model = RemarkFacts.model_validate(facts)
                    assert model.model_dump(mode="json", exclude_defaults=True) == facts
