"""Every official delimited file that is at hand, read by us and by the csv module, record by record."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compliance.model import Publication, RemarkFacts
from compliance.sources import read
from compliance.sources.ofac_statements import DETAILS

CORPUS = os.environ.get("COMPLIANCE_CORPUS")
FOLDERS = (
    sorted(
        folder
        for parent in ("ofac-sdn", "ofac-consolidated")
        for folder in (Path(CORPUS) / "lists" / parent).glob("*")
        if list(folder.glob("*sdn.csv")) or list(folder.glob("cons_prim.csv"))
    )
    if CORPUS
    else []
)

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not FOLDERS, reason="COMPLIANCE_CORPUS names no folder of real lists"),
]
folders = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")


def records(file: Path) -> list[list[str]]:
    text = file.read_bytes().replace(b"\x1a", b"").decode("ascii")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if rows[-1][-1] == "-0":
        rows[-1][-1] = "-0-"
    return [["-0-" if value == "-0- " else value for value in row] for row in rows]


@cache
def publication(folder: Path) -> Publication:
    # The folder of 2018-04-06 has the same publication as XML besides.
    (found,) = (publication for publication in read([folder]) if publication.format == "ofac-delimited")
    return found


def null(value: str | None) -> str:
    return "-0-" if value is None else value


def primary(found: Publication) -> Iterator[list[str]]:
    for key, _, fields, _ in found.statements:
        remarks = fields["remarks"]
        yield [
            key,
            fields["name"],
            "-0-" if fields["type"] == "entity" else fields["type"],
            "] [".join(fields["programmes"]),
            *(null(fields["details"].get(name)) for name in DETAILS),
            null(remarks and remarks["text"]),
        ]


def parts(found: Publication, field: str, columns: tuple[str, ...]) -> Iterator[list[str]]:
    for key, _, fields, _ in found.statements:
        for value in fields[field]:
            assert set(value) <= set(columns)
            yield [key, *(null(value.get(name)) for name in columns)]


@folders
def test_every_record_can_be_rebuilt_from_the_statements(folder: Path) -> None:
    found = publication(folder)
    prefix = "cons_" if (folder / "cons_prim.csv").exists() else ""
    assert list(primary(found)) == records(folder / ("cons_prim.csv" if prefix else "sdn.csv"))
    seen = 1
    for name, field, columns in (
        ("alt.csv", "aliases", ("source_id", "kind", "text", "remarks")),
        ("add.csv", "addresses", ("source_id", "street", "city", "country", "remarks")),
    ):
        file = folder / f"{prefix}{name}"
        assert (field in found.covers) is file.exists()
        if file.exists():
            assert list(parts(found, field, columns)) == records(file)
            seen += 1
    tails = next(folder.glob("*_comments.csv"), None)
    if tails:
        assert list(continuations(found)) == records(tails)
        seen += 1
    assert len(found.files) == seen == len(list(folder.glob("*.csv")))


def continuations(found: Publication) -> Iterator[list[str]]:
    for key, _, fields, _ in found.statements:
        whole = fields["continuation"]
        if whole:
            head = fields["remarks"]["text"]
            assert whole["text"].startswith(head)
            assert fields["remarks"]["truncated"]
            yield [key, whole["text"][len(head) :]]


@folders
def test_remarks_are_cut_where_they_have_a_thousand_characters(folder: Path) -> None:
    for _, _, fields, _ in publication(folder).statements:
        remarks: dict[str, Any] = fields["remarks"] or {"text": ""}
        assert remarks.get("truncated", False) is (len(remarks["text"]) == 1000)


@folders
def test_every_remark_in_the_list_has_the_shape_of_remark_facts(folder: Path) -> None:
    for _, _, fields, _ in publication(folder).statements:
        for field in ("remarks", "continuation"):
            facts = fields.get(field)
            if facts:
                assert RemarkFacts.model_validate(facts).model_dump(mode="json", exclude_defaults=True) == facts


@folders
def test_no_item_of_any_real_remark_is_lost(
    folder: Path, assert_nothing_lost: Callable[[dict[str, Any]], None]
) -> None:
    for _, _, fields, _ in publication(folder).statements:
        for field in ("remarks", "continuation"):
            if fields.get(field):
                assert_nothing_lost(fields[field])


def test_nearly_all_that_looks_like_a_number_is_an_identifier() -> None:
    items = [
        item
        for folder in FOLDERS
        for statement in publication(folder).statements
        for item in (statement.fields["remarks"] or {}).get("other", ())
    ]
    odd = {item for item in items if item.startswith(("Passport ", "Tax ID", "National ID", "ISIN", "Cedula"))}
    assert len(odd) < 20, sorted(odd)


def test_the_cmic_list_of_2025_has_sixty_eight_entries_each_with_its_date() -> None:
    folder = next((folder for folder in FOLDERS if folder.name == "2025-12-19"), None)
    if folder is None:
        pytest.skip("the consolidated list of 2025-12-19 is not there")
    cmic = [found for found in publication(folder).statements if "us-ofac-cmic" in found.lists]
    days = sorted(str(found.listed_on) for found in cmic)
    assert days == ["2021-06-03"] * 59 + ["2021-12-10"] + ["2021-12-16"] * 8
