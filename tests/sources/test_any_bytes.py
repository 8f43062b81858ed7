"""Whatever bytes come, a reader reads them or refuses them with our own error: it never fails in another way."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import ComplianceError
from compliance.sources import FORMATS, read_group
from compliance.sources.files import Group, InputFile

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(path for path in FIXTURES.rglob("*") if path.is_file() and path.suffix not in (".md", ".toml"))
DAY = date(2026, 11, 24)


def read(name: str, data: bytes) -> None:
    file = InputFile(name, name, data, named=True)
    with suppress(ComplianceError):
        read_group(Group(name, (file,), ()), DAY)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of the fixtures with some bytes cut out, put in, doubled or changed."""
    path = draw(st.sampled_from(FILES))
    data = path.read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 80)))
        middle = draw(st.one_of(st.binary(max_size=8), st.sampled_from(ODD), st.just(data[start:end] * 2)))
        data = data[:start] + middle + data[end:]
    return path.name, data


ODD = (
    b"\x00",
    b"\xff\xfe",
    b"\x1a",
    b'"',
    b"<",
    b"&",
    b"&x;",
    b"]]>",
    b"\r",
    b"\n\n",
    b"00/00/1960",
    b"9999-99-99",
    b"{",
    b"<a>",
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(spoilt())
def test_a_spoilt_file_is_read_or_refused(found: tuple[str, bytes]) -> None:
    read(*found)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read("list", data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_recognising_never_fails(data: bytes) -> None:
    for format in FORMATS:
        assert format.recognises(InputFile("list", "list", data)) in (True, False)
