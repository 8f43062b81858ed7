"""Whether an identifier is one at all: the check digits and forms that its standard prescribes (python-stdnum)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module

from compliance.identifiers import normal_value

# Kind: the module of python-stdnum that judges it, and what it must look like, in words.
_STANDARDS: Mapping[str, tuple[str, str]] = {
    "lei": ("stdnum.lei", "an LEI has 20 letters and digits, the last two of them check digits"),
    "isin": ("stdnum.isin", "an ISIN has a country code, 9 letters or digits and a check digit"),
    "cusip": ("stdnum.cusip", "a CUSIP has 8 letters or digits and a check digit"),
    "imo": ("stdnum.imo", "an IMO number has 7 digits, the last of them a check digit"),
    "bic": ("stdnum.bic", "a BIC has 8 or 11 characters: 4 letters of the bank, 2 of the country, then its place"),
    "uscc": ("stdnum.cn.uscc", "a USCC has 18 letters and digits, the last of them a check character"),
}
_FORMS: Mapping[str, tuple[str, str]] = {
    "mmsi": (r"\d{9}", "an MMSI has 9 digits"),
    "duns": (r"\d{9}", "a D-U-N-S number has 9 digits"),
    "bik": (r"\d{9}", "a BIK has 9 digits"),
    "cik": (r"\d{1,10}", "a CIK has at most 10 digits"),
    "imo-company": (r"\d{7}", "an IMO company number has 7 digits"),
}
_WITHOUT_DIGITS = frozenset({"ticker", "website", "email", "issuer-name", "call-sign", "aircraft-tail", "entry"})
_WALLETS = (
    r"0x[0-9a-f]{40}",  # Ethereum and its like
    r"(?:ltc1|bitcoincash:|[qp])[02-9ac-hj-np-z]{38,62}",  # bech32 of Litecoin, Bitcoin Cash
    r"[1-9A-HJ-NP-Za-km-z]{25,44}",  # base58: Litecoin, Dash, Tron, Zcash, Ripple, Solana …
    r"[1-9A-HJ-NP-Za-km-z]{95}",  # Monero
    r"[0-9a-fA-F]{64}",  # public keys
)
_WALLET = "a wallet address has 25 characters or more, and Bitcoin's carry a checksum: copy it whole, in its own case"


def fault(kind: str, value: str) -> str | None:
    """Why a value cannot be an identifier of its kind, in words; None when it can, or the kind has no rule."""
    normal = normal_value(kind, value)
    if kind in _STANDARDS:
        module, rule = _STANDARDS[kind]
        return None if import_module(module).is_valid(normal) else rule
    if kind in _FORMS:
        form, rule = _FORMS[kind]
        return None if re.fullmatch(form, normal, re.ASCII) else rule
    if kind == "wallet":
        return None if _is_wallet(normal) else _WALLET
    if kind not in _WITHOUT_DIGITS and not re.search(r"\d", normal):
        return "there is no digit in it"
    return None


def _is_wallet(address: str) -> bool:
    from stdnum import bitcoin

    if re.fullmatch(r"[13][1-9A-HJ-NP-Za-km-z]{24,34}|bc1[a-z0-9]+", address):
        return bitcoin.is_valid(address)
    return any(re.fullmatch(form, address) for form in _WALLETS)
