"""The day on which a publication appeared, as far as the user or a name tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from compliance.errors import BadInput
from compliance.sources.files import Group

_ISO_DATE = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True)
class Dating:
    """The publication date as far as it is known outside the files, and where it comes from."""

    place: str
    found: date | None
    source: str = ""
    warnings: tuple[str, ...] = ()

    def required(self) -> date:
        """Return the date, or say that a file without one of its own needs to be given one."""
        if self.found is None:
            raise BadInput(
                f"{self.place}: the file does not hold its publication date; "
                "give it with --published YYYY-MM-DD, or in the name of the file or its folder"
            )
        return self.found

    def within(self, path: str, own: date | None) -> tuple[date, str]:
        """Return the date that the file itself holds and its source, else the one known outside it.

        Raises BadInput when a date was given that contradicts the file's own.
        """
        if own is None:
            return self.required(), self.source
        if self.source == "given" and self.found != own:
            raise BadInput(f"{path}: the file says it is of {own}, but {self.found} was given; leave the date out")
        return own, "file"


@dataclass(frozen=True)
class Served:
    """The day that the publisher's server or page tells of the files, and which of them told it."""

    day: date
    source: str


def dating(group: Group, published: date | None, served: Served | None = None) -> Dating:
    """Find the publication date: what the user says, else what a name says, else what the server said."""
    found, source = _named_date(group)
    if published is None and found is None and served:
        return Dating(group.place, served.day, served.source)
    if published is None:
        return Dating(group.place, found, source)
    contrary = found is not None and found != published
    note = f"{group.place}: the name says {found}, but {published} was given; {published} is taken"
    return Dating(group.place, published, "given", (note,) if contrary else ())


def date_in(name: str) -> date | None:
    """Return the ISO date that stands in a name, if there is one."""
    for text in _ISO_DATE.findall(name):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return None


def _named_date(group: Group) -> tuple[date | None, str]:
    for file in group.files:
        if day := date_in(file.name):
            return day, "file name"
    if group.archive and (day := date_in(group.archive)):
        return day, "file name"
    for folder in group.folders:
        if day := date_in(folder):
            return day, "folder name"
    return None, ""
