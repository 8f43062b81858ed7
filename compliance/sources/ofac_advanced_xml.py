"""OFAC's advanced XML (`sdn_advanced.xml`, `cons_advanced.xml`): the Advanced Sanctions Data Model of the UN's design.

Parties, their places, papers, kinships and listings stand in sections of their own, joined by numbers, and most values
are numbers into the reference sets of the same file. docs/formats.md says what is kept where.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date

from compliance.errors import BadInput, DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.catalogue import CONSOLIDATED, SDN
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile
from compliance.sources.ofac_advanced_parts import Party, Places, whole_day
from compliance.sources.ofac_advanced_party import LATIN, party_of
from compliance.sources.ofac_advanced_references import Missing, References
from compliance.sources.ofac_fields import COVERS, LOOSE
from compliance.sources.ofac_lists import CONSOLIDATED_NAME, SDN_NAME, dated, lists_held, named_lists, unknown_names
from compliance.sources.xml_tree import AGAIN, damaged, records, root_of

FORMAT_ID = "ofac-advanced-xml"
_REST = f"other/{FORMAT_ID}"
_COVERS = (*COVERS, "original_names", "sanctions_types", _REST)
_LOOSE = (*LOOSE, "original_names", "sanctions_types")
_SECTIONS = ("Location", "IDRegDocument", "DistinctParty", "ProfileRelationship", "SanctionsEntry")
_RECORDS = frozenset(("DateOfIssue", "ReferenceValueSets", "SanctionsEntryLinks", *_SECTIONS))


def recognises(file: InputFile) -> bool:
    """Tell the format by its outermost element and the reference sets, which other files of that name do not have."""
    root = root_of(file)
    return root is not None and root.name == "Sanctions" and (root.doctype or b"ReferenceValueSets" in file.data)


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each file as one publication."""
    return [_publication(file, dating) for file in files]


def _publication(file: InputFile, dating: Dating) -> Publication:
    reading = _Reading(file)
    reading.run()
    warnings = [*dating.warnings, *unknown_names(file.path, reading.list_names)]
    day, source = dated(file.path, reading.published, dating, warnings)
    held = (SDN,) if reading.is_sdn() else CONSOLIDATED
    covers = _covers(reading)
    stated = [statement for party in reading.parties.values() for statement in _statements(party, held, file, covers)]
    return Publication(
        format=FORMAT_ID,
        published=day,
        date_source=source,
        lists=lists_held(file.path, day, stated, warnings, held),
        covers=covers,
        files=(file.source(),),
        statements=stated,
        warnings=tuple(warnings),
        loose=_LOOSE,
        omits=("addresses",),
    )


def _covers(reading: _Reading) -> tuple[str, ...]:
    """Return the fields of which the file speaks: of names in other scripts only if it knows any other script."""
    return tuple(field for field in _COVERS if field != "original_names" or reading.references.scripts - {LATIN})


def _statements(party: Party, held: tuple[str, ...], file: InputFile, covers: tuple[str, ...]) -> list[Statement]:
    lists = named_lists(party.listed, party.fields["programmes"], held)
    if not lists:
        raise DamagedFile(f"{file.path}: party {party.key} stands on none of the file's lists; {AGAIN}")
    fields = {name: value for name, value in {**party.fields, _REST: party.rest}.items() if name in covers}
    return [Statement(party.key, (list_id,), fields, day) for list_id, day in lists.items()]


class _Reading:
    """One file, from its first record to its last."""

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.references = References()
        self.places = Places()
        self.parties: dict[str, Party] = {}
        self._issued: date | None = None
        self._counts = dict.fromkeys(_RECORDS, 0)

    @property
    def published(self) -> date:
        """The DateOfIssue."""
        if self._issued is None:
            raise DamagedFile(f"{self.file.path}: there is no DateOfIssue in it; {AGAIN}")
        return self._issued

    @property
    def list_names(self) -> set[str]:
        """The names of all lists on which the file says that somebody stands."""
        return {name for party in self.parties.values() for name in party.listed}

    def is_sdn(self) -> bool:
        """Tell of which list the file holds everybody: the SDN list or the consolidated one."""
        both = [all(name in party.listed for party in self.parties.values()) for name in (SDN_NAME, CONSOLIDATED_NAME)]
        if both[0] == both[1]:
            raise BadInput(
                f"{self.file.path}: it cannot be told whether this is the SDN list or the consolidated list: "
                f"{'all' if both[0] else 'not all'} of its parties stand on each; get the whole file from OFAC"
            )
        return both[0]

    def run(self) -> None:
        """Read the sections, each of which refers to those before it, then finish the parties."""
        for element in records(self.file, _RECORDS):
            self._counts[element.tag] += 1
            try:
                self._take(element)
            except Missing as error:
                raise damaged(self.file, element.tag, self._counts[element.tag], str(error)) from error
        for party in self.parties.values():
            try:
                party.finish(self.parties, self.references)
            except Missing as error:
                raise DamagedFile(f"{self.file.path}: {error}; the file is cut or damaged, {AGAIN}") from error

    def _take(self, element: ET.Element) -> None:
        tag = element.tag
        if tag == "DateOfIssue":
            self._issued = whole_day(element)
        elif tag == "ReferenceValueSets":
            self.references.read(element)
        elif tag == "DistinctParty":
            party = party_of(element, self.references, self.places)
            if party.key in self.parties:
                raise Missing(f"party {party.key} stands there twice")
            self.parties[party.key] = party
        elif tag == "Location":
            self.places.add_location(element, self.references)
        elif tag == "IDRegDocument":
            self.places.add_document(element, self.references)
        else:
            self._join(element)

    def _join(self, element: ET.Element) -> None:
        """Give a kinship, a listing or a link between listings to the party that it is about."""
        if element.tag == "SanctionsEntryLinks":
            for link in element:
                numbers = set(link.attrib.values())
                party = next((p for p in self.parties.values() if p.entry_numbers & numbers), None)
                if party is None:
                    raise Missing("a link between listings that are not in the file")
                party.add_rest(link, self.references)
            return
        number = element.get("ProfileID" if element.tag == "SanctionsEntry" else "From-ProfileID", "")
        if number not in self.parties:
            raise Missing(f"the profile {number[:20]!r} of which it speaks is not in the file")
        if element.tag == "SanctionsEntry":
            self.parties[number].add_entry(element, self.references)
        else:
            self.parties[number].relations.append(element)
