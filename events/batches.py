"""Many events computed again at once: the quick half of a verification.

It only ever says "all of these are right". The least doubt is None, and then `events.verifying` goes
through them one by one, finds the wrong one and says what is wrong with it, or finds that none is.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from events.canonical import MAX_DEPTH, canonical_text

_CHUNK = 100  # payloads read at a time: their objects stay within the processor's cache
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 16  # digits: 2**53 has 16, so nothing shorter is beyond it
_BELOW_ASTRAL = bytes(range(0xF0))  # the bytes of UTF-8 text without characters beyond U+FFFF


class Columns(NamedTuple):
    """The same column of many events together, in the order of the table."""

    position: tuple[int, ...]
    stream: tuple[str, ...]
    version: tuple[int, ...]
    type: tuple[str, ...]
    schema_version: tuple[int, ...]
    effective: tuple[str, ...]
    recorded_at: tuple[str, ...]
    actor: tuple[str, ...]
    payload: tuple[str, ...]
    leaf_hash: tuple[str, ...]


def recomputed_leaves(columns: Columns, *, canonical_before: bool = False) -> list[bytes] | None:
    """The leaf hashes made anew; None unless each is the stored one, and each payload canonical JSON.

    With `canonical_before` the payloads have been found canonical already, and only their hashes are made.
    """
    try:
        if set(map(type, columns.version)) | set(map(type, columns.schema_version)) != {int}:
            return None
        chunks = range(0, len(columns.payload), _CHUNK)
        if not canonical_before and not all(all_canonical(columns.payload[i : i + _CHUNK]) for i in chunks):
            return None
        leaves = [leaf.digest() for leaf in map(sha256, _hashed(columns))]
        stored = "".join(columns.leaf_hash)
    except (TypeError, ValueError):
        return None
    same = b"".join(leaves).hex() == stored and set(map(len, columns.leaf_hash)) == {64}
    return leaves if same else None


def next_versions(columns: Columns, before: dict[str, int]) -> dict[str, int] | None:
    """The last version of each stream in it; None unless each stream goes on by one from `before`."""
    streams = set(columns.stream)
    if len(streams) == 1:  # as in every large append
        first = before.get(columns.stream[0], 0) + 1
        last = first + len(columns.version) - 1
        return {columns.stream[0]: last} if columns.version == tuple(range(first, last + 1)) else None
    found = {stream: before.get(stream, 0) for stream in streams}
    for stream, version in zip(columns.stream, columns.version, strict=True):
        if version != found[stream] + 1:
            return None
        found[stream] = version
    return found


def in_order(columns: Columns, size: int, recorded_at: str) -> bool:
    """Whether the positions go on from `size` without a gap, and no time lies before the one before it."""
    if columns.position != tuple(range(size + 1, size + 1 + len(columns.position))):
        return False
    times = [recorded_at, *columns.recorded_at]
    return times == sorted(times)


def all_canonical(payloads: Sequence[str]) -> bool:
    """True only when each is a JSON object as `canonical_text` writes it. False proves nothing.

    What msgspec reads and writes again with sorted keys is what RFC 8785 asks for, except for floats, whole
    numbers beyond 2**53-1, keys beyond U+FFFF, and nesting without a limit. Floats it reports; where one of
    the others may be, `canonical_text` decides, or raises InvalidEvent.
    """
    read, write = _codec()
    lines = "\n".join(payloads).encode()
    # Outside of the line breaks that are put in here, canonical JSON holds none, and what is written holds
    # one for each object. So if the two are equal, so is each payload and its object.
    try:
        if write(read(lines)) != lines + b"\n" or lines.count(b"\n") != len(payloads) - 1:
            return False
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return False
    suspects = filter(_may_be_deep, payloads) if max(map(len, payloads)) > 2 * MAX_DEPTH else iter(())
    if _may_hold_long_number(lines) or _holds_astral(lines):
        suspects = filter(_is_suspect, payloads)
    return all(canonical_text(json.loads(text)) == text for text in suspects)


def _is_suspect(payload: str) -> bool:
    data = payload.encode()
    return _may_be_deep(payload) or _may_hold_long_number(data) or _holds_astral(data)


def _may_be_deep(payload: str) -> bool:
    """A few brackets cannot be nested too deep."""
    return payload.count("[") + payload.count("{") > MAX_DEPTH


def _may_hold_long_number(text: bytes) -> bool:
    """Whether 16 digits stand where a number may: behind a colon, comma, bracket or minus."""
    digits = text.translate(_DIGITS_ALIKE)
    return _LONG_NUMBER in digits and any(start + _LONG_NUMBER in digits for start in (b":", b",", b"[", b"-"))


def _holds_astral(text: bytes) -> bool:
    return not text.isascii() and bool(text.translate(None, _BELOW_ASTRAL))


def _hashed(columns: Columns) -> list[bytes]:
    """0x00 and the canonical bytes of each event; the members stand in their sorted order."""

    @cache
    def before(actor: str, effective: str) -> str:
        return f'\0{{"actor":{quoted(actor)},"effective":{quoted(effective)},"payload":'

    @cache
    def behind(recorded_at: str, schema_version: int, stream: str, type_: str) -> str:
        return (
            f',"recorded_at":{quoted(recorded_at)},"schema_version":{schema_version:d},'
            f'"stream":{quoted(stream)},"type":{quoted(type_)},"version":'
        )

    starts = map(before, columns.actor, columns.effective)
    ends = map(behind, columns.recorded_at, columns.schema_version, columns.stream, columns.type)
    rows = zip(starts, columns.payload, columns.position, ends, columns.version, strict=True)
    return [
        f'{start}{payload},"position":{position:d}{end}{version:d}}}'.encode()
        for start, payload, position, end, version in rows
    ]


@cache
def _codec() -> tuple[Callable[[bytes], list[dict[str, Any]]], Callable[[list[dict[str, Any]]], bytes]]:
    """Reading and writing objects, one a line. Imported here: it is needed for verification alone."""
    import msgspec

    def no_float(digits: str) -> float:
        raise ValueError(digits)

    decoder = msgspec.json.Decoder(dict[str, Any], float_hook=no_float)
    return decoder.decode_lines, msgspec.json.Encoder(order="sorted").encode_lines
