"""What a file of counterparties is, is found out and said; what cannot be told is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.counterparties.inputs import looked_at, pieces
from compliance.counterparties.subjects import Row, rows
from compliance.counterparties.values import Given
from compliance.errors import BadInput

Run = Callable[..., Any]
DAY = ("--as-of", "2021-12-20")
SENSETIME = "SenseTime Group Limited"
NOBODY = "Blue Heron Bakery Zzyzx"


def read(path: Path, **options: Any) -> list[Row]:
    """All rows of a file."""
    source = looked_at(path, path.name, Given(**options))
    return [row for piece in pieces([source]) for row in rows(piece, source)[0]]


def names(found: list[Row]) -> list[list[str]]:
    return [[subject.name for subject, _ in row.subjects] for row in found]


class TestEncodings:
    WESTERN = "Société Générale\nMüller & Söhne GmbH\nNestlé S.A.\nPeña Nieto\nCrédit Agricole\n"
    CHINESE = "商汤集团股份有限公司\n华为技术有限公司\n中芯国际集成电路制造有限公司\n海康威视\n"

    @pytest.mark.parametrize(
        ("text", "written", "told"),
        [
            (WESTERN + CHINESE, "utf-8", "utf-8"),
            (WESTERN + CHINESE, "utf-8-sig", "utf-8-sig"),
            (WESTERN + CHINESE, "utf-16", "utf-16"),
            (WESTERN + CHINESE, "utf-32", "utf-32"),
            (WESTERN, "utf-16-le", "utf-16-le"),
            (WESTERN, "utf-16-be", "utf-16-be"),
            (WESTERN, "cp1252", "cp1252"),
            (WESTERN[:17], "cp1252", "cp1252"),
            (CHINESE, "gb18030", "gb18030"),
            (CHINESE[:11], "gb18030", "gb18030"),
        ],
    )
    def test_the_encoding_is_found_from_the_bytes(self, home: Path, text: str, written: str, told: str) -> None:
        path = home / "book.csv"
        path.write_bytes(f"name\n{text}".encode(written))
        assert looked_at(path, "book.csv", Given()).layout.encoding == told
        assert names(read(path)) == [[line] for line in text.split("\n") if line]

    def test_what_was_assumed_is_said_and_may_be_overruled(self, run: Run) -> None:
        Path("book.csv").write_bytes(f"name\n{self.WESTERN}".encode("cp1252"))
        assert "cp1252 (assumed: neither UTF-8 nor marked" in run("batch", "book.csv", "-o", "out.csv", *DAY).err
        told = run("batch", "book.csv", "-o", "out.csv", "--encoding", "cp1250", *DAY).err
        assert "cp1250 (as given)" in told

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("Росатом\nГазпром нефть\n", "cp1251"),
            ("東芝株式会社\n", "euc_jp"),
            ("Łódź Żółw\n", "cp1250"),
            ("Türkiye İş Bankası\nDoğuş\n", "cp1254"),
            ("삼성전자\n", "euc_kr"),
        ],
    )
    def test_any_other_encoding_is_refused_with_its_candidates(self, home: Path, text: str, written: str) -> None:
        """Read as Windows-1252 it would be another name, and clear."""
        path = home / "book.csv"
        path.write_bytes(f"name\n{text}".encode(written))
        with pytest.raises(BadInput, match="its encoding cannot be told: give --encoding"):
            looked_at(path, "book.csv", Given())

    def test_a_row_in_another_encoding_is_unreadable_among_many_in_utf_8(self, home: Path) -> None:
        path = home / "book.csv"
        path.write_bytes(("name\n" + self.WESTERN).encode() + "Émile\n".encode("cp1252"))
        found = read(path)
        assert [row.problem for row in found] == [None] * 5 + ["not utf-8: convert the file or give --encoding"]


class TestForms:
    ROWS = (("nr", "company", "lei"), ("1", SENSETIME, ""), ("2", NOBODY, "5493001KJTIIGC8Y1R12"))

    def write(self, form: str, path: Path) -> None:
        header, *body = self.ROWS
        if form == "xlsx":
            book = openpyxl.Workbook()
            for row in self.ROWS:
                book.active.append(row)
            book.save(path)
        elif form == "parquet":
            columns = {key: [row[at] or None for row in body] for at, key in enumerate(header)}
            pyarrow.parquet.write_table(pyarrow.table(columns), path)
        elif form == "jsonl":
            path.write_text("".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in body))
        else:
            out = io.StringIO()
            csv.writer(out, delimiter=form).writerows(self.ROWS)
            path.write_text(out.getvalue())

    @pytest.mark.parametrize("form", [",", ";", "\t", "|", "xlsx", "parquet", "jsonl"])
    def test_every_form_gives_the_same_rows_whatever_the_file_is_called(self, home: Path, form: str) -> None:
        path = home / "book.dat"
        self.write(form, path)
        found = read(path)
        assert [tuple(row.cells) for row in found] == list(self.ROWS[1:])
        assert names(found) == [[SENSETIME], [NOBODY]]
        assert found[1].subjects[0][0].identifiers == (("lei", "5493001KJTIIGC8Y1R12"),)

    def test_a_folder_and_standard_input_are_read_too(self, run: Run) -> None:
        Path("books").mkdir()
        for form, name in ((";", "a.csv"), ("xlsx", "b.xlsx"), ("parquet", "c.parquet"), ("jsonl", "d.jsonl")):
            self.write(form, Path("books", name))
        ran = run("batch", "books", "-", "-o", "books/out.csv", *DAY, stdin=f"name\n{SENSETIME}\n".encode())
        assert "9 rows = 4 clear + 5 with hits" in ran.err
        with open("books/out.csv", newline="") as out:
            found = [(row["file"], row["row"], row["query"]) for row in csv.DictReader(out)]
        assert found == [
            ("books/a.csv", "2", SENSETIME),
            ("books/b.xlsx", "2", SENSETIME),
            ("books/c.parquet", "1", SENSETIME),
            ("books/d.jsonl", "1", SENSETIME),
            ("standard input", "2", SENSETIME),
        ]
        assert "9 rows" in run("batch", "books", "-", "-o", "books/out.csv", *DAY, stdin=b"name\nX Y\n").err

    def test_lines_that_are_no_objects_are_unreadable(self, home: Path) -> None:
        path = home / "book.jsonl"
        path.write_text(f'{{"name": "{SENSETIME}", "n": 1.5}}\n\n[1]\nnot json\n"text"\n{{"id": 7}}\n')
        assert [(row.number, row.problem and row.problem[:20]) for row in read(path)] == [
            (1, None),
            (3, "not a JSON object"),
            (4, "not JSON (invalid li"),
            (5, "a JSON text and no o"),
            (6, "no name in column 'n"),
        ]

    def test_a_missing_library_is_named_with_the_extra_that_brings_it(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.write("parquet", Path("book.parquet"))
        monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
        ran = run("batch", "book.parquet", "-o", "out.csv", *DAY)
        assert (ran.status, "pip install 'entity-compliance[parquet]'" in ran.err) == (2, True)

    def test_quotes_that_are_letters_like_others_are_told_from_the_rows(self, home: Path) -> None:
        path = home / "book.tsv"
        path.write_text('id\tname\n1\t"Best" Bakery\n2\tThe "Inn\n3\t"Acme" Ltd\n')
        assert names(read(path)) == [['"Best" Bakery'], ['The "Inn'], ['"Acme" Ltd']]

    def test_single_quotes_are_told_from_the_header(self, home: Path) -> None:
        path = home / "book.csv"
        path.write_text("'id','name'\n'1','Acme, Ltd'\n")
        assert names(read(path)) == [["Acme, Ltd"]]


class TestColumns:
    def test_all_names_of_a_row_are_asked_and_the_column_of_the_best_is_told(self, run: Run) -> None:
        Path("book.csv").write_text(f"id,name,former name,alias\n1,{NOBODY},-,{SENSETIME}\n2,{NOBODY},,n/a\n")
        ran = run("batch", "book.csv", "-o", "out.csv", *DAY)
        assert "name 'name', name 'former name', name 'alias', id 'id'" in ran.err
        assert "2 rows = 1 clear + 1 with hits" in ran.err
        (found,) = csv.DictReader(Path("out.csv").read_text().splitlines())
        assert (found["query"], found["column"]) == (SENSETIME, "alias")

    def test_an_equal_identifier_is_a_hit_whatever_the_name_and_without_one(self, run: Run) -> None:
        Path("book.csv").write_text(f"name,registration number\n{NOBODY},2162198\n,21621-98\n,999\n,\n")
        ran = run("batch", "book.csv", "-o", "out.csv", *DAY)
        assert "4 rows = 0 clear + 2 with hits + 1 without an answer + 1 unreadable" in ran.err
        found = list(csv.DictReader(Path("out.csv").read_text().splitlines()))
        assert [(row["entry"], row["score"]) for row in found[:2]] == [("us-ofac-cmic/33114", "100.0")] * 2

    def test_identifiers_alone_are_enough(self, run: Run) -> None:
        Path("book.csv").write_text("nr,cr\n1,2162198\n")
        ran = run("batch", "book.csv", "-o", "out.csv", "--identifier-column", "registration=cr", *DAY)
        assert ran.status == 1
        ran = run("batch", "book.csv", "-o", "out.csv", "--identifier-column", "registratoin=cr", *DAY)
        assert (ran.status, "is no kind of identifier" in ran.err) == (2, True)

    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("1970-06-21", "1970-06-21", "1970-06-21"),
            ("1970-06", "1970-06-01", "1970-06-30"),
            ("1970", "1970-01-01", "1970-12-31"),
            ("21 Jun 1970", "1970-06-21", "1970-06-21"),
            ("21/06/1970", "1970-06-21", "1970-06-21"),
            ("06/21/1970", "1970-06-21", "1970-06-21"),
            ("06/07/1970", "1970-06-07", "1970-07-06"),
        ],
    )
    def test_a_date_of_birth_may_mean_several_days(self, home: Path, text: str, first: str, last: str) -> None:
        path = home / "book.csv"
        path.write_text(f"name,dob,party type\nA B,{text},Person\n")
        ((subject, _),) = read(path)[0].subjects
        assert subject.born is not None
        assert [day.isoformat() for day in subject.born] == [first, last]
        assert subject.party_type == "individual"

    def test_what_is_not_understood_is_counted_and_told(self, run: Run) -> None:
        Path("book.csv").write_text(f"name,country,dob\n{SENSETIME},Atlantis,soon\n{NOBODY},HK; China,\n")
        ran = run("batch", "book.csv", "-o", "out.csv", *DAY)
        assert "1 rows hold a country, a date of birth or an identifier that is none" in ran.err
        (found,) = csv.DictReader(Path("out.csv").read_text().splitlines())
        assert "country 'Atlantis' is not known" in found["note"]
        assert "date of birth 'soon' is no date" in found["note"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(
    table=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=30),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_as_csv_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], end: str
) -> None:
    """Cells with separators, quotes and line ends; read in one piece and in many small ones."""
    path = tmp_path_factory.mktemp("csv") / "book.csv"
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows([["name", "x"], *table])
    path.write_bytes(out.getvalue().encode())
    wanted = table
    for lines, block in ((10_000, 1 << 18), (2, 7)):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("compliance.counterparties.delimited._LINES", lines)
            patched.setattr("compliance.counterparties.delimited._BLOCK", block)
            assert [list(row.cells) for row in read(path, delimiter=",", quote='"', encoding="utf-8")] == wanted
