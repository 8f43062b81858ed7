"""Checking an evidence pack: no log, no database, no settings. What check.py checks, the ZIP's form, the signatures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from compliance.errors import BadInput, CannotSay
from compliance.report.check import NOT_A_ZIP, check
from compliance.report.pack import HEAD, KEY, MANIFEST, SIGNED, signed_text, zipped
from events.checkpoint import KeptHead, parse_head
from events.note import BadSignature, InvalidNote, Verifier, parse, verified

_LARGEST = 1 << 30  # bytes of a pack


class Found(NamedTuple):
    """What a pack proves: so many events are in its head; and what that head rests on, in words."""

    events: int
    head: KeptHead
    rests_on: tuple[str, ...]


def is_pack(path: Path) -> bool:
    """Whether the file is a ZIP."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def check_pack(path: Path, kept: KeptHead | None = None, key: Verifier | None = None) -> Found:
    """Checks everything in the pack; with `kept` that it is about this head, with `key` that this key signed it.

    Raises CannotSay when something does not hold, BadInput when the file cannot be read.
    """
    try:
        files = _files(path)
        events = check(files)
        head = parse_head(files[HEAD].decode())
        grounds = tuple(_grounds(files, head, kept, key))
    except (*NOT_A_ZIP, ValueError, KeyError, InvalidNote, BadSignature) as error:
        raise CannotSay(f"{path} proves nothing: {error or 'it is no ZIP'}") from error
    return Found(events, head, grounds)


def _files(path: Path) -> dict[str, bytes]:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise BadInput(f"{path} is larger than an evidence pack may be (1 GiB)")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise ValueError("it is not in the form in which packs are written")
        files = {name: archive.read(name) for name in archive.namelist()}
    if zipped(files) != data:
        raise ValueError("its bytes are not in the form in which packs are written")
    return files


def _grounds(files: dict[str, bytes], head: KeptHead, kept: KeptHead | None, key: Verifier | None) -> Iterator[str]:
    """What makes the head and the manifest worth something."""
    if kept is not None:
        if not head.same_as(kept):
            raise ValueError(f"it is about another head than the one given, which counts {kept.size:,} events")
        yield "its head is the one given"
    if (SIGNED in files) != (KEY in files):
        raise ValueError("of the signed manifest and its key, one is missing")
    if SIGNED not in files:
        if key is not None:
            raise ValueError(f"it is not signed by {key.name}")
        if kept is None:
            yield "its head is only what the pack says: compare it with a head kept elsewhere (--head)"
        return
    within = Verifier.parse(files[KEY].decode())
    if f"{within}\n".encode() != files[KEY]:
        raise ValueError("its key is not written as keys are")
    if key is not None and key != within:
        raise ValueError(f"it is signed by the key {within}, not by the one given")
    note = parse(files[SIGNED].decode())
    if len(note.signatures) != 1 or verified(note, within) != signed_text(files[MANIFEST]):
        raise ValueError("its signature is for another manifest")
    head.check(within)
    whose = (
        "the key given" if key is not None else f"the key {within} that lies in it: compare it with the one you know"
    )
    yield f"its manifest and its head are signed by {whose}"
