"""Matching names against listed names: analysed, scored by one documented alignment, explained. Knows no list."""

from compliance.matching.explanation import Explanation, Leftover, TokenMatch
from compliance.matching.matcher import DEFAULT_THRESHOLD, MATCHER_VERSION, ListedName, Match, Matcher, Query
from compliance.matching.scripts import readable

__all__ = [
    "DEFAULT_THRESHOLD",
    "MATCHER_VERSION",
    "Explanation",
    "Leftover",
    "ListedName",
    "Match",
    "Matcher",
    "Query",
    "TokenMatch",
    "readable",
]
