"""`compliance batch`: every row is accounted for, and the results appear only when they are complete."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.batch.results import COLUMNS
from compliance.cli.progress import SILENT_SECONDS, progress

Run = Callable[..., Any]
Folder = Callable[..., Path]
DAY = ("--as-of", "2021-12-20")
SENSETIME = "SenseTime Group Limited"
NOBODY = "Blue Heron Bakery Zzyzx"


@pytest.fixture
def table(home: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "book.csv") -> Path:
        path = home / "work" / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def results(run: Run, home: Path) -> Callable[..., tuple[Any, list[dict[str, str]]]]:
    """Runs a batch and reads its results."""

    def batch(file: Path, *options: object) -> tuple[Any, list[dict[str, str]]]:
        out = home / "work" / "out.csv"
        ran = run("batch", file, "-o", out, *DAY, *options)
        with open(out, newline="", encoding="utf-8") as text:
            return ran, list(csv.DictReader(text))

    return batch


Table = Callable[..., Path]
Results = Callable[..., tuple[Any, list[dict[str, str]]]]


class TestColumns:
    @pytest.mark.parametrize("heading", ["name", "Company Name", "COUNTERPARTY", " issuer_name ", "Security"])
    def test_the_name_column_is_found_by_its_usual_headings(self, table: Table, results: Results, heading: str) -> None:
        ran, rows = results(table(f"id,{heading}\n1,{SENSETIME}\n"))
        assert ran.status == 1
        assert f"name {heading!r}, id 'id'\n" in ran.err
        assert rows[0]["entry"] == "us-ofac-cmic/33114"

    def test_another_column_of_names_is_said_to_be_left(self, table: Table, results: Results) -> None:
        file = table(f"name,company\nJane Roe,{SENSETIME}\n")
        ran, _ = results(file)
        assert "name 'name'; not asked for: 'company' (--name-column takes several)\n" in ran.err
        ran, _ = results(file, "--name-column", "name", "--name-column", "company")
        assert (ran.status, "not asked for" in ran.err) == (1, False)

    def test_it_may_be_given(self, table: Table, results: Results) -> None:
        _, rows = results(table(f"name,wer\n{NOBODY},{SENSETIME}\n"), "--name-column", "wer")
        assert rows[0]["query"] == SENSETIME

    def test_the_id_is_carried_along_and_the_country_told(self, table: Table, results: Results) -> None:
        file = table(f"nr,name,land\nX-7,{SENSETIME},HK\n")
        _, rows = results(file, "--id-column", "nr", "--country-column", "land")
        assert rows[0]["id"] == "X-7"
        assert "country agrees" in rows[0]["note"]

    @pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
    def test_the_separator_is_found_in_the_header(self, table: Table, results: Results, mark: str) -> None:
        _, rows = results(table(f'id{mark}name{mark}x\n1{mark}"{SENSETIME}"{mark}a\n'), "--id-column", "id")
        assert (rows[0]["id"], rows[0]["query"]) == ("1", SENSETIME)

    def test_a_byte_order_mark_is_no_part_of_the_heading(self, table: Table, results: Results) -> None:
        _, rows = results(table(f"\ufeffname\r\n{SENSETIME}\r\n".encode()))
        assert rows[0]["query"] == SENSETIME

    def test_another_encoding_may_be_given(self, table: Table, results: Results) -> None:
        file = table("name\nGRÖẞE\n".encode("utf-16"))
        ran, rows = results(file, "--encoding", "utf-16", "--all")
        assert rows[0]["query"] == "GRÖẞE"
        assert ran.status == 0


class TestRows:
    FILE = (
        f"id,name\n1,{SENSETIME}\n2,{NOBODY}\n\n4,\n5,too,many\n6,???\n7,\"line\nbreak\"\n"
        f"8,\"never closed\n9,{SENSETIME}\n10,a\"b\n"
    )  # fmt: skip

    def test_the_counts_add_up_to_the_rows_read(self, table: Table, results: Results) -> None:
        ran, _ = results(table(self.FILE))
        assert "9 rows = 2 clear + 2 with hits + 0 without an answer + 5 unreadable" in ran.err

    def test_an_unreadable_row_stands_in_the_results_with_its_number_and_reason(
        self, table: Table, results: Results
    ) -> None:
        """The number is that of a spreadsheet: the header is row 1, and an empty line is a row."""
        _, rows = results(table(self.FILE))
        unreadable = {row["row"]: row["note"] for row in rows if row["outcome"] == "unreadable"}
        assert unreadable["5"] == "no name in column 'name'"
        assert unreadable["6"] == "3 fields where the header has 2"
        assert unreadable["7"] == "no letter or digit in the name"
        assert unreadable["8"].startswith("the name holds a line break")
        assert unreadable["9"].startswith("not CSV")

    def test_a_row_with_more_hits_than_the_limit_says_so(self, table: Table, results: Results) -> None:
        told = "entries are hits, only the best 1 are told: give a higher --limit to see all"
        _, rows = results(table("name\nChina Mobile\n"), "--threshold", 30, "--limit", 1)
        assert (len(rows), told in rows[0]["note"]) == (1, True)
        _, rows = results(table("name\nChina Mobile\n"), "--threshold", 30, "--limit", 500)
        assert (len(rows) > 1, any("only the best" in row["note"] for row in rows)) == (True, False)

    def test_a_quote_left_open_swallows_no_row_after_it(self, table: Table, results: Results) -> None:
        _, rows = results(table(self.FILE), "--id-column", "id")
        assert [row["id"] for row in rows if row["outcome"] == "hits"] == ["1", "9"]

    def test_many_broken_rows_are_as_many_unreadable_ones(self, table: Table, results: Results) -> None:
        file = table("name\n" + '"a"b\n' * 30_000 + f"{SENSETIME}\n")
        ran, _ = results(file)
        assert "30,001 rows = 0 clear + 1 with hits + 0 without an answer + 30,000 unreadable" in ran.err

    def test_zero_bytes_and_bytes_of_another_encoding_make_a_row_unreadable(
        self, table: Table, results: Results
    ) -> None:
        file = table(b"name\nA\0B\nM\xfcller\n" + SENSETIME.encode() + b"\n")
        ran, rows = results(file, "--encoding", "utf-8")
        assert [row["note"] for row in rows if row["outcome"] == "unreadable"] == [
            "it holds a zero byte: export the file again",
            "not utf-8: convert the file or give --encoding",
        ]
        assert ran.status == 1

    def test_with_all_every_row_is_written_and_each_rests_on_the_same(self, table: Table, results: Results) -> None:
        ran, rows = results(table(f"name\n{SENSETIME}\n{NOBODY}\n"), "--all")
        assert [row["outcome"] for row in rows] == ["hits", "clear"]
        assert {(row["as_of"], row["log_position"], len(row["log_root"])) for row in rows} == {("2021-12-20", "71", 64)}
        assert ran.status == 1

    def test_rows_are_without_an_answer_where_a_list_cannot_carry_one(self, run: Run, table: Table) -> None:
        ran = run("batch", table(f"name\n{NOBODY}\n"), "-o", "out.csv", "--all")
        assert ran.status == 3
        assert "0 clear + 0 with hits + 1 without an answer" in ran.err
        assert "older than 7 days" in Path("out.csv").read_text()
        assert "cannot say clear: older than 7 days" in ran.err
        assert "--list" not in ran.err, "no list could answer"

    def test_where_one_list_of_two_cannot_answer_it_says_how_to_ask_the_other(
        self, run: Run, table: Table, sdn: Folder
    ) -> None:
        run("import", sdn("2024-01-02", [1, 2]))
        asked = ("batch", table(f"name\n{NOBODY}\n"), "-o", "out.csv", "--as-of", "2024-01-05")
        ran = run(*asked)
        assert ran.status == 3
        assert "us-ofac-cmic 750 days (2021-12-16)" in ran.err
        assert "or ask only the lists that can answer: --list us-ofac-sdn\n" in ran.err
        assert run(*asked, "--list", "us-ofac-sdn").status == 0

    def test_the_status_is_0_only_when_every_row_is_clear(self, table: Table, results: Results) -> None:
        assert results(table(f"name\n{NOBODY}\n"))[0].status == 0
        assert results(table(f"name\n{NOBODY}\n???\n"))[0].status == 3

    def test_a_long_file_is_read_in_bounded_memory(self, run: Run, table: Table) -> None:
        """Three times as many rows take no more memory."""
        run("batch", table(f"name\n{NOBODY}\n", "warm.csv"), "-o", "warm.out.csv", *DAY)
        peaks = []
        for rows in (25_000, 75_000):
            file = table("name,note\n" + f"{NOBODY},{'x' * 200}\n" * rows)
            tracemalloc.start()
            try:
                ran = run("batch", file, "-o", "out.csv", *DAY, "--jobs", "1")
                peaks.append(tracemalloc.get_traced_memory()[1])
            finally:
                tracemalloc.stop()
            assert f"{rows:,} rows = {rows:,} clear" in ran.err
        assert peaks[1] < peaks[0] * 1.2


class TestOutput:
    def test_a_hit_says_list_entry_score_reason_and_what_is_forbidden(self, table: Table, results: Results) -> None:
        _, (row,) = results(table(f"name\n{SENSETIME}\n"))
        assert tuple(row) == (*COLUMNS, "name")
        assert (row["row"], row["list"], row["entry_name"]) == ("2", "us-ofac-cmic", "SENSETIME GROUP LIMITED")
        assert float(row["score"]) > 90
        assert row["reason"]
        assert "purchase and sale of its securities forbidden from 2022-02-08" in row["forbidden"]
        assert (row["state"], row["since"]) == ("announced", "2021-12-10")

    def test_json_lines_have_the_same_keys_and_values(self, run: Run, table: Table, results: Results) -> None:
        file = table(f"name\n{SENSETIME}\n???\n")
        _, rows = results(file)
        run("batch", file, "-o", "out.jsonl", *DAY)
        lines = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
        assert [{k: "" if v is None else str(v) for k, v in line.items()} for line in lines] == rows

    def test_a_dash_writes_to_standard_output_and_everything_else_to_standard_error(
        self, run: Run, table: Table
    ) -> None:
        ran = run("batch", table(f"name\n{SENSETIME}\n"), "-o", "-", *DAY)
        assert next(csv.DictReader(ran.out.splitlines()))["entry"] == "us-ofac-cmic/33114"
        assert "results in standard output" in ran.err

    @pytest.mark.parametrize("trigger", ["=", "+", "-", "@", "\uff1d"])
    def test_no_cell_is_executed_by_a_spreadsheet(self, table: Table, results: Results, trigger: str) -> None:
        attack = f"{trigger}HYPERLINK(SenseTime Group Limited)"
        ran, rows = results(table(f'id,name\n{trigger}1+1,"{attack}"\n'), "--id-column", "id", "--all")
        assert ran.status in (0, 1)
        assert {(row["id"], row["query"]) for row in rows} == {(f"'{trigger}1+1", f"'{attack}")}

    def test_results_appear_only_when_they_are_complete(
        self, run: Run, table: Table, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from compliance.batch import running

        Path("out.csv").write_text("yesterday's results")

        def stopped(*args: Any, **kwargs: Any) -> Any:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(running, "published", stopped)
            file = table(f"name\n{SENSETIME}\n")
            ran = run("batch", file, "-o", "out.csv", *DAY)
        assert ran.status == 130
        assert "--resume" in ran.err
        assert Path("out.csv").read_text() == "yesterday's results"
        assert sorted(os.listdir()) == [".out.csv.part", "book.csv", "out.csv"]
        assert run("batch", file, "-o", "out.csv", *DAY, "--resume").status == 1
        assert SENSETIME in Path("out.csv").read_text()
        assert sorted(os.listdir()) == ["book.csv", "out.csv", "out.csv.run.json"]

    def test_a_link_keeps_pointing_to_the_file_that_is_replaced(self, run: Run, table: Table, home: Path) -> None:
        (home / "real.csv").write_text("")
        Path("out.csv").symlink_to(home / "real.csv")
        run("batch", table(f"name\n{SENSETIME}\n"), "-o", "out.csv", *DAY)
        assert Path("out.csv").is_symlink()
        assert SENSETIME in (home / "real.csv").read_text()


class TestProgress:
    def test_without_a_terminal_a_plain_line_comes_now_and_then(self, capsys: pytest.CaptureFixture[str]) -> None:
        now = 0.0
        with progress("screening", "bytes", clock=lambda: now) as shown:
            for done in range(0, 1001, 10):
                now += SILENT_SECONDS / 40
                shown.advance(done, 1000)
        assert capsys.readouterr().err.splitlines() == [
            "screening: 390 of 1,000 bytes (39%)",
            "screening: 790 of 1,000 bytes (79%)",
        ]

    def test_a_short_run_says_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        with progress("screening", "bytes", clock=lambda: 0.0) as shown:
            shown.advance(10, 10)
        assert capsys.readouterr().err == ""
