"""Damage at random: whatever happens to a file, it is read or refused in one line, and never crashes a reader."""

from __future__ import annotations

import random
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import ComplianceError
from compliance.model import Statement
from compliance.sources import read

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = [
    "un/2020-01-15/consolidated.xml",
    "uk-conlist/ConList.csv",
    "uk-sanctions/UK-Sanctions-List.csv",
    "uk-sanctions/UK-Sanctions-List.xml",
    "eu-fsf/full-1.1.csv",
    "eu-fsf/full-1.1.xml",
    "eu-fsf/form-2018.csv",
    "ca-sema/2023-06-01/sema-lmes.xml",
    "us-regulations/2024-05-05/bis_entity_list.json",
    "us-regulations/2024-05-05/ofac_nscmic.json",
    "us-regulations/2024-05-05/uflpa.html",
    "ecfr/title-15-part-744-2024-05-06.xml",
    "bis-dpl/2021-03-04/dpl.txt",
    "csl/2022-02-02/consolidated.csv",
    "opensanctions/entities.ftm.json",
    "opensanctions/targets.simple.csv",
]
PIECES = [
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b'"', b",", b";", b"\t", b"\n", b"\r", b"<", b">", b"&", b"&amp;", b"<!--"),
    *(
        b"{",
        b"[",
        b"]",
        b"null",
        b"1e999",
        b"9" * 40,
        b"-1",
        b"00/00/1960",
        b"31/02/2020",
        b"circa 1965",
        b"0000-00-00",
    ),
    *("𝕏é中".encode(), b"<![CDATA[", b"]]>", b"<TR>", b"</td>", b"\xc2\x85", b"\xe2\x80\xa8"),
]


def damaged(data: bytes, change: random.Random) -> bytes:
    """One to three changes: a piece put in, a stretch taken out, doubled or moved."""
    for _ in range(change.randint(1, 3)):
        start = change.randrange(len(data) + 1)
        before, stretch = data[:start], data[start : start + change.choice([1, 3, 40, 400])]
        after = data[start + len(stretch) :]
        place = change.randrange(len(before) + 1)
        ways = [
            before + change.choice(PIECES) + stretch + after,
            before + after,
            before + stretch + stretch + after,
            before[:place] + stretch + before[place:] + after,
        ]
        data = change.choice(ways) or b"\n"
    return data


def outcome(path: Path) -> tuple[str, list[Statement]]:
    """The refusal, or what was read; anything else that is raised is a fault of the reader."""
    try:
        return "", [statement for publication in read([path]) for statement in publication.statements]
    except ComplianceError as error:
        return str(error), []


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused_in_one_line(name: str, seed: int, tmp_path: Path) -> None:
    copy = tmp_path / "2024-05-06" / Path(name).name
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(damaged((FIXTURES / name).read_bytes(), random.Random(seed)))
    refusal, statements = outcome(copy)
    assert len(refusal.splitlines()) <= 1
    assert all(statement.key and statement.fields["name"].strip() for statement in statements)


def test_a_spreadsheet_that_unfolds_beyond_measure_is_not_unfolded(tmp_path: Path) -> None:
    folder = tmp_path / "2024-05-06"
    shutil.copytree(FIXTURES / "own-list", folder)
    mapping = folder / "blocklist.toml"
    mapping.write_text(mapping.read_text("utf-8").replace("blocklist.csv", "blocklist.ods"), "utf-8")
    (folder / "blocklist.csv").unlink()
    with zipfile.ZipFile(folder / "blocklist.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        with archive.open("content.xml", "w") as stream:
            for _ in range(600):
                stream.write(b" " * 2**20)
    with pytest.raises(ComplianceError, match="unfolds into more than any list holds"):
        read([folder])


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_nesting_without_end_is_refused(depth: int, tmp_path: Path) -> None:
    for name, data in {
        "deep.json": b'{"list_id": "bis-meu", "entities": ' + b"[" * depth,
        "deep.xml": b"<CONSOLIDATED_LIST dateGenerated='2020-01-01'>" + b"<INDIVIDUAL>" * depth,
    }.items():
        copy = tmp_path / name
        copy.write_bytes(data)
        with pytest.raises(ComplianceError):
            read([copy])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ofac-sdn/2023-10-31/sdn.csv", b"LAZARUS GROUP"),
        ("ofac-xml/sdn.xml", b"APPLEWORM"),
        ("ofac-xml/sdn_advanced.xml", b"Appleworm"),
        ("ofac-xml/cons_enhanced.xml", b"SENSETIME GROUP LIMITED"),
        ("un/2020-01-15/consolidated.xml", b"EXAMPLE"),
        ("ca-sema/2023-06-01/sema-lmes.xml", b"EXAMPLOV"),
        ("us-regulations/2024-05-05/bis_entity_list.json", b"Beijing Example Technology Development Co., Ltd."),
        ("opensanctions/entities.ftm.json", b"Extra"),
        ("csl/2022-02-02/consolidated.csv", b"Treasurer"),
    ],
)
def test_a_field_of_many_megabytes_is_refused(name: str, text: bytes, tmp_path: Path) -> None:
    """No list has one; kept, it would stand in the log for ever."""
    data = (FIXTURES / name).read_bytes()
    assert text in data
    folder = tmp_path / "any"
    folder.mkdir()
    (folder / Path(name).name).write_bytes(data.replace(text, b"A" * 11_000_000, 1))
    with pytest.raises(ComplianceError, match=r"longer than any|too long|larger than field limit|cannot be told apart"):
        read([folder], published=date(2024, 5, 6) if name.startswith(("csl", "ca", "ofac-sdn")) else None)
