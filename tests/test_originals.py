"""From an event to the bytes it came from, and the bytes read again: archive, `original`, `import --reread`."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compliance import Compliance
from compliance.archive import Archive
from compliance.cli import main
from compliance.errors import CannotSay, ImportRefused
from compliance.model import Publication
from compliance.rereading import Rereader, read_again

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "ofac-sdn"
DAYS = ("2023-10-31", "2023-11-30")
SDN = "us-ofac-sdn"


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> Ran:
        status = main(list(words), clock=lambda: NOW)
        return Ran(status, *capsys.readouterr())

    return run


@pytest.fixture
def imported(run: Run) -> Run:
    assert run("import", str(FIXTURES)).status == 0
    return run


def corrected(change: Callable[[Publication], Publication]) -> None:
    """Reads everything again with a reader whose output is changed like that."""

    def read(files: Any, published: date) -> list[Publication]:
        return [change(publication) for publication in read_again(files, published)]

    with Compliance.open(clock=lambda: NOW) as compliance:
        Rereader(compliance.log, compliance.archive, actor="me", read=read).reread()


def shout(publication: Publication) -> Publication:
    """A reader that has learned to read 900002's details."""
    statements = [
        s._replace(fields={**s.fields, "details": {"Title": "made known"}}) if s.key == "900002" else s
        for s in publication.statements
    ]
    return publication._replace(statements=statements)


def test_what_was_put_is_got_and_stored_once_compressed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    content = b"the same line\n" * 1000
    digest = archive.put(content)
    assert archive.put(content) == digest == sha256(content).hexdigest()
    assert archive.get(digest) == content
    (stored,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stored == archive.path(digest)
    assert stored.stat().st_size < len(content) / 10


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"",
        lambda raw: raw[:-12],
        lambda raw: raw[:20] + bytes([raw[20] ^ 255]) + raw[21:],
        lambda raw: b"not gzip",
        lambda raw: gzip.compress(b"other bytes"),
    ],
    ids=["empty", "cut", "a byte changed", "not compressed", "another file"],
)
def test_a_damaged_original_is_named_and_put_right_by_the_same_file(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    archive = Archive(tmp_path)
    digest = archive.put(b"one, two, three; " * 20)
    path = archive.path(digest)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CannotSay) as error:
        archive.get(digest)
    assert digest in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    archive.put(b"one, two, three; " * 20)
    assert archive.get(digest) == b"one, two, three; " * 20


def test_a_missing_original_is_named(imported: Run, data: Path) -> None:
    digest = sha256((FIXTURES / DAYS[0] / "alt.csv").read_bytes()).hexdigest()
    path = Archive(data / "archive").path(digest)
    path.unlink()
    for words in (("original", digest), ("import", "--reread")):
        ran = imported(*words)
        assert ran.status == 3
        assert digest in ran.err
        assert str(path) in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.skipif(os.name != "posix", reason="needs a folder's name to be taken by a file")
def test_an_import_whose_archive_cannot_be_written_appends_nothing(run: Run, data: Path) -> None:
    before = json.loads(run("log", "head", "--json").out)
    archive = data / "archive"
    archive.rename(data / "elsewhere")
    archive.write_text("in the way")
    ran = run("import", str(FIXTURES))
    assert ran.status == 2
    assert "cannot be written" in ran.err
    assert json.loads(run("log", "head", "--json").out) == before


def test_history_and_show_lead_to_the_bytes(imported: Run, tmp_path: Path) -> None:
    """By the SHA-256 that they print, by its beginning, and by the event's position."""
    steps = json.loads(imported("history", f"{SDN}/900002", "--json").out)["steps"]
    shown = json.loads(imported("show", f"{SDN}/900002", "--json").out)
    assert shown["position"] == steps[-1]["position"]
    assert shown["originals"] == steps[-1]["originals"]
    for step, day in zip(steps, DAYS, strict=True):
        for file in step["originals"]:
            expected = (FIXTURES / day / file["name"]).read_bytes()
            for number, what in enumerate((file["sha256"], file["sha256"][:12])):
                target = tmp_path / f"{day}-{number}-{file['name']}"
                assert imported("original", what, "-o", str(target)).status == 0
                assert target.read_bytes() == expected
            assert file["sha256"][:12] in imported("history", f"{SDN}/900002").out
        folder = tmp_path / day
        assert imported("original", str(step["position"]), "-o", str(folder)).status == 0
        assert {f.name: f.read_bytes() for f in folder.iterdir()} == {
            f.name: f.read_bytes() for f in (FIXTURES / day).iterdir()
        }


def test_original_says_where_the_bytes_are(imported: Run) -> None:
    rows = json.loads(imported("original", "80", "--json").out)
    for row in rows:
        assert gzip.decompress(Path(row["archived"]).read_bytes()) == (FIXTURES / DAYS[1] / row["name"]).read_bytes()


@pytest.mark.parametrize("what", ["0", "9999", "abc", "f" * 64, "../../x", ""])
def test_what_leads_to_no_original_is_a_bad_question(imported: Run, what: str) -> None:
    ran = imported("original", what)
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_an_original_does_not_go_over_a_file(imported: Run, tmp_path: Path) -> None:
    (target := tmp_path / "mine.csv").write_text("mine")
    assert imported("original", "80", "-o", str(target)).status == 2
    digest = json.loads(imported("original", "80", "--json").out)[0]["sha256"]
    assert imported("original", digest, "-o", str(target)).status == 2
    assert target.read_text() == "mine"


def test_read_again_by_the_same_reader_nothing_differs(imported: Run) -> None:
    head = imported("log", "head").out
    ran = imported("import", "--reread")
    assert (ran.status, ran.err) == (0, "")
    assert f"{SDN}: 2 publications read again, nothing differs" in ran.out
    assert imported("log", "head").out == head


def test_an_improved_reader_corrects_and_is_told_apart(imported: Run) -> None:
    """In the entry's history, in the list's, and in the difference of two days; known at before, nothing changed."""
    size = json.loads(imported("log", "head", "--json").out)["size"]
    before = imported("show", f"{SDN}/900002", "--as-of", "2023-11-01", "--known-at", str(size)).out
    unchanged = imported("diff", SDN, "--from", DAYS[0], "--to", DAYS[1]).out
    corrected(shout)
    steps = json.loads(imported("history", f"{SDN}/900002", "--json").out)["steps"]
    assert [(s["effective"], s["cause"]) for s in steps] == [
        (DAYS[0], "published"),
        (DAYS[0], "corrected"),
        (DAYS[1], "published"),
        (DAYS[1], "corrected"),
    ]
    assert [c["field"] for c in steps[1]["changes"]] == ["details"]
    assert "amended (corrected)" in imported("history", f"{SDN}/900002").out
    listed = json.loads(imported("history", SDN, "--json").out)["publications"]
    assert [(p["amended"], p["corrected"]) for p in listed] == [(0, 1), (1, 1)]
    assert imported("diff", SDN, "--from", DAYS[0], "--to", DAYS[1]).out == unchanged
    late = json.loads(imported("diff", SDN, "--from", "2023-10-30", "--to", DAYS[0], "--json").out or "[]")
    assert late == []
    assert "made known" in imported("show", f"{SDN}/900002", "--as-of", "2023-11-01").out
    assert imported("show", f"{SDN}/900002", "--as-of", "2023-11-01", "--known-at", str(size)).out == before


def test_a_difference_that_only_a_correction_made_says_so(imported: Run) -> None:
    """The second publication alone is read better: what differs between the days is the reading."""

    def later_only(publication: Publication) -> Publication:
        return shout(publication) if publication.published == date(2023, 11, 30) else publication

    def without_the_rest(publication: Publication) -> Publication:
        statements = [s if s.key != "900001" else s._replace(fields={**s.fields, "details": {"Title": "x"}})
                      for s in publication.statements]  # fmt: skip
        return publication._replace(statements=statements) if publication.published.month == 11 else publication

    corrected(lambda publication: later_only(without_the_rest(publication)))
    found = json.loads(imported("diff", SDN, "--from", DAYS[0], "--to", DAYS[1], "--json").out)
    causes = {difference["key"]: difference["cause"] for difference in found}
    assert causes == {"900001": "corrected", "900002": "published", "900006": "published", "900007": "published"}
    assert "(corrected)" in imported("diff", SDN, "--from", DAYS[0], "--to", DAYS[1]).out


def test_a_reader_that_loses_many_entries_is_refused(tmp_path: Path, data: Path, run: Run) -> None:
    """The guard against a reader that got worse; nothing is appended."""
    rows = (FIXTURES / DAYS[0] / "sdn.csv").read_bytes().split(b"\r\n")
    many = [rows[0].replace(b"900001", str(910000 + n).encode()) for n in range(40)]
    folder = tmp_path / "2024-01-31"
    folder.mkdir()
    (folder / "sdn.csv").write_bytes(b"\r\n".join([*many, b"\x1a"]))
    assert run("import", str(folder)).status == 0
    head = run("log", "head").out
    with pytest.raises(ImportRefused, match=r"20 of 40 entries would be removed.*--accept-removals"):
        corrected(lambda publication: publication._replace(statements=publication.statements[20:])
                  if publication.published.year == 2024 else publication)  # fmt: skip
    assert run("log", "head").out == head


@pytest.mark.parametrize(
    "change",
    [
        lambda publication: publication._replace(published=date(2000, 1, 1)),
        lambda publication: publication._replace(files=()),
        lambda publication: publication._replace(lists=("us-ofac-fse",)),
    ],
    ids=["another day", "other files", "another list"],
)
def test_a_reader_that_reads_another_publication_is_refused(
    imported: Run, change: Callable[[Publication], Publication]
) -> None:
    head = imported("log", "head").out
    with pytest.raises(ImportRefused):
        corrected(change)
    assert imported("log", "head").out == head


@pytest.mark.parametrize("which", [(SDN,), (DAYS[1],), ("id",)])
def test_some_publications_can_be_named(imported: Run, which: tuple[str]) -> None:
    """By list, by day, and by the beginning of the id that history prints."""
    listed = json.loads(imported("history", SDN, "--json").out)["publications"]
    name = listed[1]["publication"][:12] if which == ("id",) else which[0]
    ran = imported("import", "--reread", name, "--json")
    (done,) = json.loads(ran.out)
    assert (done["list"], done["publications"]) == (SDN, 2 if which == (SDN,) else 1)


def test_a_publication_that_is_not_held_is_a_bad_question(imported: Run) -> None:
    for name in ("us-ofac-fse", "1999-01-01", "ffffffff", "x"):
        ran = imported("import", "--reread", name)
        assert ran.status == 2
        assert "is no publication that the log holds" in ran.err


def test_import_without_files_says_what_to_give(run: Run) -> None:
    ran = run("import")
    assert ran.status == 2
    assert "--reread" in ran.err


def test_known_at_a_date_gives_the_answer_of_that_day(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Imported on two days, asked on a third: each day's answer is given again."""
    for number, day in enumerate(DAYS, 1):
        main(["import", str(FIXTURES / day)], clock=lambda n=number: NOW.replace(day=n))  # type: ignore[misc]
    later = lambda: NOW  # noqa: E731
    capsys.readouterr()
    for known, name in (("2026-11-01", "2023-10-31"), ("2026-11-02", "2023-11-30"), ("2026-11-20", "2023-11-30")):
        main(["lists", "--as-of", "2023-12-01", "--known-at", known, "--json"], clock=later)
        rows = {row["id"]: row["published"] for row in json.loads(capsys.readouterr().out)}
        assert rows[SDN] == name
        shown = main(["show", f"{SDN}/900007", "--as-of", "2023-12-01", "--known-at", known], clock=later)
        assert shown == (2 if known == "2026-11-01" else 0)
        capsys.readouterr()
    assert main(["lists", "--known-at", "2026-10-31"], clock=later) == 3
