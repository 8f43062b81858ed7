from __future__ import annotations

import gzip
import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from compliance.errors import BadInput, DamagedFile, UnknownFormat
from compliance.sources import read
from compliance.sources import zipped as zips


def zip_of(target: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def contents(folder: Path, prefix: str = "") -> dict[str, bytes]:
    return {prefix + file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_folder_is_one_publication_dated_by_its_name(sdn: Path) -> None:
    (publication,) = read([sdn])
    assert publication.published == date(2023, 10, 31)
    assert publication.date_source == "folder name"
    assert [file.name for file in publication.files] == ["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"]


def test_a_folder_of_dated_folders_is_a_series_in_the_order_of_its_days(sdn: Path) -> None:
    found = read([sdn.parent])
    assert [publication.published for publication in found] == [date(2023, 10, 31), date(2023, 11, 30)]


def test_a_folder_among_folders_of_days_that_is_named_after_none_is_refused_and_not_lost(
    sdn: Path, tmp_path: Path
) -> None:
    shutil.copytree(sdn, tmp_path / "2023-10-31")
    (tmp_path / "notes").mkdir()
    assert len(read([tmp_path])) == 1
    shutil.copytree(sdn, tmp_path / "2023-11")
    with pytest.raises(BadInput, match=r"2023-11 lies among folders of days and is not named after one"):
        read([tmp_path])


def test_files_named_singly_from_one_folder_belong_together(sdn: Path) -> None:
    (publication,) = read([sdn / "sdn.csv", sdn / "alt.csv"])
    assert "aliases" in publication.covers
    assert "addresses" not in publication.covers


def test_a_date_that_is_given_is_taken_and_a_contrary_name_is_told(sdn: Path) -> None:
    (publication,) = read([sdn], published=date(2023, 11, 1))
    assert (publication.published, publication.date_source) == (date(2023, 11, 1), "given")
    assert any("2023-10-31" in warning for warning in publication.warnings)


def test_a_date_in_the_names_of_the_files_is_taken(sdn: Path, tmp_path: Path) -> None:
    for file in sdn.iterdir():
        shutil.copy(file, tmp_path / f"2023-10-31_{file.name}")
    (publication,) = read([tmp_path])
    assert (publication.published, publication.date_source) == (date(2023, 10, 31), "file name")


def test_files_of_two_days_side_by_side_are_two_publications(sdn: Path, tmp_path: Path) -> None:
    shutil.copy(sdn / "sdn.csv", tmp_path / "sdn-2023-10-31.csv")
    shutil.copy(sdn.with_name("2023-11-30") / "sdn.csv", tmp_path / "sdn-2023-11-30.csv")
    assert [len(publication.files) for publication in read([tmp_path])] == [1, 1]
    shutil.copy(sdn / "alt.csv", tmp_path / "alt.csv")
    with pytest.raises(BadInput, match=r"alt\.csv says no day"):
        read([tmp_path])


def test_without_any_date_the_user_is_told_how_to_give_one(sdn: Path, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    shutil.copytree(sdn, folder)
    with pytest.raises(BadInput, match="--published YYYY-MM-DD"):
        read([folder])
    assert read([folder], published=date(2023, 10, 31))[0].date_source == "given"


def test_a_number_that_only_looks_like_a_date_is_none(sdn: Path, tmp_path: Path) -> None:
    folder = tmp_path / "2023-13-45"
    shutil.copytree(sdn, folder)
    with pytest.raises(BadInput, match="--published"):
        read([folder])


def test_one_date_for_several_publications_is_refused(sdn: Path) -> None:
    with pytest.raises(BadInput, match="one publication date"):
        read([sdn.parent], published=date(2023, 10, 31))


def test_a_zip_is_read_as_its_members(sdn: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "ofac-2023-10-31.zip", contents(sdn))
    (publication,) = read([archive])
    assert publication.published == date(2023, 10, 31)
    assert publication.statements == read([sdn])[0].statements


def test_a_zip_under_another_name_is_still_a_zip(sdn: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "2023-10-31.csv", contents(sdn))
    assert len(read([archive])[0].statements) == 6


def test_dated_folders_in_a_zip_are_a_series(sdn: Path, tmp_path: Path) -> None:
    later = sdn.with_name("2023-11-30")
    files = contents(later, "ofac/2023-11-30/") | contents(sdn, "ofac/2023-10-31/")
    found = read([zip_of(tmp_path / "series.zip", files)])
    assert [publication.published.month for publication in found] == [10, 11]


def test_a_zip_that_unfolds_without_end_is_refused(sdn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.sources.inputs.LARGEST_FILE", 100_000)
    archive = zip_of(tmp_path / "2023-10-31.zip", contents(sdn) | {"more.csv": b"0" * 100_000})
    with pytest.raises(BadInput, match="unfolds into more"):
        read([archive])


def test_a_gzip_file_is_read_as_what_is_in_it(sdn: Path, tmp_path: Path) -> None:
    """Under its name without `.gz`, and several that lie together are one publication."""
    folder = tmp_path / "2023-10-31"
    folder.mkdir()
    for name, data in contents(sdn).items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(data))
    (publication,) = read([folder])
    assert publication.statements == read([sdn])[0].statements
    assert publication.files == read([sdn])[0].files


def test_a_gzip_file_that_unfolds_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.sources.inputs.LARGEST_FILE", 100_000)
    (tmp_path / "2023-10-31.csv.gz").write_bytes(gzip.compress(b"0" * 100_001))
    with pytest.raises(BadInput, match="unfolds into more"):
        read([tmp_path / "2023-10-31.csv.gz"])


def test_a_cut_gzip_file_is_called_damaged(sdn: Path, tmp_path: Path) -> None:
    packed = gzip.compress((sdn / "sdn.csv").read_bytes())
    for damaged in (packed[:-4], packed[:200], packed[:100] + b"\xff" + packed[101:]):
        (tmp_path / "2023-10-31.csv.gz").write_bytes(damaged)
        with pytest.raises(DamagedFile, match="the gzip file is cut or damaged"):
            read([tmp_path / "2023-10-31.csv.gz"])


def test_a_zip_of_very_many_files_is_refused(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {f"{n}.csv": b"" for n in range(zips.MOST_MEMBERS + 1)})
    with pytest.raises(BadInput, match="no official list does"):
        read([archive])


def test_a_cut_zip_is_called_damaged(sdn: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "2023-10-31.zip", contents(sdn))
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(DamagedFile, match="the ZIP is damaged"):
        read([archive])


def test_a_zip_with_a_spoilt_member_is_called_damaged(sdn: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "2023-10-31.zip", contents(sdn))
    data = bytearray(archive.read_bytes())
    data[80] ^= 0xFF
    archive.write_bytes(bytes(data))
    with pytest.raises(DamagedFile, match="the ZIP is damaged"):
        read([archive])


def test_a_zip_that_needs_a_password_is_refused(sdn: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "2023-10-31.zip", contents(sdn))
    data = bytearray(archive.read_bytes())
    start = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, start + 8, 1)
    struct.pack_into("<H", data, 6, 1)
    archive.write_bytes(bytes(data))
    with pytest.raises(BadInput, match="cannot be unpacked"):
        read([archive])


def test_a_workbook_is_not_taken_for_a_zip_of_lists(tmp_path: Path) -> None:
    book = zip_of(tmp_path / "sdn.xlsx", {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b""})
    with pytest.raises(UnknownFormat, match="office document"):
        read([book])


def test_an_empty_zip_holds_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no list files"):
        read([zip_of(tmp_path / "empty.zip", {})])


def test_a_missing_path_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        read([tmp_path / "sdn.csv"])
    with pytest.raises(BadInput, match="holds no list files"):
        read([tmp_path])


def test_notes_beside_the_list_are_passed_over_in_silence(spoilt: Callable[..., Path]) -> None:
    folder = spoilt("sdn.csv", bytes)
    (folder / "README.md").write_text("where these came from")
    (folder / ".DS_Store").write_bytes(b"\0\0")
    assert read([folder])[0].warnings == ()


def test_other_formats_beside_the_list_are_passed_over_with_a_warning(spoilt: Callable[..., Path]) -> None:
    folder = spoilt("sdn.csv", bytes)
    (folder / "weather.xml").write_text("<?xml version='1.0'?><weather/>")
    (warning,) = read([folder])[0].warnings
    assert "weather.xml: passed over" in warning


def test_a_file_that_the_user_named_is_never_passed_over(sdn: Path, tmp_path: Path) -> None:
    other = tmp_path / "weather.xml"
    other.write_text("<?xml version='1.0'?><weather/>")
    with pytest.raises(UnknownFormat, match=r"weather\.xml: this is XML \(weather\)"):
        read([sdn / "sdn.csv", other])


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", DamagedFile, "the file is empty"),
        (b" \r\n\x1a", DamagedFile, "the file is empty"),
        (b"<!DOCTYPE html>\n<html><body>Maintenance", DamagedFile, "a web page"),
        (b"\n<HTML><HEAD>", DamagedFile, "a web page"),
        (b"<?xml version='1.0'?>\n<Sanctions>", UnknownFormat, r"XML \(Sanctions\)"),
        (b"<SOMETHING_ELSE>", UnknownFormat, r"XML \(SOMETHING_ELSE\)"),
        (b'{"results": []}', UnknownFormat, "JSON"),
        (b"%PDF-1.7", UnknownFormat, "a PDF"),
        (b"\x1f\x8b\x08", DamagedFile, "the gzip file is cut or damaged"),
        (gzip.compress(b"<?xml version='1.0'?><other/>"), UnknownFormat, r"XML \(other\) of no list that is known"),
        (b"id,name\n1,someone\n", UnknownFormat, "no list format"),
    ],
)
def test_what_is_no_list_is_named_for_what_it_is(
    data: bytes, error: type[Exception], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "sdn-2023-10-31.csv"
    path.write_bytes(data)
    with pytest.raises(error, match=says):
        read([path])


def test_an_error_page_in_the_place_of_the_aliases_stops_the_whole_folder(spoilt: Callable[..., Path]) -> None:
    folder = spoilt("alt.csv", lambda data: b"<html>Service unavailable</html>")
    with pytest.raises(DamagedFile, match=r"alt\.csv: this is a web page"):
        read([folder])


def test_a_file_larger_than_any_list_is_not_read(sdn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.sources.inputs.LARGEST_FILE", 10)
    with pytest.raises(BadInput, match="larger than any official list"):
        read([sdn])


def test_the_record_of_a_file_is_the_sha256_of_its_bytes(sdn: Path) -> None:
    import hashlib

    record = read([sdn])[0].files[0]
    data = (sdn / "sdn.csv").read_bytes()
    assert (record.sha256, record.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert io.BytesIO(data).read(6) == b"900001"
