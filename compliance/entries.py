"""From the fields known about a party on a day to one readable `Entry`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from compliance.measures import measures_of
from compliance.model import Address, DateRange, Entry, Fields, Identifier, Measure, Name, NameKind, RemarkFacts

_OPTIONAL_PARTS = {"aliases": "aliases", "addresses": "addresses"}
_REST = "other"
_LABELLED = ("directives", "sanctions_types", "secondary_sanctions")

T = TypeVar("T")


def assemble(list_id: str, key: str, fields: Fields) -> Entry:
    """The entry that these fields state; parts that no publication spoke of are named in `unknown`.

    What a structured format states apart and what another says in its remarks are one: nothing stands there twice.
    """
    facts = remark_facts(fields)
    dates = {**facts.dates, **_dates(fields)}
    programmes = tuple(fields.get("programmes") or ())
    remarks = facts.text or fields.get("comment") or None
    return Entry(
        list_id=list_id,
        key=key,
        type=fields.get("type", "entity"),
        names=tuple(_names(fields, facts)),
        programmes=programmes,
        measures=_measures(list_id, programmes, fields, facts, dates),
        listed_on=fields.get("listed_on") or dates.get("Listing Date (CMIC)"),
        identifiers=_union(Identifier, fields.get("identifiers"), facts.identifiers, _same_identifier),
        addresses=tuple(Address.model_validate(address) for address in fields.get("addresses") or ()),
        births=_union(DateRange, fields.get("births"), facts.births, _same_birth),
        birthplaces=_texts(fields, "birthplaces", facts.birthplaces),
        nationalities=_texts(fields, "nationalities", facts.nationalities),
        citizenships=_texts(fields, "citizenships", facts.citizenships),
        gender=fields.get("gender") or facts.gender,
        linked_to=_texts(fields, "linked_to", facts.linked_to),
        details=fields.get("details") or {},
        dates=dates,
        remarks=remarks,
        remarks_truncated=facts.truncated,
        other=_texts(fields, "notes", facts.other),
        more=_more(fields, remarks),
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
    for part in ("aliases", "original_names"):
        yield from map(Name.model_validate, fields.get(part) or ())
    yield from _union(Name, fields.get("weak_names"), facts.weak_names, _same_name)


def _measures(
    list_id: str, programmes: tuple[str, ...], fields: Fields, facts: RemarkFacts, dates: Mapping[str, Any]
) -> tuple[Measure, ...]:
    stated = tuple(Measure.model_validate(measure) for measure in fields.get("measures") or ())
    if stated:
        return stated
    directives = (*_texts(fields, "directives", facts.directives), *(fields.get("sanctions_types") or ()))
    return measures_of(list_id, programmes, directives, dates)


def _dates(fields: Fields) -> dict[str, Any]:
    return dict(RemarkFacts(text="", dates=fields.get("dates") or {}).dates)


def _texts(fields: Fields, field: str, said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(fields.get(field) or ()), *said]))


def _union(
    model: type[T], stated: Iterable[Any] | None, said: Iterable[T], same: Callable[[Any], Hashable]
) -> tuple[T, ...]:
    """The values stated apart, then those that the remarks have beyond them."""
    read: Callable[[Any], T] = model.model_validate  # type: ignore[attr-defined]
    found = [read(value) for value in stated or ()]
    seen = set(map(same, found))
    return (*found, *(value for value in said if same(value) not in seen))


def _same_identifier(found: Identifier) -> Hashable:
    return found.label, found.value, found.country, found.issued, found.expires


def _same_birth(found: DateRange) -> Hashable:
    return found.first, found.last, found.circa, None if found.first else found.text


def _same_name(found: Name) -> Hashable:
    return found.text, found.remarks


def _more(fields: Fields, remarks: str | None) -> dict[str, Any]:
    """What has no field of its own, under the publisher's names; what one format alone states, under that format."""
    more = dict(fields.get(_REST) or {})
    more |= {name.partition("/")[2]: rest for name, rest in fields.items() if name.startswith(f"{_REST}/") and rest}
    more |= {name: fields[name] for name in _LABELLED if fields.get(name)}
    comment = fields.get("comment")
    if comment and comment not in (remarks or ""):
        more["comment"] = comment
    return more


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
