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

CONSOLIDATED: tuple[str, ...] = tuple(info.id for info in _LISTS if info.id != SDN)

UN_SC = "un-sc"
UK_CONLIST = "uk-conlist"
UK_SANCTIONS = "uk-sanctions"
EU_FSF = "eu-fsf"
CA_SEMA = "ca-sema"
BIS_EL = "us-bis-el"
BIS_MEU = "us-bis-meu"
BIS_DPL = "us-bis-dpl"
BIS_UVL = "us-bis-uvl"
STATE_DTC = "us-state-dtc"
STATE_ISN = "us-state-isn"
DOD_1260H = "us-dod-1260h"
DHS_UFLPA = "us-dhs-uflpa"
CMIC_PDF = "us-ofac-cmic-pdf"
EO14032_ANNEX = "us-eo14032-annex"
_BIS = "Bureau of Industry and Security, U.S. Department of Commerce"
_STATE = "U.S. Department of State"
_CSL = "https://www.trade.gov/consolidated-screening-list"


def _us(id: str, title: str, authority: str, homepage: str, since: date | None = None) -> ListInfo:
    return ListInfo(id=id, title=title, authority=authority, country="US", homepage=homepage, since=since)


_OTHERS = (
    ListInfo(
        id=UN_SC,
        title="United Nations Security Council Consolidated List",
        authority="United Nations Security Council",
        country="UN",
        homepage="https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
    ),
    # OFSI's list closed on the day on which the FCDO's became the only one.
    ListInfo(
        id=UK_CONLIST,
        title="OFSI Consolidated List of Financial Sanctions Targets in the UK",
        authority="Office of Financial Sanctions Implementation, HM Treasury",
        country="GB",
        homepage="https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets",
        ended=date(2026, 1, 28),
    ),
    ListInfo(
        id=UK_SANCTIONS,
        title="UK Sanctions List",
        authority="Foreign, Commonwealth and Development Office",
        country="GB",
        homepage="https://www.gov.uk/government/publications/the-uk-sanctions-list",
    ),
    ListInfo(
        id=EU_FSF,
        title="EU Consolidated Financial Sanctions List",
        authority="European Commission",
        country="EU",
        homepage="https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
    ),
    ListInfo(
        id=CA_SEMA,
        title="Consolidated Canadian Autonomous Sanctions List",
        authority="Global Affairs Canada",
        country="CA",
        homepage="https://www.international.gc.ca/world-monde/international_relations-relations_internationales/sanctions/consolidated-consolide.aspx",
    ),
    _us(BIS_EL, "Entity List (15 CFR part 744, supplement 4)", _BIS, "https://www.ecfr.gov/current/title-15/part-744"),
    _us(
        BIS_MEU,
        "Military End-User List (15 CFR part 744, supplement 7)",
        _BIS,
        "https://www.ecfr.gov/current/title-15/part-744",
        date(2020, 12, 23),
    ),
    _us(
        BIS_DPL,
        "Denied Persons List",
        _BIS,
        "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
    ),
    _us(
        BIS_UVL,
        "Unverified List (15 CFR part 744, supplement 6)",
        _BIS,
        "https://www.ecfr.gov/current/title-15/part-744",
    ),
    _us(STATE_DTC, "AECA (ITAR) Debarred Parties", _STATE, _CSL),
    _us(STATE_ISN, "Nonproliferation Sanctions", _STATE, _CSL),
    _us(
        DOD_1260H,
        "Chinese Military Companies (section 1260H)",
        "U.S. Department of Defense",
        "https://www.federalregister.gov/",
    ),
    _us(
        DHS_UFLPA,
        "UFLPA Entity List",
        "U.S. Department of Homeland Security",
        "https://www.dhs.gov/uflpa-entity-list",
        date(2022, 6, 21),
    ),
    _us(CMIC_PDF, "NS-CMIC List as read from OFAC's PDF", OFAC, OFAC_OTHER, date(2021, 6, 3)),
    _us(EO14032_ANNEX, "Annex to Executive Order 14032", OFAC, OFAC_OTHER, date(2021, 6, 3)),
    # trade.gov's copies of lists that have official files of their own, kept apart: docs/formats.md says why.
    *(
        _us(f"us-csl-{code}", f"{title} (trade.gov's copy)", authority, _CSL)
        for code, title, authority in (
            ("sdn", "Specially Designated Nationals", OFAC),
            ("ssi", "Sectoral Sanctions Identifications List", OFAC),
            ("cap", "CAPTA List", OFAC),
            ("mbs", "Non-SDN Menu-Based Sanctions List", OFAC),
            ("plc", "Palestinian Legislative Council List", OFAC),
            ("fse", "Foreign Sanctions Evaders", OFAC),
            ("cmic", "Non-SDN Chinese Military-Industrial Complex Companies List", OFAC),
            ("el", "Entity List", _BIS),
            ("meu", "Military End User List", _BIS),
            ("dpl", "Denied Persons List", _BIS),
            ("uvl", "Unverified List", _BIS),
        )
    ),
)

CATALOGUE: dict[str, ListInfo] = {info.id: info for info in (*_LISTS, *_OTHERS)}

OWN = "own-"
FTM = "ftm-"
_MADE_OF = {
    OWN: ("Own list {0}", "your own organisation"),
    FTM: ("FollowTheMoney dataset {0}", "whoever made the dataset"),
}

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
    for prefix, (title, authority) in _MADE_OF.items():
        if id.startswith(prefix) and len(id) > len(prefix):
            name = id.removeprefix(prefix)
            return ListInfo(id=id, title=title.format(name), authority=authority, country="", homepage="")
    close = difflib.get_close_matches(id, CATALOGUE, n=3, cutoff=0.4)
    known = " or ".join(close) if close else "one of " + ", ".join(CATALOGUE)
    raise UnknownList(f"there is no list called {id!r}; did you mean {known}?")


def closed_by(list_id: str, day: date) -> bool:
    """Whether the list's publisher had closed it by that day: its entries went with it, nobody took them off."""
    info = CATALOGUE.get(list_id)
    return info is not None and info.ended is not None and info.ended <= day


def deciding(programmes: Iterable[str]) -> set[str]:
    """Return the lists that these tags decide; tags that tell of a listing elsewhere decide nothing."""
    found = {_TAGS.get(tag, FSE if tag.startswith("FSE-") else "") for tag in programmes}
    return found - {""}


def consolidated_lists(programmes: Iterable[str]) -> tuple[str, ...]:
    """Return the lists on which a row of the consolidated file stands; without a deciding tag it is NS-MBS."""
    found = deciding(programmes) or {MBS}
    return tuple(id for id in CONSOLIDATED if id in found)
