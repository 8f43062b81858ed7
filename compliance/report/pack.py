"""The evidence pack: the events that an answer rests on, their proofs, the head, and a page, in one ZIP.

Whoever has it needs neither this program nor the log: MANIFEST.sha256 is in the form of `sha256sum`, each event
stands in its canonical bytes, each proof leads from there to the root in head.txt, and check.py, with nothing but
Python's standard library, does all of it. The ZIP is stored uncompressed, in one fixed form, so that no byte of it
can differ unnoticed.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from events.note import Signer, sign

if TYPE_CHECKING:
    from compliance.provenance import Original
    from events import Event

SCHEMA = "entity-compliance/evidence/1"
MANIFEST, SIGNED, KEY, HEAD, ORIGINALS = "MANIFEST.sha256", "MANIFEST.note", "KEY.txt", "head.txt", "originals.json"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say: nothing in it depends on when it was made


class Proved(NamedTuple):
    """An event with its proof, both as the text of their files."""

    event: Event
    canonical: bytes
    proof: str


class Evidence(NamedTuple):
    """What goes into a pack: a page and a text for people, the events with their proofs, the head, the originals."""

    page: str
    read_me: str
    proved: tuple[Proved, ...]
    head: str
    originals: tuple[Original, ...]


def packed(evidence: Evidence, signer: Signer | None) -> bytes:
    """The pack's bytes; the same for the same evidence and key. With a key its manifest is signed."""
    files: dict[str, bytes] = {"index.html": evidence.page.encode(), "README.txt": evidence.read_me.encode()}
    files["check.py"] = _checker()
    files[HEAD] = evidence.head.encode()
    for proved in evidence.proved:
        files[event_name(proved.event.position)] = proved.canonical
        files[proof_name(proved.event.position)] = proved.proof.encode()
    files[ORIGINALS] = _json([original.model_dump() for original in evidence.originals])
    if signer:
        files[KEY] = f"{signer.verifier}\n".encode()
    manifest = manifest_of(files)
    files[MANIFEST] = manifest
    if signer:
        files[SIGNED] = sign(signed_text(manifest), signer).encode()
    return zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The one form of a ZIP with these files: in the order of their names, stored, without times or attributes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _TIME)
            member.create_system, member.external_attr = 3, 0o644 << 16  # whatever system it was made on
            archive.writestr(member, files[name])
    return out.getvalue()


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """The digest of every file, as `sha256sum` writes and checks it."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def signed_text(manifest: bytes) -> str:
    """What a key signs: what this is, and the manifest's digest."""
    return f"{SCHEMA}\n{sha256(manifest).hexdigest()}\n"


def event_name(position: int) -> str:
    """The pack's file of the event at a position: its canonical bytes."""
    return f"events/{position:012}.json"


def proof_name(position: int) -> str:
    """The pack's file of the proof for the event at a position."""
    return f"proofs/{position:012}.json"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _checker() -> bytes:
    return Path(__file__).with_name("check.py").read_bytes()
