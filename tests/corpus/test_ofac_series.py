"""The register as of each publication's day equals the official file of that day, whatever the order of import."""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from compliance import Compliance
from compliance.entries import assemble

pytestmark = pytest.mark.corpus
CORPUS = os.environ.get("COMPLIANCE_CORPUS", "")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOCK = lambda: NOW  # noqa: E731 - the clock that is passed in
SDN = "us-ofac-sdn"
DETAILS = ("Title", "Call_Sign", "Vess_type", "Tonnage", "GRT", "Vess_flag", "Vess_owner")
NON_SDN = ("us-ofac-cmic", "us-ofac-ssi", "us-ofac-capta", "us-ofac-plc", "us-ofac-fse", "us-ofac-13599", "us-ofac-mbs")

if not CORPUS:
    pytest.skip("COMPLIANCE_CORPUS does not name the folder of real lists", allow_module_level=True)


def folders(kind: str) -> list[Path]:
    return sorted(f for f in (Path(CORPUS) / "lists" / kind).iterdir() if list(f.glob("*.csv")))


class Series(NamedTuple):
    """A log of the whole series, and after each import: the position, the day of the files, the register's digest."""

    compliance: Compliance
    answers: list[tuple[int, date, str]]


def digest(compliance: Compliance, day: date, position: int | None = None) -> str:
    """All that the register of a day holds but the positions, which depend on the order of import."""
    hashed = sha256()
    for found in compliance.register(day, position).listings():
        hashed.update(json.dumps([found.list_id, found.key, str(found.since), found.fields], sort_keys=True).encode())
    return hashed.hexdigest()


def imported(folder: Path, paths: list[Path]) -> Series:
    os.environ["COMPLIANCE_DATA_DIR"], os.environ["COMPLIANCE_CACHE_DIR"] = str(folder / "data"), str(folder / "cache")
    compliance = Compliance.open(f"sqlite:///{folder / 'data' / 'log.db'}", clock=CLOCK, bundled=False)
    answers = []
    for path in paths:
        for summary in compliance.import_files(sorted(path.glob("*.csv"))):
            assert not summary.already
            day = summary.publication.published
            answers.append((compliance.log.head().size, day, digest(compliance, day)))
    return Series(compliance, answers)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Series]]:
    paths = [*folders("ofac-sdn"), *folders("ofac-consolidated")]
    shuffled = random.Random(20211210).sample(paths, len(paths))
    environment = dict(os.environ)
    orders = {"in order": paths, "shuffled": shuffled}
    made = {name: imported(tmp_path_factory.mktemp("series"), order) for name, order in orders.items()}
    yield made
    for one in made.values():
        one.compliance.close()
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module", params=["in order", "shuffled"])
def series(request: pytest.FixtureRequest, logs: dict[str, Series]) -> Compliance:
    return logs[request.param].compliance


def rows(path: Path, width: int) -> list[list[str | None]]:
    """The file read with the csv module alone: no word of the parser under test."""
    if not path.exists():
        return []
    text = path.read_bytes().rstrip(b"\x1a").decode("ascii")
    found = [row for row in csv.reader(text.splitlines(keepends=True)) if row]
    assert all(len(row) == width for row in found)
    return [[None if cell.strip() in ("-0-", "-0") else cell for cell in row] for row in found]


def told(folder: Path, prefix: str) -> dict[str, dict[str, Any]]:
    """What the files of a day say of each party, as far as they speak of it."""
    main, alt, add, comments = (
        ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")
        if prefix == "sdn"
        else ("cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv")
    )
    more = {row[0]: row[1] for row in rows(folder / comments, 2)}
    found: dict[str, dict[str, Any]] = {}
    for key, name, kind, programmes, *details, remarks in rows(folder / main, 12):
        assert key is not None
        assert programmes is not None
        found[key] = {
            "name": name,
            "type": kind or "entity",
            "programmes": tuple(programmes.split("] [")),
            "details": {c: v for c, v in zip(DETAILS, details, strict=True) if v is not None},
            "remarks": remarks + (more.get(key) or "") if remarks else None,
        }
        if (folder / alt).exists():
            found[key] |= {"aliases": [], "addresses": []}
    for key, number, kind, name, alt_remarks in rows(folder / alt, 5):
        found[str(key)]["aliases"].append((number, kind, name, alt_remarks))
    for key, number, street, city, country, add_remarks in rows(folder / add, 6):
        found[str(key)]["addresses"].append((number, street, city, country, add_remarks))
    return found


def held(compliance: Compliance, lists: tuple[str, ...], day: date) -> dict[str, dict[str, Any]]:
    """The same, out of the register as of that day."""
    register = compliance.register(day)
    found: dict[str, dict[str, Any]] = {}
    for list_id in lists:
        if list_id not in register.lists:
            continue
        for listing in register.listings(list_id):
            entry = assemble(list_id, listing.key, listing.fields)
            strong = [n for n in entry.names[1:] if n.source_id is not None]
            found[listing.key] = {
                "name": entry.primary_name,
                "type": entry.type.value,
                "programmes": entry.programmes,
                "details": entry.details,
                "remarks": entry.remarks,
                "aliases": [(n.source_id, n.kind.value, n.text, n.remarks) for n in strong],
                "addresses": [(a.source_id, a.street, a.city, a.country, a.remarks) for a in entry.addresses],
            }
    return found


@pytest.mark.parametrize(
    ("folder", "prefix"),
    [(f, "sdn") for f in folders("ofac-sdn")] + [(f, "cons") for f in folders("ofac-consolidated")],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_the_register_of_the_day_equals_the_file_of_the_day(series: Compliance, folder: Path, prefix: str) -> None:
    expected = told(folder, prefix)
    register = held(series, (SDN,) if prefix == "sdn" else NON_SDN, date.fromisoformat(folder.name))
    assert register.keys() == expected.keys()
    for key, fields in expected.items():
        actual = {field: register[key][field] for field in fields}
        if fields["remarks"] and len(fields["remarks"]) == 1000:  # cut by the publisher; an older day may know the rest
            actual["remarks"] = actual["remarks"][:1000]
        assert actual == fields, key


def test_the_whole_log_verifies(series: Compliance) -> None:
    assert series.verify().checked == series.log.head().size


def test_the_order_of_import_makes_no_difference_on_any_day(logs: dict[str, Series]) -> None:
    """On each day of a publication, the day before it and the day after."""
    published = {day for _, day, _ in logs["in order"].answers}
    for day in sorted({day + timedelta(days=step) for day in published for step in (-1, 0, 1)}):
        assert len({digest(log.compliance, day) for log in logs.values()}) == 1, day


@pytest.mark.parametrize("order", ["in order", "shuffled"])
def test_what_was_answered_after_each_import_is_answered_again(logs: dict[str, Series], order: str) -> None:
    compliance, answers = logs[order]
    for position, day, told in answers:
        assert digest(compliance, day, position) == told, (position, day)


def test_reading_everything_again_corrects_nothing(series: Compliance) -> None:
    size = series.log.head().size
    assert {(done.appended, bool(done.publications)) for done in series.reread()} == {(0, True)}
    assert series.log.head().size == size
