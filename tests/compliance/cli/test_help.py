"""Every command and every option explains itself, and stands in README or docs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer

from compliance.cli.app import app
from compliance.matching import MATCHER_VERSION

ROOT = Path(__file__).parents[3]
PAGES = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])


def commands(group: Any, path: str = "compliance") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))
OPTIONS = [
    (path, parameter) for path, command in COMMANDS.items() for parameter in command.params if parameter.name != "help"
]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_and_is_documented(path: str) -> None:
    assert len(COMMANDS[path].help or "") > 20
    assert path in PAGES


@pytest.mark.parametrize(
    ("path", "parameter"), OPTIONS, ids=[f"{path.removeprefix('compliance ')} {p.name}" for path, p in OPTIONS]
)
def test_every_option_and_argument_has_help_and_options_are_documented(path: str, parameter: Any) -> None:
    assert len(parameter.help or "") > 10
    if parameter.param_type_name == "option":
        assert any(f"{name}" in PAGES for name in parameter.opts if name.startswith("--")), parameter.opts


@pytest.mark.parametrize("path", ["", *(path.removeprefix("compliance ") for path in COMMANDS)])
def test_help_is_printed_and_is_done(path: str, run: Any) -> None:
    ran = run(*path.split(), "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: compliance {path}".rstrip())


def test_the_versions_of_program_and_matcher_are_told(run: Any) -> None:
    ran = run("--version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"compliance {version('entity-compliance')}, matcher {MATCHER_VERSION}\n"


@pytest.mark.parametrize("group", [[], ["log"]])
def test_a_group_without_a_command_shows_its_help_as_a_bad_question(group: list[str], run: Any) -> None:
    ran = run(*group)
    assert (ran.status, ran.out) == (2, "")
    assert "Commands:" in ran.err
