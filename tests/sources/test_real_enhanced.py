"""OFAC's enhanced XML names the lists of each party; the delimited file leaves them to the programme tags."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from compliance.sources import read

CORPUS = os.environ.get("COMPLIANCE_CORPUS")
LISTS = Path(CORPUS or ".") / "lists" / "ofac-consolidated"
ENHANCED = LISTS / "2025-01-10" / "CONS_ENHANCED.ZIP"
DELIMITED = LISTS / "2025-12-19"

NAMES = {
    "Non-SDN CMIC List": "us-ofac-cmic",
    "Sectoral Sanctions Identifications List": "us-ofac-ssi",
    "CAPTA List": "us-ofac-capta",
    "Non-SDN Palestinian Legislative Council List": "us-ofac-plc",
    "Non-SDN Menu-Based Sanctions List": "us-ofac-mbs",
}

# Gazprom, Transneft and the Russian Agricultural Bank: on NS-MBS by Directive 3 under Executive Order 14024,
# beside SSI. Their tags are those of SDN parties on SSI, so that the delimited file cannot say so.
ON_MBS_WITHOUT_A_TAG = {"17014", "17250", "17254"}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not ENHANCED.is_file(), reason="COMPLIANCE_CORPUS names no folder of real lists"),
    pytest.mark.skipif(not (ENHANCED.exists() and DELIMITED.exists()), reason="the two files are not there"),
]


def named_lists() -> dict[str, set[str]]:
    with zipfile.ZipFile(ENHANCED) as archive:
        root = ET.fromstring(archive.read(archive.namelist()[0]))
    found = {}
    for entity in root.findall(".//{*}entity"):
        lists = {item.text or "" for item in entity.findall(".//{*}sanctionsList")}
        found[entity.get("id") or ""] = {NAMES[name] for name in lists if name in NAMES}
    return found


def test_the_tags_put_every_party_on_the_lists_that_ofac_names_but_for_three() -> None:
    named = named_lists()
    (publication,) = read([DELIMITED])
    both = [statement for statement in publication.statements if statement.key in named]
    differing = {found.key: named[found.key] ^ set(found.lists) for found in both}
    assert len(both) > 400
    assert {key: lists for key, lists in differing.items() if lists} == {
        key: {"us-ofac-mbs"} for key in ON_MBS_WITHOUT_A_TAG
    }
