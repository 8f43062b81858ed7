"""One field of an entry, before and after: as values, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.model import Value


class FieldChange(Value):
    """One field, before and after; None means that nothing was known or stated."""

    field: str
    before: Any = None
    after: Any = None


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The fields whose values differ, in the order of their names; nothing known equals null."""
    for field in sorted({*before, *after}):
        if before.get(field) != after.get(field):
            yield FieldChange(field=field, before=before.get(field), after=after.get(field))


def in_words(change: FieldChange) -> str:
    """One line: what was added to and removed from a field, or what it was and is."""
    old, new = _texts(change.before), _texts(change.after)
    if not old:
        return f"{change.field}: {'; '.join(new) or '(known to be empty)'}"
    if len(old) <= 1 and len(new) <= 1:
        return f"{change.field}: {_one(old)} -> {_one(new)}"
    gone = [f"- {text}" for text in old if text not in new]
    came = [f"+ {text}" for text in new if text not in old]
    return f"{change.field}: " + "; ".join(gone + came or ["order changed"])


def _one(texts: list[str]) -> str:
    return repr(texts[0]) if texts else "(nothing)"


def _texts(value: Any) -> list[str]:
    """A field's value as short texts: lists by item, names and remarks by their text."""
    if value is None or value == [] or value == {}:
        return []
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        if "text" in value:
            kind = f" ({value['kind']})" if "kind" in value else ""
            return [f"{value['text']}{kind}"]
        return [", ".join(f"{k}={v}" for k, v in value.items() if k != "source_id")]
    return [str(value)]
