"""The official files read without any word of the parsers: what each record says, as its publisher wrote it."""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree


class Original(NamedTuple):
    """One record: its number where the publisher gives one, its name, and every value that is not empty."""

    key: str | None
    name: str
    values: tuple[str, ...]


def un(path: Path) -> Iterator[Original]:
    root = ElementTree.parse(path).getroot()
    for entry in [*root.iter("INDIVIDUAL"), *root.iter("ENTITY")]:
        # What these words say is told in our own: the kind of a name, of a date, and that there is no such name.
        told = {"Good", "Low", "a.k.a.", "f.k.a.", "EXACT", "APPROXIMATELY"}
        values = [text for part in entry.iter() if (text := (part.text or "").strip()) and text not in told]
        yield Original(
            (entry.findtext("REFERENCE_NUMBER") or "").strip(), entry.findtext("FIRST_NAME", ""), tuple(values)
        )


def uk_conlist(path: Path) -> Iterator[Original]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    for row in csv.DictReader(text.split("\n")[1:]):
        told = ("Group ID", "Alias Type", "Group Type")
        yield Original(
            row["Group ID"], row["Name 6"].strip(), tuple(v for k, v in row.items() if v.strip() and k not in told)
        )


def uk_sanctions(path: Path) -> Iterator[Original]:
    told = ("Unique ID", "Name type", "Alias strength", "Designation Type", "Sanctions Imposed")
    for row in csv.DictReader(path.read_text("utf-8").split("\n")[1:]):
        values = [value for column, value in row.items() if value.strip() and column not in told]
        yield Original(row["Unique ID"], row["Name 6"], (*values, *row["Sanctions Imposed"].split("|")))


def uk_sanctions_xml(path: Path) -> Iterator[Original]:
    told = {"UniqueID", "NameType", "AliasStrength", "IndividualEntityShip", "SanctionsImposed"}
    for entry in ElementTree.parse(path).getroot().iter("Designation"):
        values = [text for part in entry.iter() if part.tag not in told and (text := (part.text or "").strip())]
        imposed = entry.findtext("SanctionsImposed", "").split("|")
        yield Original(entry.findtext("UniqueID"), "", (*values, *imposed))


_UNSAID = {"", "00", "UNKNOWN", "false"}


def eu_fsf(path: Path) -> Iterator[Original]:
    told = {"person", "enterprise", "P", "E", "true", "M"}
    header, *rows = csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";")
    key = next(i for i, name in enumerate(header) if name.lower().replace("_", "") == "entitylogicalid")
    for row in rows:
        day = "/".join(reversed(row[0].split("/")))
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", day)
        yield Original(row[key], "", tuple(text for text in row[1:] if text.strip() not in _UNSAID | told))


def eu_fsf_xml(path: Path) -> Iterator[Original]:
    told = {"person", "enterprise", "P", "E", "true", "M"}
    for entry in ElementTree.parse(path).getroot():
        values = [text.strip() for part in entry.iter() for text in (part.text or "", *part.attrib.values())]
        yield Original(entry.get("logicalId"), "", tuple(text for text in values if text not in _UNSAID | told))


def ca_sema(path: Path) -> Iterator[Original]:
    for record in ElementTree.parse(path).getroot():
        held = {part.tag: (part.text or "").strip() for part in record}
        name = held.get("Entity") or held.get("EntityOrShip") or held["LastName"]
        yield Original(None, name, tuple(text for text in held.values() if text))


def us_regulations(path: Path) -> Iterator[Original]:
    for entity in json.loads(path.read_text("utf-8"))["entities"]:
        values = [text for text in entity.values() if isinstance(text, str) and text]
        yield Original(None, entity["name"], (*values, *entity["aliases"]))


def uflpa(path: Path) -> Iterator[Original]:
    page = path.read_text("utf-8")
    for name, day in re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>\s*</tr>", page, re.DOTALL):
        text = html.unescape(re.sub(r"<[^>]+>", "", name))
        yield Original(None, text.partition(" (")[0], (text, day))


def ecfr(path: Path) -> Iterator[Original]:
    for row in ElementTree.parse(path).getroot().iter("TR"):
        cells = [_flat(cell) for cell in row.iter("TD")]
        if len(cells) > 1:
            yield Original(
                None, re.split(r", (?!Ltd)", cells[-2 if len(cells) < 4 else 1])[0], tuple(filter(None, cells))
            )


def _flat(cell: ElementTree.Element) -> str:
    """A cell's text; a line break is a blank."""
    parts = [
        (" " if part.tag == "br" else part.text or "") + (part.tail or "") for part in cell.iter() if part is not cell
    ]
    return squeezed((cell.text or "") + "".join(parts))


def ftm(path: Path) -> Iterator[Original]:
    things = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    targets = {thing["id"]: thing for thing in things if thing["target"]}
    for thing in targets.values():
        near = [thing]
        for _ in range(2):
            near += [t for t in things if not t["target"] and t not in near and any(_touch(t, other) for other in near)]
        linked = [text for each in near[1:] for text in strings(each["properties"])]
        values = [
            *strings(thing["properties"]),
            *strings(thing["referents"]),
            *thing["datasets"],
            thing.get("last_change", ""),
        ]
        yield Original(thing["id"], thing["caption"], (*values, *linked))


def _touch(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["id"] in strings(other["properties"]) or other["id"] in strings(one["properties"])


def targets_simple(path: Path) -> Iterator[Original]:
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        values = [part for name, value in row.items() for part in value.split(";") if part and name != "last_seen"]
        yield Original(row["id"], row["name"], tuple(values))


def own_list(path: Path) -> Iterator[Original]:
    for row in csv.DictReader(path.with_name("blocklist.csv").read_text("utf-8").splitlines()):
        values = [part for value in row.values() for part in value.split("; ") if part]
        yield Original(row["No"], row["Partner"], tuple(values))


def bis_dpl(path: Path) -> Iterator[Original]:
    for row in csv.DictReader(path.read_text("utf-8").split("\n"), delimiter="\t"):
        yield Original(None, row["Name"], tuple(value for value in row.values() if value.strip()))


def csl(path: Path) -> Iterator[Original]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            values = [value.lower() if column == "type" else value for column, value in row.items() if value.strip()]
            yield Original(row["_id"] if row["_id"].isdigit() else None, row["name"], tuple(values))


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def missing(record: Original, said: str) -> list[str]:
    """The record's values that are not among what an entry says: whole, in the pieces of a list, or as a day."""
    return [value for value in map(squeezed, record.values) if not _is_in(value, said)]


def _is_in(value: str, said: str) -> bool:
    if value in said or any(day in said for day in _days(value)):
        return True
    return all(piece.strip(" ,;") in said for piece in re.split(r"; and |; |, |\(?\d\) ", value))


def _days(text: str) -> Iterator[str]:
    for form in ("%d/%m/%Y", "%m/%d/%Y", "%B %d, %Y", "%Y-%m-%d"):
        try:
            yield datetime.strptime(text[:10] if form == "%Y-%m-%d" else text, form).date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue


def unfound(records: Iterable[Original], entries: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What the records say and no entry of theirs does. `entries` are the fields by key, of one or more lists."""
    by_name: dict[str, list[str]] = {}
    said: dict[str, list[str]] = {}
    for key, held in entries.items():
        for fields in held:
            text = "\n".join([key, *map(squeezed, strings(fields))])
            said.setdefault(re.sub(r"^(\d+)-\d$", r"\1", key), []).append(text)
            for name in [fields["name"], *(alias["text"] for alias in fields.get("aliases") or ())]:
                by_name.setdefault(squeezed(name), []).append(text)
                by_name.setdefault(squeezed(name).partition(",")[0], []).append(text)
                by_name.setdefault(squeezed(name).partition(" (")[0], []).append(text)
    wrong = []
    for record in records:
        candidates = said.get(record.key, []) if record.key else by_name.get(squeezed(record.name), [])
        gaps = [missing(record, text) for text in candidates]
        if [] not in gaps:
            wrong.append(f"{record.key or record.name}: {min(gaps, key=len) if gaps else 'not there'}")
    return wrong
