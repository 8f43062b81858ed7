"""Whatever is given as a name gets an answer or a plain error: never a hang, never "clear" for what was not read.

And what users of other tools complained about, asked as they would: through a screening of lists as they are published.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import Compliance
from compliance.answers import Answer, Outcome
from compliance.errors import BadInput
from compliance.matching import readable
from compliance.screening import LONGEST_NAME, MOST_WORDS, Screener, Subject
from compliance.settings import load

TODAY = datetime(2024, 5, 6, 12, tzinfo=UTC)
# Names as OFAC's SDN file prints them, with remarks where the case is about them.
LISTED = {
    "1": ("11420 CORP.", "-0-"),
    "2": ("HABBASH, George", "individual"),
    "3": ("EMMA LLC", "-0-"),
    "4": ("TAYLOR, Mark John", "individual", "DOB 1974; nationality New Zealand; a.k.a. 'DANIEL, Mohammad'."),
    "5": ("MADURO MOROS, Nicolas", "individual", "DOB 23 Nov 1962; Passport D009889 (Venezuela); POB Caracas."),
    "6": ("SIS D.O.O.", "-0-"),
    "7": (
        "PUBLIC JOINT STOCK COMPANY SBERBANK OF RUSSIA",
        "-0-",
        "SWIFT/BIC SABRRUMM; Tax ID No. 7707083893 (Russia).",
    ),
    "8": ("ROSNEFT", "-0-"),
    "9": ("ALI", "individual"),
}


@pytest.fixture(scope="module")
def screener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screener]:
    home = tmp_path_factory.mktemp("names")
    environment = {"COMPLIANCE_DATA_DIR": str(home / "data"), "COMPLIANCE_CACHE_DIR": str(home / "cache")}
    (home / "2024-05-06").mkdir()
    rows = ""
    for key, (name, kind, *remarks) in LISTED.items():
        rows += f'{key},"{name}",{kind if kind == "-0-" else chr(34) + kind + chr(34)},"SDGT"{",-0- " * 7}'
        rows += f',"{remarks[0]}"\r\n' if remarks else ",-0- \r\n"
    (home / "2024-05-06" / "sdn.csv").write_bytes(rows.encode() + b"\x1a\r\n")
    with Compliance(load(environment), lambda: TODAY, bundled=False) as library:
        list(library.import_files([home / "2024-05-06"], published=date(2024, 5, 6)))
        yield library.screener(lists=("us-ofac-sdn",))


def keys(screener: Screener, name: str) -> list[str]:
    return [hit.entry.key for hit in screener.screen(Subject(name)).hits]


@pytest.mark.parametrize(
    "name",
    [
        "BELLETECH CORP",
        "George Bush",
        "Emma Daniels",
        "Daniels Emma",
        "Corp",
        "LLC",
        "George",
        "Mark",
        "Russia",
        "Bank",
    ],
)
def test_a_common_word_a_legal_form_or_a_number_left_out_makes_no_hit(screener: Screener, name: str) -> None:
    """`11420 CORP.` at 100 % for `BELLETECH CORP`, `George Habbash` at 89 % for `George Bush`, `EMMA LLC` at 100 %."""
    assert screener.screen(Subject(name)).outcome == Outcome.clear


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("11420 Corp", "1"),
        ("George Habash", "2"),
        ("Emma L.L.C.", "3"),
        ("Daniel Mohammad", "4"),  # the weak alias stands in the remarks alone
        ("Mohammad Daniel", "4"),
        ("Maduro", "5"),
        ("D009889", "5"),
        ("Passport D009889", "5"),
        ("SIS DOO", "6"),
        ("SIS d.o.o.", "6"),
        ("Sis d o o", "6"),
        ("7707083893", "7"),
        ("SABRRUMM", "7"),
    ],
)
def test_what_other_tools_never_found_is_found(screener: Screener, name: str, key: str) -> None:
    assert key in keys(screener, name)


@pytest.mark.parametrize(
    "name",
    [
        "😀 Sberbank 😀 of Russia 🏦",
        "Sberbank® of Russia™",
        "\u202eSberbank of Russia\u202c",
        "S\u200bb\u200de\ufeffrbank of Russia",
        "Ş\u0323\u0307berb\u0301ank of Rus\u0308sia",
        "Ｓｂｅｒｂａｎｋ　ｏｆ　Ｒｕｓｓｉａ",
        "🅂🄱🄴🅁🄱🄰🄽🄺 of Russia",
        "Ⓢⓑⓔⓡⓑⓐⓝⓚ of Russia",
        "𝕊𝕓𝕖𝕣𝕓𝕒𝕟𝕜 of Russia",
        "Sbеrbаnk of Russia",
        "5b3rb4nk of Russia",
        "Сбербанк России",
        "SBERBANK OF RUSSIA\t",
        "Sberbank\u00a0of\u2003Russia",
    ],
)
def test_what_is_seen_is_what_is_screened(screener: Screener, name: str) -> None:
    """Pictures, marks, invisible and look-alike characters hide no name."""
    assert "7" in keys(screener, name)


@pytest.mark.parametrize("name", ["", "   ", "----", "😀", "\u200b\u200e", "\ue000\ue001", "ـــ"])
def test_what_cannot_be_read_is_a_bad_question(screener: Screener, name: str) -> None:
    with pytest.raises(BadInput, match="no letter or digit"):
        screener.screen(Subject(name))


@pytest.mark.parametrize("name", ["Rosneft " * 1250, "x" * 10_000, "商" * 10_000, "ﷺ" * 900, "a " * 400])
def test_a_name_of_ten_thousand_characters_is_a_bad_question(screener: Screener, name: str) -> None:
    with pytest.raises(BadInput, match=r"too many for a name|words are no name"):
        screener.screen(Subject(name))


@pytest.mark.parametrize("name", ["X", "Ö", "李", "ب", "Ali", "8", "The", "Co."])
def test_a_name_of_one_letter_or_word_is_answered(screener: Screener, name: str) -> None:
    """It can be read, and only an equal name is near enough."""
    answer = screener.screen(Subject(name))
    assert [hit.entry.key for hit in answer.hits] == (["9"] if name == "Ali" else [])


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(st.characters(categories=["L", "M", "N", "So", "Cf", "Zs"]), max_size=60),
        st.tuples(
            st.text(max_size=10), st.sampled_from([name for name, *_ in LISTED.values()]), st.text(max_size=10)
        ).map(" ".join),
    )
)
def test_any_text_gets_an_answer_or_a_plain_error(screener: Screener, name: str) -> None:
    """The same each time; "clear" only where letters were read; one line of error."""

    def asked() -> Answer | str:
        try:
            return screener.screen(Subject(name))
        except BadInput as error:
            return str(error)

    answer = asked()
    assert answer == asked()
    if isinstance(answer, str):
        assert "cannot be screened" in answer
    elif answer.outcome == Outcome.clear:
        assert readable(name)
    for hit in answer.hits if isinstance(answer, Answer) else ():
        reason = hit.reason
        costs = [item.cost for item in (*reason.left_over, *reason.against)]
        assert round(sum(match.points for match in reason.matched) - sum(costs), 1) == hit.score


def test_the_longest_name_that_is_taken_is_answered(screener: Screener) -> None:
    words = " ".join(f"w{chr(97 + i % 26)}{'abcdefgh'[i % 8] * 6}" for i in range(MOST_WORDS))
    assert len(words) < LONGEST_NAME
    assert screener.screen(Subject(words)).outcome == Outcome.clear
