"""Reading XML record by record, safely: no entities, no document type, no network, bounded depth and text.

libxml2 bounds depth (256) and a text's length (10 MB) by itself as long as `huge_tree` stays off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from compliance.errors import DamagedFile
from compliance.sources.files import InputFile

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_HEAD = 65536
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Root(NamedTuple):
    """The outermost element: its local name, its namespace, its attributes by local name."""

    name: str
    namespace: str
    attributes: dict[str, str]
    has_doctype: bool


def root_of(file: InputFile) -> Root | None:
    """Return the outermost element if the file is XML; reads no more than its beginning."""
    if not file.data[:_HEAD].lstrip().startswith(_STARTS):
        return None
    from lxml import etree

    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    # What was read before a fault may still hold the outermost element.
    with suppress(etree.XMLSyntaxError):
        parser.feed(file.data[:_HEAD].lstrip())
    found: Any = next(iter(parser.read_events()), None)
    if found is None:
        return None
    element = found[1]
    # By hand: a name with a colon and no namespace, as damage makes them, is none that lxml would take apart.
    namespace, _, name = str(element.tag).rpartition("}")
    attributes = {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}
    has_doctype = element.getroottree().docinfo.internalDTD is not None
    return Root(name, namespace.removeprefix("{"), attributes, has_doctype)


def records(file: InputFile, names: Sequence[str]) -> Iterator[Element]:
    """Yield each element of these local names, and forget it when the next is asked for.

    Raises DamagedFile, naming the line, when the XML is cut, damaged or has a document type: official
    files have none, and it is where entity bombs and external entities live.
    """
    root = root_of(file)
    if root is None or root.has_doctype:
        raise DamagedFile(f"{file.path}, line 1: the XML has a document type or no root; no official list file does")
    from lxml import etree

    source = BytesIO(file.data.lstrip())
    tags = [f"{{*}}{name}" for name in names]
    context = etree.iterparse(source, events=("end",), tag=tags, remove_comments=True, remove_pis=True, **_SAFE)
    try:
        for _, element in context:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        fault = " ".join(str(error.msg).split())
        raise DamagedFile(
            f"{file.path}, line {error.lineno or 1:,}: the XML is cut or damaged ({fault}); download it again"
        ) from error


def name_of(element: Element) -> str:
    """The element's local name."""
    return str(element.tag).rpartition("}")[2]


def line_of(element: Element) -> int:
    """The line on which the element begins."""
    line: Any = element.sourceline
    return int(line or 1)


def text_of(element: Element) -> str:
    """The element's own text without blanks around it."""
    return (element.text or "").strip()


def tree(element: Element) -> Any:
    """The element as JSON values that lose nothing: text alone as a string, else members by name; None if empty.

    A name that stands there several times becomes a list; attributes are members too, own text is `#text`.
    """
    members: dict[str, list[Any]] = {}
    for key, value in element.attrib.items():
        if value.strip():
            members.setdefault(str(key).rpartition("}")[2], []).append(value.strip())
    for child in element:
        held = tree(child)
        if held is not None:
            members.setdefault(name_of(child), []).append(held)
    text = text_of(element)
    if not members:
        return text or None
    if text:
        members["#text"] = [text]
    return {name: values[0] if len(values) == 1 else values for name, values in members.items()}
