"""The numbers of a security, made comparable with those on the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A suffix or name of an exchange, as terminals, data vendors and MICs write it: the country code that OFAC writes.
_EXCHANGES: dict[str, str] = {
    **dict.fromkeys(("US", "UN", "UQ", "UW", "UR", "N", "O", "OQ", "NYSE", "NASDAQ", "XNYS", "XNAS", "OTC"), "US"),
    **dict.fromkeys(("HK", "HKG", "HKEX", "SEHK", "XHKG"), "HK"),
    **dict.fromkeys(("CN", "CH", "CG", "CS", "SS", "SH", "SZ", "SSE", "SZSE", "SHH", "SHZ", "XSHG", "XSHE"), "CN"),
    **dict.fromkeys(("DE", "GR", "GF", "GY", "F", "ETR", "FRA", "XETR", "XFRA"), "DE"),
    **dict.fromkeys(("GB", "LN", "L", "LSE", "XLON"), "GB"),
    **dict.fromkeys(("SG", "SP", "SI", "SGX", "XSES"), "SG"),
    **dict.fromkeys(("CA", "CT", "TO", "TSX", "XTSE"), "CA"),
    **dict.fromkeys(("RU", "RM", "ME", "MCX", "MISX"), "RU"),
    **dict.fromkeys(("BR", "BZ", "SA", "BVMF"), "BR"),
    **dict.fromkeys(("AR", "AF", "BA", "XBUE"), "AR"),
    **dict.fromkeys(("MX", "MM", "XMEX"), "MX"),
    **dict.fromkeys(("JP", "JT", "T", "TSE", "XTKS"), "JP"),
    **dict.fromkeys(("TW", "TT", "XTAI"), "TW"),
    **dict.fromkeys(("KR", "KS", "XKRX"), "KR"),
    **dict.fromkeys(("SW", "VX", "XSWX"), "CH"),
}
_COUNTRIES = tuple(sorted(set(_EXCHANGES.values())))
_TICKER = re.compile(r"([A-Z0-9][A-Z0-9/-]*)(?:[ .:]([A-Z]{1,6}))?(?: EQUITY)?")
_WIDTHS = (1, 4, 5, 6)  # numeric symbols are written with and without their leading zeros


def isins_of_cusip(cusip: str) -> tuple[str, ...]:
    """The ISINs that a CUSIP is part of, of the United States and of Canada; none for a text that is no CUSIP."""
    from stdnum import cusip as standard
    from stdnum import isin

    if not standard.is_valid(cusip):
        return ()
    return tuple(isin.from_natid(country, standard.compact(cusip)) for country in ("US", "CA"))


def tickers(text: str, exchange: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the exchange is known, and the ticker in the ways in which a list may write it, country code last.

    `0728.HK`, `728 HK`, `728` with the exchange `XHKG` are one; without an exchange that is known, every country's.
    """
    match = _TICKER.fullmatch(text.strip().upper())
    if match is None:
        return False, ()
    country = _EXCHANGES.get((exchange.strip() or match[2] or "").upper())
    return country is not None, tuple(_written(match[1], (country,) if country else _COUNTRIES))


def _written(symbol: str, countries: tuple[str, ...]) -> Iterator[str]:
    symbols = [symbol]
    if symbol.isdecimal():
        symbols = list(dict.fromkeys(symbol.lstrip("0").zfill(width) for width in _WIDTHS))
    yield from (f"{written} {country}" for country in countries for written in symbols)
