"""Questions, lists and hits in the form in which the log keeps them: the same for one name and for a file of them."""

from __future__ import annotations

from collections.abc import Iterable

from compliance import __version__
from compliance.answers import Hit, ListBasis
from compliance.records import Asked, ListAsked, RecordedHit
from compliance.screening import Options


def recorded_options(options: Options, position: int, root: str, matcher: str) -> Asked:
    """The options as they are recorded."""
    return Asked(
        as_of=options.as_of,
        today=options.today,
        lists=options.lists,
        threshold=repr(float(options.threshold)),
        limit=options.limit,
        max_age=options.max_age,
        position=position,
        root=root,
        matcher=matcher,
        program=__version__,
    )


def lists_asked(lists: Iterable[ListBasis]) -> tuple[ListAsked, ...]:
    """The lists that an answer rests on, in short."""
    return tuple(
        ListAsked(
            id=basis.id,
            publication=basis.publication,
            published=basis.published,
            coverage=basis.coverage,
            stale=basis.stale,
        )
        for basis in lists
    )


def recorded_hits(hits: Iterable[Hit], *, names: bool = True) -> tuple[RecordedHit, ...]:
    """The hits in short; without the reasons where names are not kept, since they repeat the name."""
    return tuple(
        RecordedHit(
            entry=hit.entry.id,
            entry_name=hit.entry.primary_name,
            score=repr(hit.score),
            matched_name=hit.matched_name,
            matched_kind=hit.matched_kind,
            reason=hit.reason.summary if names else "",
        )
        for hit in hits
    )
