"""One party as the supplements to 15 CFR part 744 write it: the name, aliases, addresses, all in one cell.

    Beijing Example Co., Ltd., a.k.a., the following two aliases:
    —Example Sense; and
    —Shangli.
    Room 1, Haidian District, Beijing, China.

Where a name ends and an address begins is not marked but by a comma, which names have too. The cell is kept as it is;
what is read from it serves the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from compliance.model import NameKind

_MARK = re.compile(
    r",?\s*\(?\b(?P<kind>[afnd]\.?[kb]\.?a\.?),?\s*(?:the following\s*(?:[\w-]+\s+)?(?:alias(?:es)?|names?)?\s*:)?\s*"
)
_DASH = re.compile(r"^\s*[—–‒-]\s*")
_END = re.compile(r"[;,.\s]*(?:\band\b|\bor\b)?[;,\s]*$")
# What goes on with a name after a comma: legal forms as the list writes them, and parts of an institution.
_FORM = re.compile(
    r"(?:Co|Ltd|Limited|Inc|Incorporated|LLC|L\.L\.C|LLP|JSC|OJSC|PJSC|CJSC|OAO|OOO|ZAO|PAO|Corp|Corporation|Company"
    r"|S\.?A|S\.?A\.?R\.?L|S\.?L|B\.?V|N\.?V|GmbH|AG|KG|FZE|FZCO|FZC|FZ-LLC|DMCC|Pte|Pvt|Pty|PLC|Sdn|Bhd|S\.p\.A|d\.o\.o)"
    r"\b\.?(?:\s|$)"
)
_INSTITUTION = re.compile(
    r"^(?:\d+(?:st|nd|rd|th)\s)?[^\d]*\b(?:Institute|Academy|Laborator(?:y|ies)|Department|Faculty|Ministry|University|Division)\b"
)
_STREET = re.compile(r"\d{2,}|\b(?:Street|St|Road|Rd|Avenue|Ave|Building|Bldg|Floor|Room|District|P\.?O)\b")
_BETWEEN = re.compile(r";\s+and\s+|;\s*\n")
_KINDS = {"f": NameKind.fka, "n": NameKind.nka}


class EcfrParty(NamedTuple):
    """What a cell says: the name, the aliases as JSON of `Name`, the addresses."""

    name: str
    aliases: tuple[dict[str, Any], ...]
    addresses: tuple[str, ...]


def read_party(cell: str) -> EcfrParty:
    """Read one cell; lines are those of the publisher."""
    mark = _MARK.search(cell)
    if mark is None:
        name, rest = _name_and_rest(_line(cell))
        return EcfrParty(name, (), _addresses(rest))
    kind = _KINDS.get(mark["kind"][0], NameKind.aka)
    lines = cell[mark.end() :].splitlines()
    dashed = [line for line in lines if _DASH.match(line)]
    if dashed:
        names = [_END.sub("", _DASH.sub("", line)).strip() for line in dashed]
        rest = " ".join(line.strip() for line in lines if not _DASH.match(line))
    else:
        alias, rest = _name_and_rest(_line(cell[mark.end() :]))
        names = [alias]
    name = _line(cell[: mark.start()]).strip(" ,;")
    aliases = [{"text": text.strip(" ()"), "kind": kind.value} for text in names if text.strip(" ()")]
    return EcfrParty(name, tuple(aliases), _addresses(rest))


def _line(text: str) -> str:
    return " ".join(text.split())


def _name_and_rest(text: str) -> tuple[str, str]:
    """The first piece between commas, with those that go on with a name; and what is left."""
    first, *pieces = text.split(", ")
    while pieces and _goes_on(pieces[0]):
        first = f"{first}, {pieces.pop(0)}"
    return first.strip(" ,;"), ", ".join(pieces).strip()


def _goes_on(piece: str) -> bool:
    return bool(_FORM.match(piece) or (_INSTITUTION.match(piece) and not _STREET.search(piece)))


def _addresses(text: str) -> tuple[str, ...]:
    found: Iterable[str] = (part.strip(" ,;") for part in _BETWEEN.split(text))
    return tuple(dict.fromkeys(part for part in found if part and part.strip(".")))
