"""Importing publications in any order ends in the register that the publications alone define."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.changes import ListPublished, published_event
from compliance.differences import Comparison
from compliance.model import Statement
from compliance.timeline import ListHistory, Party
from tests.generated import Said, course

DAY0 = date(2020, 1, 1)
PARTS = ("core", "aliases")


def day(number: int) -> date:
    return DAY0 + timedelta(days=number)


class Published(NamedTuple):
    """A generated publication: its day, the fields it covers, and per entry its values and own date."""

    on: int
    covers: tuple[str, ...]
    entries: dict[str, tuple[dict[str, str], int | None]]


class Row(NamedTuple):
    position: int
    type: str
    effective: date
    payload: dict[str, Any]


@st.composite
def publications(draw: st.DrawFn) -> list[Published]:
    days = draw(st.lists(st.integers(0, 12), min_size=1, max_size=5, unique=True))
    found = []
    for on in sorted(days):
        covers = (
            "core",
            *draw(st.sampled_from([(), ("aliases",), ("listed_on",), ("aliases", "listed_on")])),
        )
        entries: dict[str, tuple[dict[str, str], int | None]] = {}
        for key in draw(st.sets(st.sampled_from(["1", "2"]))):
            values = {part: draw(st.sampled_from("ab")) for part in PARTS if part in covers}
            own = draw(st.none() | st.integers(0, on)) if "listed_on" in covers else None
            entries[key] = (values, own)
        found.append(Published(on, covers, entries))
    return found


def take(history: ListHistory, publication: Published, positions: count[int]) -> None:
    """Imports a generated publication into a history, as the importer does with a log."""
    name = f"p{publication.on}"
    statements = {}
    for key, (values, own) in publication.entries.items():
        fields: dict[str, Any] = dict(values)
        if "listed_on" in publication.covers:
            fields["listed_on"] = None if own is None else day(own).isoformat()
        statements[key] = Statement(key, ("l",), fields, None if own is None else day(own))
    comparison = Comparison(
        history, publication=name, published=day(publication.on), covers=frozenset(publication.covers)
    )
    found = list(comparison.differences(statements))
    opening = ListPublished(
        list="l", publication=name, format="f", published=day(publication.on), date_source="given",
        covers=publication.covers, files=(), entries=len(statements), reader=None,
    )  # fmt: skip
    for event in (published_event(opening), *(difference.event for difference in found)):
        history.apply(Row(next(positions), event.type, event.effective, event.payload))


def oracle(published: list[Published], key: str, on: int) -> dict[str, Any] | None:
    """What the publications mean for a party on a day; None where it is not on the list."""
    said = []
    for one in published:
        fields, own = one.entries.get(key, (None, None))
        said.append(Said(one.on, one.covers, fields, own))
    return course(said, PARTS, on)


@settings(max_examples=400, deadline=None)
@given(publications(), st.randoms(use_true_random=False))
def test_any_order_of_import_gives_the_register_that_the_publications_define(
    published: list[Published], random: Any
) -> None:
    shuffled = list(published)
    random.shuffle(shuffled)
    history = ListHistory("l")
    positions = count(1)
    for publication in shuffled:
        take(history, publication, positions)
    for on in range(14):
        for key in ("1", "2"):
            present, fields, _ = history.parties.get(key, Party()).at(day(on))
            known = {field: fields[field] for field in PARTS if fields.get(field) is not None}
            assert (known if present else None) == oracle(published, key, on), (key, on)


@settings(max_examples=150, deadline=None)
@given(publications(), st.randoms(use_true_random=False))
def test_importing_the_same_again_changes_nothing(published: list[Published], random: Any) -> None:
    history = ListHistory("l")
    positions = count(1)
    for publication in random.sample(published, len(published)):
        take(history, publication, positions)
    for publication in published:
        statements = {}
        for key, (values, own) in publication.entries.items():
            fields: dict[str, Any] = dict(values)
            if "listed_on" in publication.covers:
                fields["listed_on"] = None if own is None else day(own).isoformat()
            statements[key] = Statement(key, ("l",), fields, None if own is None else day(own))
        comparison = Comparison(
            history, publication="again", published=day(publication.on), covers=frozenset(publication.covers)
        )
        assert list(comparison.differences(statements)) == []
