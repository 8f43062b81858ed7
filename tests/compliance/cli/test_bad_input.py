"""Bad input: one plain line that says what, where and what to do, the right exit status, and nothing appended."""

from __future__ import annotations

import io
import os
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Folder = Callable[..., Path]
BOOK = "id,name\n1,Blue Heron Bakery\n"


def told(ran: Any, status: int, *parts: str) -> None:
    """The command gave no answer, and one line with these parts."""
    assert ran.err.startswith("compliance: ")
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    for part in parts:
        assert part in ran.err, ran.err
    assert (ran.status, ran.out) == (status, "")


@pytest.fixture(autouse=True)
def _nothing_appended(run: Run, sdn: Folder, size: Callable[[], int]) -> Iterator[None]:
    """Every test here begins with a log that holds a list and ends with the same log."""
    assert run("import", sdn("2024-01-02", range(1, 101))).status == 0
    before = size()
    yield
    assert size() == before


@pytest.fixture
def good(sdn: Folder) -> Path:
    """The sdn.csv of the next month, to be spoilt."""
    return sdn("2024-02-02", range(1, 101)) / "sdn.csv"


class TestOfficialFiles:
    def test_a_file_cut_in_the_middle(self, run: Run, good: Path) -> None:
        good.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        told(run("import", good), 2, f"{good}, line 5", "download it again", "nothing of this publication was imported")

    def test_an_error_page_saved_as_sdn_csv(self, run: Run, good: Path) -> None:
        good.write_text("<!DOCTYPE html>\n<html><body>Service unavailable</body></html>\n")
        told(run("import", good), 2, f"{good}: this is a web page, not a list file", "download it again")

    def test_an_error_page_among_the_companions(self, run: Run, good: Path) -> None:
        (good.parent / "alt.csv").write_text("<html><body>Service unavailable</body></html>")
        told(run("import", good.parent), 2, "alt.csv: this is a web page", "download it again")

    def test_an_empty_file(self, run: Run, good: Path) -> None:
        good.write_bytes(b"")
        told(run("import", good), 2, f"{good}: the file is empty", "download it again")

    def test_a_latin_1_file(self, run: Run, good: Path) -> None:
        good.write_bytes(good.read_bytes().replace(b"NUMBER 50", b"N\xdcMBER 50"))
        told(run("import", good), 2, f"{good}, line 50: ", "UTF-8", "download it again")

    def test_a_row_with_too_few_fields(self, run: Run, good: Path) -> None:
        good.write_bytes(good.read_bytes().replace(b'50",-0- ,', b'50",'))
        told(run("import", good), 2, f"{good}, line 50: 11 fields where the format has 12", "download it again")

    def test_an_unknown_list(self, run: Run, good: Path) -> None:
        told(run("import", good, "--list", "us-ofac-sdm"), 2, "no list called 'us-ofac-sdm'", "us-ofac-sdn")

    def test_a_publication_date_that_is_none(self, run: Run, good: Path) -> None:
        told(
            run("import", good, "--published", "02.02.2024"), 2, "--published '02.02.2024' is not a date", "YYYY-MM-DD"
        )

    def test_a_publication_date_in_the_future(self, run: Run, good: Path) -> None:
        told(
            run("import", good, "--published", "2027-01-01"), 2, "sdn.csv", "2027-01-01 is in the future", "--published"
        )

    def test_one_date_for_two_publications(self, run: Run, good: Path, home: Path) -> None:
        told(run("import", home / "lists", "--published", "2024-02-02"), 2, "import one at a time")

    def test_a_file_that_is_not_there(self, run: Run) -> None:
        told(run("import", "nowhere/sdn.csv"), 2, "nowhere/sdn.csv: there is no such file or folder")

    def test_a_binary_file(self, run: Run, good: Path) -> None:
        good.write_bytes(bytes(range(256)) * 20)
        told(run("import", good), 2, f"{good}: no list format is recognised in it; docs/formats.md names those")

    def test_a_folder_without_list_files(self, run: Run, home: Path) -> None:
        (home / "empty").mkdir()
        told(run("import", home / "empty"), 2, f"{home / 'empty'}: the folder holds no list files")
        (home / "empty" / "README.txt").write_text("nothing here")
        told(run("import", home / "empty"), 2, f"{home / 'empty'}: the folder holds no list files")

    def test_a_zip_with_a_damaged_member(self, run: Run, good: Path, home: Path) -> None:
        packed = home / "2024-02-02.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("sdn.csv", good.read_bytes())
        packed.write_bytes(packed.read_bytes().replace(b"NUMBER 50", b"NUMBER 51"))
        told(run("import", packed), 2, f"{packed}: the ZIP is damaged", "download it again")

    def test_a_zip_that_lies_about_how_much_it_unfolds_into(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A small file that would fill the memory: refused while it is unfolded, whatever its directory says."""
        monkeypatch.setattr("compliance.sources.inputs.LARGEST_FILE", 2 << 20)
        packed = home / "2024-02-02.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("sdn.csv", "w") as member:
            for _ in range(3):
                member.write(bytes(1 << 20))
        data = bytearray(packed.read_bytes())
        at = data.rindex(b"PK\x01\x02") + 24
        struct.pack_into("<I", data, at, 600)
        packed.write_bytes(data)
        ran = run("import", packed)
        told(ran, 2, str(packed), "ZIP")

    def test_a_zip_inside_a_zip(self, run: Run, good: Path, home: Path) -> None:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("sdn.csv", good.read_bytes())
        with zipfile.ZipFile(home / "2024-02-02.zip", "w") as archive:
            archive.writestr("inner.zip", inner.getvalue())
        told(
            run("import", home / "2024-02-02.zip"), 2, "2024-02-02.zip!inner.zip: this is a ZIP inside a ZIP", "unpack"
        )


class TestQuestions:
    @pytest.mark.parametrize(
        ("argv", "parts"),
        [
            (["X", "--as-of", "2021-13-01"], ["--as-of '2021-13-01' is not a date", "YYYY-MM-DD"]),
            (["X", "--as-of", "20211201"], ["--as-of '20211201' is not a date"]),
            (["X", "--as-of", "2026-11-25"], ["--as-of 2026-11-25 is in the future", "today is 2026-11-24"]),
            (["X", "--known-at", "2026-11-25"], ["--known-at 2026-11-25 is in the future"]),
            (["X", "--known-at", "0"], ["no position 0", "it has 1 to 172"]),
            (["X", "--known-at", "173"], ["no position 173"]),
            (["X", "--known-at", "²"], ["--known-at '²' is not a date"]),
            (["X", "--limit", "0"], ["--limit", "`compliance screen --help`"]),
            (["X", "--threshold", "500"], ["--threshold", "100"]),
            (["X", "--threshold", "high"], ["--threshold", "number"]),
            (["X", "--max-age", "-1"], ["--max-age"]),
            (["X", "--list", "us-ofac"], ["no list called 'us-ofac'"]),
            (["X", "--country", "Atlantis"], ["--country 'Atlantis' is no country", "CN"]),
            (["X", "--id", "2162198"], ["'2162198' is not an identifier", "KIND=VALUE"]),
            (["X", "--bogus"], ["--bogus", "`compliance screen --help`"]),
            (["???"], ["'???' cannot be screened: no letter or digit in the name"]),
            ([""], ["there is no name to screen"]),
            ([], ["NAME", "`compliance screen --help`"]),
        ],
        ids=lambda value: " ".join(value) if value and not value[0].startswith("-") else None,
    )
    def test_a_question_that_cannot_be_asked(self, run: Run, argv: list[str], parts: list[str]) -> None:
        told(run("screen", *argv), 2, *parts)

    @pytest.mark.parametrize("stdin", [b"", b"\n \n"])
    def test_standard_input_without_names(self, run: Run, stdin: bytes) -> None:
        told(run("screen", "-", stdin=stdin), 2, "there is no name to screen", "`-`")

    def test_standard_input_that_is_not_utf_8(self, run: Run) -> None:
        told(run("screen", "-", stdin=b"M\xfcller\n"), 2, "standard input is not UTF-8 (byte 2)", "convert it")

    def test_a_command_that_does_not_exist(self, run: Run) -> None:
        told(run("scren", "X"), 2, "scren", "`compliance --help`")


class TestCounterparties:
    @pytest.mark.parametrize(
        ("content", "options", "parts"),
        [
            (b"", [], ["book.csv is empty"]),
            (b"\n\n", [], ["book.csv is empty", "the first line must name the columns"]),
            (b"1,Blue Heron Bakery\n2,Acme\n", [], ["no column is known to hold names", "--name-column", "'1'"]),
            (BOOK.encode(), ["--name-column", "firm"], ["no column 'firm' for --name-column", "'id', 'name'"]),
            (BOOK.encode(), ["--id-column", "nr"], ["no column 'nr' for --id-column", "'id', 'name'"]),
            (b"name,name\na,b\n", [], ["column 'name' stands in the header more than once"]),
            (b"id,id,name\n1,2,b\n", ["--id-column", "id"], ["column 'id' stands in the header more than once"]),
            (b"id,name\n", [], ["book.csv has a header and no rows", "get the file again"]),
            (b"\0\0id,name\n1,Acme\n", [], ["zero bytes", "export it as CSV in UTF-8"]),
            (BOOK.encode("utf-16")[:-1], ["--encoding", "utf-16"], ["book.csv cannot be read"]),
            (BOOK.encode(), ["--encoding", "klingon"], ["klingon"]),
            (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", [], ["book.csv", "no workbook that can be read"]),
            (b"PAR1\x03\x04\x14\x00", [], ["book.csv", "no Parquet file that can be read"]),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", [], ["an old Excel workbook", "save it as .xlsx"]),
            (b"\n{\n", [], ["no line of it is a JSON object"]),
        ],
    )
    def test_a_file_that_cannot_be_used(self, run: Run, content: bytes, options: list[str], parts: list[str]) -> None:
        Path("book.csv").write_bytes(content)
        ran = run("batch", "book.csv", "-o", "out.csv", *options)
        lines = ran.err.splitlines(keepends=True)
        told(ran._replace(err=lines[-1]), 2, *parts)
        assert not Path("out.csv").exists()

    def test_a_file_that_is_not_there_or_a_folder(self, run: Run) -> None:
        told(run("batch", "nowhere.csv", "-o", "out.csv"), 2, "nowhere.csv cannot be read: No such file")
        told(run("batch", ".", "-o", "out.csv"), 2, ".: the folder holds no .csv")

    def test_results_over_the_file_itself(self, run: Run) -> None:
        Path("book.csv").write_text(BOOK)
        Path("link.csv").symlink_to("book.csv")
        for output in ("book.csv", "./book.csv", "link.csv"):
            told(run("batch", "book.csv", "-o", output), 2, "is the file of counterparties itself", "another file")
        assert Path("book.csv").read_text() == BOOK

    def test_results_where_nothing_can_be_written(self, run: Run, home: Path) -> None:
        Path("book.csv").write_text(BOOK)
        for output in ("nowhere/out.csv", str(home / "work" / "book.csv" / "out.csv")):
            ran = run("batch", "book.csv", "-o", output)
            told(ran._replace(err=ran.err.splitlines(keepends=True)[-1]), 2, f"{output} cannot be written: ")

    def test_results_in_a_format_that_is_not_written(self, run: Run) -> None:
        Path("book.csv").write_text(BOOK)
        told(run("batch", "book.csv", "-o", "out.pdf"), 2, "out.pdf: results can be written as .csv, .jsonl")

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
    def test_a_full_disk(self, run: Run) -> None:
        Path("book.csv").write_text(BOOK)
        ran = run("batch", "book.csv", "-o", "/dev/full", "--all")
        told(ran._replace(err=ran.err.splitlines(keepends=True)[-1]), 2, "/dev/full cannot be written: No space left")
        assert Path("/dev/full").is_char_device()
        told(run("export", "us-ofac-cmic", "-o", "/dev/full"), 2, "/dev/full cannot be written: No space left")


class TestTheLog:
    """The log stays as it is; the questions go to another one, which cannot be used."""

    @pytest.fixture
    def elsewhere(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path | str], None]]:
        def point(path: Path | str) -> None:
            monkeypatch.setenv("COMPLIANCE_DATABASE_URL", str(path) if ":" in str(path) else f"sqlite:///{path}")

        yield point
        monkeypatch.delenv("COMPLIANCE_DATABASE_URL")

    @pytest.mark.parametrize("command", [("screen", "X"), ("lists",), ("log", "head"), ("export", "us-ofac-sdn")])
    def test_a_database_that_is_not_ours(
        self, run: Run, home: Path, elsewhere: Callable[..., None], command: tuple[str, ...]
    ) -> None:
        path = home / "theirs.db"
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE accounts (id INTEGER)")
        database.close()
        before = path.read_bytes()
        elsewhere(path)
        told(run(*command), 3, f"{path} is a database of something else", "name another file for the log")
        assert path.read_bytes() == before

    def test_an_import_into_a_file_that_is_no_database(
        self, run: Run, home: Path, good: Path, elsewhere: Callable[..., None]
    ) -> None:
        path = home / "notes.db"
        path.write_text("not a database, but long enough to be one")
        elsewhere(path)
        told(run("import", good), 3, f"{path} is not a SQLite database", "name another file")

    def test_an_address_that_is_not_supported(self, run: Run, elsewhere: Callable[..., None]) -> None:
        elsewhere("mysql://root:secret@db/log")
        ran = run("screen", "X")
        told(ran, 3, "'mysql'")
        assert "secret" not in ran.err

    def test_a_folder_that_cannot_be_made(self, run: Run, home: Path, elsewhere: Callable[..., None]) -> None:
        (home / "file").write_text("")
        elsewhere(home / "file" / "log.db")
        told(run("screen", "X"), 3, f"{home}/file/log.db cannot be opened")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_folder(self, run: Run, home: Path, good: Path) -> None:
        for path in (home / "data", home / "data" / "compliance.db"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            assert run("screen", "PARTY NUMBER 7", "--as-of", "2024-01-05").status == 1
            ran = run("import", good)
            assert ran.status in (2, 3)
            assert "written" in ran.err
        finally:
            for path in (home / "data" / "compliance.db", home / "data"):
                path.chmod(0o755)

    def test_a_cache_that_cannot_be_written_is_done_without(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (home / "file").write_text("")
        monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(home / "file" / "cache"))
        ran = run("screen", "SenseTime Group Limited", "--as-of", "2021-12-10")
        assert (ran.status, ran.err) == (1, "")

    def test_a_settings_file_that_is_none(self, run: Run, home: Path) -> None:
        settings = home / "data" / "settings.toml"
        settings.write_text("max_age: 7\n")
        told(run("screen", "X"), 2, f"the settings file {settings} is not TOML")
        settings.unlink()
