"""From a publisher's words for a number to the kind under which it can be searched."""

from __future__ import annotations

import re
from functools import lru_cache

from compliance.sources.ofac_identifiers import KINDS

# In this order: the first that fits. The words are those of the UN, the UK, the EU and OpenSanctions.
_WORDS: tuple[tuple[str, str], ...] = (
    ("imo-company", r"imo company|company imo"),
    ("imo", r"\bimo\b|shipimonumber"),
    ("passport", r"passport|pasaporte|passeport"),
    ("national-id", r"national(?:ity)? id|\bid card|identi[td]|carte|tazkira|national insurance|\bni number|idnumber"),
    ("tax-id", r"\btax\b|\binn\b|innc|vat|fiscal|taxnumber"),
    ("drivers-licence", r"driv"),
    ("birth-certificate", r"birth cert"),
    ("travel-document", r"travel|laissez"),
    ("bic", r"swift|\bbic\b"),
    ("lei", r"\blei\b|leicode|legal entity id"),
    ("isin", r"\bisin"),
    ("uscc", r"uscc|social credit"),
    ("registration", r"regist|ogrn|company number|registrationnumber|regnumber"),
    ("website", r"web"),
    ("email", r"e-?mail"),
    ("phone", r"phone|mobile"),
    ("mmsi", r"mmsi"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _WORDS)


@lru_cache(maxsize=4096)
def kind_of(label: str) -> str:
    """The kind that a label means; `id-number` when it only says that it is some number."""
    if label in KINDS:
        return KINDS[label]
    small = label.casefold()
    return next((kind for kind, pattern in _COMPILED if pattern.search(small)), "id-number")
