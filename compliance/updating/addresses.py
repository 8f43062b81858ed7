"""Where each list is fetched from: the data file `addresses.toml`, the user's own over it, or a mirror of all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError, field_validator

from compliance.errors import BadInput
from compliance.model import Value
from compliance.sources.catalogue import CATALOGUE, list_info

_SHIPPED = Path(__file__).parents[1] / "data" / "addresses.toml"
OWN_FILE = "addresses.toml"


class Source(Value):
    """One publication's files at their addresses, and the lists that are taken from them.

    `by_hand` tells why it cannot be fetched. `mirror` says that copies are asked instead of the publisher: what they do
    not have may be published all the same. `page_date` is a regular expression over the text of `page`.
    """

    id: str
    publisher: str
    lists: tuple[str, ...]
    also: tuple[str, ...] = ()
    files: dict[str, str]
    looked_up: date | None = None
    confirmed: date | None = None
    page: str | None = None
    page_date: str | None = None
    accept_encoding: str = "identity"
    by_hand: str | None = None
    mirror: bool = False

    @field_validator("files")
    @classmethod
    def _addresses(cls, files: dict[str, str]) -> dict[str, str]:
        for name, address in files.items():
            if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
                raise ValueError(f"{name!r} is not a plain file name")
            if urlsplit(address).scheme not in ("http", "https", "file"):
                raise ValueError(f"{address!r} is not an address of http, https or file")
        if not files:
            raise ValueError("no file is named")
        return files

    @property
    def vouches(self) -> bool:
        """Whether "nothing new" at these addresses means that the publisher has nothing new."""
        return not self.mirror and not any(address.startswith("file:") for address in self.files.values())

    @property
    def host(self) -> str:
        """Whom the requests go to."""
        return urlsplit(next(iter(self.files.values()))).netloc

    def mirrored(self, mirror: str) -> Source:
        """The same files under a mirror's address or folder: MIRROR/SOURCE/FILE."""
        base = mirror.rstrip("/") if "://" in mirror else Path(mirror).absolute().as_uri()
        files = {name: f"{base}/{self.id}/{name}" for name in self.files}
        return self.model_copy(update={"files": files, "page": None, "page_date": None, "mirror": True})


def load(data: Path, mirror: str | None = None) -> dict[str, Source]:
    """Every source by its id, from the mirror where the user has not named an address of its own.

    Raises BadInput for an `addresses.toml` of the user that cannot be used.
    """
    shipped = {id: _source(id, table, _SHIPPED) for id, table in _tables(_SHIPPED).items()}
    sources = {id: source.mirrored(mirror) for id, source in shipped.items()} if mirror else dict(shipped)
    own = data / OWN_FILE
    for id, table in (_tables(own) if own.exists() else {}).items():
        if not isinstance(table, dict):
            raise BadInput(f"{own}: {id} is not a table: write [SOURCE] and below it files = {{ NAME = ADDRESS }}")
        base = (shipped if "files" in table else sources)[id].model_dump() if id in sources else {"publisher": id}
        sources[id] = _source(id, {**base, **table}, own)
    return sources


def chosen(sources: Mapping[str, Source], asked: Sequence[str]) -> list[Source]:
    """The sources of the lists (or sources) that were asked for; all that can be fetched when none was.

    Raises UnknownList for an id that nobody knows, BadInput for a list that cannot be fetched.
    """
    if not asked:
        return [s for s in (_readable(s) for s in sources.values()) if s.lists and not s.by_hand]
    found: dict[str, Source] = {}
    for name in asked:
        source = sources.get(name) or _holding(sources.values(), list_info(name).id)
        if source is None:
            raise BadInput(f"{name} has no address to fetch it from: import its files with `compliance import FILE`")
        if source.by_hand:
            pages = ", ".join(source.files.values())
            raise BadInput(f"{name} cannot be fetched: {source.by_hand} ({pages}); import its files by hand")
        already = found.get(source.id, source)
        wanted = (name,) if name in source.also else ()
        found[source.id] = already.model_copy(update={"lists": tuple(dict.fromkeys([*already.lists, *wanted]))})
    return [_readable(source) for source in found.values()]


def not_fetched(sources: Mapping[str, Source], loaded: Iterable[str]) -> dict[str, str]:
    """Of the lists that are loaded, those that an update of everything leaves as they are, each with the reason."""
    found = {}
    for list_id in loaded:
        holding = [s for s in sources.values() if list_id in (*s.lists, *s.also)]
        if not any(list_id in s.lists and not s.by_hand for s in holding):
            reasons = [s.by_hand or "it is fetched when it is named" for s in holding]
            found[list_id] = reasons[0] if reasons else "no address is known"
    return found


def _holding(sources: Iterable[Source], list_id: str) -> Source | None:
    all_ = list(sources)
    first = [s for s in all_ if list_id in s.lists] + [s for s in all_ if list_id in s.also]
    return next((s for s in first if not s.by_hand), first[0] if first else None)


def _readable(source: Source) -> Source:
    """The source as far as this program knows its lists; a user's own address may name a list of its own."""
    known = tuple(list_id for list_id in source.lists if list_id in CATALOGUE or _is_own(list_id))
    return source.model_copy(update={"lists": known})


def _is_own(list_id: str) -> bool:
    try:
        return bool(list_info(list_id))
    except BadInput:
        return False


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the file of addresses {path} cannot be read: {error}") from error


def _source(id: str, table: Any, own: Path) -> Source:
    try:
        source = Source.model_validate({"id": id, **table})
        re.compile(source.page_date or "")
    except (ValidationError, TypeError, re.error) as error:
        reason = error.errors()[0] if isinstance(error, ValidationError) else {"msg": str(error), "loc": ()}
        where = ".".join(str(part) for part in reason["loc"])
        raise BadInput(f"{own}: the table {id} cannot be used: {where} {reason['msg']}") from error
    return source
