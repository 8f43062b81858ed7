"""An equal identifier is a hit without a name, however it is written; one that can be none is told plainly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import Compliance
from compliance.answers import Answer, Outcome
from compliance.errors import BadInput
from compliance.identifiers import agree, keys, normal_value, ticker
from compliance.identifying import Identified, notes
from compliance.model import Identifier
from compliance.screening import Screener, Subject
from compliance.settings import load

TODAY = datetime(2024, 5, 6, 12, tzinfo=UTC)
# A list of ours with a party for each kind of identifier: the examples of the standards, or invented.
STATED = {
    "lei": "HWUPKR0MPOU8FGXBT394",
    "isin": "US0378331005",
    "ticker": "002415 CN",
    "registration": "HRB 90001",
    "uscc": "91110000600037341L",
    "imo": "9074729",
    "mmsi": "273340060",
    "bic": "DEUTDEFF",
    "passport": "Diplomatic Passport D009889",
    "wallet": "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD",
    "tax-id": "7731084175",
    "national-id": "77-31/0841",
    "duns": "52-023-9744",
    "aircraft-tail": "EP-MMH",
    "bik": "7",  # too short to be one: the list is odd
    "customer": "K-4711",  # a kind of this list's own
}
ETHER = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.fixture(scope="module")
def screener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screener]:
    """A screener over the list above; party `B-1` has the first identifier, and so on."""
    home = tmp_path_factory.mktemp("identifiers")
    rows = [",".join(["No", "Partner", "Country", *STATED])]
    rows += [
        ",".join(
            [f"B-{n}", f"Example Party {kind.title()}", "Cyprus", *(v if k == kind else "" for k, v in STATED.items())]
        )
        for n, kind in enumerate(STATED, 1)
    ]
    rows.append(",".join(["B-900", "Ether Example", "Cyprus", *(ETHER if k == "wallet" else "" for k in STATED)]))
    (home / "own.csv").write_text("\n".join(rows), "utf-8")
    mapping = ['list = "own-numbers"', 'file = "own.csv"', "[columns]", 'key = "No"', 'name = "Partner"']
    mapping += ['country = "Country"', "[identifiers]", *(f'{kind} = "{kind}"' for kind in STATED)]
    (home / "own.toml").write_text("\n".join(mapping), "utf-8")
    environment = {"COMPLIANCE_DATA_DIR": str(home / "data"), "COMPLIANCE_CACHE_DIR": str(home / "cache")}
    with Compliance(load(environment), lambda: TODAY, bundled=False) as library:
        list(library.import_files([home / "own.csv", home / "own.toml"], published=date(2024, 5, 6)))
        yield library.screener()


def asked(screener: Screener, kind: str, value: str, name: str = "Somebody Else Entirely") -> Answer:
    return screener.screen(Subject(name, identifiers=((kind, value),)))


def keys_of(answer: Answer) -> list[str]:
    return [hit.entry.key for hit in answer.hits]


def party(kind: str) -> list[str]:
    return [f"B-{list(STATED).index(kind) + 1}"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *STATED.items(),
        ("lei", "hwup kr0m pou8 fgxb t394"),
        ("LEI", "LEI: HWUPKR0MPOU8FGXBT394"),
        ("isin", "us-0378-3310-05"),
        ("cusip", "037833100"),
        ("ticker", "002415.SZ"),
        ("ticker", "SHE:002415"),
        ("symbol", "002415"),
        ("registration", "HRB90001"),
        ("company number", "hrb 90001"),
        ("uscc", "9111 0000 6000 3734 1l"),
        ("registration", "91110000600037341L"),  # some lists file it so
        ("imo", "IMO 9074729"),
        ("IMO", "９０７４７２９"),
        ("mmsi", "273 340 060"),
        ("bic", "DEUTDEFFXXX"),
        ("swift", "deutdeff500"),
        ("passport", "D009889"),
        ("passport", "d 009-889"),
        ("national-id", "77310841"),
        ("inn", "7731084175"),
        ("registration", "7731084175"),
        ("duns", "520239744"),
    ],
)
def test_an_equal_identifier_is_a_hit_whatever_the_name(screener: Screener, kind: str, value: str) -> None:
    """Spaces, hyphens, case, prefixes, a bank's branch and another word for the kind make no difference."""
    answer = asked(screener, kind, value)
    assert answer.outcome == Outcome.hits
    (hit,) = answer.hits
    own = {"inn": "tax-id", "swift": "bic", "symbol": "ticker", "cusip": "isin", "company number": "registration"}
    stated = {"91110000600037341L": "uscc", "7731084175": "tax-id"}.get(value, own.get(kind, kind.lower()))
    assert [hit.entry.key] == party(stated)
    assert (hit.score, hit.reason.by) == (100.0, "identifier")
    assert sum(match.points for match in hit.reason.matched) == hit.score
    assert any("the name alone would score" in note for note in hit.reason.notes)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("lei", "5493009YJ817TFZ7IY48"),
        ("isin", "US78463V1070"),
        ("ticker", "002415 HK"),
        ("ticker", "2415 DE"),
        ("imo", "9167289"),
        ("passport", "009889"),
        ("registration", "4711"),
        ("wallet", "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD".replace("1NED", "3NED")),
    ],
)
def test_another_identifier_is_none(screener: Screener, kind: str, value: str) -> None:
    try:
        assert asked(screener, kind, value).hits == ()
    except BadInput:
        assert kind == "wallet"  # the checksum tells


@pytest.mark.parametrize("value", [ETHER, ETHER.lower(), ETHER.replace("A", "a")])
def test_case_tells_bitcoin_addresses_apart_and_ethereum_addresses_not(screener: Screener, value: str) -> None:
    assert keys_of(asked(screener, "crypto", value)) == ["B-900"]
    with pytest.raises(BadInput, match="copy it whole"):
        asked(screener, "wallet", STATED["wallet"].lower())


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("lei", "HWUPKR0MPOU8FGXBT395", "check digits"),
        ("isin", "US0378331006", "check digit"),
        ("imo", "9074728", "check digit"),
        ("bic", "DEUTXXFF", "8 or 11"),
        ("uscc", "91110000600037342L", "check character"),
        ("mmsi", "12345", "9 digits"),
        ("cusip", "037833101", "check digit"),
        ("passport", "none", "no digit"),
        ("wallet", "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfX", "checksum"),
    ],
)
def test_what_can_be_no_identifier_of_its_kind_is_a_bad_question(
    screener: Screener, kind: str, value: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        asked(screener, kind, value)


def test_a_number_against_its_standard_that_a_list_has_is_found_and_its_oddness_said(screener: Screener) -> None:
    (hit,) = asked(screener, "bik", "7").hits
    assert [hit.entry.key] == party("bik")
    assert any("no valid bik" in note for note in hit.reason.notes)


def test_an_unknown_kind_is_a_bad_question_that_names_the_known_ones(screener: Screener) -> None:
    with pytest.raises(BadInput, match=r"did you mean imo\?.*passport"):
        asked(screener, "imoo", "9074729")


def test_a_kind_that_no_list_states_is_said(screener: Screener) -> None:
    """`clear` would else sound as if the number had been compared."""
    assert any("states any cik" in note for note in asked(screener, "cik", "320193").notes)
    assert asked(screener, "imo", "9167289").notes == ()


def test_a_number_of_another_country_is_a_hit_with_a_note() -> None:
    stated = Identifier(kind="passport", value="D009889", label="Passport", country="Yemen")
    found = Identified(0, "passport", "D009889", stated, False)
    assert list(notes(found, ("YE",))) == []
    (note,) = notes(found, ("DE",))
    assert "the number is of YE, asked for DE" in note


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("US0378331005", "isin"),
        ("us0378331005", "isin"),
        ("037833100", "isin"),
        ("HWUPKR0MPOU8FGXBT394", "lei"),
        ("9074729", "imo"),
        ("IMO 9074729", "imo"),
        ("MT EXAMPLE STAR (IMO: 9074729)", "imo"),
        ("273340060", "mmsi"),
        ("DEUTDEFF", "bic"),
        ("Deutsche Example AG, BIC DEUTDEFF500", "bic"),
        ("D009889", "passport"),
        ("passport no. D 009889", "passport"),
        ("Jane Roe passport D009889", "passport"),
        ("1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD", "wallet"),
        ("91110000600037341L", "uscc"),
        ("002415.SZ", "ticker"),
        ("INN 7731084175", "tax-id"),
    ],
)
def test_a_name_that_is_or_holds_an_identifier_finds_its_entry(screener: Screener, name: str, kind: str) -> None:
    answer = screener.screen(Subject(name))
    assert party(kind)[0] in keys_of(answer)
    assert answer.hits[0].reason.by == "identifier"


@pytest.mark.parametrize("number", ["own-numbers/B-3", "B-3"])
def test_the_entry_s_own_number_finds_it(screener: Screener, number: str) -> None:
    assert keys_of(asked(screener, "entry", number)) == ["B-3"]
    assert keys_of(screener.screen(Subject("own-numbers/B-3"))) == ["B-3"]


@pytest.mark.parametrize("name", ["US78463V1070", "IMO 9167289", "5493009YJ817TFZ7IY48", "123456789", "77 01 234567"])
def test_a_number_that_nobody_has_clears_nobody(screener: Screener, name: str) -> None:
    """It is no name, and most entries do not state theirs: cannot say, with what to do."""
    answer = screener.screen(Subject(name))
    assert answer.outcome == Outcome.cannot_say
    assert "give the party's name" in answer.why[0]


@pytest.mark.parametrize("name", ["11420 Corp", "7-Eleven 24h Stores", "Blue Heron Bakery", "DEUTDEAA", "Studio 2000"])
def test_a_name_with_a_number_in_it_stays_a_name(screener: Screener, name: str) -> None:
    assert screener.screen(Subject(name)).outcome == Outcome.clear


def test_identifiers_alone_may_be_asked(screener: Screener) -> None:
    assert keys_of(screener.screen(Subject("", identifiers=(("imo", "9074729"),)))) == party("imo")
    assert screener.screen(Subject("", identifiers=(("imo", "9167289"),))).outcome == Outcome.cannot_say
    wallet = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
    assert screener.screen(Subject("", identifiers=(("wallet", wallet),))).outcome == Outcome.clear


def test_why_not_says_that_an_identifier_is_equal(screener: Screener) -> None:
    hit = screener.why_not(Subject("Anybody", identifiers=(("imo", "9074729"),)), f"own-numbers/{party('imo')[0]}")
    assert (hit.score, hit.reason.by) == (100.0, "identifier")


def test_an_identifier_of_which_there_is_but_one_lowers_the_score_where_it_differs(screener: Screener) -> None:
    """An equal name is still a hit at the default threshold: a wrong number in a file must not hide it."""
    (alike,) = screener.screen(Subject("Example Party Imo")).hits[:1]
    found = asked(screener, "imo", "9167289", "Example Party Imo").hits
    (other,) = [hit for hit in found if hit.entry.key == alike.entry.key]
    assert (alike.score, other.score) == (100.0, 85.0)
    assert any("imo differs: 9074729" in item.what for item in other.reason.against)
    assert asked(screener, "passport", "X1234567", "Example Party Passport").hits[0].score == 100.0


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from([*STATED, "id-number", "cusip"]),
    value=st.text(st.characters(categories=["L", "N", "P", "Z"]), min_size=1, max_size=30).filter(
        lambda text: any(c.isalnum() for c in text)
    ),
    gap=st.sampled_from([" ", "-", ".", "/", "\u200b"]),
)
def test_an_identifier_agrees_with_itself_and_is_found_by_its_keys(kind: str, value: str, gap: str) -> None:
    assert agree((kind, value), (kind, value)) or kind == "ticker"
    assert next(keys(kind, value)) in set(keys(kind, value))
    if kind not in ("wallet", "ticker"):
        assert normal_value(kind, gap.join(value)) == normal_value(kind, value)


def test_shares_are_compared_by_symbol_and_market() -> None:
    assert ticker("0728.HK") == ticker("728 HK") == ticker("HKG:728") == ("728", "HK")
    assert ticker("603019CN") == ("603019", "CN")
    assert ticker("CHL") == ("CHL", None)
    assert not agree(("ticker", "63 HK"), ("ticker", "000063 CN"))
    assert agree(("ticker", "63"), ("ticker", "000063 CN"))
