"""The Spark engine gives the bytes that the local one gives, also when a machine is lost; or says why it cannot."""

from __future__ import annotations

import csv
import json
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.conftest import Cluster, kill, wait_for

Run = Callable[..., Any]
DAY = ("--as-of", "2022-01-05")
NAMES = (
    "SenseTime Group Limited",
    "Hangzhou Hikvision Digital Technology Co., Ltd.",
    "Acme Bakery",
    'Blue "Heron" Ltd',
    "Müller, Söhne",
    "",
    "x" * 1_200,
)


@pytest.fixture
def book(home: Path) -> list[Path]:
    """Counterparties in three forms: CSV with quotes, CSV with a mark, bad bytes and short rows, and Parquet."""
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    chance, work = random.Random(7), home / "work"
    with open(work / "one.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "country"])
        writer.writerows([n, chance.choice(NAMES), chance.choice(["CN", "US", ""])] for n in range(3_000))
    lines = [b"SenseTime Group", b"Bad \xff byte", "Müller".encode(), b"a;b;c", b""]
    rows = b"".join(chance.choice(lines) + b";%d\r\n" % n for n in range(2_000))
    (work / "two [2].csv").write_bytes(b"\xef\xbb\xbfname;id\r\n" + rows)
    columns = {"name": [chance.choice(NAMES) for _ in range(2_500)], "amount": [n / 3 for n in range(2_500)]}
    parquet.write_table(pyarrow.table(columns), work / "three.parquet", row_group_size=600)
    return [work / "one.csv", work / "three.parquet", work / "two [2].csv"]


@pytest.fixture
def in_small_blocks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are divided as large ones are."""
    conf = home / "conf"
    conf.mkdir()
    settings = ["spark.sql.files.maxPartitionBytes 20000", "spark.sql.files.openCostInBytes 0"]
    mount = f"spark.hadoop.fs.viewfs.mounttable.far.link./away file://{home / 'work'}"
    (conf / "spark-defaults.conf").write_text("\n".join([*settings, mount]) + "\n", "utf-8")
    monkeypatch.setenv("SPARK_CONF_DIR", str(conf))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")


def screened(run: Run, files: list[Path], out: Path, *options: object) -> bytes:
    ran = run("batch", *files, "-o", out, "--all", *DAY, *options)
    assert ran.status == 1, ran.err
    return out.read_bytes()


@pytest.mark.usefixtures("in_small_blocks")
def test_a_cluster_gives_the_bytes_that_this_machine_gives(
    run: Run, book: list[Path], cluster: Cluster, home: Path
) -> None:
    here = screened(run, book, home / "here.csv")
    there = screened(run, book, home / "there.csv", "--engine", "spark", "--master", cluster.master)
    assert there == here
    assert all(list(folder.glob("app-*/*")) for folder in cluster.folders)  # both workers had executors


@pytest.mark.usefixtures("in_small_blocks")
def test_a_worker_that_is_lost_in_mid_run_changes_nothing(
    run: Run, book: list[Path], cluster: Cluster, home: Path
) -> None:
    here = screened(run, book, home / "here.csv")
    lost, folder = cluster.workers[1], cluster.folders[1]

    def lose() -> None:
        wait_for(lambda: list(folder.glob("app-*/*/book-*")), "the book on a worker")
        kill(lost)

    killer = threading.Thread(target=lose)
    killer.start()
    there = screened(run, book, home / "there.csv", "--engine", "spark", "--master", cluster.master)
    killer.join()
    assert lost.poll() is not None
    assert there == here


@pytest.mark.usefixtures("in_small_blocks", "spark_home")
def test_what_only_spark_can_open_is_read_as_well(run: Run, book: list[Path], home: Path) -> None:
    here = screened(run, [book[0]], home / "here.csv")
    address = "viewfs://far/away/one.csv"
    there = screened(run, [address], home / "there.csv", "--engine", "spark", "--master", "local[1]")  # type: ignore[list-item]
    with open(home / "here.csv", newline="", encoding="utf-8") as one:
        expected = [{**row, "file": address} for row in csv.DictReader(one)]
    assert here
    assert there
    with open(home / "there.csv", newline="", encoding="utf-8") as other:
        assert list(csv.DictReader(other)) == expected


@pytest.mark.usefixtures("spark_home")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name,note\nSenseTime Group,"two\nlines"\n', "over several lines"),
        ("name,note\n" + 9 * 'Acme,"a, b"\n' + 'SenseTime Group,"never closed\n', "over several lines"),
        ("name\rSenseTime Group\rAcme\r", "over several lines"),
        ('{"name": "SenseTime Group"}\n', "CSV and Parquet"),
    ],
    ids=["a record over lines", "an open quote", "carriage returns alone", "another form"],
)
def test_what_a_cluster_cannot_divide_is_refused(run: Run, home: Path, text: str, told: str) -> None:
    file, out = home / "work" / "book.txt", home / "out.csv"
    file.write_bytes(text.encode())
    ran = run("batch", file, "-o", out, *DAY, "--engine", "spark", "--master", "local[1]")
    assert ran.status == 2
    assert told in ran.err
    assert not out.exists()


def test_without_spark_it_says_what_to_install(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / "work" / "book.csv"
    file.write_text("name\nSenseTime Group\n", "utf-8")
    for module in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, module, None)
    ran = run("batch", file, "-o", home / "out.csv", *DAY, "--engine", "spark", "--master", "local[1]")
    assert (ran.status, "entity-compliance[spark]" in ran.err) == (2, True)


def test_a_cluster_needs_an_address_and_does_not_continue(run: Run, home: Path) -> None:
    file = home / "work" / "book.csv"
    file.write_text("name\nSenseTime Group\n", "utf-8")
    asked = ("batch", file, "-o", home / "out.csv", *DAY, "--engine", "spark")
    assert run(*asked).status == 2
    assert run(*asked, "--master", "local[1]", "--resume").status == 2
    assert run("batch", file, "-o", home / "out.csv", "--master", "local[1]").status == 2
    assert json.dumps("spark") not in run("batch", file, "-o", home / "o.csv", *DAY, "--json").out
