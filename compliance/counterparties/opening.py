"""Opening files so that what goes wrong is one plain line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from compliance.errors import BadInput


@contextmanager
def unreadable_file(name: str) -> Iterator[None]:
    """Makes BadInput of an error in reading the file of this name."""
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise BadInput(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from error


@contextmanager
def text_of(path: Path, encoding: str, name: str) -> Iterator[TextIO]:
    """The file as text with its line ends as they are; bytes that are not in the encoding become lone surrogates."""
    with unreadable_file(name), open(path, encoding=encoding, errors="surrogateescape", newline="") as file:
        yield file


def needed(module: str, extra: str, form: str) -> Any:
    """A library that comes with an extra. Raises BadInput that says how to install it where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        message = f"{form} needs the extra {extra!r}: pip install 'entity-compliance[{extra}]'"
        raise BadInput(message) from None
