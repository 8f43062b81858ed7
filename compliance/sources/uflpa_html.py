"""The UFLPA Entity List as the Department of Homeland Security shows it: three tables in a web page.

A table is a ground of section 2(d)(2)(B); a party in two tables is one party with two grounds. Aliases stand in
parentheses in the text of the name, and what follows them is the scope. The page's own date is that of its last change,
before which entries take effect: the publication date has to be given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from compliance.errors import DamagedFile
from compliance.model import NameKind, Publication, Statement
from compliance.sources.catalogue import DHS_UFLPA
from compliance.sources.dating import Dating
from compliance.sources.derived_keys import folded, without_acronym
from compliance.sources.files import InputFile
from compliance.sources.partial_dates import american_day
from compliance.sources.stating import Fields, publication, stated, unique

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT_ID = "uflpa-html"
_TITLE = re.compile(rb"<title>[^<]*UFLPA Entity List")
_HEADERS = (["Name of Entity", "Effective Date"], ["Entity Name", "Effective Date"])
_GROUND = re.compile(r"Section 2\(d\)\(2\)\(B\)\([ivx]+\)")
_ALIASES = re.compile(
    r"\(\s*(?:(?:and|including) \w+ alias(?:es)?:|(?:and )?(?P<former>formerly known as)|(?:and )?also known as)\s*"
)
_SCOPE = re.compile(r"(?i),? and (?:its )?(?:subsidiaries|subordinate and affiliated entities)\.?$")
_KIND = re.compile(
    r"^(?:and )?(?:(?P<former>formerly known as)|also known as|(?:including |and )?\w+ alias(?:es)?:)\s*"
)


def recognises(file: InputFile) -> bool:
    """Tell the page by its title and by having tables."""
    return _TITLE.search(file.data) is not None and b"<table" in file.data


def read(files: Sequence[InputFile], dating: Dating) -> list[Publication]:
    """Read each page as one publication."""
    return [publication(FORMAT_ID, file, (DHS_UFLPA,), _statements(file), dating) for file in files]


def _statements(file: InputFile) -> list[Statement]:
    parties: dict[str, list[tuple[str, str, str]]] = {}
    for ground, cell, day in _rows(file):
        parties.setdefault(folded(without_acronym(split(cell)[0])), []).append((ground, cell, day))
    if not parties:
        raise DamagedFile(f"{file.path}: the page has no table of entities; it is cut or of another form")
    return [_statement(key, rows) for key, rows in parties.items()]


def _rows(file: InputFile) -> Iterator[tuple[str, str, str]]:
    from lxml import etree, html

    try:
        page = html.fromstring(file.data, parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(f"{file.path}: not a readable page ({error}); download it again") from error
    for number, table in enumerate(page.iter("table"), start=1):
        rows: list[list[str]] = [[_text(cell) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
        ground = _ground(table)
        if not rows or rows[0] not in _HEADERS or not ground:
            raise DamagedFile(
                f"{file.path}, table {number}: not the columns or the heading of this list; see docs/formats.md"
            )
        for line, row in enumerate(rows[1:], start=2):
            if len(row) != 2 or not row[0] or american_day(row[1]) is None:
                raise DamagedFile(
                    f"{file.path}, table {number}, row {line:,}: not a name and a date; download it again"
                )
            yield ground, row[0], row[1]


def _text(cell: Any) -> str:
    return " ".join(str(cell.text_content()).split())


def _ground(table: Element) -> str | None:
    """The section named last before the table."""
    before: Any = table.xpath("preceding::text()[contains(., 'Section 2(d)')]")
    found = [match[0] for text in before if (match := _GROUND.search(str(text)))]
    return found[-1] if found else None


def _statement(key: str, rows: Sequence[tuple[str, str, str]]) -> Statement:
    grounds = unique(ground for ground, _, _ in rows)
    cells = unique(cell for _, cell, _ in rows)
    days = unique(day for _, _, day in rows)
    name, _, _ = split(cells[0])
    spellings = unique(text for cell in cells if (text := split(cell)[0]) != name)
    aliases = unique(alias for cell in cells for alias in split(cell)[1])
    aliases += [{"text": text, "kind": NameKind.aka.value} for text in spellings]
    scopes = unique(split(cell)[2] for cell in cells)
    written = cells if cells != [name] else []
    fields = stated(
        type="entity",
        name=name,
        programmes=grounds,
        aliases=aliases,
        remarks="; ".join(scopes),
        other={"Name of Entity": written, "Effective Date": days} if written else {"Effective Date": days},
    )
    dates = [date for day in days if (date := american_day(day))]
    return Statement(key, (DHS_UFLPA,), fields, min(dates))


def split(cell: str) -> tuple[str, list[Fields], str]:
    """The name, the aliases and the scope that a cell holds."""
    match = _ALIASES.search(cell)
    if match is None:
        tail = _SCOPE.search(cell)
        return (cell[: tail.start()].strip(), [], tail[0].strip(" ,")) if tail else (cell, [], "")
    end = _closing(cell, match.start())
    aliases: list[Fields] = []
    kind = NameKind.fka if match["former"] else NameKind.aka
    for part in cell[match.end() : end].split(";"):
        text = part.strip().removeprefix("and ")
        turn = _KIND.match(text)
        if turn:
            kind, text = (NameKind.fka if turn["former"] else NameKind.aka), text[turn.end() :]
        if text.strip():
            aliases.append({"text": text.strip(), "kind": kind.value})
    before, after = cell[: match.start()].strip(), cell[end + 1 :].strip(" ,")
    if not _ALIASES.search(after):
        return before, aliases, after
    _, more, scope = split(after)
    return before, aliases + more, scope


def _closing(text: str, start: int) -> int:
    """Where the parenthesis that opens at `start` closes."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return len(text)
