"""`batch --changed-since RUN`: the bytes of a full run, from what a change of lists or rows can have altered."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compliance.matching import Matcher

Run = Callable[..., Any]
MAPPING = """list = "own-blocklist"
file = "blocklist.csv"
measure = "no new business"

[columns]
name = "name"
key = "no"
aliases = ["alias"]
country = "country"

[identifiers]
registration = "reg"
"""
NAMES = st.sampled_from(["Quartz Harbor", "Quartz Harbour Trading", "Heron Lantern", "Müller Trading"])
NUMBERS = st.sampled_from(["", "", "HRB 48213", "HRB 77120"])
COUNTRIES = st.sampled_from(["", "Germany", "Panama"])
ENTRIES = st.dictionaries(st.sampled_from("123"), st.tuples(NAMES, st.just("") | NAMES, COUNTRIES, NUMBERS), min_size=1)
CMIC = ("SenseTime Group Limited", "", "", "")
ROWS = st.lists(
    st.tuples(NAMES | st.just("???"), st.just("") | NAMES, COUNTRIES, NUMBERS) | st.just(CMIC), min_size=3, max_size=9
)
ASKED = st.sampled_from([(), (), ("--list", "own-blocklist"), ("--list", "us-ofac-cmic")])


def write_book(rows: list[tuple[str, ...]], name: str) -> None:
    with open(name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "alias", "country", "registration number"), *rows])


def publish(run: Run, entries: dict[str, tuple[str, ...]], day: int) -> None:
    """Our own list as of a day of November 2026."""
    folder = Path("own")
    folder.mkdir(exist_ok=True)
    (folder / "mapping.toml").write_text(MAPPING)
    with open(folder / "blocklist.csv", "w", encoding="utf-8", newline="") as file:
        lines = [(key, *fields) for key, fields in sorted(entries.items())]
        csv.writer(file).writerows([("no", "name", "alias", "country", "reg"), *lines])
    done = run("import", folder, "--published", f"2026-11-{day}", "--accept-removals", now=noon(day))
    assert done.status == 0, done.err


def noon(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def batch(run: Run, *argv: object, day: int = 20) -> str:
    """Runs a batch that answers; the run's id."""
    done = run("batch", *argv, now=noon(day))
    found = re.search(r"^run (\S+):", done.err, re.MULTILINE)
    assert found, done.err
    assert "recorded, log position" in done.err
    return found[1]


@pytest.fixture
def begun(run: Run, home: Path) -> Path:
    """A data folder whose log holds the bundled list alone, to be copied."""
    run("screen", "Nobody Zzyzx")
    return home / "data"


@given(
    lists=st.tuples(ENTRIES, st.none() | ENTRIES),
    books=st.tuples(ROWS, st.none() | ROWS),
    options=st.tuples(
        st.sampled_from([(), ("--all",)]), st.sampled_from([(), ("--limit", "1"), ("--threshold", "60")])
    ),
    asked=st.tuples(ASKED, ASKED),
)
@example(  # an entry that took another name, and is a hit of a row that had none
    lists=({"1": ("Heron Lantern", "", "", "")}, {"1": ("Quartz Harbor", "", "", "")}),
    books=([("Quartz Harbor", "", "", "")], None),
    options=((), ()),
    asked=((), ()),
)
@example(  # a list that was not asked then
    lists=({"1": ("Heron Lantern", "", "", "")}, None),
    books=([("Heron Lantern", "", "", ""), CMIC], None),
    options=(("--all",), ()),
    asked=(("--list", "us-ofac-cmic"), ()),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_gives_the_bytes_of_a_full_run_after_any_change_of_the_list_and_of_the_rows(
    run: Run,
    begun: Path,
    monkeypatch: pytest.MonkeyPatch,
    lists: tuple[Any, Any],
    books: tuple[Any, Any],
    options: tuple[tuple[str, ...], tuple[str, ...]],
    asked: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    """Each run may ask one list alone; the second may see the same list or rows as the first."""
    monkeypatch.setattr("compliance.counterparties.delimited._LINES", 4)
    data = tempfile.mkdtemp(dir=".")
    shutil.copytree(begun, data, dirs_exist_ok=True)
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", data)
    publish(run, lists[0], 20)
    write_book(books[0], "then.csv")
    more = [word for option in options for word in option]
    first = batch(run, "then.csv", "-o", "then-out.csv", *more, *asked[0])
    if lists[1] is not None:
        publish(run, lists[1], 22)
    write_book(books[1] if books[1] is not None else books[0], "now.csv")
    batch(run, "now.csv", "-o", "since.csv", *more, *asked[1], "--changed-since", first, day=23)
    batch(run, "now.csv", "-o", "full.csv", *more, *asked[1], day=23)
    for suffix in ("", ".unreadable.csv"):
        one, other = Path(f"since.csv{suffix}"), Path(f"full.csv{suffix}")
        assert one.exists() == other.exists()
        assert not one.exists() or one.read_bytes() == other.read_bytes()


@pytest.fixture
def earlier(run: Run) -> str:
    """A run over three rows, one of which has a hit."""
    publish(run, {"1": ("Quartz Harbor", "", "", ""), "2": ("Heron Lantern", "", "", "")}, 20)
    write_book([("Quartz Harbor", "", "", ""), ("Müller Trading", "", "", ""), ("Blue Bakery", "", "", "")], "book.csv")
    return batch(run, "book.csv", "-o", "out.csv")


def test_it_asks_all_entries_only_about_rows_that_are_new_or_hit(
    run: Run, earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(run, {"1": ("Quartz Harbor", "", "", ""), "2": ("Müller Trading", "", "", "")}, 22)
    with open("book.csv", encoding="utf-8") as old:
        Path("new.csv").write_text(old.read() + "Green Grocer,,,\n", "utf-8")
    asked: list[tuple[int, str]] = []
    search_many = Matcher.search_many

    def seen(self: Matcher, queries: Any, **more: Any) -> Any:
        queries = list(queries)
        asked.extend((len(self._rows), query.name) for query in queries)
        return search_many(self, queries, **more)

    monkeypatch.setattr(Matcher, "search_many", seen)
    batch(run, "new.csv", "-o", "since.csv", "--changed-since", earlier, day=23)
    whole = max(size for size, _ in asked)
    assert sorted(name for size, name in asked if size == whole) == ["Green Grocer", "Müller Trading", "Quartz Harbor"]
    assert sorted(name for size, name in asked if size != whole) == ["Blue Bakery", "Müller Trading"]
    assert {size for size, _ in asked if size != whole} == {1}


def test_such_a_run_is_recorded_like_any_other_and_is_reproduced_by_a_full_one(run: Run, earlier: str) -> None:
    publish(run, {"1": ("Blue Bakery", "", "", "")}, 22)
    second = batch(run, "book.csv", "-o", "since.csv", "--changed-since", earlier, day=23)
    assert run("screenings", "reproduce", second, now=noon(23)).status == 0
    record = json.loads(Path("since.csv.run.json").read_text("utf-8"))
    assert (record["rows"], record["hits"]) == (3, 1)
    batch(run, "book.csv", "-o", "third.csv", "--changed-since", second, day=23)
    assert Path("third.csv").read_bytes() == Path("since.csv").read_bytes()


def test_an_earlier_file_that_was_overwritten_is_told_and_can_be_named(run: Run, earlier: str) -> None:
    Path("book.csv").rename("yesterday.csv")
    write_book([("Heron Lantern", "", "", "")], "book.csv")
    refused = run("batch", "book.csv", "-o", "since.csv", "--changed-since", earlier, now=noon(20))
    assert refused.status == 3
    assert "book.csv is not the file that was screened" in refused.err
    assert "--earlier-input" in refused.err
    assert not Path("since.csv").exists()
    batch(run, "book.csv", "-o", "since.csv", "--changed-since", earlier, "--earlier-input", "yesterday.csv")
    assert "own-blocklist/2" in Path("since.csv").read_text("utf-8")


def test_it_works_where_names_are_kept_as_digests(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_RECORD_NAMES", "digest")
    publish(run, {"1": ("Quartz Harbor", "", "", "")}, 20)
    write_book([("Quartz Harbor", "", "", ""), ("Blue Bakery", "", "", "")], "book.csv")
    first = batch(run, "book.csv", "-o", "out.csv")
    batch(run, "book.csv", "-o", "since.csv", "--changed-since", first)
    assert Path("since.csv").read_bytes() == Path("out.csv").read_bytes()


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--threshold", "60"), 2, "its threshold was 85.0, and is 60.0 now"),
        (("--engine", "spark", "--master", "spark://host:7077"), 2, "is for the local engine"),
    ],
)
def test_another_question_than_the_earlier_one_is_refused(
    run: Run, earlier: str, options: tuple[str, ...], status: int, said: str
) -> None:
    refused = run("batch", "book.csv", "-o", "since.csv", "--changed-since", earlier, *options, now=noon(20))
    assert (refused.status, Path("since.csv").exists()) == (status, False)
    assert said in refused.err


def test_a_run_of_another_matcher_is_refused(run: Run, earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.batch.running.MATCHER_VERSION", "99")
    refused = run("batch", "book.csv", "-o", "since.csv", "--changed-since", earlier, now=noon(20))
    assert refused.status == 2
    assert "is 99 now" in refused.err
    assert "without --changed-since" in refused.err


def test_what_is_no_run_is_refused(run: Run, earlier: str) -> None:
    run("screen", "Quartz Harbor", "--record", now=noon(20))
    single = run("screenings", "list", "--json", now=noon(20))
    id_ = next(line["id"] for line in json.loads(single.out) if line["id"] != earlier)
    for wrong, said in ((id_, "is a screening of one name"), ("20200101T000000Z-abcdef", "no id of a recorded")):
        refused = run("batch", "book.csv", "-o", "since.csv", "--changed-since", wrong, now=noon(20))
        assert refused.status == 2
        assert said in refused.err
    assert run("batch", "book.csv", "-o", "since.csv", "--earlier-input", "book.csv", now=noon(20)).status == 2
