"""OFAC's XML formats: a file that is cut, spoilt or hostile is refused whole, in one line that says where."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.cli import main
from compliance.errors import BadInput, DamagedFile
from compliance.sources import read

XML = Path(__file__).parents[2] / "fixtures" / "ofac-xml"
NAMES = ("consolidated.xml", "cons_advanced.xml", "cons_enhanced.xml")
every_format = pytest.mark.parametrize("name", NAMES)


def spoilt(folder: Path, name: str, old: str, new: str, count: int = 1) -> Path:
    text = (XML / name).read_text("utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, count), "utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read([path])
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text


@every_format
@given(share=st.floats(0.06, 0.999))
@settings(max_examples=25, deadline=None)
def test_a_file_cut_anywhere_is_refused_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float
) -> None:
    whole = (XML / name).read_bytes()
    path = tmp_path_factory.mktemp("cut") / name
    part = whole[: int(len(whole.rstrip()) * share)]
    path.write_bytes(part)
    found = complaint(path)
    if b"ReferenceValueSets" in part or name != "cons_advanced.xml":
        assert re.search(r"line [\d,]+: the XML ends in the middle: the file is cut; download it again", found)


@every_format
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_spoilt_bytes_are_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    whole = bytearray((XML / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 40))
        whole[place : place + length] = data.draw(
            st.sampled_from([b"", b"<", b">", b"\x00", b"0", b"-", b"&#9;", b" "])
        )
    path = tmp_path_factory.mktemp("spoilt") / name
    path.write_bytes(whole)
    # A cut inside a value is no damage that anybody could see; it must not cost an entry.
    with suppress(BadInput):
        assert len(read([path])[0].statements) == 6


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "says"),
    [
        ("consolidated.xml", "<Record_Count>6<", "<Record_Count>7<", None, "6 entries, but its Record_Count says 7"),
        ("consolidated.xml", "<Publish_Date>02/01", "<Publish_Date>31/01", 4, "Publish_Date is '31/01/2024'"),
        ("consolidated.xml", "<uid>910002<", "<uid>910001<", 54, "uid 910001 stands there twice"),
        ("consolidated.xml", "<uid>910002<", "<uid>-1<", 54, "uid is '-1', not a positive whole number"),
        ("consolidated.xml", "<sdnType>Individual", "<sdnType>Robot", 162, "'robot', which is unknown"),
        ("consolidated.xml", "<program>NS-PLC", "<program>", 162, "entry 910004 has no programme"),
        ("consolidated.xml", "<type>f.k.a.<", "<type>q.k.a.<", 107, "an alias without a name, or of an unknown type"),
        ("cons_advanced.xml", 'ListID="', 'ListID="1', 723, "is not among the file's own reference values"),
        ("cons_advanced.xml", 'FixedRef="910002"', 'FixedRef="910001"', None, "910001"),
        ("cons_advanced.xml", '<Month>2</Month>', "<Month>13</Month>", 4, "2024-13-1 where a day should stand"),
        ("cons_advanced.xml", "<Year>2024</Year>", "<Year>99999999999999999999</Year>", 4, "where a day should stand"),
        ("cons_enhanced.xml", 'entity id="910002"', 'entity id="' + "9" * 5000 + '"', None, "not a positive whole"),
        ("cons_enhanced.xml", 'entity id="910002"', 'entity id="910001"', None, "entity 910001 stands there twice"),
        ("cons_enhanced.xml", ">Individual</entityType", ">Robot</entityType", None, "'robot', which is unknown"),
        ("cons_enhanced.xml", 'datePublished="2021-12-10"', 'datePublished="soon"', None, "a list without a date"),
        ("cons_enhanced.xml", ">A.K.A.</aliasType>", ">Q</aliasType>", None, "an alias of the type 'Q'"),
    ],
)  # fmt: skip
def test_what_would_have_to_be_guessed_is_refused(
    tmp_path: Path, name: str, old: str, new: str, line: int | None, says: str
) -> None:
    path = spoilt(tmp_path, name, old, new)
    found = complaint(path)
    assert says in found
    if "Record_Count" not in says:
        told = re.search(r", line ([\d,]+): ", found)
        assert told, found
        number = int(told[1].replace(",", ""))
        assert line in (None, number)
        assert 1 < number <= path.read_text("utf-8").count("\n")


@every_format
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE {root} [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE {root} SYSTEM "http://example.org/list.dtd">',
    ],
    ids=["bomb", "external entity", "external type"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_in_it_is_looked_at(
    tmp_path: Path, name: str, doctype: str, encoding: str
) -> None:
    text = (XML / name).read_text("utf-8")
    head, _, body = text.partition("?>")
    root = re.search(r"<([A-Za-z]+) xmlns", body)
    assert root
    path = tmp_path / name
    declaration = head.replace(' encoding="utf-8"', "") + f' encoding="{encoding}"?>'
    if "standalone" in head:
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    path.write_bytes((declaration + doctype.format(root=root[1]) + body.replace("910001", "&c;", 1)).encode(encoding))
    assert "declares a document type" in complaint(path)


@every_format
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("HONG KONG", "HONG KONG", None),
        ("SENSETIME", "SENSE\x00TIME", "the XML is damaged"),
        ("SENSETIME", "SENSE&bomb;TIME", "the XML is damaged"),
        ("SENSETIME", "<a>" * 5000 + "</a>" * 5000, "nested deeper than any official list"),
    ],
    ids=["whole", "zero byte", "unknown entity", "deep"],
)
def test_spoilt_text_is_refused(tmp_path: Path, name: str, old: str, new: str, says: str | None) -> None:
    text = (XML / name).read_text("utf-8").replace(old, new, 1)
    path = tmp_path / name
    path.write_text(text, "utf-8")
    if says is None:
        assert len(read([path])[0].statements) == 6
    else:
        assert says in complaint(path)


@every_format
def test_bytes_of_another_encoding_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((XML / name).read_bytes().replace(b"SENSETIME", b"SENS\xc9TIME", 1))
    assert "the XML is damaged" in complaint(path)
    path.write_bytes((XML / name).read_bytes().replace(b'version="1.0"', b'version="1.0" encoding="x-none"', 1))
    with pytest.raises(BadInput):
        read([path])


def test_a_selection_is_no_list(tmp_path: Path) -> None:
    more = "<filters><sanctionsPrograms><sanctionsProgram>CUBA</sanctionsProgram></sanctionsPrograms>"
    assert "holds no list whole" in complaint(spoilt(tmp_path, "cons_enhanced.xml", "<filters>", more))


def test_an_advanced_file_without_everybody_on_one_list_is_refused(tmp_path: Path) -> None:
    found = complaint(spoilt(tmp_path, "cons_advanced.xml", ">Consolidated List<", ">Some List<"))
    assert "cannot be told whether this is the SDN list or the consolidated list" in found


def test_the_command_says_one_line_and_ends_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "consolidated.xml"
    path.write_bytes((XML / "consolidated.xml").read_bytes()[:3000])
    assert main(["import", str(path)]) == 2
    captured = capsys.readouterr()
    assert "the file is cut; download it again" in captured.err.replace("\n", " ")
    assert "Traceback" not in captured.err


def test_no_format_takes_a_damaged_file_for_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "sdn.xml"
    path.write_text('<sdnList xmlns="http://tempuri.org/sdnList.xsd"/>')
    with pytest.raises(DamagedFile, match="no Publish_Date"):
        read([path])
