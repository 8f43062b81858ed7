"""XML read record by record, without a document type: no entities of its own, nothing from outside.

The lists that are published as XML need no document type definition; a file that has one is refused before anything
in it is expanded, so that neither an entity bomb nor an external entity is ever looked at.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple
from xml.parsers import expat

from compliance.errors import BadInput, DamagedFile
from compliance.sources.files import LONGEST_TEXT, InputFile

AGAIN = "download it again"
_DEEPEST = 40  # the deepest official format has 10 levels
_HEAD = 65536
_CUT = (3, 5, 6)  # expat's numbers: no element found, unclosed token, partial character


class Root(NamedTuple):
    """The outermost element; `doctype` says that a document type stands before it."""

    name: str
    namespace: str = ""
    doctype: bool = False


class _Found(Exception):
    """Stops the parser where what was looked for is."""


def root_of(file: InputFile) -> Root | None:
    """Return the outermost element of the file; None when the file is no XML."""
    if b"<" not in file.data[:1024]:
        return None
    found: list[Root] = []

    def start(name: str, _: Any) -> None:
        namespace, _, local = name.rpartition(" ")
        found.append(Root(local, namespace))
        raise _Found

    def doctype(name: str, *_: Any) -> None:
        found.append(Root(name.rpartition(":")[2], doctype=True))
        raise _Found

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    with suppress(_Found, expat.ExpatError, LookupError, ValueError):
        parser.Parse(file.data[:_HEAD], False)
    return found[0] if found else None


def records(file: InputFile, names: frozenset[str]) -> Iterator[ET.Element]:
    """Yield the outermost elements of these names, one after the other, with names without namespaces.

    Each is complete when it comes and is forgotten afterwards. Raises DamagedFile, naming the line, for a file that is
    cut or not well formed, BadInput for one with a document type.
    """
    root = root_of(file)
    if root and root.doctype:
        raise BadInput(
            f"{file.path}: the XML declares a document type, which no official list does (entities could be hidden "
            f"in it); nothing was read, get the file from the publisher"
        )
    path: list[ET.Element] = []
    inside = 0
    try:
        for event, element in ET.iterparse(io.BytesIO(file.data), events=("start", "end")):
            if event == "end":
                inside -= bool(inside)
                if inside:
                    continue
                if _local(element.tag) in names:
                    yield _bare(element, file)
                path.pop()
                if path:
                    path[-1].remove(element)
            elif inside:
                inside += 1
            else:
                path.append(element)
                inside = _local(element.tag) in names
            if inside + len(path) > _DEEPEST:
                raise DamagedFile(f"{file.path}: the XML is nested deeper than any official list; it was not read")
    except ET.ParseError as error:
        raise DamagedFile(_damage(file, error)) from error
    except (LookupError, ValueError) as error:
        raise DamagedFile(f"{file.path}: the XML's encoding cannot be read ({error}); {AGAIN}") from error


def _damage(file: InputFile, error: ET.ParseError) -> str:
    what = str(error).partition(":")[0]
    cut = error.code in _CUT
    told = "the XML ends in the middle: the file is cut" if cut else f"the XML is damaged ({what})"
    return f"{file.path}, line {error.position[0]:,}: {told}; {AGAIN}"


def damaged(file: InputFile, name: str, number: int, what: str) -> DamagedFile:
    """Return the error that names the line of the record `name` with this number (the first is 1)."""
    return DamagedFile(f"{file.path}, line {line_of(file, name, number):,}: {what}; the file is damaged, {AGAIN}")


def line_of(file: InputFile, name: str, number: int) -> int:
    """Return the line on which the record with this number begins: a second reading, for errors only."""
    left = number
    parser = expat.ParserCreate()

    def start(found: str, _: Any) -> None:
        nonlocal left
        left -= found.rpartition(":")[2] == name
        if not left:
            raise _Found

    parser.StartElementHandler = start
    with suppress(_Found, expat.ExpatError):
        parser.Parse(file.data, True)
    return parser.CurrentLineNumber


def text_of(element: ET.Element | None) -> str | None:
    """Return an element's own text; None when there is none but blanks."""
    text = element.text if element is not None else None
    return text if text and text.strip() else None


def take(element: ET.Element, path: str) -> str | None:
    """Return the text of the first element at the path and take it out, so that what is left is what nobody placed."""
    found = element.find(path)
    if found is None:
        return None
    text = text_of(found)
    found.text = None
    return text


def rest(element: ET.Element) -> Any:
    """Return what is left of an element as plain JSON under the publisher's names; None when nothing is.

    Attributes and elements become keys, repeated elements a list; the own text of an element with either is `#text`.
    """
    found: dict[str, Any] = {_local(name): value for name, value in element.attrib.items() if value}
    for child in element:
        value = rest(child) if len(child) or child.attrib else text_of(child)
        if value is None:
            continue
        name = child.tag
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = text_of(element)
    if not found:
        return text
    if text:
        found["#text"] = text
    return found


def _bare(element: ET.Element, file: InputFile) -> ET.Element:
    for inner in element.iter():
        inner.tag = _local(inner.tag)
        if inner.text and len(inner.text) > LONGEST_TEXT:
            raise DamagedFile(f"{file.path}: {inner.tag} holds a text longer than any list has; {AGAIN}")
    return element


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
