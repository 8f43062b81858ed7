"""A head as others read it: the checkpoint of https://c2sp.org/tlog-checkpoint, signed or not."""

import base64
import binascii
import json
import re
from typing import NamedTuple

from events.merkle import EMPTY_ROOT
from events.note import InvalidNote, Note, Signature, Signer, Verifier, parse, sign, verified

_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_SIZE_AND_ROOT = re.compile(r"([0-9]{1,18}):([0-9a-fA-F]{64})")
_HEX_ROOT = re.compile(r"[0-9a-f]{64}")


class Checkpoint(NamedTuple):
    """Which log (origin), how many events, and the root (32 bytes) of the tree over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines of the format. Raises InvalidNote for an origin that is not one line."""
        if not self.origin or not self.origin.isprintable():
            raise InvalidNote(f"{self.origin!r} cannot be the origin of a checkpoint: it must be one line")
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def note(self, signer: Signer | None = None) -> str:
        """The text alone, or as a note that `signer` signed."""
        return sign(self.text(), signer) if signer else self.text()


class KeptHead(NamedTuple):
    """A head as somebody kept it: size, root, and the note that it stood in, whose signatures nobody checked yet.

    `origin` and `note` are None for a head that was kept as bare size and root.
    """

    size: int
    root: bytes
    origin: str | None = None
    note: Note | None = None

    def same_as(self, other: "KeptHead") -> bool:
        """Whether both are heads of the same size and root, and of the same log where both name one."""
        named = self.origin is None or other.origin is None or self.origin == other.origin
        return named and (self.size, self.root) == (other.size, other.root)

    def signatures(self) -> tuple[Signature, ...]:
        """The signatures below it, not checked."""
        return self.note.signatures if self.note else ()

    def check(self, verifier: Verifier) -> None:
        """Raises BadSignature unless the verifier's key stands for this head."""
        verified(self.note or Note("", ()), verifier)


def parse_head(text: str) -> KeptHead:
    """A head in any form that is handed out: checkpoint, signed checkpoint, JSON, SIZE:ROOT. Raises InvalidNote."""
    if pair := _SIZE_AND_ROOT.fullmatch(text.strip()):
        return _sound(KeptHead(int(pair[1]), bytes.fromhex(pair[2])))
    if text.lstrip().startswith("{"):
        return _from_json(text)
    return _from_checkpoint(text)


def _from_checkpoint(text: str) -> KeptHead:
    """Lines after the third are extensions, which the format allows and nothing here needs."""
    note = parse(text) if "\n\n" in text else Note(text, ())
    lines = note.text.split("\n")
    if (
        len(lines) < 4
        or lines[-1]
        or not all(line.isprintable() and line for line in lines[:-1])
        or not _SIZE.fullmatch(lines[1])
    ):
        raise InvalidNote("this is not a checkpoint: lines with origin, size and base64 root")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if len(root) != 32 or base64.b64encode(root).decode() != lines[2]:
        raise InvalidNote("the root of the checkpoint is not base64 of 32 bytes")
    return _sound(KeptHead(int(lines[1]), root, lines[0], note))


def _from_json(text: str) -> KeptHead:
    try:
        facts = json.loads(text)
        note, size, root = facts.get("checkpoint"), facts["size"], facts["root"]
        if type(size) is not int or size < 0 or not _HEX_ROOT.fullmatch(root):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidNote("this is not a head in JSON: it needs size and root (64 hex digits)") from None
    head = KeptHead(size, bytes.fromhex(root))
    if note is None:
        return _sound(head)
    noted = _from_checkpoint(note) if isinstance(note, str) else head._replace(size=-1)
    if not noted.same_as(head):
        raise InvalidNote("the checkpoint in the JSON is not of the size and root beside it")
    return noted


def _sound(head: KeptHead) -> KeptHead:
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise InvalidNote("the root of a head without events must be that of the empty tree")
    return head
