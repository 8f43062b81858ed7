from __future__ import annotations

from datetime import date

import pytest

from compliance.errors import UnknownList
from compliance.sources.catalogue import CATALOGUE, consolidated_lists, deciding, list_info


def test_every_list_can_be_found_by_its_id() -> None:
    for id, info in CATALOGUE.items():
        assert list_info(id) is info
        assert info.id == id
        assert info.homepage.startswith("https://")


def test_the_cmic_list_begins_with_the_order_that_made_it() -> None:
    assert list_info("us-ofac-cmic").since == date(2021, 6, 3)


@pytest.mark.parametrize(
    ("typed", "meant"), [("us-ofac-snd", "us-ofac-sdn"), ("ofac-cmic", "us-ofac-cmic"), ("us-ofac-mb", "us-ofac-mbs")]
)
def test_a_mistyped_list_is_answered_with_the_one_that_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UnknownList, match=meant):
        list_info(typed)


def test_an_id_that_resembles_none_is_answered_with_all_of_them() -> None:
    with pytest.raises(UnknownList, match="us-ofac-sdn, us-ofac-cmic"):
        list_info("7")


@pytest.mark.parametrize(
    ("tags", "lists"),
    [
        (["CMIC-EO13959"], ["us-ofac-cmic"]),
        (["NS-PLC", "SDGT"], ["us-ofac-plc"]),
        (["UKRAINE-EO13662", "RUSSIA-EO14024"], ["us-ofac-ssi"]),
        (["561List"], ["us-ofac-capta"]),
        (["561-Related", "IRAN-CON-ARMS-EO"], ["us-ofac-capta"]),
        (["FSE-SY", "SYRIA"], ["us-ofac-fse"]),
        (["FSE-IR"], ["us-ofac-fse"]),
        (["IRAN"], ["us-ofac-13599"]),
        (["RUSSIA-EO14024"], ["us-ofac-mbs"]),
        (["CAATSA - RUSSIA"], ["us-ofac-mbs"]),
        (["CMIC-EO13959", "UKRAINE-EO13662"], ["us-ofac-cmic", "us-ofac-ssi"]),
    ],
)
def test_the_programme_tags_decide_on_which_lists_a_consolidated_row_stands(tags: list[str], lists: list[str]) -> None:
    assert list(consolidated_lists(tags)) == lists


def test_a_tag_of_the_sdn_list_decides_nothing() -> None:
    assert deciding(["SDGT", "RUSSIA-EO14024", ""]) == set()
