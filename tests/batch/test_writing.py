"""What a batch writes: the same results in every form, whole, harmless, with what they rest on beside them."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

Run = Callable[..., Any]
DAY = ("--as-of", "2021-12-20")
SENSETIME = "SenseTime Group Limited"
BOOK = f'id,name,=note,row\n1,{SENSETIME},+1,x\n2,Blue Heron Bakery Zzyzx,=SUM(A1),y\n3,???,"@a, ""b""",z\n'


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The results as texts by column, whatever the form."""
    plain: Iterator[dict[str, Any]]
    if path.suffix == ".csv":
        plain = csv.DictReader(path.read_text("utf-8").splitlines())
    elif path.suffix == ".jsonl":
        plain = map(json.loads, path.read_text("utf-8").splitlines())
    elif path.suffix == ".parquet":
        plain = iter(pyarrow.parquet.read_table(path).to_pylist())
    else:
        header, *body = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        plain = (dict(zip(header, row, strict=True)) for row in body)
    return [{str(key).lstrip("'"): _text(value) for key, value in row.items()} for row in plain]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(float(value)) if isinstance(value, int | float) else _number(str(value).removeprefix("'"))


def _number(text: str) -> str:
    return str(float(text)) if text.replace(".", "").isdigit() else text


@pytest.mark.parametrize("form", ["jsonl", "parquet", "xlsx"])
def test_every_form_holds_the_same_results_in_the_same_order(run: Run, form: str) -> None:
    Path("book.csv").write_text(BOOK)
    assert run("batch", "book.csv", "-o", "out.csv", "--all", *DAY).status == 1
    assert run("batch", "book.csv", "-o", f"out.{form}", "--all", *DAY).status == 1
    assert rows_of(Path(f"out.{form}")) == rows_of(Path("out.csv"))


def test_the_inputs_own_columns_are_carried_along_and_never_hide_ours(run: Run) -> None:
    Path("book.csv").write_text(BOOK)
    Path("other.csv").write_text(f"company,row,extra\n{SENSETIME},7,e\n")
    run("batch", "book.csv", "other.csv", "-o", "out.jsonl", *DAY)
    first, _, last = rows_of(Path("out.jsonl"))
    assert list(first)[-7:] == ["column", "input_id", "name", "=note", "input_row", "company", "extra"]
    assert [first[key] for key in ("row", "input_row", "name", "extra")] == ["2.0", "x", SENSETIME, ""]
    assert [last[key] for key in ("row", "input_row", "company", "extra")] == ["2.0", "7.0", SENSETIME, "e"]


def test_a_workbook_holds_texts_where_a_formula_would_be(run: Run) -> None:
    Path("book.csv").write_text(BOOK)
    run("batch", "book.csv", "-o", "out.xlsx", "--all", *DAY)
    cells = [cell for row in openpyxl.load_workbook("out.xlsx").active.iter_rows() for cell in row]
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "@"))]
    assert [cell.value for cell in risky] == ["=note", "+1", "=SUM(A1)", '@a, "b"']
    assert {(cell.data_type, cell.quotePrefix) for cell in risky} == {("s", True)}


def test_unreadable_rows_go_to_a_file_with_number_reason_and_cells(run: Run) -> None:
    Path("book.csv").write_text(BOOK + "4,a,b\n\n5,a,b,c,d\n")
    ran = run("batch", "book.csv", "-o", "out.csv", *DAY)
    assert "unreadable rows, with their number and the reason, are in out.csv.unreadable.csv too" in ran.err
    with open("out.csv.unreadable.csv", newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "row", "reason", "input_id", "name", "=note", "input_row"],
            ["book.csv", "4", "no letter or digit in the name", "3", "???", '\'@a, "b"', "z"],
            ["book.csv", "5", "3 fields where the header has 4", "4", "a", "b"],
            ["book.csv", "7", "5 fields where the header has 4", "5", "a", "b", "c", "d"],
        ]
    Path("book.csv").write_text(f"name\n{SENSETIME}\n")
    run("batch", "book.csv", "-o", "out.csv", *DAY)
    assert not Path("out.csv.unreadable.csv").exists()


def test_what_it_rests_on_stands_beside_it_and_is_printed_with_json(run: Run) -> None:
    Path("book.csv").write_text(BOOK)
    ran = run("batch", "book.csv", "-o", "out.csv", "--threshold", "85", "--json", *DAY)
    told = json.loads(ran.out)
    assert told == json.loads(Path("out.csv.run.json").read_text())
    assert told["id"].startswith("20261124T120000Z-")
    assert [told[key] for key in ("rows", "clear", "hits", "cannot_say", "unreadable")] == [3, 1, 1, 0, 1]
    assert {key: told["asked"][key] for key in ("as_of", "threshold", "position", "matcher")} == {
        "as_of": "2021-12-20", "threshold": "85.0", "position": 71, "matcher": told["asked"]["matcher"],
    }  # fmt: skip
    assert len(told["lists"][0]["publication"]) == 64
    assert told["reading"]["inputs"][0]["columns"]["names"] == ["name"]
    for file in (*told["inputs"], *told["outputs"]):
        content = Path(file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_the_same_question_has_the_same_bytes_at_any_time(run: Run, form: str) -> None:
    Path("book.csv").write_text(BOOK)
    found = []
    for hour in (12, 13):
        run("batch", "book.csv", "-o", f"out.{form}", "--all", *DAY, now=datetime(2026, 11, 24, hour).astimezone())
        found.append(Path(f"out.{form}").read_bytes())
    assert found[0] == found[1]


def test_a_pipe_gets_only_text_and_json_does_not_mix_with_it(run: Run) -> None:
    Path("book.csv").write_text(BOOK)
    os.mkfifo("pipe.xlsx")
    assert run("batch", "book.csv", "-o", "pipe.xlsx", *DAY).status == 2
    assert run("batch", "book.csv", "-o", "-", "--json", *DAY).status == 2


def test_more_rows_than_a_worksheet_holds_are_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.batch.writing._MOST_ROWS", 3)
    Path("book.csv").write_text(BOOK)
    ran = run("batch", "book.csv", "-o", "out.xlsx", "--all", *DAY)
    assert ran.status == 2
    assert "write .csv or .parquet" in ran.err
    assert not Path("out.xlsx").exists()
