"""The EU's Financial Sanctions Files, XML 1.1 (`xmlFullSanctionsList_1_1`): `export/sanctionEntity`, in attributes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compliance.errors import DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import EU_FSF
from compliance.sources.dating import Dating
from compliance.sources.eu_entry import Part, Party, part_of, statement, with_own_rest, wrong_with
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import iso_day
from compliance.sources.stating import once, publication
from compliance.sources.xml_records import name_of, records, root_of, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT_ID = "eu-fsf-xml"


def recognises(file: InputFile) -> bool:
    """Tell the files by the outermost element and its namespace."""
    root = root_of(file)
    return root is not None and root.name == "export" and "fpi/fsd" in root.namespace


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication, dated by its `generationDate`."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    root = root_of(file)
    own = iso_day(root.attributes.get("generationDate", "")[:10]) if root else None
    return with_own_rest(publication(FORMAT_ID, file, (EU_FSF,), once(_statements(file), file), dating, own))


def _statements(file: InputFile) -> Iterator[tuple[str, Statement]]:
    for element in records(file, ("sanctionEntity",)):
        place = f"line {element.sourceline or 1:,}"
        key, party = str(element.get("logicalId", "")).strip(), _party(element)
        wrong = wrong_with(party) if key else "the entity has no logicalId"
        if wrong:
            raise DamagedFile(f"{file.path}, {place}: {wrong}; the file is damaged, download it again")
        yield place, statement(key, party, FORMAT_ID, _spelling(element))


def _party(element: Element) -> Party:
    entity = _attributes(element)
    entity.pop("logicalid", None)
    for child in element:
        if name_of(child) == "subjectType":
            entity |= {"subjecttype" if name == "code" else name: value for name, value in _attributes(child).items()}
    remarks = [text for child in element if name_of(child) == "remark" and (text := text_of(child))]

    def parts(name: str) -> list[Part]:
        return [_part(child) for child in element if name_of(child) == name]

    return Party(
        entity, parts("nameAlias"), parts("address"), parts("birthdate"), parts("identification"),
        parts("citizenship"), parts("regulation"), remarks,
    )  # fmt: skip


def _part(element: Element) -> Part:
    """The attributes, and what stands below: texts under their names, the regulation's attributes after a point."""
    found = _attributes(element)
    if element.get("strong") == "false":
        found["strong"] = "weak"
    for child in element:
        below = part_of([(name_of(child), text_of(child))])
        below |= {f"{name_of(child).lower()}.{name}": value for name, value in _attributes(child).items()}
        found |= {name: f"{found[name]}; {value}" if name in found else value for name, value in below.items()}
    return found


def _spelling(element: Element) -> dict[str, str]:
    """The publisher's names, capitals and all, by the same in small letters."""
    found: dict[str, str] = {}
    for part in element.iter():
        names = [str(name).rpartition("}")[2] for name in part.attrib]
        below = [f"{name_of(part)}.{name}" for name in names]
        found |= {name.lower(): name for name in (name_of(part), *names, *below)}
    return found


def _attributes(element: Element) -> dict[str, str]:
    return part_of((str(name).rpartition("}")[2], str(value)) for name, value in element.attrib.items())
