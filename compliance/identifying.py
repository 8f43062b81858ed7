"""The entries that carry an identifier: one that was given as such, or one that stands in the name asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from compliance.book import Book
from compliance.countries import code_of
from compliance.errors import BadInput
from compliance.identifier_checks import fault
from compliance.identifiers import ENTRY, KNOWN, agree, keys, normal_value
from compliance.model import Entry, Identifier
from compliance.numbers import ANY, in_name

_NO_NUMBERS = frozenset({"issuer-name", "website"})


class Identified(NamedTuple):
    """An entry (by its number in the book), what was asked, what the entry states, and whether the name held it."""

    number: int
    kind: str
    value: str
    stated: Identifier
    in_name: bool


def identified(book: Book, identifiers: Iterable[tuple[str, str]], name: str) -> Iterator[Identified]:
    """The entries with one of the identifiers, or with one that stands in the name."""
    for kind, value in identifiers:
        yield from _with(book, kind, value, in_name=False)
    for kind, value in in_name(name):
        yield from _with(book, kind, value, in_name=True)


def check(book: Book, identifiers: Iterable[tuple[str, str]]) -> None:
    """Raises BadInput for a kind that neither we nor the lists know, and for what can be no identifier of its kind.

    A number against its own standard is searched all the same: where a list has it so, it is the list that is odd.
    """
    for kind, value in identifiers:
        if kind not in KNOWN and kind not in book.identifier_kinds:
            near = get_close_matches(kind, KNOWN, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise BadInput(f"{kind!r} is no kind of identifier: {meant}known are {', '.join(sorted(KNOWN))}")
        wrong = fault(kind, value)
        if wrong and not any(_with(book, kind, value, in_name=False)):
            raise BadInput(f"{value!r} is no {kind}: {wrong}")


def unstated(book: Book, identifiers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What to know of identifiers that no entry states."""
    for kind in dict.fromkeys(kind for kind, _ in identifiers):
        stated = "isin" if kind == "cusip" else kind
        if stated not in book.identifier_kinds and stated != ENTRY:
            yield f"no entry that is loaded states any {kind}: that none has this one says nothing"


def notes(found: Identified, countries: tuple[str, ...]) -> Iterator[str]:
    """What an analyst should know of an identifier that is equal."""
    stated = found.stated
    if found.kind not in (ANY, stated.kind, "cusip"):
        yield f"asked as {found.kind}, the entry states it as {stated.kind}"
    if stated.kind != ENTRY and (wrong := fault(stated.kind, stated.value)):
        yield f"the list has it so, but it is no valid {stated.kind}: {wrong}"
    issued = code_of(stated.country) if stated.country else None
    if issued and countries and issued not in countries:
        asked = ", ".join(countries)
        yield f"the number is of {issued}, asked for {asked}: another country's may be the same by chance"


def identifiers_of(entry: Entry) -> tuple[Identifier, ...]:
    """The identifiers that an entry states, and its own numbers with the publisher and with us."""
    own = (Identifier(kind=ENTRY, value=value, label="Entry") for value in (entry.id, entry.key))
    return (*entry.identifiers, *own)


def _with(book: Book, kind: str, value: str, *, in_name: bool) -> Iterator[Identified]:
    for number in dict.fromkeys(_candidates(book, kind, value)):
        stated = _stated(book.listing(number).entry(), kind, value)
        if stated:
            yield Identified(number, kind, value, stated, in_name)


def _candidates(book: Book, kind: str, value: str) -> Iterator[int]:
    if kind == ENTRY and "/" in value:
        number = book.number_of(value.strip())
        yield from () if number is None else (number,)
    for key in keys(kind, value):
        yield from book.with_identifier(key)


def _stated(entry: Entry, kind: str, value: str) -> Identifier | None:
    """The identifier of the entry that is equal; its own kind before others."""
    equal = [each for each in identifiers_of(entry) if _equal(kind, value, each)]
    return min(equal, key=lambda each: each.kind != kind, default=None)


def _equal(kind: str, value: str, stated: Identifier) -> bool:
    if kind == ANY:
        same = stated.kind not in _NO_NUMBERS and stated.kind != ENTRY
        return same and normal_value(stated.kind, value) in set(keys(stated.kind, stated.value))
    return agree((kind, value), (stated.kind, stated.value))
