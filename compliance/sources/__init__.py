"""Reading official list files: recognise the format by content, read it whole or refuse it with one clear line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from compliance.errors import BadInput
from compliance.model import Publication
from compliance.sources.catalogue import CATALOGUE, ListInfo, list_info
from compliance.sources.dating import Dating, Served, dating
from compliance.sources.files import Group, InputFile
from compliance.sources.inputs import collect
from compliance.sources.lazily import Modules
from compliance.sources.unreadable import complaint, is_worth_an_error

__all__ = ["CATALOGUE", "FORMATS", "ListInfo", "SourceFormat", "list_info", "read"]


class SourceFormat(Protocol):
    """What a source module offers; a module with these names is one."""

    FORMAT_ID: str

    def recognises(self, file: InputFile) -> bool:
        """Tell from the content, never from the name, whether the file is of this format."""
        ...

    def read(self, files: Sequence[InputFile], dating: Dating) -> list[Publication]:
        """Read the files that it recognised in one group."""
        ...


FORMATS: Sequence[SourceFormat] = Modules(
    "compliance.sources.ofac_delimited",
    "compliance.sources.ofac_xml",
    "compliance.sources.ofac_advanced_xml",
    "compliance.sources.ofac_enhanced_xml",
    "compliance.sources.un_xml",
    "compliance.sources.uk_conlist",
    "compliance.sources.uk_sanctions",
    "compliance.sources.uk_sanctions_xml",
    "compliance.sources.eu_fsf_csv",
    "compliance.sources.eu_fsf_xml",
    "compliance.sources.ca_sema",
    "compliance.sources.uflpa_html",
    "compliance.sources.ecfr_xml",
    "compliance.sources.us_regulations",
    "compliance.sources.bis_dpl",
    "compliance.sources.csl",
    "compliance.sources.ftm_jsonl",
    "compliance.sources.targets_simple",
    "compliance.sources.own_list",
)


def read(paths: Sequence[Path], *, published: date | None = None) -> list[Publication]:
    """Read official files, folders of them or ZIPs into publications, the oldest first.

    `published` is the publication date, for files that hold none; it fits one publication only.
    """
    groups = collect(paths)
    check_one_date(groups, published)
    found = [publication for group in groups for publication in read_group(group, published)]
    return sorted(found, key=lambda publication: publication.published)


def check_one_date(groups: Sequence[Group], published: date | None) -> None:
    """Raise BadInput when one date is given for several publications."""
    if published and len(groups) > 1:
        places = ", ".join(group.place for group in groups[:3])
        raise BadInput(
            f"one publication date was given for {len(groups)} publications ({places}); import one at a time"
        )


def read_group(group: Group, published: date | None, served: Served | None = None) -> list[Publication]:
    """Read the publications of one group of files; `served` dates those that neither hold nor are named after a day."""
    from compliance.sources import own_list

    by_format: dict[str, list[InputFile]] = {}
    passed_over: list[InputFile] = []
    described = own_list.claimed(group.files)
    for file in group.files:
        format: SourceFormat | None = (
            own_list if file.name in described else next((f for f in FORMATS if f.recognises(file)), None)
        )
        if format:
            by_format.setdefault(format.FORMAT_ID, []).append(file)
        elif is_worth_an_error(file):
            raise complaint(file)
        else:
            passed_over.append(file)
    if not by_format:
        raise complaint(passed_over[0])
    dated = dating(group, published, served)
    publications = [
        publication
        for format in FORMATS
        if format.FORMAT_ID in by_format
        for publication in format.read(by_format[format.FORMAT_ID], dated)
    ]
    return [_with_notes(publication, passed_over) for publication in _once(publications)]


def _once(publications: list[Publication]) -> list[Publication]:
    """A third party's reading of a list stands back behind an official file of the same list and day."""
    from compliance.sources.us_regulations import FORMAT_ID as THIRD_PARTY

    official = {(p.published, list_id): p for p in publications if p.format != THIRD_PARTY for list_id in p.lists}
    kept: list[Publication] = []
    for publication in publications:
        first = official.get((publication.published, publication.lists[0]))
        if publication.format == THIRD_PARTY and first:
            note = f"{publication.files[0].name}: passed over, {first.files[0].name} holds the same list of that day"
            kept = [p._replace(warnings=(*p.warnings, note)) if p is first else p for p in kept]
        else:
            kept.append(publication)
    return kept


def _with_notes(publication: Publication, passed_over: list[InputFile]) -> Publication:
    notes = tuple(f"{file.path}: passed over, no list format is recognised in it" for file in passed_over)
    return publication._replace(warnings=publication.warnings + notes)
