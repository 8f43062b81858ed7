"""US lists that third parties read out of the eCFR, the Federal Register and agencies' PDFs into JSON.

One file a list: `list_id`, `source_file`, `extracted` (the day), `count`, `entities`. It is no official format, so
that it speaks only for lists that have no other file, and keeps apart those that OFAC publishes itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from compliance.countries import code_of
from compliance.errors import BadInput, DamagedFile
from compliance.measures import NS_CMIC_RULE
from compliance.model import MeasureKind, NameKind, Publication, Statement
from compliance.sources import ofac_dates
from compliance.sources.catalogue import BIS_EL, BIS_MEU, CMIC_PDF, DHS_UFLPA, DOD_1260H, EO14032_ANNEX
from compliance.sources.csv_records import head_of
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import key_of, told_apart, without_acronym
from compliance.sources.federal_register import listing_day
from compliance.sources.files import InputFile
from compliance.sources.json_records import document
from compliance.sources.partial_dates import american_day, iso_day
from compliance.sources.stating import Fields, address, publication, stated

FORMAT_ID = "us-regulations-json"
_REST = f"other/{FORMAT_ID}"
LISTS = {
    "bis-entity-list": BIS_EL,
    "bis-meu": BIS_MEU,
    "dhs-uflpa": DHS_UFLPA,
    "dow-1260h": DOD_1260H,
    "dod-1260h": DOD_1260H,
    "ofac-nscmic": CMIC_PDF,
    "ofac-eo14032": EO14032_ANNEX,
}
_TEXTS = ("name", "country", "address", "status", "effective_date", "federal_register", "notes")
_BETWEEN_ADDRESSES = "; and "
_LISTED = re.compile(r"Listing Date \(CMIC\): (\d{2} [A-Z][a-z]{2} \d{4})")


def recognises(file: InputFile) -> bool:
    """Tell the form by its first members."""
    return file.data.lstrip()[:1] == b"{" and re.search(r'"list_id".*"entities"', head_of(file), re.DOTALL) is not None


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as the publication of one list, dated by `extracted`."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    whole = document(file)
    list_id = LISTS.get(whole.get("list_id"))
    if list_id is None:
        raise BadInput(f"{file.path}: the list {whole.get('list_id')!r} is not one of {', '.join(LISTS)}")
    entities, count = whole.get("entities"), whole.get("count")
    if not isinstance(entities, list) or count != len(entities):
        held = len(entities) if isinstance(entities, list) else "no"
        raise DamagedFile(f"{file.path}: {held} entities where the file says {count}; it is cut, download it again")
    own = iso_day(str(whole.get("extracted", "")))
    found = told_apart(_statements(file, list_id, entities))
    stated_whole = publication(FORMAT_ID, file, (list_id,), found, dating, own)
    return stated_whole._replace(covers=(*stated_whole.covers, _REST))


def _statements(file: InputFile, list_id: str, entities: list[Any]) -> Iterator[tuple[Statement, str]]:
    for number, entity in enumerate(entities, start=1):
        wrong = _wrong(entity)
        if wrong:
            raise DamagedFile(f"{file.path}, entity {number:,}: {wrong}; the file is damaged, download it again")
        key = _key(entity, list_id)
        apart = " ".join(str(entity.get(part)) for part in ("federal_register", "effective_date", "address", "notes"))
        yield Statement(key, (list_id,), _fields(entity, list_id), _listed_on(entity, list_id)), apart


def _key(entity: Fields, list_id: str) -> str:
    """Country and name; the UFLPA list names no countries, and its page has to give the same keys."""
    if list_id == DHS_UFLPA:
        return key_of(without_acronym(entity["name"]))
    country = entity["country"] or ""
    return key_of((code_of(country) or country).casefold(), entity["name"])


def _wrong(entity: Any) -> str | None:
    if not isinstance(entity, dict) or not isinstance(entity.get("name"), str) or not entity["name"].strip():
        return "no name"
    missing = [part for part in (*_TEXTS, "aliases") if part not in entity]
    if missing:
        return f"no {missing[0]}"
    texts = [value for part, value in entity.items() if part != "aliases"]
    if not all(value is None or isinstance(value, str) for value in texts):
        return "a field that is no text"
    aliases = entity["aliases"]
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        return "aliases that are no texts"
    return None


def _fields(entity: Fields, list_id: str) -> Fields:
    lines = (entity["address"] or "").split(_BETWEEN_ADDRESSES)
    placed = {"name", "aliases", "country", "address", "notes"}
    return stated(
        type="entity",
        name=entity["name"].strip(),
        aliases=[{"text": text.strip(), "kind": NameKind.aka.value} for text in entity["aliases"] if text.strip()],
        addresses=[each for line in lines if (each := address(street=line, country=entity["country"]))],
        remarks=entity["notes"],
        measures=_measures(entity, list_id),
    ) | {_REST: {label: value for label, value in entity.items() if label not in placed and value}}


def _measures(entity: Fields, list_id: str) -> list[Fields]:
    """NS-CMIC alone states its measure's first day here; the other lists' measures follow from the list."""
    if list_id not in (CMIC_PDF, EO14032_ANNEX):
        return []
    effective = iso_day(entity["effective_date"] or "")
    measure = {"kind": MeasureKind.securities.value, "basis": "CMIC-EO13959", "rule": NS_CMIC_RULE}
    return [measure | ({"effective": effective.isoformat()} if effective else {})]


def _listed_on(entity: Fields, list_id: str) -> date | None:
    """The entry's own date; section 1260H's is that of the notice that lists everybody anew, and says nothing."""
    if list_id in (BIS_EL, BIS_MEU):
        return listing_day(entity["federal_register"] or "")
    if list_id == DHS_UFLPA:
        return american_day(entity["effective_date"] or "")
    match = _LISTED.search(entity["notes"] or "")
    return ofac_dates.whole_day(match[1]) if match else None
