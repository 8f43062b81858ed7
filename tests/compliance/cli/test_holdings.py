"""`holdings`: each row of a file of positions and trades, judged by its identifiers, its names and its day."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance

Run = Callable[..., Any]
CHIPS = (
    '"Effective Date (CMIC) 02 Aug 2021; Purchase/Sales For Divestment Date (CMIC) 03 Jun 2022; Listing Date (CMIC) '
    "03 Jun 2021; Issuer Name Example Chips Limited; ISIN KYG8020E1199; alt. ISIN US81663N2062; Equity Ticker 0981 HK; "
    'alt. Equity Ticker SMI US; Legal Entity Number 529900T8BM49AURSDO55."'
)
BANK = '"Executive Order 13662 Directive Determination - Subject to Directive 1; ISIN RU0009029540."'
OIL = '"Executive Order 13662 Directive Determination - Subject to Directive 2; ISIN RU0009024277."'
CONSOLIDATED = (
    ("501", "EXAMPLE CHIPS LIMITED", "CMIC-EO13959", CHIPS),
    ("502", "EXAMPLE SECTOR BANK", "UKRAINE-EO13662", BANK),
    ("503", "EXAMPLE SECTOR OIL", "UKRAINE-EO13662", OIL),
    ("504", "EXAMPLE CORRESPONDENT BANK", "561-Related", "-0- "),
)
SDN = (("601", "ZEPHYR KESTREL HOLDINGS", "SDGT", '"ISIN US0000000002."'),)
DAYS = ("2021-06-03", "2022-12-30")
ARGUMENTS = ("--max-age", "9999", "--on", "2022-12-31")


@pytest.fixture(autouse=True)
def _lists(home: Path) -> None:
    """OFAC's files of two days: what stands in both held between them."""
    for day in DAYS:
        for folder, name, rows in (("cons", "cons_prim.csv", CONSOLIDATED), ("sdn", "sdn.csv", SDN)):
            target = home / folder / day
            target.mkdir(parents=True)
            text = "".join(f'{k},"{n}",-0- ,"{p}"{",-0- " * 7},{r}\r\n' for k, n, p, r in rows)
            (target / name).write_bytes(text.encode() + b"\x1a\r\n")
    os.environ.setdefault("COMPLIANCE_ACTOR", "tester")
    with Compliance.open(bundled=False) as compliance:
        for folder in ("cons", "sdn"):
            assert len(list(compliance.import_files([home / folder / day for day in DAYS]))) == 2


@pytest.fixture
def judged(run: Run, home: Path) -> Callable[..., dict[str, Any]]:
    """`judged("isin,side", "KYG8020E1199,buy")`: the verdict on a file of one row, its status held to it."""

    def ask(header: str, row: str, *more: str) -> dict[str, Any]:
        Path("h.csv").write_text(f"{header}\n{row}\n", "utf-8")
        ran = run("holdings", "h.csv", *ARGUMENTS, *more, "--json")
        assert ran.err == ""
        (verdict,) = json.loads(ran.out)["rows"]
        assert ran.status == {"permitted": 0, "forbidden": 1, "cannot say": 3, None: 3}[verdict["standing"]]
        found: dict[str, Any] = verdict
        return found

    return ask


Judged = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("first", ["2021-08-02", "2022-06-03"])
def test_by_isin_the_days_around_the_dates_decide(judged: Judged, first: str) -> None:
    for off in range(-2, 3):
        day = date.fromisoformat(first) + timedelta(days=off)
        says = {
            side: judged("ISIN,Trade Date,Side", f"KYG8020E1199,{day},{side}")["says"] for side in ("buy", "sell", "")
        }
        assert says == {
            "buy": "permitted" if day < date(2021, 8, 2) else "purchase forbidden since",
            "sell": "permitted" if day < date(2021, 8, 2) else "sale to divest permitted until"
            if day < date(2022, 6, 3) else "sale forbidden since",
            "": "may be held",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("isin", "US81663N2062"), ("isin", "us81663n2062"), ("cusip", "81663N206"), ("lei", "529900T8BM49AURSDO55"),
        ("ticker", "981 HK"), ("ticker", "0981.HK"), ("symbol,mic", "00981,XHKG"), ("ticker,exchange", "SMI,NYSE"),
        ("ticker,exchange", "0981.HK,HKG"), ("ticker,mic", "SMI,XNYS"),
    ],
)  # fmt: skip
def test_an_equal_number_decides_however_it_is_written(judged: Judged, header: str, row: str) -> None:
    told = judged(f"{header},side", f"{row},buy")
    assert (told["standing"], told["says"], told["until_or_since"]) == (
        "forbidden", "purchase forbidden since", "2021-08-02",
    )  # fmt: skip
    assert (told["entry"], told["certain"]) == ("us-ofac-cmic/501", True)
    assert "EO 14032" in told["rule"]
    assert told["source"]["published"] == "2021-06-03"


def test_the_source_is_the_event_in_the_log(judged: Judged, run: Run) -> None:
    position = judged("isin,side", "KYG8020E1199,buy")["source"]["position"]
    event = run("log", "events", "--after", position - 1, "--limit", 1, "--json").out
    assert json.loads(event)["payload"]["key"] == "501"


@pytest.mark.parametrize(("header", "row"), [("name", "Example Chips Ltd"), ("ticker", "SMI"), ("ticker", "981")])
def test_a_name_or_a_ticker_without_its_exchange_only_may_be_it(judged: Judged, header: str, row: str) -> None:
    buy = judged(f"{header},side", f"{row},buy")
    assert (buy["says"], buy["entry"], buy["certain"]) == ("cannot say", "us-ofac-cmic/501", False)
    assert buy["text"].startswith("possible: confirm that it is EXAMPLE CHIPS LIMITED")
    assert "purchase forbidden since 2021-08-02" in buy["text"]
    assert "confirm" in buy["matched"]


def test_what_is_permitted_whoever_it_is_is_permitted(judged: Judged) -> None:
    assert judged("name,side", "Example Chips Ltd,hold")["says"] == "may be held"


@pytest.mark.parametrize("side", ["buy", "sell", "hold"])
def test_blocked_is_forbidden_altogether_and_to_be_reported(judged: Judged, side: str) -> None:
    told = judged("isin,side", f"US0000000002,{side}")
    assert (told["standing"], told["says"], told["until_or_since"]) == ("forbidden", "blocked since", "2021-06-03")
    assert "31 CFR 501.603" in told["rule"]


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        ("RU0009029540,buy,equity", "cannot say"), ("RU0009029540,sell,bond", "cannot say"),
        ("RU0009024277,buy,equity", "permitted"), ("RU0009024277,buy,bond", "cannot say"),
    ],
)  # fmt: skip
def test_sectoral_measures_as_far_as_the_list_says(judged: Judged, row: str, standing: str) -> None:
    told = judged("isin,side,type,name", f"{row},Quite Another Name")
    assert told["standing"] == standing
    assert "EO 13662 Directive" in told["rule"]


def test_capta_is_for_the_entrys_own_text(judged: Judged) -> None:
    told = judged("name,side", "Example Correspondent Bank,buy")
    assert told["standing"] == "cannot say"
    assert "us-ofac-capta" in told["entry"]


class TestWhatTheListCannotTell:
    def test_an_ordinary_security_is_permitted_and_says_what_that_assumes(self, judged: Judged) -> None:
        told = judged("isin,name,side", "US0378331005,Apple Inc.,buy")
        assert (told["says"], told["entry"]) == ("permitted", None)
        assert any("owned" in text for text in told["assumes"])
        assert any("FAQ 860" in text for text in told["assumes"])
        assert not any("not asked" in text for text in told["assumes"])

    def test_a_permission_names_the_lists_that_were_not_asked(self, judged: Judged) -> None:
        told = judged("isin,name,side", "US0378331005,Apple Inc.,buy", "--list", "us-ofac-cmic")
        assert told["assumes"][-1] == (
            "lists that were not asked forbid nothing: us-ofac-sdn, us-ofac-ssi, us-ofac-mbs, us-ofac-capta"
        )

    @pytest.mark.parametrize(
        ("header", "row", "told"),
        [
            ("isin,side", "US0378331005,buy", "give the issuer's name"),
            ("isin,name,side", "US0378331006,Apple Inc.,buy", "an identifier is wrong"),
            ("isin,side", "US81663N2063,buy", "give the issuer's name"),
            ("name,side", "Some China ETF,buy", "a fund or derivative"),
            ("name,side,type", "Apple Inc.,buy,Call option", "a fund or derivative"),
            ("name,side,date", "Apple Inc.,buy,2021-06-02", "the first complete publication held is of 2021-06-03"),
            ("name,side,date", "Apple Inc.,buy,2030-01-01", "is in the future"),
        ],
    )
    def test_is_not_permitted(self, judged: Judged, header: str, row: str, told: str) -> None:
        verdict = judged(header, row)
        assert (verdict["standing"], verdict["says"]) == ("cannot say", "cannot say")
        assert told in verdict["text"]

    def test_a_list_too_old_carries_no_permission_but_a_prohibition(self, run: Run) -> None:
        Path("h.csv").write_text("isin,name,side\nKYG8020E1199,,buy\nKYG8020E1199,,hold\nUS0378331005,Apple,buy\n")
        rows = json.loads(run("holdings", "h.csv", "--on", "2024-01-01", "--max-age", "30", "--json").out)["rows"]
        assert [row["standing"] for row in rows] == ["forbidden", "cannot say", "cannot say"]

    def test_the_listed_name_is_looked_for_on_the_other_lists_too(self, run: Run, home: Path) -> None:
        """A number leads to NS-CMIC; the same issuer, without a number, has meanwhile been blocked."""
        target = home / "sdn" / "2022-12-31"
        target.mkdir()
        rows = [("601", "ZEPHYR KESTREL HOLDINGS", "-0- "), ("777", "EXAMPLE CHIPS LIMITED", "-0- ")]
        text = "".join(f'{k},"{n}",-0- ,"SDGT"{",-0- " * 7},{r}\r\n' for k, n, r in rows)
        (target / "sdn.csv").write_bytes(text.encode() + b"\x1a\r\n")
        assert run("import", target).status == 0
        Path("h.csv").write_text("isin,side\nKYG8020E1199,hold\n")
        (row,) = json.loads(run("holdings", "h.csv", *ARGUMENTS, "--json").out)["rows"]
        assert (row["says"], row["entry"]) == ("cannot say", "us-ofac-sdn/777")
        assert any("us-ofac-cmic/501" in other and "may be held" in other for other in row["also"])


class TestTheFile:
    ROWS = (
        "Trade ID;ISIN;Security Name;Quantity;Trade Date;B/S",
        "a;KYG8020E1199;Example Chips;1,000;2022-01-05;B",
        "b;US0378331005;Apple Inc.;-5;20220105;Sold",
        "c;;Apple Inc.;five;2022-01-05;B",
        "d;;Apple Inc.;5;05/01/2022;B",
        "e;;Apple Inc.;5;2022-01-05;swap",
        "f;;;5;2022-01-05;B",
        'g;;"Apple Inc.;5;2022-01-05;B',
        "h;;Apple Inc.;5;2022-01-05",
        "",
        "i;;=Apple Inc.;5;;",
    )

    def test_every_row_comes_out_in_its_order_with_its_reason(self, run: Run) -> None:
        Path("h.csv").write_text("\n".join(self.ROWS), "utf-8")
        ran = run("holdings", "h.csv", *ARGUMENTS, "-o", "out.csv")
        rows = list(csv.DictReader(Path("out.csv").read_text("utf-8").splitlines()))
        assert [row["row"] for row in rows] == ["2", "3", "4", "5", "6", "7", "8", "9", "11"]
        assert [row["says"] for row in rows] == [
            "purchase forbidden since", "permitted", *["unreadable"] * 6, "permitted",
        ]  # fmt: skip
        reasons = ("is no number", "write YYYY-MM-DD", "neither buy, sell nor hold", "neither a number nor a name",
                   "not CSV", "5 fields")  # fmt: skip
        for row, why in zip(rows[2:8], reasons, strict=True):
            assert why in row["text"]
        assert rows[-1]["name"] == "'=Apple Inc."
        assert ran.status == 1
        assert "9 rows = 2 permitted + 1 forbidden + 0 cannot say + 6 unreadable; in out.csv" in ran.out

    def test_columns_can_be_given(self, judged: Judged) -> None:
        told = judged("Code,What", "KYG8020E1199,buy", "--column", "isin=Code", "--column", "side=What")
        assert told["standing"] == "forbidden"

    @pytest.mark.parametrize(
        ("text", "more", "told"),
        [
            ("", (), "the first line must name the columns"),
            ("isin,side\n", (), "has a header and no rows"),
            ("code,side\nx,buy\n", (), "no column tells the security"),
            ("isin,side\nx,buy\n", ("--column", "isin=Code"), "there is no column 'Code'"),
            ("isin,side\nx,buy\n", ("--column", "what"), "write USE=HEADING"),
            ("isin,isin\nx,y\n", (), "stands in the header more than once"),
            ("isin,side\nx,buy\n", ("--on", "2030-01-01"), "is in the future"),
            ("isin,side\nx,buy\n", ("--encoding", "nonsense"), "cannot be read"),
        ],
    )
    def test_a_bad_file_or_question_is_told_in_one_line(
        self, run: Run, text: str, more: tuple[str, ...], told: str
    ) -> None:
        Path("h.csv").write_text(text)
        ran = run("holdings", "h.csv", *more)
        assert (ran.status, ran.out) == (2, "")
        assert told in ran.err

    def test_a_file_that_is_not_there_is_told(self, run: Run) -> None:
        assert run("holdings", "nowhere.csv").status == 2
