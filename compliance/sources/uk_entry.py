"""What the rows of one party in a British list say, whichever of the British formats they come from.

British lists repeat a party in many rows: one for each name, address, birth and passport, or each combination of them.
What belongs together (the parts of a name, of an address) is kept together; what is repeated is stated once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from compliance.model import MeasureKind, NameKind
from compliance.sources.identifier_kinds import kind_of
from compliance.sources.partial_dates import british_day, date_range
from compliance.sources.stating import Fields, address, present, stated, unique

Row = Mapping[str, str]

_TYPES = {"individual": "individual", "entity": "entity", "ship": "vessel"}
_PRIMARY = ("primary name", "prime alias")
_PLAIN = (*_PRIMARY, "alias", "aka", "fka")
_NUMBERED = re.compile(r"(?:^|(?<=\s))\(?\d{1,2}\)\s*")
_NUMBER = re.compile(r"(?=[A-Z/-]*\d)[A-Z0-9][A-Z0-9/-]{4,}")
_MEASURES = (
    ("asset freeze", MeasureKind.asset_freeze),
    ("travel", MeasureKind.travel_ban),
    ("arms embargo", MeasureKind.arms_embargo),
    ("director", MeasureKind.director_disqualification),
    ("trust services", MeasureKind.trust_services),
    ("transport", MeasureKind.transport),
    ("port entry", MeasureKind.transport),
    ("ship", MeasureKind.transport),
    ("aircraft", MeasureKind.transport),
    ("flag", MeasureKind.transport),
    ("trade", MeasureKind.trade),
)


class Layout(NamedTuple):
    """The names of the columns, by what they hold; a column that no part names goes to `other` as it is."""

    key: str
    type: str
    names: tuple[str, ...]
    name_type: str
    alias_strength: str
    script: tuple[str, str, str]
    address: tuple[str, ...]
    place: tuple[str, str]
    documents: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...]
    births: str
    nationalities: str
    programmes: str
    listed: str
    remarks: str
    gender: str
    measures: str


def fields_of(layout: Layout, rows: Sequence[Row]) -> Fields:
    """Every field of the party that these rows are about."""
    names = [
        name
        for name in _together(rows, (*layout.names, layout.name_type, layout.alias_strength))
        if _text(layout, name)
    ]
    first = next((name for name in names if name.get(layout.name_type, "").casefold() in _PRIMARY), names[0])
    aliases = [_alias(layout, name) for name in names if _text(layout, name) != _text(layout, first)]
    scripts = [_script(layout, part) for part in _together(rows, layout.script) if layout.script[0] in part]
    nationalities = _values(rows, layout.nationalities)
    programmes = _values(rows, layout.programmes)
    genders = _values(rows, layout.gender)
    remarks = _values(rows, layout.remarks)
    fields = stated(
        type=_TYPES.get(_values(rows, layout.type)[0].casefold(), "entity"),
        name=_text(layout, first),
        programmes=programmes,
        aliases=unique([*aliases, *scripts]),
        addresses=[_address(layout, part) for part in _together(rows, layout.address)],
        remarks="\n".join(remarks),
        gender=genders[0] if genders else None,
        identifiers=unique([*_documents(layout, rows), *_numbers(layout, rows)]),
        births=[date_range(text) for text in _values(rows, layout.births)],
        birthplaces=unique(", ".join(place.values()) for place in _together(rows, layout.place)),
        nationalities=unique(part for text in nationalities for part in _numbered(text)),
        measures=_measures(_values(rows, layout.measures), programmes),
    )
    return fields | {"other": _other(layout, rows)}


def listed_on(layout: Layout, rows: Sequence[Row]) -> str | None:
    """The first day on which the party was listed, as the rows say."""
    days = [day for text in _values(rows, layout.listed) if (day := british_day(text))]
    return min(days).isoformat() if days else None


def _values(rows: Iterable[Row], column: str) -> list[str]:
    return [value for value in dict.fromkeys([row.get(column, "").strip() for row in rows]) if value]


def _together(rows: Iterable[Row], columns: Sequence[str]) -> list[dict[str, str]]:
    """The columns' values that stand in one row, each combination once; without what is empty."""
    found = dict.fromkeys(tuple([row.get(column, "").strip() for column in columns]) for row in rows)
    return [
        {column: value for column, value in zip(columns, values, strict=True) if value}
        for values in found
        if any(values)
    ]


def _text(layout: Layout, name: Row) -> str:
    """A person is written family name first, with a comma, as the publisher keeps it apart; others in one run."""
    family, *given = (" ".join(name.get(part, "").split()) for part in layout.names)
    rest = " ".join(part for part in given if part)
    return f"{family}, {rest}" if family and rest else family or rest


def _alias(layout: Layout, name: Row) -> Fields:
    kind, strength = name.get(layout.name_type, ""), name.get(layout.alias_strength, "")
    ours = NameKind.fka if kind.casefold() == "fka" else NameKind.weak if "low" in strength.casefold() else NameKind.aka
    notes = [*([kind] if kind.casefold() not in _PLAIN else []), *([strength] if strength else [])]
    return present(text=_text(layout, name), kind=ours.value, remarks="; ".join(notes))


def _script(layout: Layout, part: Row) -> Fields:
    text, script, language = (part.get(column) for column in layout.script)
    return present(text=text, kind=NameKind.original_script.value, script=script, language=language)


def _address(layout: Layout, part: Row) -> Fields:
    *lines, postcode, country = layout.address
    street = ", ".join(part[line] for line in lines if line in part)
    return address(street=street, postcode=part.get(postcode), country=part.get(country))


def _numbered(text: str) -> list[str]:
    """The items of `(1) … (2) …`, or the text itself."""
    return [item.strip(" ,;") for item in _NUMBERED.split(text) if item.strip(" ,;")]


def _documents(layout: Layout, rows: Iterable[Row]) -> list[Fields]:
    """The numbers of passports and identity cards; the words around them stay in `other`."""
    found = []
    for number, info in layout.documents:
        for pair in _together(rows, (number, info)):
            for item in _numbered(pair.get(number, "")):
                value = item if _NUMBER.fullmatch(item) else next(iter(_NUMBER.findall(item)), None)
                if value:
                    found.append(present(kind=kind_of(number), value=value, label=number))
    return found


def _numbers(layout: Layout, rows: Sequence[Row]) -> list[Fields]:
    return [
        {"kind": kind_of(column), "value": value, "label": column}
        for column in layout.numbers
        for value in _values(rows, column)
    ]


def _measures(imposed: Iterable[str], programmes: Sequence[str]) -> list[Fields]:
    texts = unique(part.strip() for text in imposed for part in text.split("|"))
    basis = ", ".join(programmes)
    rule = f"{basis or 'the regulations of the regime'}, under the Sanctions and Anti-Money Laundering Act 2018"
    return [{"kind": _measure(text).value, "basis": text, "rule": rule} for text in texts]


def _measure(text: str) -> MeasureKind:
    small = text.casefold()
    return next((kind for word, kind in _MEASURES if word in small), MeasureKind.unknown)


def _is_placed_whole(layout: Layout, column: str, values: Sequence[str]) -> bool:
    """Whether the model holds all that these columns say, which others say in a way of their own."""
    if column == layout.type:
        return values[0].casefold() in _TYPES
    if column == layout.listed:
        return len(values) == 1 and british_day(values[0]) is not None
    return column == layout.nationalities and all(_numbered(text) == [text] for text in values)


def _other(layout: Layout, rows: Sequence[Row]) -> Fields:
    """What has no place in the model or only a part of it, under the publisher's names."""
    placed = {
        layout.key, *layout.names, layout.name_type, layout.alias_strength, *layout.script, *layout.address,
        *layout.place, *layout.numbers, layout.births, layout.programmes, layout.remarks, layout.gender,
    }  # fmt: skip
    pairs = {column for pair in layout.documents for column in pair}
    columns = dict.fromkeys(column for row in rows for column in row)
    found: Fields = {}
    for column in (column for column in columns if column not in placed | pairs):
        values = _values(rows, column)
        if values and not _is_placed_whole(layout, column, values):
            found[column] = values[0] if len(values) == 1 else values
    documents = unique(pair for both in layout.documents for pair in _together(rows, both))
    return found | ({"documents": documents} if documents else {})
