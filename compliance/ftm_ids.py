"""Numbers that FollowTheMoney takes only in their own form: is this one?

Each check is the check digit rule of the identifier's own standard; where it fails, the number stays in an
`Identification`, under the publisher's words, and is not claimed to be a valid code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_lei(text: str) -> bool:
    """ISO 17442: twenty characters, the remainder by 97 is 1."""
    return bool(re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", text)) and int("".join(str(int(c, 36)) for c in text)) % 97 == 1


def is_bic(text: str) -> bool:
    """ISO 9362: four letters of a bank, two of a country, two or five more."""
    return bool(re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", text))


def is_isin(text: str) -> bool:
    """ISO 6166: twelve characters, the sum of every second digit doubled is a multiple of ten."""
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text):
        return False
    digits = "".join(str(int(c, 36)) for c in text)[::-1]
    return sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(digits)) % 10 == 0


def is_imo(text: str) -> bool:
    """IMO ship number: the last of seven digits is the last digit of the weighted sum of the others."""
    if not re.fullmatch(r"[0-9]{7}", text):
        return False
    return sum(int(d) * w for d, w in zip(text, range(7, 1, -1), strict=False)) % 10 == int(text[6])


def is_uscc(text: str) -> bool:
    """GB 32100-2015: eighteen characters, the weighted sum is a multiple of 31."""
    if not re.fullmatch(f"[{_USCC}]{{18}}", text):
        return False
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return _USCC[(31 - total % 31) % 31] == text[17]


def is_email(text: str) -> bool:
    """A plain address: no blanks, one `@`, a domain with a dot."""
    return bool(re.fullmatch(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}", text))


def is_web(text: str) -> bool:
    """An address of the web with a host name that has a dot."""
    return bool(re.fullmatch(r"https?://([A-Za-z0-9-]+\.)+[A-Za-z]{2,}(:[0-9]+)?(/[!-~]*)?", text))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "leiCode": is_lei,
    "swiftBic": is_bic,
    "isinCode": is_isin,
    "imoNumber": is_imo,
    "uscCode": is_uscc,
    "email": is_email,
    "website": is_web,
}
NORMAL = frozenset({"leiCode", "swiftBic", "isinCode", "imoNumber", "uscCode"})
