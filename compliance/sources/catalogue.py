"""The lists that can be imported, and which programme tag puts a row of OFAC's consolidated file on which.

OFAC's consolidated non-SDN file holds seven lists in one; nothing but the programme tags of a row says which.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date

from compliance.errors import UnknownList
from compliance.model import Value

OFAC = "Office of Foreign Assets Control, U.S. Department of the Treasury"
OFAC_OTHER = "https://ofac.treasury.gov/other-ofac-sanctions-lists"


class ListInfo(Value):
    """One list: its stable id, its publisher's title, and the days on which it began and ended, where known."""

    id: str
    title: str
    authority: str
    country: str
    homepage: str
    since: date | None = None
    ended: date | None = None


def _ofac(
    id: str, title: str, since: date | None = None, ended: date | None = None, homepage: str = OFAC_OTHER
) -> ListInfo:
    return ListInfo(id=id, title=title, authority=OFAC, country="US", homepage=homepage, since=since, ended=ended)


SDN = "us-ofac-sdn"
CMIC = "us-ofac-cmic"
SSI = "us-ofac-ssi"
CAPTA = "us-ofac-capta"
PLC = "us-ofac-plc"
FSE = "us-ofac-fse"
EO13599 = "us-ofac-13599"
MBS = "us-ofac-mbs"

_LISTS = (
    _ofac(
        SDN,
        "Specially Designated Nationals and Blocked Persons List",
        homepage="https://ofac.treasury.gov/specially-designated-nationals-and-blocked-persons-list-sdn-human-readable-lists",
    ),
    # Executive Order 14032 made the list anew; what stood under Executive Order 13959 before is in no file.
    _ofac(CMIC, "Non-SDN Chinese Military-Industrial Complex Companies List", date(2021, 6, 3)),
    _ofac(SSI, "Sectoral Sanctions Identifications List", date(2014, 7, 16)),
    # Took over the Part 561 list in March 2019, tags and all, so that it has no one first day.
    _ofac(CAPTA, "List of Foreign Financial Institutions Subject to CAPTA Sanctions"),
    _ofac(PLC, "Non-SDN Palestinian Legislative Council List"),
    _ofac(FSE, "Foreign Sanctions Evaders List"),
    # OFAC FAQ 638: on that day its entries were moved to the SDN list, and the list taken down.
    _ofac(
        EO13599,
        "List of Persons Identified as Blocked Solely Pursuant to Executive Order 13599",
        date(2016, 1, 16),
        date(2018, 11, 5),
        homepage="https://ofac.treasury.gov/faqs/638",
    ),
    _ofac(MBS, "Non-SDN Menu-Based Sanctions List", date(2020, 12, 14)),
)

CATALOGUE: dict[str, ListInfo] = {info.id: info for info in _LISTS}
CONSOLIDATED: tuple[str, ...] = tuple(id for id in CATALOGUE if id != SDN)

_TAGS = {
    "CMIC-EO13959": CMIC,
    "NS-PLC": PLC,
    "UKRAINE-EO13662": SSI,
    "561List": CAPTA,
    "561-Related": CAPTA,
    "IRAN": EO13599,
}


def list_info(id: str) -> ListInfo:
    """Return the list of that id, or say which ids come close."""
    if id in CATALOGUE:
        return CATALOGUE[id]
    close = difflib.get_close_matches(id, CATALOGUE, n=3, cutoff=0.4)
    known = " or ".join(close) if close else "one of " + ", ".join(CATALOGUE)
    raise UnknownList(f"there is no list called {id!r}; did you mean {known}?")


def deciding(programmes: Iterable[str]) -> set[str]:
    """Return the lists that these tags decide; tags that tell of a listing elsewhere decide nothing."""
    found = {_TAGS.get(tag, FSE if tag.startswith("FSE-") else "") for tag in programmes}
    return found - {""}


def consolidated_lists(programmes: Iterable[str]) -> tuple[str, ...]:
    """Return the lists on which a row of the consolidated file stands; without a deciding tag it is NS-MBS."""
    found = deciding(programmes) or {MBS}
    return tuple(id for id in CONSOLIDATED if id in found)
