"""`compliance report`: one page about a run that opens by itself, drops nothing and lets no name become code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from compliance import Compliance
from compliance.records import (
    Asked,
    FileRecord,
    ListAsked,
    RecordedHit,
    RowHit,
    RunRecorded,
    Who,
    run_events,
    run_stream,
)
from compliance.report.contents import Group
from compliance.report.gathering import run_report
from compliance.screening import Subject

Run = Callable[..., Any]
RUN = "20220105T120000Z-0a1b2c"
HOSTILE = "SenseTime <u>Group</u>"
KEPT = ("SenseTime Group Limited", HOSTILE, "Hangzhou Hikvision Digital Technology Co., Ltd.")


def recorded(
    library: Compliance, names: Sequence[str], *, keep: bool = True, matcher: str | None = None
) -> RunRecorded:
    """A run over these names, asked for 2022-01-05, in the log."""

    screener = library.screener(as_of=date(2022, 1, 5), threshold=75.0)
    answers = list(screener.screen_many([Subject(name) for name in names]))
    rows = tuple(
        RowHit(
            run=RUN,
            row=number,
            row_id=f"C-{number}",
            who=Who(name=name if keep else None, digest="ab" * 32),
            hits=tuple(
                RecordedHit(
                    entry=hit.entry.id,
                    entry_name=hit.entry.primary_name,
                    score=f"{hit.score:.1f}",
                    matched_name=hit.matched_name,
                    matched_kind=hit.matched_kind,
                    reason=hit.reason.summary,
                )
                for hit in answer.hits
            ),
        )
        for number, (name, answer) in enumerate(zip(names, answers, strict=True), 2)
        if answer.hits
    )
    book = screener.book
    run = RunRecorded(
        id=RUN,
        asked=Asked(
            as_of=date(2022, 1, 5),
            today=date(2026, 11, 24),
            lists=screener.asked,
            threshold="75.0",
            limit=None,
            max_age=7,
            position=book.position,
            root=book.root,
            matcher=matcher or answers[0].matcher,
            program="0.1.0",
        ),
        lists=tuple(
            ListAsked(
                id=basis.id,
                publication=basis.publication,
                published=basis.published,
                coverage=basis.coverage,
                stale=basis.stale,
            )
            for basis in screener.basis
        ),
        inputs=(FileRecord(name="book.csv", bytes=1234, sha256="cd" * 32),),
        reading={},
        outputs=(),
        writing={},
        rows=len(names) + 3,
        clear=len(names) - len(rows),
        hits=len(rows),
        cannot_say=1,
        unreadable=2,
        why=("a list is not held",),
    )
    library.log.append(run_stream(RUN), 0, run_events(run, rows), actor="night <batch>")
    return run


def text_of(page: str) -> str:
    return " ".join(lxml.html.fromstring(page).text_content().split())


def test_the_page_says_what_was_screened_against_what_and_what_became_of_every_row(
    run: Run, library: Compliance
) -> None:
    recorded(library, [*KEPT, "Blue Heron Bakery Zzyzx"])
    ran = run("report", RUN)
    assert ran.status == 0
    text = text_of(ran.out)
    assert "7 = 1 + 3 + 1 + 2: no row was dropped" in text
    assert "book.csv" in text
    assert "cd" * 32 in text
    assert "2021-12-16" in text  # the publication that the lists come from
    assert "Cannot say clear: a list is not held" in text
    assert "2 rows could not be read" in text
    assert "night <batch>" in text


def test_each_case_stands_under_what_is_forbidden_with_both_names_word_by_word(run: Run, library: Compliance) -> None:
    recorded(library, KEPT)
    page = lxml.html.fromstring(run("report", RUN).out)
    cases = page.xpath("//article")
    assert [case.xpath("string(header/span[1])") for case in cases if "row 2" in case.xpath("string(header)")]
    assert len(cases) == 3
    scores = [float(case.xpath("string(header/span[2])")) for case in cases]
    assert scores == sorted(scores, reverse=True)
    first = next(case for case in cases if case.xpath("string(header/span[1])").startswith("row 2 "))
    assert "purchase and sale of its securities forbidden from 2022-02-08" in first.text_content()
    words = [[cell.text_content() for cell in row] for row in first.xpath(".//table[@class='words']//tr")[1:]]
    assert words[0][:3] == ["sensetime", "sensetime", "same"]
    points = sum(float(row[-1]) for row in words)
    assert points == pytest.approx(float(first.xpath("string(header/span[2])")), abs=0.3)


def test_a_name_never_becomes_code(run: Run, library: Compliance) -> None:
    recorded(library, KEPT)
    page = run("report", RUN).out
    assert "<u>" not in page
    assert HOSTILE in text_of(page)
    table = run("report", RUN, "--format", "md").out
    assert "<u>" not in table
    assert r"\<u\>" in table


def test_the_page_needs_no_network_and_is_the_same_bytes_each_time(run: Run, library: Compliance, home: Path) -> None:
    recorded(library, KEPT)
    first, again = home / "first.html", home / "again.html"
    assert run("report", RUN, "-o", first).status == 0
    assert run("report", RUN, "-o", again).status == 0
    assert first.read_bytes() == again.read_bytes()
    page = lxml.html.fromstring(first.read_bytes())
    assert page.xpath("//script | //link | //img | //iframe | //object | //@src") == []
    assert [ref for ref in page.xpath("//@href") if not ref.startswith("#")] == []
    assert len(page.xpath("//figure//*[local-name()='svg']")) == 3


def test_cases_beyond_the_details_stand_there_with_their_recorded_reason(run: Run, library: Compliance) -> None:
    recorded(library, KEPT)
    page = lxml.html.fromstring(run("report", RUN, "--details", 1).out)
    assert len(page.xpath("//article")) == 3
    assert len(page.xpath("//table[@class='words']")) == 1
    assert "The 1 gravest cases are explained" in page.text_content()


def test_names_that_were_not_kept_are_not_made_up(run: Run, library: Compliance) -> None:
    recorded(library, KEPT, keep=False)
    ran = run("report", RUN)
    assert ran.status == 0
    assert "name not kept" in text_of(ran.out)
    assert "words" not in {table.get("class") for table in lxml.html.fromstring(ran.out).xpath("//table")}


def test_a_run_without_hits_says_so(run: Run, library: Compliance) -> None:
    recorded(library, ["Blue Heron Bakery Zzyzx"])
    assert "No row scores 75.0 or more" in text_of(run("report", RUN).out)
    assert "No row scores 75.0 or more" in run("report", RUN, "--format", "md").out


def test_a_country_is_one_bar_whatever_the_lists_call_it(run: Run, library: Compliance) -> None:
    recorded(library, KEPT)
    named = iter([("China",), ("CN",), ("Atlantis",), *[()] * 20])
    report = run_report(library, RUN, 0)
    hits = tuple(case.hits[0]._replace(countries=next(named)) for case in report.cases)
    cases = tuple(case._replace(hits=(hit,)) for case, hit in zip(report.cases, hits, strict=True))
    shown = report._replace(groups=(Group("one", cases),))
    assert shown.by_country() == {"CN": 2, "Atlantis": 1}


def test_the_markdown_has_a_line_for_every_hit(run: Run, library: Compliance, home: Path) -> None:
    recorded(library, KEPT)
    target = home / "report.md"
    assert run("report", RUN, "-o", target).status == 0
    rows = [
        line for line in target.read_text("utf-8").splitlines() if line.startswith("| ") and "us-ofac-cmic/" in line
    ]
    assert len(rows) >= 3
    assert {line.count(" | ") for line in rows} == {7}


def test_json_names_what_it_is_about_and_the_file(run: Run, library: Compliance, home: Path) -> None:
    recorded(library, KEPT)
    found = json.loads(run("report", RUN, "-o", home / "r.html", "--json").out)
    assert found["what"] == f"screening run {RUN}"
    assert Path(found["output"]).exists()


def test_an_entry_has_a_page_of_its_story(run: Run) -> None:
    text = text_of(run("report", "us-ofac-cmic/33114").out)
    assert "SENSETIME GROUP LIMITED" in text
    assert "2021-12-10" in text
    assert "purchase and sale of its securities forbidden from 2022-02-08" in text


def test_what_cannot_be_reported_is_said_in_one_line(run: Run, library: Compliance, home: Path) -> None:
    recorded(library, KEPT)
    assert run("report", "20200101T000000Z-ffffff").status == 2
    unknown = run("report", RUN, "-o", home / "report.docx")
    assert (unknown.status, unknown.err.count("\n")) == (2, 1)
    assert "html or md" in unknown.err


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_without_its_libraries_it_says_what_to_install(
    run: Run, library: Compliance, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    recorded(library, KEPT)
    monkeypatch.setitem(sys.modules, missing, None)
    ran = run("report", RUN)
    assert ran.status == 2
    assert "entity-compliance[report]" in ran.err


def test_the_same_page_is_written_as_pdf(run: Run, library: Compliance, home: Path) -> None:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("WeasyPrint needs Pango, which is not installed here")
    recorded(library, KEPT)
    target = home / "report.pdf"
    assert run("report", RUN, "-o", target).status == 0
    assert target.read_bytes().startswith(b"%PDF-")
    assert run("report", RUN, "--format", "pdf").status == 2


def test_without_what_draws_pdf_it_says_what_to_install(
    run: Run, library: Compliance, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(library, KEPT)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    ran = run("report", RUN, "-o", home / "report.pdf")
    assert (ran.status, "entity-compliance[pdf]" in ran.err) == (2, True)
