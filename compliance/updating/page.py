"""The page docs/lists.md, made from the catalogue and the addresses: `python -m compliance.updating.page`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from compliance.sources.catalogue import CATALOGUE, ListInfo
from compliance.updating.addresses import Source, load

_HEAD = """# The lists

Made by `python -m compliance.updating.page` from the catalogue (`compliance/sources/catalogue.py`) and the addresses
(`compliance/data/addresses.toml`); a test holds them together. *Fetched as* is what `compliance update` asks for; other
files are imported with `compliance import`.

| list | title | authority | from | until | fetched as |
|---|---|---|---|---|---|"""

_ADDRESSES = """
## The addresses

*Looked up* is the day on which an address was read in the publisher's documents or in public programs that use it;
*confirmed* the day on which a file was last fetched from it, where that has been done.

| source | file | address | looked up | confirmed |
|---|---|---|---|---|"""


def page(catalogue: Iterable[ListInfo], sources: Mapping[str, Source]) -> str:
    """The whole page."""
    lists = [_list(info, sources.values()) for info in catalogue]
    return "\n".join([_HEAD, *lists, _ADDRESSES, *(row for s in sources.values() for row in _files(s))]) + "\n"


def _list(info: ListInfo, sources: Iterable[Source]) -> str:
    title = f"[{info.title}]({info.homepage})" if info.homepage else info.title
    cells = f"`{info.id}`", title, info.authority, info.since or "", info.ended or "", _how(info.id, sources)
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _how(list_id: str, sources: Iterable[Source]) -> str:
    holding = [s for s in sources if list_id in (*s.lists, *s.also)]
    fetched = [f"`{s.id}`" + ("" if list_id in s.lists else ", when asked for") for s in holding if not s.by_hand]
    return fetched[0] if fetched else next((f"by hand: {s.by_hand}" for s in holding), "by hand")


def _files(source: Source) -> Iterator[str]:
    for name, address in source.files.items():
        yield f"| `{source.id}` | {name} | <{address}> | {source.looked_up or ''} | {source.confirmed or ''} |"


if __name__ == "__main__":
    print(page(CATALOGUE.values(), load(Path(__file__).parent)), end="")
