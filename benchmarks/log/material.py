"""The payloads that both sides store: entries in the shape and length of OFAC's, made from a number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from events import NewEvent

LIST = "us-ofac-sdn"
FIRST_DAY = date(2019, 1, 1)
BATCH = 1000
PARTIES = 20_000  # about what OFAC's SDN list holds


def payload(number: int) -> dict[str, Any]:
    """An entry of about 500 bytes; every party is said something about again each `PARTIES` events."""
    party = number % PARTIES
    return {
        "cause": "published",
        "fields": {
            "addresses": [{"city": f"Moscow {party}", "country": "Russia", "source_id": str(party)}],
            "aliases": [{"kind": "aka", "source_id": str(2 * party), "text": f"EXAMPLE TRADING HOUSE {party}"}],
            "details": {},
            "name": f"JOINT STOCK COMPANY EXAMPLE {party}",
            "programmes": ["RUSSIA-EO14024", "UKRAINE-EO13661"],
            "remarks": {
                "identifiers": [{"country": "Russia", "kind": "tax-id", "label": "Tax ID No.", "value": str(number)}],
                "text": f"Organization Type: Trade; Tax ID No. {number} (Russia).",
            },
            "type": "entity",
        },
        "key": str(party),
        "list": LIST,
        "publication": f"{number // BATCH:064x}",
    }


def batches(events: int) -> Iterator[list[NewEvent]]:
    """Batches of events, each effective a day after the one before."""
    for start in range(0, events, BATCH):
        day = FIRST_DAY + timedelta(days=start // BATCH)
        yield [
            NewEvent(type="Listed" if number < PARTIES else "Amended", effective=day, payload=payload(number))
            for number in range(start, min(start + BATCH, events))
        ]
