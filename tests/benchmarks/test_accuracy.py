"""The accuracy benchmark on a small folder of labelled names: its table, its files and its plot."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest

from benchmarks.accuracy.__main__ import main
from benchmarks.accuracy.plot import curve

LISTED = [("e1", "ROSNEFT TRADING S.A."), ("e2", "SENSETIME GROUP LIMITED"), ("e3", "MADURO MOROS, Nicolas")]
ORDINARY = ["Blue Heron Bakery", "Rosnet Trading", "Northern Timber Works", "Senzetime Groups"]
ASKED = [
    ("q1", "Rosnft Trading", "e1", "typo1"),
    ("q2", "Sense Time Group", "e2", "split"),
    ("q3", "Nobody", "e3", "typo1"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    listed = "entity_id,list,name,kind,type\n" + "".join(f'{e},x,"{name}",primary,\n' for e, name in LISTED)
    (tmp_path / "list.csv.gz").write_bytes(gzip.compress(listed.encode()))
    benign = "query_id,query,country,source\n" + "".join(f"b{i},{name},,\n" for i, name in enumerate(ORDINARY))
    (tmp_path / "benign.csv").write_text(benign, "utf-8")
    asked = "query_id,query,entity_id,noise,original,type\n" + "".join(f"{q},{n},{e},{k},,\n" for q, n, e, k in ASKED)
    (tmp_path / "misspelt.csv").write_text(asked, "utf-8")
    return tmp_path


def test_it_prints_recall_by_noise_and_by_threshold_and_writes_the_scores(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    main(["--matching", str(folder), "--candidates", str(out)])
    printed = capsys.readouterr().out
    assert re.search(r"^misspelt +3 ", printed, re.MULTILINE)
    assert re.search(r"^  typo1 +2 ", printed, re.MULTILINE)
    assert re.search(r"^ +85 +\d+\.\d +\d+\.\d", printed, re.MULTILINE)
    with open(out, newline="", encoding="utf-8") as file:
        scores = {(row["query_id"], row["entity_id"]): float(row["score"]) for row in csv.DictReader(file)}
    assert scores["q2", "e2"] > 90
    assert ("q3", "e3") not in scores


def test_the_plot_is_the_same_bytes_for_the_same_figures(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    out = tmp_path / "out"
    out.mkdir()
    (out / "o.LogicV2.csv").write_text("query_id,entity_id,score\nq1,e1,0.9\nb1,e1,0.7\n", "utf-8")
    drawn = []
    for name in ("one.svg", "two.svg"):
        asked = ["--matching", folder, "--candidates", out / "o.csv", "--peers", "kept", "--plot", out / name]
        main(map(str, asked))
        drawn.append((out / name).read_text("utf-8"))
    assert drawn[0] == drawn[1]
    for text in ("misspelt (3)", "this matcher", "LogicV2 (nomenklatura)", "false alerts in 1,000 ordinary names"):
        assert text in drawn[0]


def test_a_curve_gives_what_is_found_before_each_further_alert() -> None:
    """Two ordinary names of one score alert together; what scores as they do costs these alerts."""
    benign = [{"query_id": f"b{i}"} for i in range(4)]
    asked = [{"query_id": f"q{i}", "entity_id": "e"} for i in range(3)]
    scores = {
        "b0": {"e": 90.0},
        "b1": {"e": 80.0},
        "b2": {"e": 80.0},
        "q0": {"e": 95.0},
        "q1": {"e": 85.0},
        "q2": {"e": 80.0},
    }
    assert curve(benign, asked, scores) == [(0.0, 100 / 3), (250.0, 200 / 3), (750.0, 100.0)]
