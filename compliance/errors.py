"""What can go wrong, for people: each error is one plain line that says what, where and what to do.

`exit_status` is the contract of the commands: 2 means the question is bad, 3 means no answer can be given.
"""

from __future__ import annotations


class ComplianceError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_status = 2


class BadInput(ComplianceError):
    """A file, option or value that the user gave cannot be used."""


class UnknownFormat(BadInput):
    """No source module recognises the file's content."""


class DamagedFile(BadInput):
    """The file is of a known format but cut, damaged or not what it claims; nothing was taken from it."""


class ImportRefused(BadInput):
    """The file is readable, but what it says contradicts the record beyond the guards."""


class UnknownList(BadInput):
    """A list id that the catalogue does not have."""


class UnknownEntry(BadInput):
    """An entry that no list holds on the day asked for."""


class CannotSay(ComplianceError):
    """No answer would be honest: nothing loaded, list missing, stale, not covered on that day, log broken."""

    exit_status = 3
