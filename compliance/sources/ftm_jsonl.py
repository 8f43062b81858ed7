"""FollowTheMoney entities, one JSON object a line (`entities.ftm.json`), as OpenSanctions and others publish them.

An entry is a party (person, company, vessel, aircraft ...) that is a target; things that only tell of parties
(addresses, sanctions, passports, ownerships) and parties that are no targets are attached to those with a link.
When an entity was last seen tells of the reading of its source and not of it: that is the publication's date.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from compliance.errors import DamagedFile
from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import FTM
from compliance.sources.csv_records import AGAIN, head_of, text_of
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ftm_words import DATES, IDENTIFIERS, NAMES, PLACED, list_id_of, party_type
from compliance.sources.json_records import loaded
from compliance.sources.partial_dates import date_range, iso_day
from compliance.sources.problems import Problems
from compliance.sources.stating import Fields, address, once, publication, stated, unique

FORMAT_ID = "ftm-jsonl"
_FIRST = re.compile(r'\s*\{.*"schema"\s*:', re.DOTALL)

# A relative stands two steps away: the person, the kinship, the relative. Further on are other people's affairs.
_STEPS = 2

Thing = dict[str, Any]


def recognises(file: InputFile) -> bool:
    """Tell the form by the members of its first line."""
    line = head_of(file).partition("\n")[0]
    return _FIRST.match(line) is not None and '"properties"' in line and '"id"' in line


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by the newest `last_seen` in it."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    things = list(_things(file))
    parties = {thing["id"]: (line, thing) for line, thing in things if _is_entry(thing)}
    if not parties:
        raise DamagedFile(f"{file.path}: no entity in it is a party; it is cut or no list, {AGAIN}")
    linked, loose = _linked(
        [thing for _, thing in things if not _is_entry(thing)], {i: t for i, (_, t) in parties.items()}
    )
    list_id = list_id_of((thing.get("datasets") or [] for _, thing in parties.values()), FTM)
    found = [
        (f"line {line:,}", Statement(key, (list_id,), _fields(thing, linked[key]), _listed_on(linked[key])))
        for key, (line, thing) in parties.items()
    ]
    seen = [day for _, thing in things if (day := iso_day(str(thing.get("last_seen", ""))))]
    notes = [f"{file.path}: {loose:,} things linked with no party were passed over"] if loose else []
    return publication(FORMAT_ID, file, (list_id,), once(found, file), dating, max(seen, default=None), notes)


def _things(file: InputFile) -> Iterator[tuple[int, Thing]]:
    problems = Problems(file.path)
    seen: dict[str, int] = {}
    for line, text in enumerate(text_of(file).split("\n"), start=1):
        if not text.strip():
            continue
        thing = loaded(text, file, line)
        wrong = _wrong(thing)
        if not wrong and thing["id"] in seen:
            wrong = f"the id {thing['id']} stands there twice, first in line {seen[thing['id']]:,}"
        if wrong:
            problems.add(line, wrong)
        else:
            seen[thing["id"]] = line
            yield line, thing
    problems.refuse(AGAIN)


def _wrong(thing: Any) -> str | None:
    if not isinstance(thing, dict) or not all(
        isinstance(thing.get(name), str) and thing[name] for name in ("id", "schema")
    ):
        return "no entity with an id and a schema"
    properties = thing.get("properties")
    if not isinstance(properties, dict) or not all(
        isinstance(values, list) and all(isinstance(value, str) for value in values) for values in properties.values()
    ):
        return "properties that are not lists of texts"
    if not all(isinstance(name, str) for name in thing.get("datasets") or []):
        return "datasets that are no texts"
    return None if not _is_entry(thing) or _names(thing) else "a party without a name"


def _is_entry(thing: Thing) -> bool:
    return party_type(thing["schema"]) is not None and thing.get("target") is not False


def _names(thing: Thing) -> list[str]:
    caption = thing.get("caption")
    named = thing["properties"].get("name", [])
    return unique([caption if caption in named or not named else None, *named])


def _linked(things: Iterable[Thing], parties: dict[str, Thing]) -> tuple[dict[str, list[Thing]], int]:
    """The things of each party, linked with it directly or through one other, and how many have no party."""
    owners = {key: [key] for key in parties}
    found: dict[str, list[Thing]] = defaultdict(list)
    left, near = list(things), dict(parties)
    for _ in range(_STEPS):
        pointed: dict[str, list[str]] = defaultdict(list)
        for key, thing in near.items():
            for value in _values(thing):
                pointed[value] += owners[key]
        reached = {t["id"]: t for t in left if t["id"] in pointed or any(v in near for v in _values(t))}
        for key, thing in reached.items():
            owners[key] = unique([*pointed.get(key, ()), *(o for v in _values(thing) if v in near for o in owners[v])])
            for owner in owners[key]:
                found[owner].append({"id": key, "schema": thing["schema"], **thing["properties"]})
        left, near = [t for t in left if t["id"] not in reached], reached
    return found, len(left)


def _values(thing: Thing) -> Iterator[str]:
    for values in thing["properties"].values():
        yield from values


def _listed_on(linked: Iterable[Thing]) -> date | None:
    days = [iso_day(day) for thing in linked for name in ("listingDate", "startDate") for day in thing.get(name, [])]
    return min((day for day in days if day), default=None)


def _fields(thing: Thing, linked: list[Thing]) -> Fields:
    said: dict[str, list[str]] = thing["properties"]
    first, *others = _names(thing)
    aliases = [{"text": text, "kind": NameKind.aka.value} for text in others]
    aliases += [{"text": text, "kind": kind.value} for label, kind in NAMES.items() for text in said.get(label, [])]
    genders = said.get("gender", [])
    rest: Fields = {label: values for label, values in said.items() if label not in PLACED and values}
    rest |= {
        label: value
        for label, value in thing.items()
        if label not in ("properties", "id", "datasets", "last_seen") and value
    }
    return stated(
        type=party_type(thing["schema"]) or "entity",
        name=first,
        programmes=unique([*said.get("programId", []), *said.get("program", [])]),
        aliases=unique(aliases),
        addresses=[address(street=text) for text in said.get("address", [])],
        remarks="\n".join(said.get("notes", [])),
        gender=genders[0] if len(genders) == 1 else None,
        identifiers=[
            {"kind": kind, "value": value, "label": label}
            for label, kind in IDENTIFIERS.items()
            for value in said.get(label, [])
        ],
        births=[date_range(text) for label in DATES for text in said.get(label, [])],
        birthplaces=said.get("birthPlace", []),
        nationalities=said.get("nationality", []),
        citizenships=said.get("citizenship", []),
        other=rest | {"datasets": thing.get("datasets") or []} | ({"linked": linked} if linked else {}),
    )
