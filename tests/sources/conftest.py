from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.sources.ofac_remarks import split

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="session")
def sdn() -> Path:
    return FIXTURES / "ofac-sdn" / "2023-10-31"


@pytest.fixture(scope="session")
def consolidated() -> Path:
    return FIXTURES / "ofac-consolidated" / "2024-02-01"


@pytest.fixture
def spoilt(sdn: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the SDN set in which one file's bytes were changed."""

    def spoil(name: str, change: Callable[[bytes], bytes], source: Path = sdn) -> Path:
        folder = tmp_path / source.name
        if not folder.exists():
            shutil.copytree(source, folder)
        (folder / name).write_bytes(change((folder / name).read_bytes()))
        return folder

    return spoil


@pytest.fixture(scope="session")
def assert_nothing_lost() -> Callable[[dict[str, Any]], None]:
    """Write the facts out as items again, and compare them with the items of the text."""

    def check(facts: dict[str, Any]) -> None:
        items = split(facts["text"], truncated=facts.get("truncated", False))
        assert squeezed(said(facts)) == squeezed(items)

    return check


def said(facts: dict[str, Any]) -> list[str]:
    """The items that facts stand for, written out again; an issuer's name stands among `other` as well."""
    prefixes = {
        "birthplaces": "POB",
        "nationalities": "nationality",
        "citizenships": "citizen",
        "linked_to": "Linked To",
        "secondary_sanctions": "",
        "directives": "",
        "other": "",
    }
    items = [f"{prefix}{value}" for field, prefix in prefixes.items() for value in facts.get(field, ())]
    items += [f"DOB{born['text']}" for born in facts.get("births", ())]
    items += [f"{name['remarks']}'{name['text']}'" for name in facts.get("weak_names", ())]
    items += [f"{label}{written(day)}" for label, day in facts.get("dates", {}).items()]
    items += [f"Gender{facts['gender']}"] if "gender" in facts else []
    for found in facts.get("identifiers", ()):
        if found["kind"] != "issuer-name":
            parts = [found["label"], found["value"], *(f"({found[k]})" for k in ("country",) if k in found)]
            items.append("".join([*parts, *(k + found[k] for k in ("issued", "expires") if k in found)]))
    return items


def written(day: str) -> str:
    year, month, number = day.split("-")
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{number}{names[int(month) - 1]}{year}"


def squeezed(items: list[str]) -> list[list[str]]:
    """Items without what reading may drop or move: `alt.`, blanks, colons, the order within."""
    bare = (re.sub(r"^alt\.", "", item) for item in items)
    return sorted(sorted(re.sub(r"[\s:]", "", item)) for item in bare)
