"""What the log can show to somebody who has not got it: its head as a checkpoint, and proofs against it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from compliance.errors import BadInput
from events.checkpoint import Checkpoint, parse_head
from events.errors import LogBroken
from events.note import InvalidNote, Signer
from events.proofs import ConsistencyProof, InclusionProof, ProofFails, prove_consistency, prove_inclusion

if TYPE_CHECKING:
    from events import EventLog

_NAME = "entity-compliance"
_LONGEST_KEY = 4096  # bytes: a key is one line


class Verified(Protocol):
    """A verified head."""

    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def root(self) -> str: ...  # noqa: D102


def origin(log: EventLog) -> str:
    """Which log this is, where no key gives it a name: its first event is in every later head of it."""
    return f"{_NAME}/{log.get(1).leaf_hash[:16] if log.head().size else 'empty'}"


def checkpoint(log: EventLog, head: Verified, signer: Signer | None) -> Checkpoint:
    """The verified head under the name of the key, or of its first event."""
    return Checkpoint(signer.name if signer else origin(log), head.size, bytes.fromhex(head.root))


def inclusion(log: EventLog, head: Verified, note: str, position: int) -> InclusionProof:
    """The proof that the event at `position` is in the head. Raises LogBroken when it cannot be made."""
    from events import canonical_bytes

    event = log.get(position)
    try:
        return prove_inclusion(canonical_bytes(event), position, log.leaves(head.size), note)
    except ProofFails as error:
        raise LogBroken(position, f"it changed while its proof was made: {error}") from error


def consistency(log: EventLog, head: Verified, note: str, earlier: str) -> ConsistencyProof:
    """The proof that the head extends an earlier one. LogBroken when it does not, InvalidNote for no head."""
    kept = parse_head(earlier)
    bare = Checkpoint(parse_head(note).origin or _NAME, kept.size, kept.root).text()
    if kept.size > head.size:
        counts = f"the head kept elsewhere counts {kept.size} events, the log holds {head.size}"
        raise LogBroken(head.size + 1, f"{counts}: its tail was cut")
    try:
        # A head that was kept as a note goes into the proof as it stands, with its signatures.
        return prove_consistency(earlier if kept.note else bare, log.leaves(head.size), note)
    except ProofFails as error:
        raise LogBroken(kept.size, "the events up to here are not those of the head kept elsewhere") from error


def read_signer(path: Path) -> Signer:
    """The private key in a file. Raises BadInput."""
    try:
        with open(path, encoding="utf-8") as file:
            return Signer.parse(file.read(_LONGEST_KEY).strip())
    except OSError as error:
        raise BadInput(f"the key file {path} cannot be read: {error.strerror}") from error
    except (InvalidNote, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no key file: {error}") from error


def write_signer(signer: Signer, path: Path) -> None:
    """Writes a private key that only its owner can read. Raises BadInput; a file that is there stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(signer.private_text() + "\n")
    except FileExistsError:
        raise BadInput(f"{path} is there already: name another file, a key is never written over") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
