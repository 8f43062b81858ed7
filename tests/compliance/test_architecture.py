"""The rules of DESIGN's layout: imports go one way, and a command pays only for what it needs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

# Top to bottom: a room imports from its own line and from the lines above it. Modules that belong to one room
# share a line. A new module has to be put into its place here.
ROOMS = (
    ("compliance.errors",),
    ("compliance.model",),
    ("compliance.changes", "compliance.records"),
    ("compliance.countries", "compliance.identifiers", "compliance.identifier_checks", "compliance.tabular"),
    ("compliance.measures", "compliance.list_measures"),
    ("compliance.entries",),
    ("compliance.sources",),
    ("compliance.timeline",),
    ("compliance.archive", "compliance.bundled", "compliance.differences", "compliance.sameness"),
    ("compliance.importing", "compliance.repeats"),
    ("compliance.rereading", "compliance.provenance"),
    ("compliance.register", "compliance.snapshots"),
    ("compliance.matching",),
    ("compliance.book",),
    ("compliance.answers", "compliance.context", "compliance.numbers", "compliance.identifying"),
    ("compliance.screening",),
    ("compliance.as_recorded",),
    ("compliance.counterparties", "compliance.batch"),
    ("compliance.cluster",),
    ("compliance.audit", "compliance.exporting", "compliance.ftm_ids", "compliance.ftm", "compliance.official"),
    ("compliance.holdings",),
    ("compliance.evidence",),
    ("compliance.settings",),
    ("compliance.knowledge",),
    ("compliance.screenings",),
    ("compliance.continuity",),
    ("compliance.facade", "compliance.updating", "compliance.monitoring"),  # an update and a look ask the facade
    ("compliance.report",),
    ("compliance.cli",),
    ("compliance.__main__",),
)


class Import(NamedTuple):
    """`importer` imports `imported`, at a line of its file."""

    importer: str
    imported: str
    line: int


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(package: str) -> Iterator[Import]:
    """Every import in the source of a package, those inside functions and for type checkers too."""
    for path in sorted((ROOT / package).rglob("*.py")):
        importer = module_of(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(importer, alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}:{node.lineno}: a relative import"
                assert node.module is not None
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    is_module = (ROOT / (inner.replace(".", "/") + ".py")).exists()
                    yield Import(importer, inner if is_module else node.module, node.lineno)


def room(module: str) -> int | None:
    """The line of ROOMS that a module stands on; None for the package itself and for what is not ours."""
    for number, names in enumerate(ROOMS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return number
    return None


def test_events_knows_nothing_of_compliance() -> None:
    assert [i for i in imports("events") if i.imported.partition(".")[0] == "compliance"] == []


def test_every_module_has_its_room() -> None:
    modules = {module_of(path) for path in (ROOT / "compliance").rglob("*.py")} - {"compliance"}
    assert [module for module in sorted(modules) if room(module) is None] == []
    assert [name for names in ROOMS for name in names if name not in modules] == []


def test_a_room_imports_only_the_rooms_above_it() -> None:
    wrong = [
        i
        for i in imports("compliance")
        if i.importer != "compliance"
        and (target := room(i.imported)) is not None
        and (own := room(i.importer)) is not None
        and target > own
    ]
    assert wrong == []


def test_matching_imports_nothing_of_the_rest() -> None:
    """Names against names: no list, no database, no clock, no events."""
    foreign = [
        i
        for i in imports("compliance/matching")
        if i.imported.partition(".")[0] in ("compliance", "events", "sqlalchemy", "sqlmodel", "datetime", "time")
        and not i.imported.startswith("compliance.matching")
        and i.imported != "compliance.model"
    ]
    assert foreign == []


@pytest.mark.parametrize("package", ["compliance", "events"])
def test_only_the_command_line_and_the_facade_have_a_clock_and_the_settings_an_environment(package: str) -> None:
    """`now`, `today` and `os.environ` are passed in everywhere else; so are random numbers."""
    allowed = {"compliance.facade", "compliance.cli.progress", "compliance.cli.update", "compliance.settings"}
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today", "environ", "getenv"):
                base = node.value.id if isinstance(node.value, ast.Name) else ""
                if base in ("datetime", "date", "os") and module_of(path) not in allowed:
                    found.append((module_of(path), node.lineno))
    random = [i for i in imports(package) if i.imported in ("random", "secrets")]
    assert (found, random) == ([], [])


def test_a_cold_answer_loads_no_database_and_no_heavy_library(home: Path) -> None:
    """After the first use, `screen` reads its cache alone: no SQLAlchemy, no country tables, no progress bars."""
    code = (
        "import sys\n"
        "from compliance.cli import main\n"
        "status = main(['screen', 'SenseTime Group Limited'])\n"
        "print('LOADED', *sorted(sys.modules))\n"
        "sys.exit(status)\n"
    )
    for _ in range(2):  # the first one makes the log and the cache
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=False)
        assert ran.returncode == 1, ran.stderr
    loaded = set(ran.stdout.rpartition("LOADED ")[2].split())
    heavy = {
        "sqlalchemy", "sqlmodel", "sqlite3", "pycountry", "pandas", "pyarrow", "scipy", "rich.progress", "rich.console",
        "platformdirs.unix", "asyncio", "http.client", "xml.etree.ElementTree", "compliance.importing",
        "compliance.sources.ofac_remarks", "compliance.batch", "compliance.audit", "compliance.exporting",
    }  # fmt: skip
    assert "compliance.book" in loaded
    assert loaded & heavy == set()
