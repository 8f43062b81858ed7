"""What docs/log.md shows is run, and does what it says."""

import re
from pathlib import Path

import pytest

import events

PAGE = (Path(events.__file__).parents[1] / "docs" / "log.md").read_text("utf-8")


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    example, outsider = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (printed,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    assert capsys.readouterr().out == printed
    exec(outsider, {})
    with events.EventLog.open("sqlite:///orders.db", clock=names["datetime"].now) as log:  # type: ignore[attr-defined]
        assert capsys.readouterr().out == f"2 {log.head().root}\n"


@pytest.mark.parametrize("name", [name for name in vars(events.EventLog) if not name.startswith("_")])
def test_every_method_is_on_the_page(name: str) -> None:
    assert f"{name}(" in PAGE or name == "close"


def test_the_import_direction() -> None:
    """`events` knows nothing of `compliance`."""
    for file in Path(events.__file__).parent.glob("*.py"):
        assert "compliance" not in re.sub(r'""".*?"""', "", file.read_text("utf-8"), flags=re.DOTALL)
