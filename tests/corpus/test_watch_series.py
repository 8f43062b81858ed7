"""OFAC's monthly files of 2021 and 2022 against companies of the exchanges: the alerts add up to screening everything.

By default a sample of the months and of the companies; with COMPLIANCE_CORPUS_WHOLE=yes all of them.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.monitoring import portfolios
from compliance.monitoring.basis import subject_of
from compliance.monitoring.found import RAISING
from compliance.monitoring.looking import look, record
from compliance.monitoring.model import Counterparty, known
from compliance.settings import load

pytestmark = pytest.mark.corpus
CORPUS = os.environ.get("COMPLIANCE_CORPUS", "")
WHOLE = os.environ.get("COMPLIANCE_CORPUS_WHOLE") == "yes"

if not CORPUS:
    pytest.skip("COMPLIANCE_CORPUS does not name the folder of real lists", allow_module_level=True)


def companies() -> dict[str, bytes]:
    """The companies of the Hong Kong, Shanghai and London exchanges, by exchange and ticker."""
    found = []
    for path in sorted((Path(CORPUS) / "portfolios").glob("exchanges-*/*.csv")):
        with open(path, newline="", encoding="utf-8-sig") as file:
            found += [(f"{path.stem}:{row['symbol']}", row["name"].strip()) for row in csv.DictReader(file)]
    parties = [Counterparty(id=id_, name=name) for id_, name in found if any(map(str.isalnum, name))]
    return {party.id: portfolios.as_bytes(known(party)) for party in parties[:: 1 if WHOLE else 40]}


def months() -> list[Path]:
    folders = [path for path in sorted((Path(CORPUS) / "lists" / "ofac-sdn").iterdir()) if path.name[:4] in "2021 2022"]
    return folders if WHOLE else folders[::8]


def test_the_alerts_of_each_month_add_up_to_screening_everything(tmp_path: Path) -> None:
    folders = months()
    assert len(folders) >= 3, "the corpus lacks OFAC's files"
    today = date.min

    def clock() -> datetime:
        return datetime(today.year, today.month, today.day, 12, tzinfo=UTC)

    environment = {"COMPLIANCE_DATA_DIR": str(tmp_path / "data"), "COMPLIANCE_CACHE_DIR": str(tmp_path / "cache")}
    raised: dict[tuple[str, str], str] = {}
    told = []
    with Compliance(load(environment), clock, bundled=False) as compliance:
        for folder in folders:
            today = date.fromisoformat(folder.name)
            list(compliance.import_files([folder]))
            if not told:
                portfolios.add(compliance, "exchanges", companies(), threshold=70)
            found = look(compliance, "exchanges", large=0)
            record(compliance, found)
            for alert in found.alerts:
                pair = alert.counterparty, alert.entry
                if alert.kind in RAISING:
                    raised[pair] = alert.hit.score
                else:
                    del raised[pair]
            told.append(len(found.alerts))
            print(folder.name, found.looked.counterparties, len(found.alerts), len(raised), flush=True)
            assert raised == everything(compliance)
    assert told[0] > 0
    assert any(told[1:])


def everything(compliance: Compliance) -> dict[tuple[str, str], str]:
    """All hits of the portfolio today, by screening it as a whole."""
    parties = list(portfolios.existing(compliance, "exchanges"))
    screener = compliance.screener(threshold=70.0)
    answers = screener.screen_many([subject_of(party) for party in parties])
    return {
        (party.id, hit.entry.id): f"{hit.score:.1f}"
        for party, answer in zip(parties, answers, strict=True)
        for hit in answer.hits
    }
