from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.errors import BadInput, ComplianceError, DamagedFile
from compliance.sources import read

Spoilt = Callable[..., Path]


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


def line_ends_rewritten(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").removesuffix(b"\x1a").rstrip()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("sdn.csv", lambda data: data[:700], r"sdn\.csv, line 3: the file stops here without the end mark"),
        ("sdn.csv", lambda data: data[:-1], r"sdn\.csv, line 6: the file stops here without the end mark"),
        ("alt.csv", lambda data: data[:-1], r"alt\.csv, line 4: .* end mark"),
        ("add.csv", lambda data: data[:-3], r"add\.csv, line 4: .* end mark"),
        ("sdn.csv", replaced(b'HOLDINGS, S.A. DE C.V."', b"HOLDINGS"), "line 6: a quotation mark is not closed"),
        ("sdn.csv", replaced(b'"LAZARUS GROUP",', b""), "line 1: 11 fields where the format has 12"),
        ("alt.csv", replaced(b",-0- \r\n", b",-0- ,-0- \r\n"), "line 1: 6 fields where the format has 5"),
        ("sdn.csv", replaced(b'"LAZARUS GROUP"', b'"LAZARUS" GROUP'), "line 1: the fields cannot be told apart"),
        ("sdn.csv", replaced(b"900001,", b"9OOO01,"), "line 1: ent_num is '9OOO01', not a positive whole number"),
        ("sdn.csv", replaced(b"900001,", b"0,"), "line 1: ent_num is '0'"),
        ("sdn.csv", replaced(b"900006,", b"900005,"), "line 6: ent_num 900005 stands there twice"),
        ("sdn.csv", replaced(b'"vessel"', b'"airship"'), "line 4: the type 'airship' is unknown"),
        ("sdn.csv", replaced(b'"LAZARUS GROUP"', b"-0- "), "line 1: the entry has no name"),
        ("sdn.csv", replaced(b'"SDNTK"', b"-0- "), "line 6: the entry has no programme"),
        ("sdn.csv", replaced(b'"SDNTK"', b'"SDNTK] ["'), "line 6: the entry has no programme, or an empty one"),
        ("sdn.csv", replaced(b'"LAZARUS GROUP",-0- ', b'"LAZARUS GROUP",'), "line 1: an empty or cut field"),
        ("alt.csv", replaced(b"900004,", b"900404,"), r"alt\.csv, line 4: ent_num 900404 is not in sdn\.csv"),
        ("add.csv", replaced(b"900006,", b"900606,"), r"add\.csv, line 4: ent_num 900606 is not in sdn\.csv"),
        ("sdn_comments.csv", replaced(b"900003,", b"900303,"), "ent_num 900303 is not in sdn"),
        ("alt.csv", replaced(b'"fka"', b'"a.k.a."'), "line 4: the kind of alias 'a.k.a.' is unknown"),
        ("alt.csv", replaced(b'"APPLEWORM"', b"-0- "), "line 1: the alias has no name"),
        ("alt.csv", replaced(b"800002", b"800001"), "line 2: alt_num 800001 stands there twice"),
        ("add.csv", replaced(b"700001", b'"7A"'), "line 1: add_num is '7A'"),
        ("sdn_comments.csv", lambda data: data[:-1] * 2 + b"\x1a", "line 2: ent_num 900003 stands there twice"),
        ("sdn_comments.csv", lambda data: data[:-1] + b"900001,-0- \r\n\x1a", "line 2: the row has no text"),
        ("sdn.csv", replaced(b"NORTHERN", "NÖRTHERN".encode("latin-1")), "line 4: the byte D6 is not UTF-8"),
        ("sdn.csv", replaced(b"NORTHERN", b"N\x00RTHERN"), "line 4: a zero byte in the text"),
        ("sdn.csv", lambda data: data + b"900009,-0- \r\n", "line 7: text after the end mark"),
        ("sdn.csv", lambda data: data + data, "line 7: text after the end mark"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name_the_line_and_the_damage(
    spoilt: Spoilt, name: str, change: Callable[[bytes], bytes], says: str
) -> None:
    folder = spoilt(name, change)
    with pytest.raises(DamagedFile, match=says) as refusal:
        read([folder])
    message = str(refusal.value)
    assert "\n" not in message
    assert any(advice in message for advice in ("download it again", "download all files of one day together"))


def test_when_several_rows_are_bad_the_first_is_named_and_the_rest_counted(spoilt: Spoilt) -> None:
    folder = spoilt("alt.csv", lambda data: data.replace(b"90000", b"90990"))
    with pytest.raises(DamagedFile, match=r"line 1: ent_num 909901 is not in sdn.csv \(and 3 more\)"):
        read([folder])


def test_every_cut_of_a_file_is_noticed(spoilt: Spoilt, sdn: Path) -> None:
    whole = (sdn / "sdn.csv").read_bytes()
    for length in range(0, len(whole), 37):
        folder = spoilt("sdn.csv", lambda data, length=length: whole[:length])
        with pytest.raises(BadInput):
            read([folder])


def test_a_file_whose_line_ends_were_rewritten_is_read_with_a_warning(spoilt: Spoilt, sdn: Path) -> None:
    folder = spoilt("sdn.csv", line_ends_rewritten)
    (publication,) = read([folder])
    assert publication.statements == read([sdn])[0].statements
    assert any("whether the file is whole cannot be told" in warning for warning in publication.warnings)


def test_a_null_cut_at_the_very_end_of_a_rewritten_file_is_read_as_null_with_a_warning(
    spoilt: Spoilt, sdn: Path
) -> None:
    folder = spoilt("alt.csv", lambda data: line_ends_rewritten(data).removesuffix(b"-"))
    (publication,) = read([folder])
    assert publication.statements == read([sdn])[0].statements
    assert any("alt.csv, line 4: the last field was cut" in warning for warning in publication.warnings)


@pytest.mark.parametrize("rest", [b"-", b""])
def test_a_rewritten_file_that_stops_within_its_last_field_is_refused(spoilt: Spoilt, rest: bytes) -> None:
    folder = spoilt("alt.csv", lambda data: line_ends_rewritten(data).removesuffix(b"-0-") + rest)
    with pytest.raises(DamagedFile, match="line 4: an empty or cut field"):
        read([folder])


def test_a_cut_null_in_the_middle_of_a_rewritten_file_is_refused(spoilt: Spoilt) -> None:
    folder = spoilt("alt.csv", lambda data: line_ends_rewritten(data).replace(b"-0- \n", b"-0\n", 1))
    with pytest.raises(DamagedFile, match="line 1: an empty or cut field"):
        read([folder])


def test_the_comments_file_may_lack_the_end_mark(spoilt: Spoilt, sdn: Path) -> None:
    folder = spoilt("sdn_comments.csv", lambda data: data.removesuffix(b"\x1a"))
    assert read([folder])[0].statements == read([sdn])[0].statements
    assert read([folder])[0].warnings == ()


def test_a_byte_order_mark_is_accepted(spoilt: Spoilt, sdn: Path) -> None:
    folder = spoilt("sdn.csv", lambda data: b"\xef\xbb\xbf" + data)
    assert read([folder])[0].statements == read([sdn])[0].statements


def test_letters_beyond_ascii_are_accepted_as_utf8(spoilt: Spoilt) -> None:
    folder = spoilt("sdn.csv", replaced(b"NORTHERN", "NÖRTHERN".encode()))
    assert read([folder])[0].statements[3].fields["name"] == "NÖRTHERN EXAMPLE"


def test_a_semicolon_or_comma_in_a_name_splits_nothing(spoilt: Spoilt) -> None:
    folder = spoilt("sdn.csv", replaced(b"LAZARUS GROUP", b"LAZARUS, GROUP; CO"))
    assert read([folder])[0].statements[0].fields["name"] == "LAZARUS, GROUP; CO"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_happens_to_a_file_it_is_read_or_refused_but_never_breaks_the_program(
    sdn: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(["sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"]))
    whole = (sdn / name).read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    inserted = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b",", b"\n", b"\x1a", b"\r"])))
    folder = tmp_path_factory.mktemp("spoilt") / "2023-10-31"
    shutil.copytree(sdn, folder)
    (folder / name).write_bytes(whole[:start] + inserted + whole[end:])
    with contextlib.suppress(ComplianceError):
        read([folder])
