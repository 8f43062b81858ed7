"""JSON values as RFC 8785 (JCS) text, and the refusal of what JSON cannot carry exactly."""

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson
import rfc8785

from events.errors import InvalidEvent

MAX_INTEGER = 2**53 - 1  # RFC 8785 3.2.2.3: beyond it other readers of JSON round
MAX_DEPTH = 100  # nesting that every JSON reader takes, on any Python's stack

# The same bytes as rfc8785 gives, many times as fast, as long as all characters are in the BMP: only
# beyond it does the order of keys in UTF-16, which RFC 8785 3.2.3 asks for, differ from that of code points.
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_encode_any = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_SURROGATE = re.compile("[\ud800-\udfff]")


def canonical_text(value: dict[str, Any]) -> str:
    """`value` as RFC 8785 canonical JSON.

    Raises InvalidEvent for anything but dicts with str keys, lists, str, bool, None and integers
    within ±(2**53-1); for floats, lone surrogates, and nesting deeper than `MAX_DEPTH`.
    """
    try:
        text = _encode(value)
        # Reading back shows that nothing was bent to fit (the key 1 becomes "1", a tuple a list); the
        # C parser and == do that faster than a walk through the value in Python.
        if _read_back(text)[0] != value or not isinstance(value, dict) or _too_deep(text, value):
            raise TypeError("it does not read back as it was")
        # An astral character is two units of UTF-16, and half a surrogate pair none: an error.
        if not text.isascii() and len(text.encode("utf-16-le")) != 2 * len(text):
            text = rfc8785.dumps(value).decode("utf-8")
        return text
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEvent(_explain(value) or f"the payload is not JSON: {error}") from None


def _encode(value: object) -> str:
    """JSON with sorted keys. What orjson does not take is left to the json module, and to the checks above."""
    try:
        return orjson.dumps(value, option=_SORTED).decode()
    except TypeError:
        return _encode_any(value)


def _too_deep(text: str, value: object) -> bool:
    """Whether `value` may be nested beyond `MAX_DEPTH`: a few brackets cannot be."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    return _explain(value) is not None


def _whole(digits: str) -> int:
    number = int(digits)
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise ValueError(digits)
    return number


def _no_float(digits: str) -> float:
    raise ValueError(digits)


_read_back = json.JSONDecoder(parse_int=_whole, parse_float=_no_float).raw_decode


def _explain(value: object, path: str = "payload", depth: int = 0) -> str | None:
    """Where and what the first value is that JSON cannot carry; None when all is well."""
    if depth >= MAX_DEPTH:
        return f"{path[:60]}… is nested deeper than {MAX_DEPTH} levels, or holds itself"
    children: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or _SURROGATE.search(key):
                return f"{path} has the key {key!r}, which is not text"
        children = ((_below(path, key), item) for key, item in value.items())
    elif isinstance(value, list):
        children = ((f"{path}[{i}]", item) for i, item in enumerate(value))
    elif reason := _explain_leaf(value):
        return f"{path} is {reason}"
    return next((reason for below, item in children if (reason := _explain(item, below, depth + 1))), None)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{key!r}]"


def _explain_leaf(value: object) -> str | None:
    if isinstance(value, int):
        outside = not -MAX_INTEGER <= value <= MAX_INTEGER
        return "a whole number beyond ±(2**53-1): write it as a string" if outside else None
    if type(value) is float:
        return f"the float {value!r}: write it as a string, or as a whole number of a smaller unit"
    if isinstance(value, str) and _SURROGATE.search(value):
        return "text with half of a surrogate pair, which is no character"
    if value is None or isinstance(value, str | int):
        return None
    return f"a {type(value).__name__}, which is not a JSON value"
