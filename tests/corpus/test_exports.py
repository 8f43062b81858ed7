"""Every real delimited publication is written again record for record, and as valid FollowTheMoney."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.ftm import entities, write_ftm
from compliance.official import OfficialSet, official_set
from tests.exports.ftm_checks import check_entities, check_nothing_is_missing, check_shape

pytestmark = pytest.mark.corpus
CORPUS = os.environ.get("COMPLIANCE_CORPUS", "")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SDN = ("us-ofac-sdn",)
NON_SDN = ("us-ofac-cmic", "us-ofac-ssi", "us-ofac-capta", "us-ofac-plc", "us-ofac-fse", "us-ofac-13599", "us-ofac-mbs")

if not CORPUS:
    pytest.skip("COMPLIANCE_CORPUS does not name the folder of real lists", allow_module_level=True)

FOLDERS = sorted(
    folder
    for kind in ("ofac-sdn", "ofac-consolidated")
    for folder in (Path(CORPUS) / "lists" / kind).iterdir()
    if list(folder.glob("*.csv"))
)


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compliance]:
    folder = tmp_path_factory.mktemp("series")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPLIANCE_DATA_DIR", str(folder / "data"))
        patch.setenv("COMPLIANCE_CACHE_DIR", str(folder / "cache"))
        patch.delenv("COMPLIANCE_DATABASE_URL", raising=False)
        with Compliance.open(clock=lambda: NOW, bundled=False) as compliance:
            for path in FOLDERS:
                list(compliance.import_files(sorted(path.glob("*.csv"))))
            yield compliance


def records(path: Path) -> list[bytes]:
    """The file's records as they stand there, mended only where a third party's copy cut the very last null."""
    found = [line.removesuffix(b"\r") for line in path.read_bytes().rstrip(b"\x1a").split(b"\n")]
    if not found[-1]:
        found.pop()
    for cut in (b",-0", b",-0-"):
        if found[-1].endswith(cut):
            found[-1] = found[-1].removesuffix(cut) + b",-0- "
    return found


def exported(series: Compliance, folder: Path) -> OfficialSet:
    lists = SDN if folder.parent.name == "ofac-sdn" else tuple(n for n in NON_SDN if began(series, n, folder))
    return official_set(series.register(date.fromisoformat(folder.name)), series.held_publications(), lists)


def began(series: Compliance, list_id: str, folder: Path) -> bool:
    state = series.register(date.fromisoformat(folder.name)).lists.get(list_id)
    return state is not None and state.published is not None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_the_records_of_every_file_are_written_byte_for_byte(series: Compliance, folder: Path) -> None:
    found = exported(series, folder)
    ours = {file.name: file for file in found.files}
    for original in folder.glob("*.csv"):
        theirs = records(original)
        written = [record.encode("ascii") for record in ours[original.name].records]
        assert set(written) == set(theirs), original
        assert written == theirs, original  # the files' own order is the canonical one
        assert not any(note.startswith(original.name) for note in found.notes)
    for name in ours.keys() - {original.name for original in folder.glob("*.csv")}:
        assert any(note.startswith(f"{name} is as known on") for note in found.notes), name


@pytest.mark.parametrize("folder", FOLDERS[-1:] + FOLDERS[:2], ids=lambda f: f"{f.parent.name}-{f.name}")
def test_the_lists_of_the_day_are_valid_follow_the_money(series: Compliance, folder: Path) -> None:
    register = series.register(date.fromisoformat(folder.name))
    lists = SDN if folder.parent.name == "ofac-sdn" else NON_SDN
    for list_id in lists:
        if list_id not in register.lists:
            continue
        out = io.StringIO()
        write_ftm(register.listings(list_id), out)
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        check_shape(lines)
        check_entities(lines)
        for listing in register.listings(list_id):
            check_nothing_is_missing(listing.entry(), list(entities(listing)))
