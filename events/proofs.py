"""Proofs that stand alone: that an event is in a head, and that a later head only added to an earlier one.

Each is a small JSON file with all that is needed to check it: no log, no database, no settings.

An inclusion proof, `"schema": "event-log/inclusion/1"`:
    `position` (from 1), `event` (its canonical bytes as text), `path` (hashes, hex), `head` (a checkpoint)
A consistency proof, `"schema": "event-log/consistency/1"`:
    `earlier` and `head` (checkpoints), `path` (hashes, hex)

A checkpoint is the text of https://c2sp.org/tlog-checkpoint, signed or not; the paths are those of RFC 9162
2.1.3 and 2.1.4. The hashes bind the events and the roots. What else a head says, its origin and the size that
goes with the root, is worth what the head is worth: compare it with one kept elsewhere, or check its signature.
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from events.checkpoint import KeptHead, parse_head
from events.errors import EventsError
from events.merkle import consistency_proof, inclusion_proof, leaf_hash, verify_consistency, verify_inclusion

_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Path = Annotated[tuple[_Hash, ...], Field(max_length=128)]  # a tree of 2**64 leaves needs no more


class UnreadableProof(EventsError, ValueError):
    """The text is not a proof of a form that this program knows."""


class ProofFails(EventsError):
    """The proof can be read, and does not prove what it says."""


class InclusionProof(BaseModel):
    """That the event with these bytes is at this position of the log with this head."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_: Literal["event-log/inclusion/1"] = Field(default="event-log/inclusion/1", alias="schema")
    position: int = Field(ge=1)
    event: str
    path: _Path
    head: str

    def check(self) -> None:
        """Raises ProofFails, or UnreadableProof when the event or the head in it cannot be read."""
        leaf, path, head = leaf_hash(self.event.encode()), _bytes(self.path), _head(self.head)
        if not verify_inclusion(leaf, self.position - 1, head.size, path, head.root):
            raise ProofFails(f"the proof does not lead from event {self.position} to the root of its head")
        if self.members().get("position") != self.position:
            raise ProofFails(f"the event in the proof does not say itself that it is number {self.position}")

    def members(self) -> dict[str, Any]:
        """The event as JSON. Raises UnreadableProof."""
        try:
            found = json.loads(self.event)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise UnreadableProof("the event in the proof is not a JSON object")
        return found

    def heads(self) -> list[KeptHead]:
        """The head that the proof leads to."""
        return [_head(self.head)]


class ConsistencyProof(BaseModel):
    """That the log of the later head begins with exactly the events of the earlier one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_: Literal["event-log/consistency/1"] = Field(default="event-log/consistency/1", alias="schema")
    earlier: str
    path: _Path
    head: str

    def check(self) -> None:
        """Raises ProofFails, or UnreadableProof when a head in it cannot be read."""
        earlier, later = self.heads()
        if not verify_consistency(earlier.size, later.size, earlier.root, later.root, _bytes(self.path)):
            raise ProofFails("the proof does not lead from the earlier head to the later one")

    def heads(self) -> list[KeptHead]:
        """The earlier and the later head."""
        return [_head(self.earlier), _head(self.head)]


Proof = InclusionProof | ConsistencyProof
_BY_SCHEMA: dict[str, type[InclusionProof] | type[ConsistencyProof]] = {
    "event-log/inclusion/1": InclusionProof,
    "event-log/consistency/1": ConsistencyProof,
}


def prove_inclusion(event: bytes, position: int, leaves: Sequence[bytes], head: str) -> InclusionProof:
    """The proof for the event with these canonical bytes; `leaves` are those of the head (its checkpoint text).

    Raises ProofFails when the leaves, the event and the head do not belong together.
    """
    path = [item.hex() for item in inclusion_proof(leaves, position - 1)]
    proof = InclusionProof(position=position, event=event.decode(), path=tuple(path), head=head)
    proof.check()
    return proof


def prove_consistency(earlier: str, leaves: Sequence[bytes], head: str) -> ConsistencyProof:
    """The proof that the log with these leaves and this head extends the earlier one (both checkpoint texts).

    Raises ProofFails when it does not.
    """
    size = _head(earlier).size
    if size > len(leaves):
        raise ProofFails(f"the earlier head counts {size} events, the log holds {len(leaves)}")
    path = tuple(item.hex() for item in consistency_proof(leaves, size))
    proof = ConsistencyProof(earlier=earlier, path=path, head=head)
    proof.check()
    return proof


def dump_proof(proof: Proof) -> str:
    """The proof as the text of its file."""
    return json.dumps(proof.model_dump(by_alias=True), ensure_ascii=False, indent=1) + "\n"


def parse_proof(text: str) -> Proof:
    """A proof from the text of its file, not checked yet. Raises UnreadableProof."""
    try:
        found = json.loads(text)
        return _BY_SCHEMA[found["schema"]].model_validate({**found, "path": tuple(found["path"])})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UnreadableProof(f"the proof cannot be read: {where}: {first['msg']}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableProof("this is not a proof: it must be JSON with a schema of event-log/…/1") from None


def _head(text: str) -> KeptHead:
    try:
        head = parse_head(text)
    except ValueError as error:
        raise UnreadableProof(f"a head in the proof cannot be read: {error}") from None
    if head.origin is None:
        raise UnreadableProof("a head in the proof is not a checkpoint")
    return head


def _bytes(path: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(item) for item in path]
