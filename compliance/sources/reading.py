"""Reading one publication after the other, so that a long series never stands in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from compliance.model import Publication
from compliance.sources import check_one_date, read_group
from compliance.sources.dating import dating
from compliance.sources.files import Group
from compliance.sources.inputs import collect


def read_each(
    paths: Sequence[Path],
    *,
    published: date | None = None,
    on_group: Callable[[int, int], None] | None = None,
    known: Callable[[Group, date | None], Publication | None] | None = None,
) -> Iterator[tuple[Publication, list[bytes]]]:
    """Each publication with the bytes of its files, the oldest first. Raises what `read` raises.

    `on_group` hears how many groups of files of how many are done. A publication that `known` gives for a group is
    taken instead of reading it.
    """
    groups = collect(paths)
    check_one_date(groups, published)
    groups.sort(key=lambda group: dating(group, published).found or date.max)
    total = len(groups)
    while groups:
        if on_group:
            on_group(total - len(groups), total)
        group = groups.pop(0)
        contents = {file.sha256: file.data for file in group.files}
        repeated = known(group, published) if known else None
        for publication in [repeated] if repeated else read_group(group, published):
            yield publication, [contents[file.sha256] for file in publication.files]
