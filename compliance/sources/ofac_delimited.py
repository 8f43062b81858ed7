"""OFAC's delimited lists: SDN.CSV and CONS_PRIM.CSV with their ALT, ADD and COMMENTS files.

The format is OFAC's data specification (dataspec.txt): no header, one record a line, the files joined by
ent_num. docs/formats.md says what is kept where and what is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.model import Publication
from compliance.sources.catalogue import SDN
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ofac_lists import lists_held, undecided
from compliance.sources.ofac_parts import Part, Parts, assemble, part_of
from compliance.sources.ofac_rows import read_table
from compliance.sources.ofac_statements import covers, statements

FORMAT_ID = "ofac-delimited"


def recognises(file: InputFile) -> bool:
    """Tell whether the content has the shape of one of OFAC's delimited files."""
    return part_of(file) is not None


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read the files of one group: one publication for each primary file, with what belongs to it."""
    published = dating.required()
    # The comments file of 2021 has no end mark, that of 2025 has one: there it cannot be demanded.
    found = [
        (part, read_table(file, part.value, closed=part is not Part.comments))
        for file in files
        if (part := part_of(file))
    ]
    sets = assemble(found, dating.place)
    return [_publication(parts, published, dating) for parts in sets]


def _publication(parts: Parts, published: date, dating: Dating) -> Publication:
    stated = statements(parts)
    warnings = [*dating.warnings]
    lists = lists_held(parts.prim.file.path, published, stated, warnings) if parts.consolidated else (SDN,)
    _check_name(parts, warnings)
    for table in parts.tables:
        warnings += table.warnings
    return Publication(
        format=FORMAT_ID,
        published=published,
        date_source=dating.source,
        lists=lists,
        covers=covers(parts),
        files=tuple(table.file.source() for table in parts.tables),
        statements=stated,
        warnings=tuple(warnings),
        undecided=undecided(stated) if parts.consolidated else (),
    )


def _check_name(parts: Parts, warnings: list[str]) -> None:
    name = parts.prim.file.name.lower()
    told = "cons" in name, name.startswith("sdn")
    if told == (not parts.consolidated, parts.consolidated):
        holds = "the consolidated non-SDN list" if parts.consolidated else "the SDN list"
        warnings.append(f"{parts.prim.file.path}: by its content this is {holds}, whatever its name says")
