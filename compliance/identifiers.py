"""Identifiers made comparable: the same number written in two ways is one value."""

from __future__ import annotations

import re

from compliance.errors import BadInput

_SEPARATORS = re.compile(r"[\s.\-/]+")
_CASE_MATTERS = frozenset({"wallet"})


def normal_value(kind: str, value: str) -> str:
    """The value without separators and in capitals; wallet addresses keep their case, where case tells them apart."""
    bare = _SEPARATORS.sub("", value)
    return bare if kind in _CASE_MATTERS else bare.upper()


def parse_pair(text: str) -> tuple[str, str]:
    """`isin=US1234567890` as (kind, normal value). Raises BadInput when there is no kind or no value."""
    kind, equals, value = text.partition("=")
    kind = kind.strip().lower()
    normal = normal_value(kind, value)
    if not equals or not kind or not normal:
        raise BadInput(f"{text!r} is not an identifier: write KIND=VALUE, for example isin=CNE100000PM8")
    return kind, normal
