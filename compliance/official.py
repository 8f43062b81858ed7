"""OFAC's delimited files written again from the record, byte for byte as OFAC writes its records.

The form is that of OFAC's data specification, as its own files have it: text in double quotes, numbers bare, null
`-0- ` with a blank, lines ended by CR LF, the file closed by the byte 1A. Records stand in the order of their numbers,
which is the order of every official file of 2018 to 2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from compliance.errors import BadInput, CannotSay
from compliance.model import Fields
from compliance.register import Register
from compliance.sources.catalogue import CONSOLIDATED, SDN
from compliance.sources.ofac_delimited import FORMAT_ID
from compliance.sources.ofac_statements import DETAILS
from compliance.timeline import PublicationRecord

NULL = "-0- "
END = "\x1a"
_STATED = ("type", "name", "programmes", "details", "remarks")
_NAMES = {
    "prim": ("sdn.csv", "cons_prim.csv"),
    "aliases": ("alt.csv", "cons_alt.csv"),
    "addresses": ("add.csv", "cons_add.csv"),
    "continuation": ("sdn_comments.csv", "cons_comments.csv"),
}
_COMPANIONS = ("aliases", "addresses", "continuation")


class OfficialFile(NamedTuple):
    """One file of the set: its customary name, and its records without line ends, in the order of their numbers."""

    name: str
    records: tuple[str, ...]

    def text(self) -> str:
        """The whole file, ASCII where the record is, closed by the end mark."""
        return "".join(f"{record}\r\n" for record in self.records) + END


class OfficialSet(NamedTuple):
    """The files that can be written for a day, and what must be said about them."""

    files: tuple[OfficialFile, ...]
    notes: tuple[str, ...]


def official_set(
    register: Register, publications: Mapping[str, list[PublicationRecord]], lists: Sequence[str]
) -> OfficialSet:
    """The delimited files of the register's day for OFAC's SDN list, or for lists of the consolidated file.

    `publications` are those known at the register's position, by list, oldest first.
    A companion file that no publication held is left out; one that is known only from another day is written and
    named in `notes`. Raises BadInput for other lists, CannotSay where no delimited file is held for the day.
    """
    consolidated = _which(lists)
    held = {list_id: _Held(register, publications.get(list_id, []), list_id) for list_id in lists}
    rows = _rows(register, held)
    files = [_file("prim", consolidated, (_entry(key, fields) for key, fields in rows))]
    notes = list(_notes_on_lists(lists, held, consolidated=consolidated))
    for part in _COMPANIONS:
        name = _NAMES[part][consolidated]
        days = {known.day_of(part) for known in held.values()}
        if days == {None}:
            notes.append(f"{name} is not written: no publication held until {register.as_of} has it")
            continue
        files.append(_file(part, consolidated, _records(part, rows)))
        notes += _notes_on_days(name, held, part)
    return OfficialSet(tuple(files), tuple(dict.fromkeys(notes)))


class _Held:
    """Which delimited publications of a list are held until the register's day."""

    def __init__(self, register: Register, known: list[PublicationRecord], list_id: str) -> None:
        records = [record for record in known if record.published <= register.as_of]
        self.list_id = list_id
        self.delimited = [record for record in records if record.format == FORMAT_ID]
        if not self.delimited:
            raise CannotSay(
                f"no delimited file of {list_id} is held until {register.as_of}: its official records are not known; "
                "import sdn.csv or cons_prim.csv with their companions, or choose another --format"
            )
        self.last = records[-1]
        self.published = self.delimited[-1].published

    def day_of(self, part: str) -> date | None:
        """The day of the last publication that had this part."""
        days = [record.published for record in self.delimited if part in record.covers]
        return days[-1] if days else None


def _which(lists: Sequence[str]) -> bool:
    """Whether these are lists of the consolidated file. Raises BadInput when they are no one file's."""
    if set(lists) == {SDN}:
        return False
    if lists and set(lists) <= set(CONSOLIDATED):
        return True
    raise BadInput(
        f"--format official writes OFAC's delimited files: {SDN} for the SDN files, or any of "
        f"{', '.join(CONSOLIDATED)} for the consolidated files; not {', '.join(lists)}"
    )


def _rows(register: Register, held: dict[str, _Held]) -> list[tuple[int, Fields]]:
    """The parties by number; one that stands on several lists has the fields of the list published last."""
    found: dict[int, tuple[date, Fields]] = {}
    for list_id, known in held.items():
        for listing in register.listings(list_id):
            missing = [field for field in _STATED if field not in listing.fields]
            # A register keeps no null. A party that was there on the day of a delimited file had its remarks in it.
            if missing == ["remarks"] and listing.since is not None and listing.since <= known.published:
                missing = []
            if missing or not listing.key.isdecimal():
                raise CannotSay(
                    f"{list_id}/{listing.key} is not known from a delimited file ({', '.join(missing) or 'key'}): "
                    "its official record cannot be written"
                )
            key = int(listing.key)
            if key not in found or found[key][0] < known.published:
                found[key] = known.published, listing.fields
    return [(key, found[key][1]) for key in sorted(found)]


def _file(part: str, consolidated: bool, records: Iterable[str]) -> OfficialFile:
    return OfficialFile(_NAMES[part][consolidated], tuple(records))


def _records(part: str, rows: Iterable[tuple[int, Fields]]) -> Iterator[str]:
    for key, fields in rows:
        if part == "continuation":
            tail = _tail(fields)
            if tail:
                yield _record(key, tail)
            continue
        write = _alias if part == "aliases" else _address
        for number, item in sorted(_numbered(key, part, fields.get(part) or ()), key=itemgetter(0)):
            yield write(key, number, item)


def _numbered(key: int, part: str, items: Iterable[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for item in items:
        number = str(item.get("source_id", ""))
        if not number.isdecimal():
            raise CannotSay(
                f"the {part} of entry {key} come from a file that is not delimited, and have no numbers of OFAC's: "
                "their official records cannot be written; choose another day or --format"
            )
        yield int(number), item


def _entry(key: int, fields: Fields) -> str:
    kind = None if fields["type"] == "entity" else fields["type"]
    remarks = fields.get("remarks")
    details = fields["details"] or {}
    return _record(
        key,
        fields["name"],
        kind,
        "] [".join(fields["programmes"]),
        *(details.get(name) for name in DETAILS),
        remarks and remarks["text"],
    )


def _alias(key: int, number: int, item: dict[str, Any]) -> str:
    return _record(key, number, item["kind"], item["text"], item.get("remarks"))


def _address(key: int, number: int, item: dict[str, Any]) -> str:
    parts = (item.get(name) for name in ("street", "city", "country", "remarks"))
    return _record(key, number, *parts)


def _tail(fields: Fields) -> str | None:
    """What the comments file says, as long as it goes on with the very remarks of the day."""
    head, whole = fields.get("remarks"), fields.get("continuation")
    if not head or not whole or not whole["text"].startswith(head["text"]):
        return None
    tail: str = whole["text"][len(head["text"]) :]
    return tail


def _record(*values: str | int | None) -> str:
    return ",".join(_value(value) for value in values)


def _value(value: str | int | None) -> str:
    if value is None:
        return NULL
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'


def _notes_on_lists(lists: Sequence[str], held: dict[str, _Held], *, consolidated: bool) -> Iterator[str]:
    for known in held.values():
        if known.last.format != FORMAT_ID:
            yield (
                f"the last publication of {known.list_id} ({known.last.published}) came in another format "
                f"({known.last.format}); delimited files are held until {known.published}"
            )
    if consolidated and set(lists) != set(CONSOLIDATED):
        yield f"only the records of {', '.join(lists)}: OFAC's file holds all its non-SDN lists"


def _notes_on_days(name: str, held: dict[str, _Held], part: str) -> Iterator[str]:
    for known in held.values():
        day = known.day_of(part)
        if day is None:
            yield f"{name} has nothing of {known.list_id}: no publication held has this file"
        elif day != known.published:
            yield (
                f"{name} is as known on {day}: the publication of {known.published} was held without it, "
                "so that it is not the file of that day"
            )
