"""OFAC's remarks, read item by item into the JSON of `RemarkFacts`.

The field is a text of items with `; ` between them and a full stop at the end (OFAC's data specification
calls it free text). What is read here is read from the files of 2018 to 2025. An item that is in no known
form stays in `other` as it is: reading never fails, and no item is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from compliance.sources.ofac_dates import date_range, whole_day
from compliance.sources.ofac_identifiers import read_identifier

CUT_AT = 1000

# The apostrophe is quote and letter in one (`a.k.a. 'ABU-'UMAR'`): the alias ends where its item ends.
_ALIAS = re.compile(r"([afn]\.k\.a\.) '(.+)'")
_DATED = re.compile(r"((?:Listing|Effective|Purchase/Sales For Divestment) Date(?: \([^()]*\))?):? (\S.*)")
_DIRECTIVE = re.compile(r"Executive Order [0-9]+ (?:Directive|information)\b|CAATSA |IFCA Determination")
_RISK = ("Secondary sanctions risk:", "Additional Sanctions Information - Subject to Secondary Sanctions")
_ABBREVIATION = re.compile(r"(?:^|[\s,])(?:[A-Za-z]\.)+[A-Za-z]\Z|\.,? (?:LTD|CO|CORP|INC|Ltd|Co|Corp|Inc)\Z")
_SIMPLE = (
    ("POB ", "birthplaces"),
    ("nationality: ", "nationalities"),
    ("nationality ", "nationalities"),
    ("citizen ", "citizenships"),
    ("Linked To: ", "linked_to"),
)

Facts = dict[str, Any]


def parse(text: str, *, truncated: bool = False) -> Facts:
    """Read remarks into the JSON that `RemarkFacts.model_validate` takes.

    The last item of a truncated text may be cut in the middle of a number, so it is stated as no fact.
    """
    facts: Facts = {"text": text}
    items = split(text, truncated=truncated)
    cut = items.pop() if truncated and items and not text.rstrip().endswith(";") else None
    if truncated:
        facts["truncated"] = True
    for item in items:
        _read(item, facts)
    if cut is not None:
        _add(facts, "other", cut)
    return facts


def read_items(items: Iterable[str]) -> Facts:
    """Read items that a structured format states apart, as if they stood in remarks; there is no `text`."""
    facts: Facts = {}
    for item in items:
        _read(item, facts)
    return facts


def split(text: str, *, truncated: bool = False) -> list[str]:
    """Return the items of remarks, without the full stop that closes the whole."""
    items = [item for item in map(str.strip, text.split(";")) if item]
    if items and not truncated:
        last = _without_stop(items[-1])
        items[-1:] = [last] if last else []
    return items


def _without_stop(item: str) -> str:
    # OFAC writes no second full stop after "S.A.": there it belongs to the name.
    if item.endswith(".") and not _ABBREVIATION.search(item[:-1]):
        return item[:-1].rstrip()
    return item


def _read(item: str, facts: Facts) -> None:
    body = item[5:].lstrip() if item.startswith("alt. ") else item
    if not (_person(body, facts) or _measure(body, facts) or _identifier(body, facts)):
        _add(facts, "other", item)


def _person(item: str, facts: Facts) -> bool:
    """Read what is said of the party itself: weak names, birth, origin, whom it is linked to."""
    alias = _ALIAS.fullmatch(item) if item[1:6] == ".k.a." else None
    if alias:
        _add(facts, "weak_names", {"text": alias[2], "kind": "weak", "remarks": alias[1]})
        return True
    if item.startswith("DOB "):
        born = date_range(item[4:])
        return born is not None and _add(facts, "births", born)
    for prefix, field in _SIMPLE:
        if item.startswith(prefix):
            value = item[len(prefix) :].strip()
            # "nationality possibly Palestinian" is a remark, not a fact.
            return bool(value) and not value.startswith("possibly ") and _add(facts, field, value)
    if item in ("Gender Male", "Gender Female") and "gender" not in facts:
        facts["gender"] = item[7:]
        return True
    return False


def _measure(item: str, facts: Facts) -> bool:
    """Read what is forbidden, and from when."""
    if item.startswith(_RISK):
        return _add(facts, "secondary_sanctions", item)
    if _DIRECTIVE.match(item):
        return _add(facts, "directives", item)
    dated = _DATED.fullmatch(item)
    day = whole_day(dated[2]) if dated else None
    if dated is None or day is None or dated[1] in facts.get("dates", {}):
        return False
    facts.setdefault("dates", {})[dated[1]] = day.isoformat()
    return True


def _identifier(item: str, facts: Facts) -> bool:
    found = read_identifier(item)
    if found is None:
        return False
    _add(facts, "identifiers", found)
    if found["kind"] == "issuer-name":
        # It names the issuer of a security, who may be another company: said verbatim as well.
        _add(facts, "other", item)
    return True


def _add(facts: Facts, field: str, value: Any) -> bool:
    facts.setdefault(field, []).append(value)
    return True
