"""What every exported FollowTheMoney entity must hold, used on fixtures and on the real lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compliance.countries import code_of
from compliance.model import Entry

SCHEMATA: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("ftm_schemata.json").read_text("utf-8"))


def check_shape(lines: Sequence[dict[str, Any]]) -> None:
    """Every property is one of its schema's (as of followthemoney 4.11), the required ones are there, links lead on."""
    ids = {line["id"] for line in lines}
    for line in lines:
        schema = SCHEMATA[line["schema"]]
        properties = line["properties"]
        assert set(properties) <= set(schema["properties"]), line
        assert set(schema["required"]) <= set(properties), line
        for name in ("entity", "holder", "addressEntity"):
            assert set(properties.get(name, ())) <= ids, line["id"]
    assert len(ids) == len(lines)


def check_entities(lines: Sequence[dict[str, Any]]) -> None:
    """The library's own validation, and stricter: no value is dropped when the library cleans it."""
    followthemoney = pytest.importorskip("followthemoney", reason="the extra `conformance` is not installed")
    for line in lines:
        schema = followthemoney.model.get(line["schema"])
        assert schema is not None, line["schema"]
        assert schema.validate(line) is None
        assert set(line["properties"]) <= set(schema.properties), line
        for name, values in line["properties"].items():
            prop = schema.properties[name]
            for value in values:
                assert prop.type.clean(value, format=prop.format) is not None, (line["id"], name, value)


def check_nothing_is_missing(entry: Entry, found: list[dict[str, Any]]) -> None:
    """Every name, identifier, address, date and programme of the entry stands in some property."""
    values = [value for entity in found for values in entity["properties"].values() for value in values]
    said = set(values)
    for text in [name.text for name in entry.names] + [i.value for i in entry.identifiers] + list(entry.programmes):
        assert squeezed(text) in said, text
    for birth in entry.births:
        assert not birth.text or birth.text in said or f"Born: {birth.text}" in said or str(birth.first) in said
    for identifier in entry.identifiers:
        assert squeezed(identifier.label) in said or identifier.kind == "wallet"
    for address in entry.addresses:
        for part in (address.street, address.city):
            assert part is None or squeezed(part) in said
    if entry.listed_on:
        assert entry.listed_on.isoformat() in said
    for measure in entry.measures:
        assert measure.effective is None or measure.effective.isoformat() in said
        assert measure.basis in {"", *said} or set(measure.basis.split(", ")) <= said
    for text in (*entry.birthplaces, *entry.details.values(), *entry.linked_to, *entry.other, *entry.unknown):
        code = (code_of(text) or "-").lower()  # a flag is a country's code
        assert code in said or any(squeezed(text) in value for value in values), text


def squeezed(text: str) -> str:
    """Blanks as the export writes them."""
    return " ".join(text.split())
