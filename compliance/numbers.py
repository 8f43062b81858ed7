"""Identifiers where a name is asked for: a ship's IMO number, an ISIN, a passport number, an entry's own number."""

from __future__ import annotations

import re

from compliance.identifier_checks import fault
from compliance.identifiers import ENTRY, kind_named, ticker

ANY = ""  # the kind of a number that does not say what it is
_LABELLED = re.compile(
    r"\b(imo(?: company)?|lei|isin|cusip|mmsi|uscc|bic|swift|inn|ogrn|duns|passport|tax id|registration)\b"
    r"\W*(?:(?:no|nr|number|code)\b\W*)?([A-Z0-9][A-Z0-9./ -]*\d[A-Z0-9]*|[A-Z]{6}[A-Z0-9]{2,5})\b",
    re.IGNORECASE,
)
_WALLET = re.compile(r"(?=\S*\d)(?:0x|bc1|ltc1)?[0-9A-Za-z]{25,95}")
_WALLET_LIKE = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[0-9a-z]{30,}|0x[0-9a-fA-F]{30,50}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_ENTRY = re.compile(r"[a-z]{2,}(?:-[a-z0-9]+)+/\S+|[A-Z]{2}[a-z]?\.\d{3,4}|\d{4,6}", re.IGNORECASE)
_CODES = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d|[A-Z0-9]{18}\d\d|[A-Z0-9]{17}[A-Z0-9]|[A-Z0-9]{8}\d")  # ISIN LEI USCC CUSIP
_DIGITS = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]{4,}")
_TOKEN = re.compile(r"[A-Z0-9]{7,}")
_TELLING = 5  # digits from which on a number does not meet another by chance
_FEWEST_IN_CODE = 3  # digits in an ISIN or LEI


def in_name(text: str) -> list[tuple[str, str]]:
    """The identifiers, (kind, value), that a text given as a name is or holds; kind ANY where it does not say."""
    if not _DIGITS.search(text):
        bare = text.strip()
        return [("bic", bare)] if _BIC.fullmatch(bare) else []
    found = [(kind_named(label), value) for label, value in _LABELLED.findall(text)]
    whole = text.strip()
    found += _alone(whole)
    found += [(ANY, token) for token in _TOKEN.findall(text.upper()) if len(_DIGITS.findall(token)) >= _TELLING]
    return list(dict.fromkeys(found))


def _alone(whole: str) -> list[tuple[str, str]]:
    found = []
    if _WALLET.fullmatch(whole):
        found.append(("wallet", whole))
    if _BIC.fullmatch(whole):
        found.append(("bic", whole))
    if _ENTRY.fullmatch(whole):
        found.append((ENTRY, whole))
    if _CODES.fullmatch(whole.upper()):
        found.append(("cusip", whole))
    share = ticker(whole)
    if share.market and share.symbol.isdigit() and len(whole) >= _TELLING:
        found.append(("ticker", whole))
    if len(_DIGITS.findall(whole)) >= _TELLING and (not _LETTERS.search(whole) or " " not in whole):
        found.append((ANY, whole))
    return found


def is_number(text: str) -> bool:
    """Whether a text that was given as a name is nothing but a number: that no entry has it clears nobody."""
    whole = text.strip()
    digits = len(_DIGITS.findall(whole))
    if _WALLET_LIKE.fullmatch(whole):  # all that are listed are stated; but one that is miswritten is none of them
        return bool(fault("wallet", whole))
    if _LABELLED.fullmatch(whole):
        return True
    if _CODES.fullmatch(whole) and digits >= _FEWEST_IN_CODE:
        return True
    return digits > _TELLING and not re.search(r"[^\W\d_]{3,}", whole)
