"""The members of a ZIP, and what is in a gzip file, read with a bound: a small file cannot fill the memory."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from compliance.errors import BadInput, DamagedFile, UnknownFormat

MOST_MEMBERS = 1000


class Member(NamedTuple):
    """One file in a ZIP: its path there, and its bytes."""

    name: str
    data: bytes


def is_zip(data: bytes) -> bool:
    """Tell whether the bytes begin as a ZIP does; its name says nothing."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def is_gzip(data: bytes) -> bool:
    """Tell whether the bytes begin as a gzip file does; its name says nothing."""
    return data[:2] == b"\x1f\x8b"


def unpacked(data: bytes, path: str, largest: int) -> bytes:
    """Return what is in a gzip file; `largest` bounds what it may unfold into."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            content = stream.read(largest + 1)
    except (OSError, zlib.error, EOFError) as error:
        raise DamagedFile(f"{path}: the gzip file is cut or damaged ({error}); download it again") from error
    if len(content) > largest:
        raise BadInput(f"{path}: the file unfolds into more than any official list holds; it was not read")
    return content


def members(data: bytes, path: str, largest: int) -> Iterator[Member]:
    """Yield the files in the ZIP; `largest` bounds what all of them together may unfold into."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _guard(infos, path)
            room = largest
            for info in infos:
                content = _unfold(archive, info, room, path)
                room -= len(content)
                yield Member(info.filename, content)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedFile(f"{path}: the ZIP is damaged ({error}); download it again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise BadInput(f"{path}: the ZIP cannot be unpacked ({error}); unpack it first") from error


def _guard(infos: list[zipfile.ZipInfo], path: str) -> None:
    if any(info.filename == "[Content_Types].xml" for info in infos):
        raise UnknownFormat(f"{path}: this is an office document, not a list file; use the publisher's CSV")
    if len(infos) > MOST_MEMBERS:
        raise BadInput(f"{path}: the ZIP holds {len(infos):,} files; no official list does, it was not read")


def _unfold(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, path: str) -> bytes:
    # The size in the directory may lie: read one byte more than allowed and see.
    with archive.open(info) as stream:
        content = stream.read(room + 1)
    if len(content) > room:
        raise BadInput(f"{path}: the ZIP unfolds into more than any official list holds; it was not read")
    return content
