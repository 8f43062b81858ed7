"""The commands on PostgreSQL: they say what they say on SQLite, and when they cannot, why, on one line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.cli import main
from tests.support.databases import Database

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2024, 2, 3, 12, tzinfo=UTC)
TOUR = (
    "import fixtures/ofac-sdn/2023-11-30",
    "import fixtures/ofac-sdn/2023-10-31",
    "import fixtures/ofac-sdn/2023-11-30",
    "import fixtures/ofac-consolidated/2024-02-01 --accept-removals",
    "lists",
    "lists --as-of 2023-10-31 --json",
    "screen SenseTime --json",
    "screen SenseTime --as-of 2021-12-09",
    "screen SenseTime --known-at 71",
    "screen SenseTime --as-of 2022-01-05 --record",
    "screenings list --json",
    "screenings reproduce 20240203T120000Z",
    "batch fixtures/portfolio.csv -o -",
    "history us-ofac-cmic",
    "diff us-ofac-sdn --from 2023-10-31 --to 2023-11-30",
    "export us-ofac-sdn --as-of 2023-11-30 --format jsonl",
    "log events --limit 100 --json",
    "log head",
    "log verify",
    "log migrate",
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(url, command)`: exit status, standard output and standard error of the command on that database."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COMPLIANCE_ACTOR", "tester")

    def command(url: str, line: str, place: str = "here") -> tuple[int, str, str]:
        monkeypatch.setenv("COMPLIANCE_DATABASE_URL", url)
        monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / place / "data"))
        monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / place / "cache"))
        status = main(line.split(), clock=lambda: NOW)
        return status, *capsys.readouterr()

    return command


def test_both_databases_give_the_same_answers(tmp_path: Path, run: Run, new_postgres_url: Callable[[], str]) -> None:
    """From the first import to the last check, character by character; the log has the same root in both."""
    postgres = new_postgres_url()
    for line in TOUR:
        there = run(postgres, line, "postgres")
        assert there[0] in (0, 1, 3), there
        assert there == run(f"sqlite:///{tmp_path}/log.db", line, "sqlite"), line
    assert (tmp_path / "postgres" / "data" / "archive").is_dir()


def test_an_unchanged_log_is_not_verified_again(
    run: Run, new_postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_postgres_url()
    first = run(url, "screen SenseTime")
    with monkeypatch.context() as patched:
        patched.setattr("events.log.EventLog.open", None)
        assert run(url, "screen SenseTime") == first
    with Database(url) as database:
        database.tamper("UPDATE event SET payload = '{}' WHERE position = 9")
    status, said, why = run(url, "screen SenseTime")
    assert (status, said) == (3, "")
    assert "broken at position 9" in why


def test_a_log_is_not_verified_again_after_what_was_recorded_from_here(
    run: Run, new_postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_postgres_url()
    first = run(url, "screen SenseTime")
    assert "recorded as" in run(url, "screen SenseTime --record")[1]
    with monkeypatch.context() as patched:
        patched.setattr("events.log.EventLog.open", None)
        assert run(url, "screen SenseTime") == first
    assert run(url, "log verify")[1].startswith("the log is whole: 72 events")


@pytest.mark.parametrize("line", ["screen SenseTime", "lists", "log head", "import fixtures/ofac-sdn/2023-10-31"])
@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:s3cret@127.0.0.1:1/db",
        "postgresql+psycopg://me:s3cret@/db?host=/no/such/folder",
        "postgresql+psycopg://me:s3@cret@host/db",
        "postgresql+mysql://me:s3cret@host/db",
    ],
)
def test_no_way_to_the_database_is_no_answer(run: Run, url: str, line: str) -> None:
    status, said, why = run(url, line)
    assert (status, said) == (3, "")
    assert len(why.splitlines()) == 1
    assert "cret" not in why


def test_an_old_log_answers_and_says_how_to_write_to_it(run: Run, any_url: str) -> None:
    before = run(any_url, "screen SenseTime")
    with Database(any_url) as database:
        if "sqlite" in any_url:
            database.run("DROP TRIGGER log_format_next_only; DROP TRIGGER log_format_no_delete")
            database.run("DROP TRIGGER log_format_no_insert")
        else:
            database.run("DROP FUNCTION log_format_next_only CASCADE")
            database.run("DROP TRIGGER log_format_append_only ON log_format")
        database.run("UPDATE log_format SET schema_version = 1")
    assert run(any_url, "screen SenseTime") == before
    status, _, why = run(any_url, "import fixtures/ofac-sdn/2023-10-31")
    assert status == 3
    assert why.rstrip().endswith("migrate it to version 2 with `compliance log migrate`")
    assert len(why.splitlines()) == 1
    status, said, _ = run(any_url, "log migrate")
    assert status == 0
    assert said.startswith("version 1 to 2; all 71 events are as they were")
    assert run(any_url, "import fixtures/ofac-sdn/2023-10-31")[0] == 0
    assert run(any_url, "log migrate")[1] == "the log is of version 2 already: nothing to do\n"


@pytest.mark.parametrize("rest", [0, 60, 71])
def test_a_log_that_was_emptied_or_cut_behind_our_back_answers_nothing(run: Run, any_url: str, rest: int) -> None:
    """Cut at a checkpoint, with its triggers in their places, a log is whole in itself."""
    run(any_url, "import fixtures/ofac-sdn/2023-11-30")
    before = run(any_url, "screen SenseTime")
    with Database(any_url) as database:
        database.tamper(f"DELETE FROM event WHERE position > {rest}; DELETE FROM checkpoint WHERE size > {rest}")
    for line in ("screen SenseTime", "lists", "log verify", "log head", "import fixtures/ofac-sdn/2023-11-30"):
        status, said, why = run(any_url, line)
        assert (status, said) == (3, "")
        assert "events when it was last verified from here" in why
        assert len(why.splitlines()) == 1
    assert run(any_url, "log verify --accept")[0] == 0
    run(any_url, "import fixtures/ofac-sdn/2023-11-30")
    assert run(any_url, "screen SenseTime")[0] == before[0]


def test_a_log_whose_tables_were_dropped_is_not_begun_anew_in_silence(run: Run, any_url: str) -> None:
    run(any_url, "lists")
    with Database(any_url) as database:
        for table in ("event", "checkpoint", "log_format"):
            database.run(f"DROP TABLE {table}")
        if "sqlite" not in any_url:
            database.run("DROP FUNCTION log_refuse; DROP FUNCTION event_next_only; DROP FUNCTION checkpoint_next_only")
            database.run("DROP FUNCTION log_format_next_only")
    status, said, why = run(any_url, "screen SenseTime")
    assert (status, said) == (3, "")
    assert "it held 71 events when it was last verified from here" in why
    assert run(any_url, "log verify --accept")[1].startswith("the log is whole: 71 events")
    assert run(any_url, "screen SenseTime")[0] == 1
