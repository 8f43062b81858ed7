"""The difference of a list between two days, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from compliance.audit.chronicle import Chronicle
from compliance.audit.fields import FieldChange, field_changes
from compliance.changes import Cause
from compliance.model import Value
from compliance.register import Register


class EntryDifference(Value):
    """An entry that differs between two days: `what` is listed, delisted or amended.

    `cause` is `corrected` where nothing but corrections speak of it between the days: the list need not have
    changed then, but what is known of it. It is `published` otherwise.
    """

    key: str
    name: str
    what: str
    cause: str = Cause.published.value
    changes: tuple[FieldChange, ...] = ()


def differences(
    before: Register, after: Register, list_id: str, chronicle: Chronicle | None = None
) -> Iterator[EntryDifference]:
    """What differs on a list between two registers, entry by entry in a fixed order.

    With the log's chronicle each difference has its cause.
    """
    old = {listing.key: listing.fields for listing in before.listings(list_id)}
    new = {listing.key: listing.fields for listing in after.listings(list_id)}
    for key in dict.fromkeys([*old, *new]):
        what = "delisted" if key not in new else "listed" if key not in old else "amended"
        changes = tuple(field_changes(old[key], new[key])) if what == "amended" else ()
        if what != "amended" or changes:
            name = (new if key in new else old)[key]["name"]
            cause = _cause(chronicle, list_id, key, before.as_of, after.as_of)
            yield EntryDifference(key=key, name=name, what=what, cause=cause, changes=changes)


def _cause(chronicle: Chronicle | None, list_id: str, key: str, start: date, end: date) -> str:
    party = chronicle.party(list_id, key) if chronicle else None
    mentions = chronicle.mentions(party) if chronicle and party else []
    causes = {mention.cause for mention in mentions if start < mention.effective <= end}
    return Cause.corrected.value if causes == {Cause.corrected.value} else Cause.published.value
