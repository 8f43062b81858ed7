"""How names are kept in the record: as they were asked, or only as digests under a secret key (docs/privacy.md).

A name can be guessed, so its plain hash would give it away. The digests are HMAC-SHA256 under a key of the year, in a
file that only its owner can read. Who destroys the key of a year makes its digests meaningless, and changes no event.
"""

from __future__ import annotations

import hmac
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from compliance.errors import BadInput, CannotSay
from compliance.records import Who
from compliance.screening import Subject
from events.canonical import canonical_text

_KEY_BYTES = 32  # as long as the digest: RFC 2104, section 3
_NAMED = 8  # hex digits that tell one key from another


class KeyMissing(CannotSay):
    """The key that names of a year were digested with is not there (any more)."""


class NameKeys:
    """The keys, one for each year, in a folder; a year's key is made when it is first needed."""

    def __init__(self, folder: Path, fresh: Callable[[int], bytes] = os.urandom) -> None:
        self._folder = folder
        self._fresh = fresh
        self._held: dict[int, bytes] = {}

    def path(self, year: int) -> Path:
        """Where the key of a year lies."""
        return self._folder / f"names-{year}.key"

    def get(self, day: date, *, make: bool = False) -> bytes:
        """The key of a day's year. Raises KeyMissing where there is none, unless it is to be made."""
        if day.year not in self._held:
            path = self.path(day.year)
            if make and not path.exists():
                self._make(path)
            self._held[day.year] = _read(path)
        return self._held[day.year]

    def _make(self, path: Path) -> None:
        """A new key that only its owner can read, there whole or not at all; of two processes one makes it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            with _removed(draft), open(number, "w", encoding="ascii") as file:
                file.write(self._fresh(_KEY_BYTES).hex() + "\n")
                file.flush()
                os.fsync(file.fileno())  # an event under a key that a power cut took could never be read again
                with suppress(FileExistsError):
                    os.link(draft, path)
        except OSError as error:
            raise BadInput(f"the key file {path} cannot be written: {error.strerror}") from error


class Keeping(NamedTuple):
    """Whether names are kept as they are (`keys` is None) or as digests."""

    keys: NameKeys | None

    def who(self, subject: Subject, day: date) -> Who:
        """The party as it is to be recorded on a day."""
        known = _known(subject)
        if self.keys is None:
            return Who(**subject._asdict())
        key = self.keys.get(day, make=True)
        return Who(
            name=None,
            given=tuple(known),
            digest=_sealed(_whole(subject), key),
            name_digest=_sealed(subject.name.encode(), key),
        )

    def digest(self, data: bytes, day: date) -> str:
        """The digest of something that repeats names."""
        return digest(data) if self.keys is None else _sealed(data, self.keys.get(day, make=True))


def digest(data: bytes) -> str:
    """The plain digest, for what is no secret."""
    return f"sha256:{sha256(data).hexdigest()}"


def same_digest(data: bytes, recorded: str, keys: NameKeys, day: date) -> bool:
    """Whether a digest, plain or keyed, is that of the data. Raises KeyMissing."""
    if recorded.startswith("sha256:"):
        return digest(data) == recorded
    key = keys.get(day)
    if recorded.split(":")[1] != _name_of(key):
        raise KeyMissing(
            f"{keys.path(day.year)} is not the key that this was digested with, which is named {recorded.split(':')[1]}"
        )
    return hmac.compare_digest(_sealed(data, key), recorded)


def is_subject(who: Who, subject: Subject, keys: NameKeys, day: date) -> bool:
    """Whether a recorded party is this one, with all that was known of it. Raises KeyMissing."""
    if who.digest is None:
        return subject_of(who) == subject
    return same_digest(_whole(subject), who.digest, keys, day)


def has_name(who: Who, name: str, keys: NameKeys, day: date) -> bool:
    """Whether a recorded party was asked for by this name, whatever else was known of it. Raises KeyMissing."""
    if who.name_digest is None:
        return who.name == name
    return same_digest(name.encode(), who.name_digest, keys, day)


def subject_of(who: Who) -> Subject:
    """The party of a record that keeps names."""
    return Subject(**{field: getattr(who, field) for field in Subject._fields})


@contextmanager
def _removed(path: str) -> Iterator[None]:
    try:
        yield
    finally:
        os.unlink(path)


def particulars(who: Who) -> dict[str, Any]:
    """What was known of a recorded party besides its name, as plain JSON values, where that is kept."""
    return _known(subject_of(who))


def _known(subject: Subject) -> dict[str, Any]:
    """What is known of a party besides its name, as plain JSON values; nothing that is empty."""
    fields: Mapping[str, Any] = to_jsonable_python(subject._asdict())
    return {name: value for name, value in fields.items() if name != "name" and value not in (None, [])}


def _whole(subject: Subject) -> bytes:
    return canonical_text({"name": subject.name, **_known(subject)}).encode()


def _sealed(data: bytes, key: bytes) -> str:
    return f"hmac-sha256:{_name_of(key)}:{hmac.new(key, data, sha256).hexdigest()}"


def _name_of(key: bytes) -> str:
    return sha256(key).hexdigest()[:_NAMED]


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        raise KeyMissing(
            f"there is no key {path}: names that were digested with it cannot be compared any more"
        ) from None
    except OSError as error:
        raise BadInput(f"the key file {path} cannot be read: {error.strerror}") from error
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadInput(f"{path} is no key file: it must hold {2 * _KEY_BYTES} hex digits")
    return key
