"""Country names and codes as one thing: the ISO 3166-1 alpha-2 code."""

from __future__ import annotations

from functools import cache

# What publishers write and pycountry's lookup does not know; reviewed, not guessed.
_PUBLISHED = {
    "burma": "MM",
    "congo, democratic republic of the": "CD",
    "cote d ivoire": "CI",
    "iran": "IR",
    "korea, north": "KP",
    "korea, south": "KR",
    "kosovo": "XK",
    "laos": "LA",
    "macau": "MO",
    "moldova": "MD",
    "palestinian": "PS",
    "russia": "RU",
    "syria": "SY",
    "taiwan": "TW",
    "tanzania": "TZ",
    "the gambia": "GM",
    "turkey": "TR",
    "uk": "GB",
    "usa": "US",
    "venezuela": "VE",
    "vietnam": "VN",
    "west bank": "PS",
}


@cache
def code_of(text: str) -> str | None:
    """The alpha-2 code of a country's name or code; None when it cannot be told."""
    known = _PUBLISHED.get(text.strip().casefold())
    if known:
        return known
    import pycountry

    try:
        found = pycountry.countries.lookup(text.strip())
    except LookupError:
        return None
    code = getattr(found, "alpha_2", None)
    return code if isinstance(code, str) else None
