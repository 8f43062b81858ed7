"""Which hit a decision is about: named by counterparty, by alert, or by recorded screening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.errors import BadInput
from compliance.monitoring.deciding import Pair
from compliance.monitoring.model import Counterparty
from compliance.monitoring.portfolios import Portfolio, find
from compliance.monitoring.records import ALERT_RAISED, AlertRaised
from compliance.records import ScreeningRecorded, screening_stream

if TYPE_CHECKING:
    from compliance.facade import Compliance


def of_counterparty(
    compliance: Compliance, entry: str, party_id: str, name: str | None = None, countries: tuple[str, ...] = ()
) -> Pair:
    """The pair of an entry and a counterparty."""
    compliance.facts()
    return Pair(entry, counterparty(compliance, party_id, name, countries))


def counterparty(
    compliance: Compliance, party_id: str, name: str | None = None, countries: tuple[str, ...] = ()
) -> Counterparty:
    """A counterparty by its id as the portfolios know it; with a name it is what was said, and not looked up.

    Where no portfolio knows the id, it is taken for the name.
    """
    if name:
        return Counterparty(id=party_id, name=name, countries=countries)
    return find(compliance, party_id) or Counterparty(id=party_id, name=party_id, countries=countries)


def of_alert(compliance: Compliance, alert_id: str, entry: str | None) -> Pair:
    """The pair that an alert was raised on, its counterparty as it is now. Raises BadInput for an unknown alert."""
    compliance.facts()
    raised = (AlertRaised.model_validate(row.payload) for row in compliance.log.rows(types=(ALERT_RAISED,)))
    found = next((alert for alert in raised if alert.id == alert_id), None)
    if found is None:
        raise BadInput(f"there is no alert {alert_id!r}: write its id whole, as `alerts` prints it")
    if entry not in (None, found.entry):
        raise BadInput(f"alert {alert_id} is about {found.entry}, not {entry}")
    party = Portfolio.load(compliance.log, found.portfolio).get(found.counterparty)
    if party is None:
        raise BadInput(f"{found.portfolio} does not hold {found.counterparty} any more: decide with --counterparty")
    return Pair(found.entry, party, f"alert {alert_id}")


def of_screening(compliance: Compliance, screening_id: str, entry: str | None) -> Pair:
    """The pair of a recorded screening's hit; the entry may be left out where there was one hit only.

    Its counterparty goes by its name. Raises BadInput for an unknown screening, and where its names were not kept.
    """
    compliance.facts()
    rows = list(compliance.log.rows(stream=screening_stream(screening_id)))
    if not rows:
        raise BadInput(f"there is no recorded screening {screening_id!r}")
    asked = ScreeningRecorded.model_validate(rows[0].payload)
    entries = [hit.entry for hit in asked.hits]
    if entry is None and len(entries) == 1:
        (entry,) = entries
    if entry not in entries:
        raise BadInput(f"screening {screening_id} has the hits {', '.join(entries) or 'none'}: name one of them")
    who = asked.who
    if who.name is None:
        raise BadInput(f"screening {screening_id} kept no name: decide with --counterparty and --name")
    party = Counterparty(
        id=who.name,
        name=who.name,
        countries=tuple(sorted(who.countries)),
        identifiers=tuple(sorted(who.identifiers)),
        party_type=who.party_type,
        born=who.born,
    )
    return Pair(entry, party, f"screening {screening_id}")
