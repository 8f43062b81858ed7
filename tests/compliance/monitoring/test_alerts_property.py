"""Whatever happens to lists, portfolio and decisions: the alerts of all looks add up to screening everything now."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.facade import Compliance
from compliance.monitoring import deciding, portfolios
from compliance.monitoring.basis import facts_of, subjects_of
from compliance.monitoring.decisions import Decisions, Standing
from compliance.monitoring.found import RAISING
from compliance.monitoring.looking import Look, look, record
from compliance.monitoring.model import Counterparty, Verdict, known
from compliance.settings import load

WORDS = ("almaz", "antey", "rosneft", "petrol", "golden", "star", "shipping", "trading", "bank")
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(" ".join)
FIRST = date(2024, 1, 1)


class Published(NamedTuple):
    """The list says this from the next day on."""

    entries: dict[str, str]


class Watched(NamedTuple):
    """The portfolio's file has these names, by id; with `replace` nobody else stays."""

    names: dict[str, str]
    replace: bool


class Decided(NamedTuple):
    """The hit with this number, of those that are raised, is decided on."""

    which: int
    verdict: Verdict


class Deleted(NamedTuple):
    """The cache folder is emptied."""


STEPS = st.lists(
    st.one_of(
        st.builds(Published, st.dictionaries(st.sampled_from("12345"), NAMES, min_size=1, max_size=5)),
        st.builds(Watched, st.dictionaries(st.sampled_from("ABCD"), NAMES, max_size=4), st.booleans()),
        st.builds(Decided, st.integers(0, 9), st.sampled_from(list(Verdict))),
        st.just(Deleted()),
    ),
    min_size=3,
    max_size=8,
)


class World:
    """One user's log, a day older with each step."""

    def __init__(self, folder: Path, large: int) -> None:
        self.folder = folder
        self.large = large
        self.day = FIRST
        environment = {
            "COMPLIANCE_DATA_DIR": str(folder / "data"),
            "COMPLIANCE_CACHE_DIR": str(folder / "cache"),
            "COMPLIANCE_ACTOR": "tester",
        }
        self.compliance = Compliance(load(environment), self.clock, bundled=False)
        self.raised: dict[tuple[str, str], str] = {}  # what somebody knows who read the alerts and nothing else

    def clock(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)

    def take(self, step: object) -> None:
        self.day += timedelta(days=1)
        if isinstance(step, Published):
            self.publish(step.entries)
        elif isinstance(step, Watched):
            parties = [Counterparty(id=id_, name=name) for id_, name in step.names.items()]
            found = {party.id: portfolios.as_bytes(known(party)) for party in parties}
            portfolios.add(self.compliance, "main", found, replace=step.replace)
        elif isinstance(step, Decided) and self.raised:
            counterparty, entry = sorted(self.raised)[step.which % len(self.raised)]
            party = portfolios.existing(self.compliance, "main").get(counterparty)
            if party and self.compliance.register(self.day).find(*entry.split("/")):
                deciding.decide(self.compliance, deciding.Pair(entry, party), step.verdict, "because")
        elif isinstance(step, Deleted):
            for file in [*self.folder.glob("cache/watch/*/*"), *self.folder.glob("cache/prepared/*/*")]:
                file.unlink()

    def publish(self, entries: dict[str, str]) -> None:
        folder = self.folder / "lists" / self.day.isoformat()
        folder.mkdir(parents=True)
        lines = [f'{key},"{name.upper()}",-0- ,"SDGT"' + ",-0- " * 8 + "\r\n" for key, name in sorted(entries.items())]
        (folder / "sdn.csv").write_bytes("".join(lines).encode() + b"\x1a\r\n")
        list(self.compliance.import_files([folder], accept_removals=True))

    def look(self) -> Look:
        found = look(self.compliance, "main", large=self.large)
        record(self.compliance, found)
        assert found.looked.counterparties == len(portfolios.existing(self.compliance, "main"))
        for alert in found.alerts:
            pair = alert.counterparty, alert.entry
            if alert.kind in RAISING:
                assert (pair in self.raised) == (alert.kind == "changed")
                self.raised[pair] = alert.hit.score
            else:
                assert self.raised.pop(pair)
        return found

    def everything(self) -> dict[tuple[str, str], str]:
        """What is raised, by screening each counterparty against each entry anew."""
        decisions = Decisions.of(self.compliance.log)
        screener = self.compliance.screener()
        raised = {}
        for party in portfolios.existing(self.compliance, "main"):
            for hit in screener.screen(subjects_of(party)[0]).hits:
                ruling = decisions.ruling(party, hit.entry.id, facts_of(hit.entry))
                if ruling is None or ruling.standing is not Standing.released:
                    raised[party.id, hit.entry.id] = f"{hit.score:.1f}"
        return raised


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, large=st.sampled_from([0, 100]))
def test_alerts_add_up_to_a_full_screening_at_each_step(steps: list[object], large: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), large)
        with world.compliance:
            world.take(Published({"1": "almaz antey", "2": "golden star shipping"}))
            world.take(Watched({"A": "almaz antey", "B": "star shipping"}, False))
            for step in [None, *steps]:
                if step is not None:
                    world.take(step)
                world.look()
                assert world.raised == world.everything()
                assert world.look().alerts == []
