"""Signed notes of C2SP with Ed25519: text that says who stands for it.

The format is that of https://c2sp.org/signed-note, the keys are written as Go's golang.org/x/mod/sumdb/note
writes them, so that other programs read both:

    verifier key   NAME+KEYID+BASE64(0x01 || 32 bytes of public key)
    private key    PRIVATE+KEY+NAME+KEYID+BASE64(0x01 || 32 bytes of seed)

KEYID is eight hex digits: the first four bytes of SHA-256(NAME || 0x0A || 0x01 || public key).
"""

import base64
import binascii
import re
from collections.abc import Collection
from hashlib import sha256
from typing import NamedTuple

from events.errors import EventsError

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_SIGNATURE = re.compile(r"— (\S+) (\S+)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_MOST_SIGNATURES = 100


class InvalidNote(EventsError, ValueError):
    """The text is no signed note, or the key no key: it cannot be read."""


class BadSignature(EventsError):
    """The note can be read, but the key does not stand for it."""


class Signature(NamedTuple):
    """One signature line: whose it is said to be, the key's id (4 bytes), and the signature itself."""

    name: str
    key_id: bytes
    data: bytes


class Note(NamedTuple):
    """A note as read; nothing is known of its signatures until `verified`."""

    text: str
    signatures: tuple[Signature, ...]


class Verifier(NamedTuple):
    """What checks the signatures of one key: its name and public key (32 bytes)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """A verifier key as `str` writes it. Raises InvalidNote."""
        name, key_id, public = _key_parts(text, "a verifier key (NAME+ID+KEY)")
        verifier = cls(name, public)
        if verifier.key_id.hex() != key_id:
            raise InvalidNote(f"{text!r} is not a verifier key: its id is not that of its key")
        return verifier


class Signer(NamedTuple):
    """What signs: a name and an Ed25519 seed (32 bytes), which is secret."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """The public side."""
        from nacl.signing import SigningKey

        return Verifier(self.name, bytes(SigningKey(self.seed).verify_key))

    def private_text(self) -> str:
        """The private key in one line, for its file."""
        data = base64.b64encode(_ED25519 + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{data}"

    def __repr__(self) -> str:
        return f"Signer({self.name!r}, …)"  # the seed must not get into a log or a traceback

    @classmethod
    def make(cls, name: str) -> "Signer":
        """A new key, from the system's randomness. Raises InvalidNote for a name that notes do not take."""
        from nacl.signing import SigningKey

        return cls(checked_key_name(name), bytes(SigningKey.generate()))

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """A private key as `private_text` writes it. Raises InvalidNote, which does not show it."""
        what = "a private key (PRIVATE+KEY+NAME+ID+KEY)"
        if not text.startswith(_PRIVATE):
            raise InvalidNote(f"this is not {what}")
        try:
            name, key_id, seed = _key_parts(text.removeprefix(_PRIVATE), what)
        except InvalidNote:
            raise InvalidNote(f"this is not {what}") from None
        signer = cls(name, seed)
        if signer.verifier.key_id.hex() != key_id:
            raise InvalidNote(f"this is not {what}: its id is not that of its key")
        return signer


def checked_key_name(name: str) -> str:
    """`name` back. Raises InvalidNote when it is empty or holds a space, a plus or a control character."""
    if not name or "+" in name or not name.isprintable() or any(char.isspace() for char in name):
        raise InvalidNote(f"{name!r} is not a name for a key: it may hold no space, plus or control character")
    return name


def sign(text: str, signer: Signer) -> str:
    """The note: `text`, which ends with a line break, and the signature below it. Raises InvalidNote."""
    from nacl.signing import SigningKey

    _check_text(text)
    signature = SigningKey(signer.seed).sign(text.encode()).signature
    line = base64.b64encode(signer.verifier.key_id + signature).decode()
    return f"{text}\n— {signer.name} {line}\n"


def parse(text: str) -> Note:
    """A note with at least one signature, none of them checked yet. Raises InvalidNote."""
    body, blank, below = text.rpartition("\n\n")
    if not blank or not below.endswith("\n") or _CONTROL.search(text):
        raise InvalidNote("this is not a signed note: text, an empty line, and signature lines")
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise InvalidNote(f"the note has more than {_MOST_SIGNATURES} signatures")
    _check_text(body + "\n")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def verified(note: Note, verifier: Verifier) -> str:
    """The text that the verifier's key stands for. Raises BadSignature."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    ours = [s for s in note.signatures if (s.name, s.key_id) == (verifier.name, verifier.key_id)]
    if not ours:
        raise BadSignature(f"the note is not signed by {verifier.name} with key {verifier.key_id.hex()}")
    for signature in ours:
        try:
            VerifyKey(verifier.public).verify(note.text.encode(), signature.data)
        except (BadSignatureError, ValueError):
            raise BadSignature(f"the signature of {verifier.name} is not for this text") from None
    return note.text


def names(signatures: Collection[Signature]) -> str:
    """Who is said to have signed, in one line."""
    return ", ".join(f"{signature.name} (key {signature.key_id.hex()})" for signature in signatures)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidNote("the text of a note must be UTF-8") from None
    if not text.endswith("\n") or _CONTROL.search(text):
        raise InvalidNote("the text of a note ends with a line break and holds no other control character")


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    data = _base64(found[2]) if found else b""
    if not found or len(data) <= 4:
        raise InvalidNote(f"{line[:80]!r} is not a signature line: — NAME BASE64")
    return Signature(checked_key_name(found[1]), data[:4], data[4:])


def _key_parts(text: str, what: str) -> tuple[str, str, bytes]:
    """Name, id in hex and the 32 bytes of an Ed25519 key."""
    parts = text.strip().split("+", 2)  # the key itself may hold a plus
    data = _base64(parts[2]) if len(parts) == 3 else b""
    if len(data) != 33 or data[:1] != _ED25519:
        raise InvalidNote(f"{text!r} is not {what} of an Ed25519 key")
    return checked_key_name(parts[0]), parts[1], data[1:]


def _base64(text: str) -> bytes:
    """Strict base64; nothing for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if base64.b64encode(data).decode() == text else b""
