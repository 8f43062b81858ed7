from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.model import RemarkFacts
from compliance.sources.ofac_identifiers import KINDS
from compliance.sources.ofac_remarks import parse, split


def only(text: str, field: str) -> Any:
    """What the text says, when it says nothing but this."""
    facts = parse(text)
    assert set(facts) == {"text", field}, facts
    (found,) = facts[field]
    return found


@pytest.mark.parametrize(
    ("written", "first", "last", "circa"),
    [
        ("17 Jan 1941", "1941-01-17", "1941-01-17", False),
        ("1941", "1941-01-01", "1941-12-31", False),
        ("circa 1963", "1963-01-01", "1963-12-31", True),
        ("Feb 1964", "1964-02-01", "1964-02-29", False),
        ("1962 to 1964", "1962-01-01", "1964-12-31", False),
        ("01 Jan 1960 to 31 Dec 1960", "1960-01-01", "1960-12-31", False),
        ("circa 1967-1968", "1967-01-01", "1968-12-31", True),
        ("10 October 1969", "1969-10-10", "1969-10-10", False),
    ],
)
def test_a_birth_is_the_span_of_days_that_it_can_mean(written: str, first: str, last: str, circa: bool) -> None:
    expected = {"text": written, "first": first, "last": last} | ({"circa": True} if circa else {})
    assert only(f"DOB {written}.", "births") == expected
    assert only(f"alt. DOB {written}.", "births") == expected


@pytest.mark.parametrize(
    "item", ["DOB 30 Feb 1970", "DOB unknown", "DOB 1964 to 1962", "DOB 0000", "DOB circa", "DOB 17 Foo 1941"]
)
def test_a_birth_that_is_no_date_stays_as_it_is(item: str) -> None:
    assert only(f"{item}.", "other") == item


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("ISIN CNE100000PM8", {"kind": "isin", "value": "CNE100000PM8", "label": "ISIN"}),
        ("Equity Ticker CHA US", {"kind": "ticker", "value": "CHA US", "label": "Equity Ticker"}),
        ("alt. Equity Ticker 600677  CN", {"kind": "ticker", "value": "600677 CN", "label": "Equity Ticker"}),
        ("Legal Entity Number 253400V1H6ART1UQ0N98", {"kind": "lei", "value": "253400V1H6ART1UQ0N98"}),
        ("SWIFT/BIC BTEJ IR TH", {"kind": "bic", "value": "BTEJ IR TH"}),
        ("Vessel Registration Identification IMO 9074729", {"kind": "imo", "value": "9074729"}),
        ("Vessel Registration Identification IMO 5342883", {"kind": "imo-company", "value": "5342883"}),
        ("Identification Number IMO 6003117", {"kind": "imo-company", "value": "6003117"}),
        ("Company Number IMO 543400", {"kind": "imo-company", "value": "543400"}),
        ("MMSI 572469210", {"kind": "mmsi", "value": "572469210"}),
        ("Passport RL 2544590 (Lebanon)", {"kind": "passport", "value": "RL 2544590", "country": "Lebanon"}),
        ("Cedula No. 1713602009 (Ecuador)", {"kind": "national-id", "country": "Ecuador"}),
        ("NIT # 811033869-7 (Colombia)", {"kind": "tax-id", "value": "811033869-7", "label": "NIT #"}),
        ("C.R. No. 2162198 (Hong Kong)", {"kind": "registration", "value": "2162198", "country": "Hong Kong"}),
        ("Unified Social Credit Code (USCC) 91310115MA1K4DLAXM (China)", {"kind": "uscc", "country": "China"}),
        ("D-U-N-S Number 52-023-7366", {"kind": "duns", "value": "52-023-7366"}),
        ("Aircraft Tail Number RA-76669", {"kind": "aircraft-tail", "value": "RA-76669"}),
        (
            "Aircraft Construction Number (also called L/N or S/N or F/N) 3007",
            {"kind": "aircraft-serial", "value": "3007"},
        ),
        ("Aircraft Mode S Transponder Code 140AE7", {"kind": "aircraft-mode-s", "value": "140AE7"}),
        ("Website www.ansarbank.com", {"kind": "website", "value": "www.ansarbank.com"}),
        ("Email Address sovxoz@list.ru", {"kind": "email", "value": "sovxoz@list.ru"}),
        ("Telephone (98)(21)(66153220)", {"kind": "phone", "value": "(98)(21)(66153220)", "label": "Telephone"}),
        ("Fax: 982188526337", {"kind": "fax", "value": "982188526337", "label": "Fax"}),
        ("BIK (RU) 044525219", {"kind": "bik", "value": "044525219"}),
        ("National ID No. K357514(4) (Hong Kong)", {"kind": "national-id", "value": "K357514(4)"}),
        (
            "Folio Mercantil No. 26075 (Jalisco) (Mexico)",
            {"value": "26075", "label": "Folio Mercantil No. (Jalisco)", "country": "Mexico"},
        ),
        (
            "Diplomatic Passport DP0001520 (Burundi) issued 01 Aug 2012 expires 01 Aug 2017",
            {"kind": "passport", "value": "DP0001520", "issued": "01 Aug 2012", "expires": "01 Aug 2017"},
        ),
        ("Passport NO34409/129 issued Jul 1997", {"value": "NO34409/129", "issued": "Jul 1997"}),
        ("Registration Number 1037739013388 (Russia) issued 1946", {"country": "Russia", "issued": "1946"}),
    ],
)
def test_an_identifier_has_a_kind_a_value_and_the_publishers_label(item: str, expected: dict[str, str]) -> None:
    found = only(f"{item}.", "identifiers")
    assert found | expected == found


def test_a_wallet_keeps_its_case_and_its_currency() -> None:
    assert only("alt. Digital Currency Address - XBT 1B11Ezqg3AXj.", "identifiers") == {
        "kind": "wallet",
        "value": "1B11Ezqg3AXj",
        "label": "Digital Currency Address - XBT",
    }


def test_the_issuer_of_a_security_is_an_identifier_and_also_said_verbatim() -> None:
    facts = parse("Issuer Name China Shipbuilding Industry Group Power; ISIN CNE000001JN5.")
    assert [found["kind"] for found in facts["identifiers"]] == ["issuer-name", "isin"]
    assert facts["other"] == ["Issuer Name China Shipbuilding Industry Group Power"]


@pytest.mark.parametrize(
    "item",
    [
        "Passport issued in Sarajevo, Bosnia-Herzegovina",
        "Passport 4117921 issued under the name Dilawar Khan",
        "Passport OR801168 and Kuwaiti National ID No. 281020505755",
        "Driver's License is issued by the State of Texas",
        "Website",
        "Some Number That Nobody Knows 12",
        "nationality possibly Palestinian",
    ],
)
def test_a_sentence_that_only_begins_like_a_fact_stays_a_sentence(item: str) -> None:
    assert only(f"{item}.", "other") == item


@pytest.mark.parametrize("name", ["GIA", "ABU-'UMAR", "'ABD-AL-'IZ", "O'NEILL, J.", "A.B."])
@pytest.mark.parametrize("kind", ["a.k.a.", "f.k.a.", "n.k.a."])
def test_a_quoted_alias_is_a_weak_name_up_to_its_last_apostrophe(name: str, kind: str) -> None:
    assert only(f"{kind} '{name}'.", "weak_names") == {"text": name, "kind": "weak", "remarks": kind}


def test_what_is_said_of_a_person_is_told_apart() -> None:
    facts = parse(
        "POB Hama, Syria; alt. POB Homs; nationality Korea, North; citizen Russia; alt. citizen Israel; "
        "Gender Female; Linked To: HIZBALLAH."
    )
    assert facts["birthplaces"] == ["Hama, Syria", "Homs"]
    assert facts["nationalities"] == ["Korea, North"]
    assert facts["citizenships"] == ["Russia", "Israel"]
    assert facts["gender"] == "Female"
    assert facts["linked_to"] == ["HIZBALLAH"]


def test_a_second_gender_is_kept_beside_the_first() -> None:
    facts = parse("Gender Male; Gender Female.")
    assert (facts["gender"], facts["other"]) == ("Male", ["Gender Female"])


def test_risks_and_directives_are_kept_in_their_own_words() -> None:
    facts = parse(
        "Secondary sanctions risk: See Section 11 of Executive Order 14024.; "
        "Additional Sanctions Information - Subject to Secondary Sanctions; "
        "Executive Order 13662 Directive Determination - Subject to Directive 1; "
        "Executive Order 13846 information: FOREIGN EXCHANGE. Sec. 5(a)(ii); "
        "alt. CAATSA Section 235 Information: FOREIGN EXCHANGE. Sec 235(a)(7)."
    )
    assert [text[:40] for text in facts["secondary_sanctions"]] == [
        "Secondary sanctions risk: See Section 11",
        "Additional Sanctions Information - Subje",
    ]
    assert len(facts["directives"]) == 3
    assert "other" not in facts


def test_not_subject_to_secondary_sanctions_is_no_risk() -> None:
    item = "Additional Sanctions Information - Not on the SDN List and Not Subject to Secondary Sanctions"
    assert only(f"{item}.", "other") == item


def test_the_dates_of_a_cmic_listing_are_told_apart() -> None:
    facts = parse(
        "Effective Date (CMIC) 08 Feb 2022; Purchase/Sales For Divestment Date (CMIC) 10 Dec 2022; "
        "Listing Date (CMIC) 10 Dec 2021; Listing Date (EO 14024 Directive 3): 24 Feb 2022."
    )
    assert facts["dates"] == {
        "Effective Date (CMIC)": "2022-02-08",
        "Purchase/Sales For Divestment Date (CMIC)": "2022-12-10",
        "Listing Date (CMIC)": "2021-12-10",
        "Listing Date (EO 14024 Directive 3)": "2022-02-24",
    }


@pytest.mark.parametrize("item", ["Listing Date (CMIC) 31 Feb 2022", "Listing Date (CMIC) 2022"])
def test_a_listing_date_that_is_no_day_stays_as_it_is(item: str) -> None:
    assert only(f"{item}.", "other") == item


def test_the_same_date_twice_is_kept_twice() -> None:
    facts = parse("Listing Date (CMIC) 10 Dec 2021; Listing Date (CMIC) 11 Dec 2021.")
    assert facts["dates"] == {"Listing Date (CMIC)": "2021-12-10"}
    assert facts["other"] == ["Listing Date (CMIC) 11 Dec 2021"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Linked To: HIZBALLAH.", "HIZBALLAH"),
        ("Linked To: R D I S.A.", "R D I S.A."),
        ("Linked To: GASOLINERA, S.A. DE C.V.", "GASOLINERA, S.A. DE C.V."),
        ("Linked To: DES INTERNATIONAL CO., LTD.", "DES INTERNATIONAL CO., LTD."),
        ("Linked To: EVIL CORP.", "EVIL CORP"),
    ],
)
def test_the_closing_full_stop_stays_where_it_belongs_to_the_name(text: str, name: str) -> None:
    assert only(text, "linked_to") == name


@pytest.mark.parametrize(
    "text",
    [
        "DOB 1962; Tax ID No. 77001",
        "DOB 1962; Listing Date (EO 14024 Direct",
        "DOB 1962; a.k.a. 'snowsjo",
        "DOB 1962; Linked To: SOMEBO",
        "DOB 1962; Tax ID No. 7700123456 (Russia).",
    ],
)
def test_the_last_item_of_a_cut_text_is_stated_as_no_fact(text: str) -> None:
    facts = parse(text, truncated=True)
    assert facts["truncated"] is True
    assert [born["text"] for born in facts["births"]] == ["1962"]
    assert facts["other"] == [text.split("; ")[1]]
    assert set(facts) == {"text", "truncated", "births", "other"}


def test_an_item_that_ends_where_the_text_was_cut_is_whole() -> None:
    facts = parse("DOB 1962; Tax ID No. 77001;", truncated=True)
    assert facts["identifiers"][0]["value"] == "77001"
    assert "other" not in facts


DATES = st.one_of(
    st.dates().map(lambda day: f"{day.day:02d} {day:%b} {day.year:04d}"),
    st.integers(1900, 2030).map(str),
    st.sampled_from(["circa 1963", "Jan 1963", "1962 to 1964", "31 Feb 2001", "1999 to 1998", "circa 1967-1968"]),
)
WORDS = st.text(alphabet="ABz 019.'-(),:/#@", max_size=12)
TAILS = st.one_of(st.just(""), st.just(" (Russia)"), st.just(" (Jalisco) (Mexico)"), DATES.map(" issued {}".format))
ITEMS = st.one_of(
    st.builds("{} {}{}".format, st.sampled_from(sorted(KINDS)), WORDS, TAILS),
    st.builds("{} {}{}".format, st.sampled_from(sorted(KINDS)), st.integers(0, 10**13), TAILS),
    DATES.map("DOB {}".format),
    st.builds(
        "{} {}".format,
        st.sampled_from(["Listing Date (CMIC)", "Effective Date (EO 14024 Directive 2):", "Listing Date"]),
        DATES,
    ),
    st.builds("{}.k.a. '{}'".format, st.sampled_from("afn"), WORDS),
    st.builds(
        "{}{}".format,
        st.sampled_from(
            [
                *("POB ", "nationality ", "nationality: ", "citizen ", "Linked To: ", "Gender Male", "Gender ", ""),
                *("Secondary sanctions risk:", "Executive Order 14024 Directive ", "CAATSA "),
                "Digital Currency Address - XBT ",
            ]
        ),
        WORDS,
    ),
    st.text(max_size=10),
)
TEXTS = st.builds(
    lambda items, end: "; ".join(items) + end,
    st.lists(st.builds("{}{}".format, st.sampled_from(["", "alt. "]), ITEMS), max_size=8),
    st.sampled_from([".", "", ";", " .", "..", "; "]),
)


@given(text=TEXTS, truncated=st.booleans())
def test_no_text_is_too_strange_and_no_item_is_lost(
    assert_nothing_lost: Callable[[dict[str, Any]], None], text: str, truncated: bool
) -> None:
    facts = parse(text, truncated=truncated)
    assert facts["text"] == text
    assert_nothing_lost(facts)
    model = RemarkFacts.model_validate(facts)
    assert model.model_dump(mode="json", exclude_defaults=True) == facts


@given(TEXTS)
def test_the_items_together_are_the_text(text: str) -> None:
    together = "".join(split(text, truncated=True))
    assert re.sub(r"[\s;]", "", together) == re.sub(r"[\s;]", "", text)
