"""Files that were imported before, told by their bytes alone, so that they need not be read again to say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from compliance.model import Publication
from compliance.sources.catalogue import CONSOLIDATED, SDN
from compliance.sources.dating import dating
from compliance.sources.files import Group
from compliance.timeline import PublicationRecord

# How many lists such a file speaks of is known only when it is read: of some of them may have been imported.
_OF_SEVERAL_LISTS = ("csl-csv", "ecfr-xml")


class Repeats:
    """The publications that a log holds whole, by the bytes of their files."""

    def __init__(self, held: Mapping[str, Iterable[PublicationRecord]]) -> None:
        self._lists: dict[str, list[str]] = {}
        self._records: dict[tuple[str, ...], list[PublicationRecord]] = {}
        for list_id, records in held.items():
            for record in records:
                if record.publication not in self._lists:
                    digests = tuple(sorted(sha256 for _, sha256 in record.files))
                    self._records.setdefault(digests, []).append(record)
                self._lists.setdefault(record.publication, []).append(list_id)

    def of(self, group: Group, published: date | None) -> Publication | None:
        """The publication that these files are, without its statements; None where they have to be read."""
        records = self._records.get(tuple(sorted(file.sha256 for file in group.files)), [])
        fitting = [record for record in records if _same_day(record, group, published) and self._whole(record)]
        if len(fitting) != 1:
            return None
        (record,) = fitting
        files = {file.sha256: file.source() for file in group.files}
        return Publication(
            format=record.format,
            published=record.published,
            date_source=record.date_source,
            lists=tuple(self._lists[record.publication]),
            covers=tuple(sorted(record.covers)),
            files=tuple(files[sha256] for _, sha256 in record.files),
            statements=[],
        )

    def _whole(self, record: PublicationRecord) -> bool:
        """Whether all lists of the file were taken from it, and not only some by `--list`."""
        if record.format.startswith("ofac-"):
            return {*self._lists[record.publication]} in ({SDN}, {*CONSOLIDATED})
        return record.format not in _OF_SEVERAL_LISTS


def _same_day(record: PublicationRecord, group: Group, published: date | None) -> bool:
    """Whether reading the files would give that day: it is in them, or known from outside as it was then."""
    if record.date_source == "file":
        return published in (None, record.published)
    return dating(group, published).found == record.published
