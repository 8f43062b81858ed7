"""One query against one register: the matcher's hits, what they forbid, and whether the answer can be given at all.

Fail closed: a list that is missing, stale or not covered on the day makes "cannot say" out of "clear", never the
other way round. Hits are told in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from compliance.answers import AgainstView, Answer, Hit, LeftoverView, ListBasis, Outcome, Reason, TokenView
from compliance.book import Book
from compliance.countries import code_of
from compliance.errors import BadInput, CannotSay
from compliance.identifiers import normal_value
from compliance.matching import DEFAULT_THRESHOLD, MATCHER_VERSION, Match, Query
from compliance.measures import in_words, securities_state
from compliance.model import Entry
from compliance.register import Coverage, Listing, ListState
from compliance.sources.catalogue import CATALOGUE, list_info


class Options(NamedTuple):
    """How to screen. `max_age` in days applies to questions about today; `lists` empty means all that are loaded."""

    as_of: date
    today: date
    lists: tuple[str, ...] = ()
    threshold: float = DEFAULT_THRESHOLD
    limit: int | None = None
    max_age: int = 7


class Subject(NamedTuple):
    """Who is asked for: a name, and what else is known of the party."""

    name: str
    countries: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


class Screener:
    """Answers queries from one book. Build it once, ask it often; it never changes."""

    def __init__(self, book: Book, options: Options) -> None:
        self.book = book
        self.options = options
        self.asked = _asked(book.lists, options)
        self.basis = tuple(_basis(list_id, book.lists.get(list_id), options) for list_id in self.asked)
        self.doubts = tuple(_doubts(self.basis, options))

    def screen(self, subject: Subject) -> Answer:
        """The answer for one party, best hit first.

        Raises CannotSay when no list is loaded, BadInput when nothing of the subject can be compared.
        """
        if not can_be_compared(subject.name) and not subject.identifiers:
            raise BadInput(f"there is no letter or digit in the name {subject.name!r}: nothing can be compared with it")
        if not self.book.lists:
            raise CannotSay("no list is loaded: import one with `compliance import FILE`")
        hits = tuple(self._hits(subject))
        outcome = Outcome.hits if hits else Outcome.cannot_say if self.doubts else Outcome.clear
        return Answer(
            query=subject.name,
            outcome=outcome,
            why=self.doubts,
            hits=hits,
            as_of=self.options.as_of,
            position=self.book.position,
            root=self.book.root,
            threshold=self.options.threshold,
            matcher=MATCHER_VERSION,
            lists=self.basis,
        )

    def _hits(self, subject: Subject) -> Iterable[Hit]:
        found = [*self._by_identifier(subject), *self._by_name(subject)]
        seen: set[str] = set()
        hits = []
        for hit in sorted(found, key=lambda hit: (-hit.score, hit.reason.by != "identifier")):
            if hit.entry.id not in seen:
                seen.add(hit.entry.id)
                hits.append(hit)
        return hits[: self.options.limit]

    def _by_identifier(self, subject: Subject) -> Iterable[Hit]:
        for kind, value in subject.identifiers:
            for number in self.book.with_identifier(kind, normal_value(kind, value)):
                listing = self.book.listing(number)
                if listing.list_id in self.asked:
                    entry = listing.entry()
                    reason = Reason(by="identifier", summary=f"{kind} {value} is equal")
                    yield self._hit(listing, entry, 100.0, entry.primary_name, "primary", reason)

    def _by_name(self, subject: Subject) -> Iterable[Hit]:
        if not can_be_compared(subject.name):
            return
        query = Query(name=subject.name, countries=subject.countries, identifiers=subject.identifiers)
        for match in self.book.matcher.search(query, threshold=self.options.threshold):
            listing = self.book.listing(match.entry)
            if listing.list_id in self.asked:
                entry = listing.entry()
                reason = _reason(match, _country_note(subject, entry))
                yield self._hit(listing, entry, match.score, match.name, match.kind, reason)

    def _hit(self, listing: Listing, entry: Entry, score: float, name: str, kind: str, reason: Reason) -> Hit:
        states = [securities_state(measure, self.options.as_of) for measure in entry.measures]
        return Hit(
            entry=entry,
            list_title=list_info(entry.list_id).title,
            score=score,
            matched_name=name,
            matched_kind=kind,
            since=listing.since,
            forbidden=tuple(in_words(measure) for measure in entry.measures),
            state=next((state for state in states if state), None),
            reason=reason,
        )


def can_be_compared(name: str) -> bool:
    """False for a name without any letter or digit: that it is on no list says nothing."""
    return any(character.isalnum() for character in name)


def _asked(loaded: dict[str, ListState], options: Options) -> tuple[str, ...]:
    """The lists that were named, or all that are loaded and existed on that day."""
    if options.lists:
        return tuple(dict.fromkeys(list_info(list_id).id for list_id in options.lists))
    return tuple(list_id for list_id in loaded if _existed(list_id, options.as_of))


def _existed(list_id: str, as_of: date) -> bool:
    """Whether the list had begun and its publisher had not closed it: a closed one can never be brought up to date."""
    info = CATALOGUE.get(list_id)
    if info is None:
        return True
    return (info.since is None or info.since <= as_of) and (info.ended is None or as_of < info.ended)


def _basis(list_id: str, state: ListState | None, options: Options) -> ListBasis:
    title = list_info(list_id).title
    if state is None:
        return ListBasis(id=list_id, title=title, coverage=Coverage.unknown, entries=0)
    age = (options.as_of - state.fresh).days if state.fresh else None
    return ListBasis(
        id=list_id,
        title=title,
        coverage=state.coverage,
        entries=state.entries,
        complete_since=state.complete_since,
        published=state.published,
        publication=state.publication,
        checked=state.checked,
        age=age,
        stale=age is not None and options.as_of >= options.today and age > options.max_age,
    )


def _doubts(lists: Sequence[ListBasis], options: Options) -> Iterable[str]:
    """Why the lists cannot carry a "clear" on that day, and what to do; nothing when they can."""
    for basis in lists:
        if basis.complete_since is None:
            yield f"{basis.id} is not loaded: import it with `compliance import FILE`"
        elif basis.coverage != Coverage.complete:
            held = "only in part" if basis.coverage == Coverage.partial else "not"
            yield (
                f"{basis.id} is {held} covered on {options.as_of}: the first complete publication held is of "
                f"{basis.complete_since}; import an earlier one"
            )
    stale = [f"{basis.id} {basis.age:,} days ({basis.checked or basis.published})" for basis in lists if basis.stale]
    if stale:
        yield (
            f"older than {options.max_age} days: {', '.join(stale)}; run `compliance update`, "
            "or allow more with --max-age"
        )
    if not lists:
        yield f"no list that is loaded existed on {options.as_of}"


def _reason(match: Match, notes: Sequence[str]) -> Reason:
    explanation = match.explanation
    return Reason(
        by="name",
        summary=explanation.summary(),
        matched=tuple(
            TokenView(query=t.query, listed=t.listed, how=t.how, similarity=t.similarity, points=t.points)
            for t in explanation.matched
        ),
        left_over=tuple(
            LeftoverView(side=side, token=left.token, kind=left.kind, cost=left.cost)
            for side, lefts in (("query", explanation.left_in_query), ("list", explanation.left_in_listed))
            for left in lefts
        ),
        against=tuple(AgainstView(what=item.what, cost=item.cost) for item in explanation.against),
        notes=(*explanation.notes, *notes),
    )


def _country_note(subject: Subject, entry: Entry) -> tuple[str, ...]:
    """Country is evidence for the person who decides; it does not change the score yet."""
    if not subject.countries:
        return ()
    published = [a.country for a in entry.addresses if a.country]
    published += [
        *entry.nationalities,
        *entry.citizenships,
        *(i.country for i in entry.identifiers if i.country),
    ]
    codes = sorted({code for text in published if (code := code_of(text))})
    if not codes:
        return ("country: the entry names none",)
    agrees = set(codes) & set(subject.countries)
    return (f"country {'agrees' if agrees else 'differs'}: the entry names {', '.join(codes)}",)
