"""README is true: its commands give the outputs that stand below them."""

from __future__ import annotations

import csv
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.cli import main

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BLOCKS = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Every command of README with the output that stands below it."""
    text = "".join(block for block in BLOCKS.findall((ROOT / "README.md").read_text("utf-8")))
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    words = shlex.split(command)
    if words[0] == "cut":  # the one command that is not ours
        chosen = [0, 1, 2, 3, 4, 6]
        with open(words[-1], newline="", encoding="utf-8") as file:
            return "".join(",".join(row[i] for i in chosen) + "\n" for row in csv.reader(file))
    assert words[0] == "compliance"
    status = main(words[1:], clock=lambda: NOW)
    captured = capsys.readouterr()
    assert status in (0, 1), captured.err
    return captured.err + captured.out


def test_every_output_in_readme_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tour from the first command to the last, in one fresh data folder."""
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COMPLIANCE_ACTOR", "reader")
    monkeypatch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    found = commands()
    assert len(found) > 10
    for command, expected in found:
        assert run(command, capsys).rstrip() == expected.rstrip(), command


def test_the_python_example_in_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The snippet finds SenseTime on the bundled list."""
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    code = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert code is not None
    exec(compile(code.group(1), "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("hits us-ofac-cmic/33114 sensetime")
