"""The event catalogue of docs/events.md, made from the classes of the events.

    python docs/generate.py          writes it into docs/events.md, between the two marks

A test holds the page against what this makes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from compliance import changes, records
from compliance.monitoring import records as monitoring

MODULES: tuple[ModuleType, ...] = (changes, records, monitoring)  # where the classes of events are
PAGE = Path(__file__).with_name("events.md")
_MARKED = re.compile(r"(<!-- catalogue -->\n).*?(<!-- end of catalogue -->)", re.DOTALL)
_PLAIN = {
    "string": "text",
    "date": "day",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def catalogue() -> str:
    """One table with every event, what it says, and the members of its payload."""
    lines = ["| event | says | payload |", "|---|---|---|"]
    for model in models():
        schema = model.model_json_schema()
        required = set(schema.get("required", ()))
        members = [
            f"`{name}`{'' if name in required else '?'} {_kind(part, schema.get('$defs', {}))}"
            for name, part in schema["properties"].items()
        ]
        lines.append(f"| `{model.__name__}` | {_says(model)} | {'<br>'.join(members)} |")
    return "\n".join(lines)


def models() -> Iterator[type[BaseModel]]:
    """The classes of events, in the order in which they are written: those that a constant names as a type of event."""
    for module in MODULES:
        types = {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
        for name, value in vars(module).items():
            if name in types and inspect.isclass(value) and issubclass(value, BaseModel):
                yield value


def with_catalogue(page: str) -> str:
    """The page with the present catalogue between its marks."""
    return _MARKED.sub(lambda found: f"{found[1]}{catalogue()}\n{found[2]}", page)


def _says(model: type[BaseModel]) -> str:
    return " ".join(inspect.cleandoc(model.__doc__ or "").split())


def _kind(part: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What stands in a member, in words."""
    if "$ref" in part:
        return _kind(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in part:
        return " or ".join(_kind(one, definitions) for one in part["anyOf"])
    if "enum" in part:
        return "one of " + ", ".join(f"`{value}`" for value in part["enum"])
    if part.get("type") == "array":
        return f"list of {_kind(part.get('items', {}), definitions)}"
    if inside := part.get("properties"):
        return "object (" + ", ".join(f"`{name}` {_kind(one, definitions)}" for name, one in inside.items()) + ")"
    return _PLAIN.get(part.get("format") or part.get("type", ""), "any value")


if __name__ == "__main__":
    PAGE.write_text(with_catalogue(PAGE.read_text("utf-8")), "utf-8")
