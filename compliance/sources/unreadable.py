"""What to say of a file that no source module recognises: what it is, and what to do."""

from __future__ import annotations

import re

from compliance.errors import BadInput, DamagedFile, UnknownFormat
from compliance.sources.files import InputFile

_WEB_PAGE = re.compile(rb"(?i)\s*(<!doctype html|<html\b)|.*?<(html|head|body)\b", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z][^\s/>]*)")
_DATA = "import the list in one of the forms that docs/formats.md names (CSV, XML or JSON)"
_OTHERS = (
    (b"\x1f\x8b", "a gzip file inside another archive; unpack the outer one first"),
    (b"%PDF", f"a PDF; {_DATA}"),
    (b"\xd0\xcf\x11\xe0", f"an office document of the old kind; save it as XLSX or CSV, or {_DATA}"),
    (b"PK\x03\x04", f"an office document of no list that is known; {_DATA}, or give a mapping for a list of your own"),
    (b"{", "JSON of no form that can be read; docs/formats.md names the formats"),
    (b"[", "JSON of no form that can be read; docs/formats.md names the formats"),
)


def complaint(file: InputFile) -> BadInput:
    """Return the error that fits a file which nobody recognises."""
    start = file.data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.strip(b"\x1a \t\r\n"):
        return DamagedFile(f"{file.path}: the file is empty; download it again")
    if start[:5] == b"<?xml" or (start[:1] == b"<" and not _WEB_PAGE.match(start)):
        root = _ROOT.search(start)
        what = f" ({root[1].decode('ascii', 'replace')})" if root else ""
        return UnknownFormat(
            f"{file.path}: this is XML{what} of no list that is known; docs/formats.md names those that are read"
        )
    if _WEB_PAGE.match(start):
        return DamagedFile(
            f"{file.path}: this is a web page, not a list file: the publisher's site may have been "
            "under maintenance; download it again"
        )
    for magic, what in _OTHERS:
        if start.startswith(magic):
            return UnknownFormat(f"{file.path}: this is {what}")
    return UnknownFormat(
        f"{file.path}: no list format is recognised in it; docs/formats.md names those that can be read; "
        "a list of your own needs a mapping"
    )


def is_worth_an_error(file: InputFile) -> bool:
    """Tell whether an unrecognised file must not be passed over.

    The user named it, or it looks like a list file gone wrong: a folder whose alt.csv is an error page must
    not be read as one that says nothing of aliases.
    """
    broken = isinstance(complaint(file), DamagedFile)
    return file.named or broken or file.name.lower().endswith((".csv", ".del", ".pip"))
