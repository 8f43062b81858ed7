"""Identifiers made comparable: the same number written in two ways is one value, for lists and for queries alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compliance.errors import BadInput

ENTRY = "entry"  # the publisher's own number of an entry: OFAC's, the UN's QDi.001
_PLACELESS = ("id-number",)  # publishers that say no more than "number"
_COMPANY = ("registration", "tax-id", "uscc", "lei", "duns", "bik", *_PLACELESS)
_PERSON = ("passport", "national-id", "travel-document", "drivers-licence", "tax-id", *_PLACELESS)
_SHIP = ("imo", "imo-company", "vessel-registration", *_PLACELESS)
# Under which kinds of the lists a number is looked for besides its own: publishers file one number differently.
_ALSO: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("registration", "uscc", "lei", "duns"), _COMPANY),
    **dict.fromkeys(("passport", "national-id", "travel-document"), _PERSON),
    **dict.fromkeys(("imo", "imo-company"), _SHIP),
    "tax-id": (*_COMPANY, *_PERSON),
    "id-number": (*_COMPANY, *_PERSON, *_SHIP),
    "cusip": ("isin",),
}  # fmt: skip
_LONG = 6  # shorter numbers meet by chance: they are looked for under their own kind alone
_ALIASES: Mapping[str, str] = {
    "inn": "tax-id", "ein": "tax-id", "vat": "tax-id", "tin": "tax-id", "tax": "tax-id", "nit": "tax-id",
    "ogrn": "registration", "reg": "registration", "company-number": "registration", "crn": "registration",
    "swift": "bic", "swift-bic": "bic", "usci": "uscc", "usc": "uscc", "symbol": "ticker", "duns-number": "duns",
    "crypto": "wallet", "address": "wallet", "btc": "wallet", "eth": "wallet", "xbt": "wallet",
    "id": "national-id", "ssn": "national-id", "cedula": "national-id", "passport-no": "passport",
    "tail": "aircraft-tail", "ofac": ENTRY, "un": ENTRY, "ent-num": ENTRY, "uid": ENTRY, "reference": ENTRY,
}  # fmt: skip
KNOWN = (
    *("lei", "isin", "cusip", "ticker", "registration", "tax-id", "uscc", "duns", "bic", "bik", "cik"),
    *("imo", "imo-company", "mmsi", "vessel-registration", "call-sign", "aircraft-tail", "aircraft-serial"),
    *("passport", "national-id", "travel-document", "drivers-licence", "birth-certificate", "id-number"),
    *("wallet", "email", "phone", "fax", "website", ENTRY),
)
_LOOKS_LATIN = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")  # Cyrillic letters in numbers of documents
_PREFIX = re.compile(r"(?:IMO|LEI|ISIN|CUSIP|MMSI|USCC|CIK|BIC|SWIFT|INN|OGRN|DUNS)(?=[A-Z]*\d|[A-Z0-9]{8})")
_TOKEN = re.compile(r"[^\s,;()]*\d[^\s,;()]*")
_LONG_TOKEN = 5  # characters of a number that stands in a text of several words
_BANK = 8  # characters of a BIC that name the institution; the other three name a branch
_MARKETS: Mapping[str, str] = {
    **dict.fromkeys(("US", "N", "O", "K", "UN", "UW", "UQ", "NYSE", "NASDAQ", "OTC", "AMEX", "XNYS", "XNAS"), "US"),
    **dict.fromkeys(("CN", "CH", "CG", "CS", "SS", "SH", "SZ", "SHA", "SHE", "SSE", "SZSE", "XSHG", "XSHE"), "CN"),
    **dict.fromkeys(("HK", "HKG", "HKEX", "SEHK", "XHKG"), "HK"),
    **{code: code for code in ("DE", "RU", "AR", "SG", "BR", "CA", "JP", "LN", "GB", "FR", "KR", "IN", "TW")},
}
_RUN_TOGETHER = re.compile(r"(\d{4,6})([A-Z]{2})")


class Ticker(NamedTuple):
    """A share's symbol without leading zeros, and the country of its market where it is given."""

    symbol: str
    market: str | None


def kind_named(text: str) -> str:
    """Our word for a kind of identifier: `swift` is `bic`, `INN` is `tax-id`; an unknown one stays as it is."""
    kind = re.sub(r"[\s_]+", "-", text.strip().lower())
    return _ALIASES.get(kind, kind)


def parse_pair(text: str) -> tuple[str, str]:
    """`isin=US1234567890` as (kind, value). Raises BadInput when there is no kind or no value."""
    kind, equals, value = text.partition("=")
    if not equals or not kind.strip() or not normal_value(kind_named(kind), value):
        raise BadInput(f"{text!r} is not an identifier: write KIND=VALUE, for example isin=CNE100000PM8")
    return kind_named(kind), value.strip()


def normal_value(kind: str, value: str) -> str:
    """The value without separators and in capitals; wallet addresses keep their case, where case tells them apart."""
    text = unicodedata.normalize("NFKC", value)
    if kind == "wallet":
        bare = "".join(text.split())
        return bare.lower() if bare[:2].lower() == "0x" or bare[:4].lower() in ("bc1q", "bc1p", "ltc1") else bare
    if kind in ("website", "email", "issuer-name"):
        return " ".join(text.split()).upper()
    bare = "".join(str(unicodedata.digit(c, c)) for c in text.upper() if c.isalnum())
    return _PREFIX.sub("", bare.translate(_LOOKS_LATIN), count=1) if _PREFIX.match(bare) else bare


def keys(kind: str, value: str) -> Iterator[str]:
    """What a value is found by: its normal form, and what else of it names the same party."""
    normal = normal_value(kind, value)
    if kind == "ticker":
        yield ticker(value).symbol
        return
    yield normal[:_BANK] if kind == "bic" else normal
    if kind == "isin":
        yield normal[2:11]  # a CUSIP, where the country is the US or Canada
    found = _TOKEN.findall(value)
    if len(value.split()) > 1 and found and len(found[-1]) >= _LONG_TOKEN:  # Diplomatic Passport D009889
        yield normal_value(kind, found[-1])


def ticker(value: str) -> Ticker:
    """`002415.SZ`, `SZ:002415` and `002415 CN` are one share, `728 HK` and `0728.HK` another."""
    parts = re.findall(r"[A-Z0-9]+", unicodedata.normalize("NFKC", value).upper())
    together = _RUN_TOGETHER.fullmatch(parts[0]) if len(parts) == 1 else None
    if together and together[2] in _MARKETS:
        parts = list(together.groups())
    market = None
    if len(parts) > 1:
        at = next((i for i in (-1, 0) if parts[i] in _MARKETS), None)
        market = _MARKETS[parts.pop(at)] if at is not None else None
    symbol = "".join(parts)
    return Ticker(symbol.lstrip("0") or symbol, market)


def may_be(asked: str, listed: str, normal: str) -> bool:
    """Whether a number asked for as one kind may stand on a list as another."""
    return asked == listed or (len(normal) >= _LONG and listed in _ALSO.get(asked, ()))


def agree(asked: tuple[str, str], listed: tuple[str, str]) -> bool:
    """Whether two identifiers, each (kind, value), are one number, under one kind or under kinds that get mixed up."""
    (kind, value), (other, stated) = asked, listed
    if not may_be(kind, other, normal_value(kind, value)):
        return False
    if kind == other == "ticker":
        one, two = ticker(value), ticker(stated)
        return one.symbol == two.symbol and (not one.market or not two.market or one.market == two.market)
    if kind == "cusip" and other == "isin":
        return stated[:2] in ("US", "CA") and normal_value(kind, value) == normal_value(other, stated)[2:11]
    own = next(keys(kind, value))
    return own in (set(keys(other, stated)) if other != "isin" else {normal_value(other, stated)})
