"""The same party under another list or another number: what is certain, what is probable, and why.

Two rules, no more, so that nobody is followed on a likeness:

- OFAC numbers parties once for all of its lists: the same number on another list of OFAC's is the same party.
- A publication that takes one number off a list and puts another on it may have renumbered a party. It is *probably*
  the same when both are of one type and share an identifier, or when primary name, type and all dates are equal (a
  person needs at least one date of birth for that); and when no other of the two sides fits as well.

Who only shares a name or a number is named beside the story, and not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compliance.audit.chronicle import SHARED_KINDS, Chronicle, Mention, Party, folded
from compliance.changes import Cause
from compliance.entries import assemble
from compliance.identifiers import normal_value
from compliance.model import Entry, PartyType, Value
from compliance.timeline import ListHistory, fold

_ONE_NUMBERING = ("us-ofac-",)  # beginnings of the ids of lists that share their publisher's numbers
_BY_PUBLISHER = frozenset({Cause.published.value, Cause.dated.value})


class Identity(Value):
    """An entry whose events belong to the story; `because` says why, and is None for the one that was asked for."""

    entry: str
    name: str
    because: str | None = None
    certain: bool = True


class Related(Value):
    """An entry that is not followed, though it shares a name or a number with one that is: `shares` says which."""

    entry: str
    name: str
    shares: str


class Turned(NamedTuple):
    """A publication that put a party on its list, or took it off, and the entry as it was then."""

    mention: Mention
    on: bool
    entry: Entry


class Followed:
    """The identities of one party, in the order in which they were found, each with its events."""

    def __init__(self, chronicle: Chronicle, party: Party) -> None:
        self._chronicle = chronicle
        self.identities: dict[Party, Identity] = {}
        self.histories: dict[Party, ListHistory] = {}
        self._take(party, None, certain=True)

    def related(self, most: int = 20) -> Iterator[Related]:
        """Who shares a name or a number with one of them, and is not followed."""
        seen = set(self.identities)
        for party in self.identities:
            for other in self._chronicle.alike(party):
                if other not in seen and len(seen) < len(self.identities) + most:
                    seen.add(other)
                    entry = _last(self._chronicle.story(other), other)
                    yield Related(entry=other.id, name=entry.primary_name, shares=self._shared(party, entry))

    def _shared(self, party: Party, entry: Entry) -> str:
        own = _last(self.histories[party], party)
        common = sorted(_numbers(own) & _numbers(entry))
        if common:
            return f"{common[0][0]} {common[0][1]}"
        names = {folded(name.text) for name in own.names}
        return next((f"the name {n.text}" for n in entry.names if folded(n.text) in names), "a former name or number")

    def _take(self, party: Party, because: str | None, *, certain: bool) -> None:
        """Takes an identity in, then all that its number and its renumberings lead to."""
        if party in self.identities or not self._chronicle.mentions(party):
            return
        history = self.histories[party] = self._chronicle.story(party)
        name = _last(history, party).primary_name
        self.identities[party] = Identity(entry=party.id, name=name, because=because, certain=certain)
        for other in _same_number(self._chronicle, party):
            self._take(other, f"{_publisher(party)} numbers a party once for all its lists", certain=certain)
        for other, why in renumbered(self._chronicle, party, history):
            self._take(other, f"probably the same: {why}", certain=False)


def renumbered(chronicle: Chronicle, party: Party, history: ListHistory) -> Iterator[tuple[Party, str]]:
    """Who this party became, or was before, under another number of its list, with the reason."""
    others = [other for other in chronicle.alike(party) if other.list_id == party.list_id]
    if not others:
        return
    for turned in _turns(chronicle, party, history):
        fitting = list(_fitting(chronicle, turned, others))
        if len(fitting) != 1:
            continue
        other, there, why = fitting[0]
        back = [o for o in chronicle.alike(other) if o.list_id == party.list_id]
        if [found for found, *_ in _fitting(chronicle, there, back)] == [party]:
            day = next(r.published for r in history.publications if r.publication == turned.mention.publication)
            yield other, f"the publication of {day} took one number off the list and put the other on it, and {why}"


def _fitting(chronicle: Chronicle, turned: Turned, others: list[Party]) -> Iterator[tuple[Party, Turned, str]]:
    publication, on = turned.mention.publication, turned.on
    for other in others:
        said = {mention.present for mention in chronicle.mentions(other) if mention.publication == publication}
        if (not on) not in said:
            continue  # its events need not be read
        for there in _turns(chronicle, other, chronicle.story(other)):
            same_day = there.mention.publication == publication and there.on is not on
            if same_day and (why := _why_same(turned.entry, there.entry)):
                yield other, there, why


def _turns(chronicle: Chronicle, party: Party, history: ListHistory) -> Iterator[Turned]:
    """Every time that a publication put the party on the list or took it off; the list's first publication aside."""
    first = history.publications[0].publication if history.publications else None
    changes = history.parties[party.key].changes
    present = False
    for index, mention in enumerate(chronicle.mentions(party)):
        if mention.present is None or mention.present is present:
            continue
        present = mention.present
        if mention.cause in _BY_PUBLISHER and mention.publication != first:
            fields = fold(changes[: index + 1]).fields
            if fields.get("name"):
                yield Turned(mention, present, assemble(party.list_id, party.key, fields))


def _why_same(one: Entry, other: Entry) -> str | None:
    if one.type != other.type:
        return None
    common = sorted(_numbers(one) & _numbers(other))
    if common:
        return f"both have {common[0][0]} {common[0][1]}"
    named = folded(one.primary_name) == folded(other.primary_name)
    known = one.type is not PartyType.individual or bool(one.births)
    if named and known and _dates(one) == _dates(other):
        return "primary name, type and dates are equal"
    return None


def _dates(entry: Entry) -> tuple[object, ...]:
    return sorted((str(b.first), str(b.last)) for b in entry.births), sorted(entry.dates.items())


def _numbers(entry: Entry) -> set[tuple[str, str, str]]:
    found = ((i.kind, normal_value(i.kind, i.value), i.country or "") for i in entry.identifiers)
    return {number for number in found if number[0] not in SHARED_KINDS}


def _same_number(chronicle: Chronicle, party: Party) -> Iterator[Party]:
    for beginning in _ONE_NUMBERING:
        if party.list_id.startswith(beginning):
            yield from (other for other in chronicle.numbered(party.key) if other.list_id.startswith(beginning))


def _publisher(party: Party) -> str:
    return party.list_id.split("-")[1].upper()


def _last(history: ListHistory, party: Party) -> Entry:
    """The entry as it was last known, on the list or not any more."""
    fields = fold(history.parties[party.key].changes).fields
    return assemble(party.list_id, party.key, fields)
