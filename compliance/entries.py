"""From the fields known about a party on a day to one readable `Entry`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from compliance.measures import measures_of
from compliance.model import Entry, Fields, Name, NameKind, RemarkFacts

_OPTIONAL_PARTS = {"aliases": "aliases", "addresses": "addresses"}


def assemble(list_id: str, key: str, fields: Fields) -> Entry:
    """The entry that these fields state; parts that no publication spoke of are named in `unknown`."""
    facts = remark_facts(fields)
    listed_on = fields.get("listed_on") or facts.dates.get("Listing Date (CMIC)")
    programmes = tuple(fields.get("programmes", ()))
    return Entry(
        list_id=list_id,
        key=key,
        type=fields.get("type", "entity"),
        names=tuple(_names(fields, facts)),
        programmes=programmes,
        measures=measures_of(list_id, programmes, facts.directives, facts.dates),
        listed_on=listed_on,
        identifiers=facts.identifiers,
        addresses=tuple(fields.get("addresses") or ()),
        births=facts.births,
        birthplaces=facts.birthplaces,
        nationalities=facts.nationalities,
        citizenships=facts.citizenships,
        gender=facts.gender,
        linked_to=facts.linked_to,
        details=fields.get("details") or {},
        remarks=facts.text or None,
        remarks_truncated=facts.truncated,
        other=facts.other,
        unknown=tuple(_unknown(fields, facts)),
    )


def remark_facts(fields: Fields) -> RemarkFacts:
    """The remarks as far as they are known.

    OFAC cuts remarks at 1,000 characters and continues them in another file. A continuation that was published
    on another day still applies as long as it begins with the very text that was cut.
    """
    head = fields.get("remarks")
    if not head:
        return RemarkFacts(text="")
    whole = fields.get("continuation")
    if whole and head.get("truncated") and whole["text"].startswith(head["text"]):
        return RemarkFacts.model_validate(whole)
    return RemarkFacts.model_validate(head)


def _names(fields: Fields, facts: RemarkFacts) -> Iterable[Name]:
    yield Name(text=fields["name"], kind=NameKind.primary)
    for alias in fields.get("aliases") or ():
        yield Name.model_validate(alias)
    yield from facts.weak_names


def _unknown(fields: Fields, facts: RemarkFacts) -> Iterable[str]:
    for field, label in _OPTIONAL_PARTS.items():
        if fields.get(field) is None:
            yield label
    if facts.truncated:
        yield "remarks after 1,000 characters"


def plain(entry: Entry) -> dict[str, Any]:
    """The entry as plain JSON values, without what is empty; the form of `--json` and of exports."""
    data = entry.model_dump(mode="json", exclude_defaults=True)
    return {"id": entry.id, **data}
