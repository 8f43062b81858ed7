"""The pages in docs/ that can be held against the code are."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
PAGES = sorted(path for path in (ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_event_catalogue_is_that_of_the_classes(generate: ModuleType) -> None:
    """If not: python docs/generate.py."""
    page = generate.PAGE.read_text("utf-8")
    assert generate.with_catalogue(page) == page
    for model in generate.models():
        assert f"| `{model.__name__}` |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for file, name in NAMED.findall(page.read_text("utf-8")):
        functions = {
            node.name
            for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in functions, f"{file}::{name}"


def test_every_promise_names_a_test() -> None:
    """Each row of the tables of promises."""
    for page in ("log.md", "events.md"):
        text = (ROOT / "docs" / page).read_text("utf-8")
        (table,) = re.findall(r"\| promise \| held by \|\n\|[-|]+\|\n((?:\|.*\n)+)", text)
        for row in table.splitlines():
            assert NAMED.search(row), row


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=lambda page: page.name)
def test_a_link_leads_to_a_file_that_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
