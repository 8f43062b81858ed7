"""One query against one register: the matcher's hits, what they forbid, and whether the answer can be given at all.

Fail closed: a list that is missing, stale or not covered on the day makes "cannot say" out of "clear", never the
other way round. Hits are told in any case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from compliance.answers import AgainstView, Answer, Hit, LeftoverView, ListBasis, Outcome, Reason, TokenView
from compliance.book import Book, listed_names
from compliance.context import Evidence, Known, lowest, weighed
from compliance.errors import BadInput, CannotSay
from compliance.identifiers import kind_named
from compliance.identifying import Identified, check, identified, notes, unstated
from compliance.matching import DEFAULT_THRESHOLD, MATCHER_VERSION, Match, Query, readable
from compliance.measures import in_words, securities_state
from compliance.model import Entry
from compliance.numbers import ANY, in_name, is_number
from compliance.register import Coverage, Listing, ListState
from compliance.sources.catalogue import CATALOGUE, list_info

LONGEST_NAME = 1_000  # characters; the longest names on the lists have some 300
MOST_WORDS = 80  # the longest names on the lists have some 40; the work grows with the square
_WORD = re.compile(r"\w+")
_MAYBE_NUMBER = re.compile(r"\d|\b(?:bic|swift)\b", re.IGNORECASE)  # or it is a name: `numbers.is_number`
_UNDECODED = re.compile("[\ud800-\udfff]")


class Options(NamedTuple):
    """How to screen. `max_age` is how many days a list may be old on the day asked; `lists` empty means all loaded."""

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
    party_type: str | None = None
    born: tuple[date, date] | None = None


def untold(count: int, limit: int | None) -> Iterator[str]:
    """That hits were left out, where the limit does so: `count` is how many entries are hits."""
    if limit is not None and count > limit:
        yield f"{count} entries are hits, only the best {limit} are told: give a higher --limit to see all"


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
        (answer,) = self.screen_many([subject])
        return answer

    def screen_many(self, subjects: Sequence[Subject]) -> Iterator[Answer]:
        """The answers for many parties in their order: the same as one by one, but quicker. Raises as `screen` does."""
        subjects = [_with_kinds(subject) for subject in subjects]
        for subject in subjects:
            check(self.book, subject.identifiers)
        for subject, hits in zip(subjects, self.hits_many(subjects), strict=True):
            yield self._answer(subject, hits)

    def hits_many(self, subjects: Sequence[Subject]) -> Iterator[tuple[Hit, ...]]:
        """All hits of many parties, whatever the limit, without the answers around them; what can be no identifier
        is no error here.

        Raises BadInput for what is no name, CannotSay when no list is loaded.
        """
        for subject in subjects:
            unreadable = why_unreadable(subject.name)
            if unreadable and not (subject.identifiers and not subject.name):
                raise BadInput(f"{subject.name[:40]!r} cannot be screened: {unreadable}")
        if not self.book.lists:
            raise CannotSay("no list is loaded: import one with `compliance import FILE`")
        subjects = [_with_kinds(subject) for subject in subjects]
        known = {_known(subject) for subject in subjects}
        threshold = min((lowest(self.options.threshold, what) for what in known), default=0.0)
        queries = (Query(name=subject.name, party_type=subject.party_type) for subject in subjects)
        found = self.book.matcher.search_many(queries, threshold=threshold)
        for subject, matches in zip(subjects, found, strict=True):
            worth = matches or subject.identifiers or in_name(subject.name)
            yield tuple(self._hits(subject, matches)) if worth else ()

    def _answer(self, subject: Subject, hits: tuple[Hit, ...]) -> Answer:
        doubts = (*self.unnamed(subject), *self.doubts) if not hits else self.doubts
        outcome = Outcome.hits if hits else Outcome.cannot_say if doubts else Outcome.clear
        return Answer(
            query=subject.name,
            outcome=outcome,
            why=doubts,
            notes=(*untold(len(hits), self.options.limit), *unstated(self.book, subject.identifiers)),
            hits=hits[: self.options.limit],
            as_of=self.options.as_of,
            position=self.book.position,
            root=self.book.root,
            threshold=self.options.threshold,
            matcher=MATCHER_VERSION,
            lists=self.basis,
        )

    def _hits(self, subject: Subject, matches: Iterable[Match]) -> Iterable[Hit]:
        found = [*self._by_identifier(subject), *self._by_name(subject, matches)]
        seen: set[str] = set()
        hits = []
        for hit in sorted(found, key=lambda hit: (-hit.score, hit.reason.by != "identifier")):
            if hit.entry.id not in seen:
                seen.add(hit.entry.id)
                hits.append(hit)
        return hits

    def unnamed(self, subject: Subject) -> Iterable[str]:
        """Why an answer without hits cannot be "clear" for this subject, whatever the lists."""
        if subject.name and not _MAYBE_NUMBER.search(subject.name):
            return
        numbers = [f"{kind} {value}" for kind, value in subject.identifiers if kind != "wallet"]
        asked = subject.name if is_number(subject.name) else "" if subject.name else ", ".join(numbers)
        if asked:
            yield (
                f"{asked} is a number and no name, and no entry states it: that says little, "
                "since entries state few of their numbers; give the party's name"
            )

    def _by_identifier(self, subject: Subject) -> Iterable[Hit]:
        for found in identified(self.book, subject.identifiers, subject.name):
            listing = self.book.listing(found.number)
            if listing.list_id in self.asked:
                yield self._identified(subject, found, listing)

    def _identified(self, subject: Subject, found: Identified, listing: Listing) -> Hit:
        entry = listing.entry()
        told = list(notes(found, subject.countries))
        if not found.in_name and subject.name:
            told.append(self._also_by_name(subject, found.number, listing))
        reason = _equal_number(found, subject.name, tuple(told))
        return self._hit(listing, entry, 100.0, entry.primary_name, "primary", reason)

    def _also_by_name(self, subject: Subject, number: int, listing: Listing) -> str:
        match = self._compared(subject, number, listing)
        return f"the identifier decides; the name alone would score {match.score:.1f} by {match.name}"

    def _compared(self, subject: Subject, number: int, listing: Listing) -> Match:
        query = Query(name=subject.name, party_type=subject.party_type)
        return self.book.matcher.compare(query, list(listed_names(number, listing)))

    def _by_name(self, subject: Subject, matches: Iterable[Match]) -> Iterable[Hit]:
        for match in matches:
            listing = self.book.listing(match.entry)
            if listing.list_id in self.asked:
                hit = self._named(listing, match, _known(subject))
                if hit.score >= self.options.threshold:
                    yield hit

    def why_not(self, subject: Subject, entry_id: str) -> Hit:
        """The entry as if it were a hit, whatever it scores. Raises BadInput when no such entry is on the lists."""
        number = self.book.number_of(entry_id)
        if number is None:
            raise BadInput(f"{entry_id!r} is not on the lists of that day: write LIST/KEY as `screen` prints it")
        listing = self.book.listing(number)
        subject = _with_kinds(subject)
        check(self.book, subject.identifiers)
        for found in identified(self.book, subject.identifiers, subject.name):
            if found.number == number:
                return self._identified(subject, found, listing)
        return self._named(listing, self._compared(subject, number, listing), _known(subject))

    def _named(self, listing: Listing, match: Match, known: Known) -> Hit:
        entry = listing.entry()
        score, evidence = weighed(match.score, known, entry)
        return self._hit(listing, entry, score, match.name, match.kind, _reason(match, evidence))

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


def _known(subject: Subject) -> Known:
    return Known(tuple(subject.countries), subject.born, tuple(subject.identifiers))


def _with_kinds(subject: Subject) -> Subject:
    """The same with our words for the kinds of its identifiers."""
    if not subject.identifiers:
        return subject
    return subject._replace(identifiers=tuple((kind_named(kind), value) for kind, value in subject.identifiers))


def _equal_number(found: Identified, name: str, notes: tuple[str, ...]) -> Reason:
    """Why an equal identifier is a hit: all 100 points are its own."""
    kind = found.stated.kind if found.kind == ANY else found.kind
    stated = f"{found.stated.label} {found.stated.value}"
    where = ", which stands in the name" if found.in_name and found.value != name.strip() else ""
    return Reason(
        by="identifier",
        summary=f"{kind} {found.value} is equal{where}: {stated}",
        matched=(
            TokenView(query=f"{kind} {found.value}", listed=stated, how="identifier", similarity=1.0, points=100.0),
        ),
        notes=notes,
    )


def why_unreadable(name: str) -> str | None:
    """Why a text cannot be screened as a name: that it is on no list would say nothing. None when it can be."""
    plain = len(name) < 2 * MOST_WORDS and name.isascii() and name[:1].isalnum() and name.isprintable()
    return None if plain else _why_unreadable(name)  # most are: there is no room for more words in them


def _why_unreadable(name: str) -> str | None:
    if not any(character.isalnum() for character in name):
        return "no letter or digit in the name"
    length = len(name) if name.isascii() or len(name) > LONGEST_NAME else len(unicodedata.normalize("NFKC", name))
    if length > LONGEST_NAME:
        return f"{length:,} characters are too many for a name (at most {LONGEST_NAME:,})"
    if len(_WORD.findall(name)) > MOST_WORDS:
        return f"more than {MOST_WORDS} words are no name"
    if _UNDECODED.search(name):
        return "bytes in it are no text: give it in UTF-8"
    if not readable(name):
        return "no letter or digit of it can be read: give the name in another script"
    return None


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
        stale=age is not None and age > options.max_age and not _bridged(state, options.as_of),
    )


def _bridged(state: ListState, as_of: date) -> bool:
    """Whether what came later shows that an old publication still held on the day."""
    return state.known_until is not None and state.known_until >= as_of


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
        on, remedy = "", "run `compliance update`"
        if options.as_of < options.today:
            on, remedy = f" on {options.as_of}", "import a later publication"
        yield f"older than {options.max_age} days{on}: {', '.join(stale)}; {remedy}, or allow more with --max-age"
    if not lists:
        yield f"no list that is loaded existed on {options.as_of}"


def _change(points: float) -> str:
    return f"{points:+.1f}" if points else "changes nothing"


def _reason(match: Match, evidence: Sequence[Evidence]) -> Reason:
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
        against=(
            *(AgainstView(what=item.what, cost=item.cost) for item in explanation.against),
            *(AgainstView(what=item.what, cost=0.0 - item.points) for item in evidence if item.points),
        ),
        notes=(*explanation.notes, *(f"{item.what} ({_change(item.points)})" for item in evidence)),
    )
