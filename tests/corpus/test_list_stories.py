"""`history us-ofac-sdn` over the monthly files of 2021 to 2023 tells what comparing the files themselves tells.

The comparison here reads the CSVs with the csv module alone, two neighbours at a time, entry by entry.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compliance import Compliance
from compliance.cli import main
from compliance.screening import Subject

pytestmark = pytest.mark.corpus
CORPUS = os.environ.get("COMPLIANCE_CORPUS", "")
SDN = "us-ofac-sdn"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

if not CORPUS:
    pytest.skip("COMPLIANCE_CORPUS does not name the folder of real lists", allow_module_level=True)

FOLDERS = sorted(
    folder
    for folder in (Path(CORPUS) / "lists" / "ofac-sdn").iterdir()
    if folder.name >= "2021" and (folder / "sdn.csv").exists()
)


def rows(path: Path) -> Iterator[list[str]]:
    if path.exists():
        text = path.read_bytes().rstrip(b"\x1a").decode("ascii")
        yield from (row for row in csv.reader(text.splitlines(keepends=True)) if row)


def grouped(path: Path) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for key, *rest in rows(path):
        found.setdefault(key, []).append(rest)
    return found


def told(folder: Path) -> dict[str, dict[str, Any]]:
    """What the files of a day say of each party, by the field that the story names; None where they are silent."""
    alt, add = folder / "alt.csv", folder / "add.csv"
    aliases, addresses, more = grouped(alt), grouped(add), grouped(folder / "sdn_comments.csv")
    found = {}
    for key, name, kind, programmes, *details, remarks in rows(folder / "sdn.csv"):
        found[key] = {
            "name": name, "type": kind, "programmes": programmes, "details": details, "remarks": remarks,
            "aliases": aliases.get(key, []) if alt.exists() else None,
            "addresses": addresses.get(key, []) if add.exists() else None,
            "continuation": more.get(key),
        }  # fmt: skip
    return found


def compared(before: dict[str, Any], known: dict[str, dict[str, Any]], after: dict[str, Any]) -> dict[str, Any]:
    """By key what happened from one day's files to the next; of those that stayed the fields that changed.

    `known` is what was last said of each field, for fields of which the files between are silent.
    """
    happened: dict[str, Any] = dict.fromkeys(after.keys() - before.keys(), "listed")
    happened |= dict.fromkeys(before.keys() - after.keys(), "delisted")
    for key in after.keys() & before.keys():
        changed = {f for f, value in after[key].items() if value is not None and known[key].get(f) != value}
        if changed:
            happened[key] = changed
    return happened


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    folder = tmp_path_factory.mktemp("stories")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
        patch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
        patch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
        assert main(["import", *map(str, FOLDERS)], clock=lambda: NOW) == 0
        yield lambda *words: main([*words], clock=lambda: NOW)


@pytest.fixture(scope="module")
def expected() -> list[dict[str, Any]]:
    found, known = [], {key: dict(fields) for key, fields in told(FOLDERS[0]).items()}
    for before, after in pairwise(map(told, FOLDERS)):
        found.append(compared(before, known, after))
        for key, fields in after.items():
            known.setdefault(key, {}).update({f: v for f, v in fields.items() if v is not None})
    return found


def test_every_publication_did_to_every_entry_what_the_files_say(
    ask: Callable[..., Any], expected: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert ask("history", SDN, "--entries", "--json") == 0
    story = json.loads(capsys.readouterr().out)
    assert [p["published"] for p in story["publications"]] == [folder.name for folder in FOLDERS]
    first, *later = story["publications"]
    assert {c["key"]: c["what"] for c in first["changed"]} == dict.fromkeys(told(FOLDERS[0]), "listed")
    for publication, happened in zip(later, expected, strict=True):
        mine = {c["key"]: set(c["fields"]) if c["what"] == "amended" else c["what"] for c in publication["changed"]}
        assert mine.keys() == happened.keys(), publication["published"]
        for key, what in happened.items():
            got = mine[key]
            # what a comments file continues stands in the field `remarks` of the file or in one of its own
            same = got == what or (isinstance(what, set) and got | {"continuation"} == what | {"continuation"})
            assert same, (publication["published"], key, got, what)
        counts = Counter("amended" if isinstance(what, set) else what for what in happened.values())
        assert {what: publication[what] for what in ("listed", "amended", "delisted")} == {
            what: counts[what] for what in ("listed", "amended", "delisted")
        }


def test_the_months_add_up_the_same_differences(
    ask: Callable[..., Any], expected: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert ask("history", SDN, "--json") == 0
    story = json.loads(capsys.readouterr().out)
    came, left = Counter[str](), Counter[str]()
    for folder, happened in zip(FOLDERS[1:], expected, strict=True):
        month = f"{date.fromisoformat(folder.name):%Y-%m}"
        came[month] += sum(what == "listed" for what in happened.values())
        left[month] += sum(what == "delisted" for what in happened.values())
    assert story["at_first"] == len(told(FOLDERS[0]))
    assert {m["month"]: (m["listed"], m["delisted"]) for m in story["months"] if m["listed"] or m["delisted"]} == {
        month: (came[month], left[month]) for month in came | left
    }
    assert story["months"][-1]["entries"] == len(told(FOLDERS[-1]))


def test_a_partys_story_agrees_with_its_rows_in_the_files(
    ask: Callable[..., Any], expected: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """For the hundred parties that most happened to."""
    counts = Counter(key for happened in expected for key in happened)
    in_first = told(FOLDERS[0]).keys()
    for key in [key for key, _ in counts.most_common(100)]:
        capsys.readouterr()
        assert ask("history", f"{SDN}/{key}", "--json") == 0
        steps = [s for s in json.loads(capsys.readouterr().out)["steps"] if s["entry"] == f"{SDN}/{key}"]
        mine = [(s["effective"], s["what"].removesuffix(" again")) for s in steps]
        theirs = [(FOLDERS[0].name, "listed")] if key in in_first else []
        theirs += [
            (folder.name, what if isinstance(what, str) else "amended")
            for folder, happened in zip(FOLDERS[1:], expected, strict=True)
            if (what := happened.get(key))
        ]
        assert mine == theirs, key


def test_a_past_book_answers_what_the_book_of_the_day_answers(ask: Callable[..., Any]) -> None:
    """For names of all times, whole, cut and misspelt, on days between the publications."""
    names = [fields["name"] for day in (FOLDERS[0], FOLDERS[-1]) for fields in told(day).values()][::1500]
    names += [" ".join(name.split()[:-1]) or name for name in names] + [name[1:] for name in names]
    with Compliance.open(clock=lambda: NOW) as compliance, compliance.chronicle() as chronicle:
        for day in (date(2021, 7, 6), date(2021, 11, 20), date(2022, 12, 31)):
            past = compliance.past_screener(chronicle, day)
            present = compliance.screener(as_of=day)
            for name in names:
                assert past.screen(Subject(name)) == present.screen(Subject(name)), (day, name)
