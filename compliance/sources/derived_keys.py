"""Identity on lists whose publisher gives none: a key out of what the publisher changes least.

A key holds only letters and digits of the name in Latin letters, so that blanks, punctuation, accents, capitals and
the order of the rows change nothing. docs/formats.md says for each list what goes into it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from anyascii import anyascii

from compliance.model import Statement

_NEITHER = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Letters and digits alone, in Latin and small; what has none is written as its characters' numbers."""
    bare = _NEITHER.sub("", anyascii(text).casefold())
    return bare or "".join(f"u{ord(c):x}" for c in text.strip())


def key_of(*parts: str | None) -> str:
    """The parts that are there, folded and joined by hyphens."""
    return "-".join(folded(part) for part in parts if part and part.strip())


def without_acronym(name: str) -> str:
    """The name without an acronym in parentheses: publishers add and drop `(XPCC)` as they like."""
    return re.sub(r"\s*\([A-Z0-9-]{2,8}\)", "", name)


def told_apart(found: Iterable[tuple[Statement, str]]) -> list[Statement]:
    """The statements, those of one key numbered `-2`, `-3` in the order of what tells them apart.

    Each comes with the text that does: never the place in the file, so that a new order of rows is no change.
    """
    by_key: dict[str, list[tuple[str, int, Statement]]] = defaultdict(list)
    for place, (statement, apart) in enumerate(found):
        by_key[statement.key].append((apart, place, statement))
    numbered: dict[int, Statement] = {}
    taken = set(by_key)
    for key, group in by_key.items():
        number = 1
        for _, place, statement in sorted(group, key=lambda item: item[:2]):
            name = key
            while number > 1 and (name := f"{key}-{number}") in taken:
                number += 1
            taken.add(name)
            numbered[place] = statement._replace(key=name)
            number += 1
    return [numbered[place] for place in sorted(numbered)]
