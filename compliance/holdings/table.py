"""Reading a file of positions and trades: every row comes out, readable or with the reason why it is not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from compliance.errors import BadInput
from compliance.holdings.rules import Action, Instrument
from compliance.identifier_checks import fault
from compliance.screening import why_unreadable

# The headings under which each column is found, in small letters and with spaces for other separators.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "isin": ("isin", "isin code"),
    "ticker": ("ticker", "symbol", "ticker symbol", "ric", "bloomberg ticker"),
    "exchange": ("exchange", "mic", "market", "exchange code"),
    "cusip": ("cusip",),
    "lei": ("lei", "issuer lei"),
    "name": (
        "name", "security", "security name", "issuer", "issuer name", "instrument name", "company", "description",
    ),
    "quantity": ("quantity", "qty", "shares", "units", "position", "amount", "nominal"),
    "date": ("trade date", "date", "tradedate", "transaction date", "position date", "as of"),
    "side": ("side", "buy sell", "b s", "action", "transaction", "transaction type", "direction"),
    "type": ("type", "security type", "asset class", "instrument type", "asset type"),
    "id": ("id", "trade id", "row id", "reference", "position id"),
}  # fmt: skip
_NAMING = ("isin", "ticker", "cusip", "lei", "name")
_SIDES: dict[str, Action] = {
    **dict.fromkeys(("", "hold", "h", "held", "position", "long"), Action.hold),
    **dict.fromkeys(("buy", "b", "bought", "purchase", "bot", "buy to cover", "cover", "subscription"), Action.buy),
    **dict.fromkeys(("sell", "s", "sold", "sale", "sld", "redemption"), Action.sell),
    **dict.fromkeys(("sell short", "short", "short sell", "short sale", "ss"), Action.short),
}
_TYPES: tuple[tuple[Instrument, re.Pattern[str]], ...] = (
    (Instrument.exposure, re.compile(
        r"\b(etfs?|etns?|etps?|funds?|ucits|sicav|index|options?|futures|swaps?|cfds?|warrants?|derivatives?"
        r"|certificates?|trackers?)\b", re.I,
    )),
    (Instrument.debt, re.compile(r"\b(bonds?|notes?|debt|debentures?|bills?|loans?|fixed income|cds?)\b", re.I)),
    (Instrument.equity, re.compile(r"\b(equity|equities|shares?|stocks?|common|ordinary|adrs?|gdrs?)\b", re.I)),
)  # fmt: skip


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts, its cells by use, and what is asked; `problem` if it is unreadable.

    `action` and `day` mean nothing where there is a problem; `doubts` are why identifiers in it cannot be ones.
    """

    number: int
    cells: Mapping[str, str]
    action: Action = Action.hold
    day: date | None = None
    instrument: Instrument = Instrument.unknown
    problem: str | None = None
    doubts: tuple[str, ...] = ()


class HoldingsTable:
    """A CSV file with a header. `columns` tells which of its columns is used for what."""

    def __init__(self, path: Path, given: Mapping[str, str], *, encoding: str = "utf-8-sig") -> None:
        self.path = path
        try:
            text = path.read_bytes().decode(encoding)
        except (OSError, UnicodeError, LookupError) as error:
            reason = getattr(error, "strerror", None) or f"it is not {encoding} ({error})"
            raise BadInput(f"{path} cannot be read: {reason}") from error
        self._lines = [line.rstrip("\r") for line in text.split("\n")]
        if not self._lines[0].strip() or "\0" in text:
            raise BadInput(f"{path} is not a CSV text file with a header: the first line must name the columns")
        self._delimiter = max((",", ";", "\t", "|"), key=lambda mark: (self._lines[0].count(mark), mark == ","))
        self.header = self._cells(self._lines[0])
        self.columns = self._columns(given)

    def rows(self) -> Iterator[Row]:
        """Every line below the header that is not empty, in order. Raises BadInput when there is none."""
        found = False
        for number, line in enumerate(self._lines[1:], 2):
            if line.strip(f" {self._delimiter}\t"):
                found = True
                yield self._row(number, line)
        if not found:
            raise BadInput(f"{self.path} has a header and no rows: there is nothing to judge; get the file again")

    def _row(self, number: int, line: str) -> Row:
        try:
            record = self._cells(line)
        except csv.Error as error:
            return Row(number, {}, problem=f"not CSV ({error}): is a quote left open?")
        if len(record) != len(self.header):
            return Row(number, {}, problem=f"{len(record)} fields where the header has {len(self.header)}")
        named = dict(zip(self.header, (cell.strip() for cell in record), strict=True))
        return _read(number, {use: named[heading] for use, heading in self.columns.items()})

    def _cells(self, line: str) -> Sequence[str]:
        return next(csv.reader([line], delimiter=self._delimiter, strict=True))

    def _columns(self, given: Mapping[str, str]) -> dict[str, str]:
        for use, heading in given.items():
            if heading not in self.header:
                choices = ", ".join(repr(h) for h in self.header[:20])
                raise BadInput(f"{self.path}: there is no column {heading!r} for {use}; the header has: {choices}")
        usual = {re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip(): heading for heading in reversed(self.header)}
        found = {use: usual[name] for use, names in HEADINGS.items() for name in reversed(names) if name in usual}
        columns = {**found, **given}
        if not any(use in columns for use in _NAMING):
            raise BadInput(f"{self.path}: no column tells the security; give one with --column isin=HEADING, or name=")
        twice = [heading for heading in columns.values() if list(self.header).count(heading) > 1]
        if twice:
            raise BadInput(f"{self.path}: column {twice[0]!r} stands in the header more than once; rename one of them")
        return columns


def _read(number: int, cells: dict[str, str]) -> Row:
    side = _SIDES.get(re.sub(r"[^a-z]+", " ", cells.get("side", "").casefold()).strip())
    day, problem = _day(cells.get("date", ""))
    if side is None:
        problem = f"side {cells['side']!r} is neither buy, sell nor hold"
    elif not any(cells.get(use) for use in _NAMING):
        problem = "neither a number nor a name tells the security"
    elif cells.get("name") and (why := why_unreadable(cells["name"])):
        problem = why
    elif cells.get("quantity") and not re.fullmatch(r"[-+(]?[\d.,'’ \u00a0]+\)?", cells["quantity"]):
        problem = f"quantity {cells['quantity']!r} is no number"
    wrong = [rule for use in ("isin", "cusip", "lei") if cells.get(use) and (rule := fault(use, cells[use]))]
    kind = _instrument(cells.get("type", "")) or _instrument(cells.get("name", ""), exposure_only=True)
    return Row(number, cells, side or Action.hold, day, kind or Instrument.unknown, problem, tuple(wrong))


def _day(text: str) -> tuple[date | None, str | None]:
    """An ISO date, with or without hyphens or a time; any other form can be read in two ways."""
    if not text:
        return None, None
    match = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3])), None
    except ValueError:
        pass
    return None, f"{text!r} is not a date: write YYYY-MM-DD"


def _instrument(text: str, *, exposure_only: bool = False) -> Instrument | None:
    found = (kind for kind, pattern in _TYPES if pattern.search(text))
    return next((kind for kind in found if not exposure_only or kind is Instrument.exposure), None)
