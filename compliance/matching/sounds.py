"""How a word may have sounded before somebody wrote it in Latin letters: the same name under several standards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple


def _rules(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.MULTILINE), replacement) for pattern, replacement in pairs)


# One spelling for what BGN, ISO 9, passports, French and German write differently. The order matters.
_FOLD = _rules(
    ("shch|sch|sh", "s"),
    ("tsch|tch|cz|ch", "c"),
    ("dzh|zh|dj|j", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ph", "f"),
    ("dh", "d"),
    ("th", "t"),
    ("c(?=[aoukltr])|ck|q", "k"),
    ("x", "ks"),
    ("tz", "ts"),
    ("w", "v"),
    ("[ou]+", "u"),
    ("[eiy]+", "i"),
    (r"(.)\1+", r"\1"),
    (r"(?<=[aiu].)h$|(?<=[a-z][aiu])h$", ""),
)
_CONSONANTS = _rules(
    ("[sczj]|ts", "s"), ("d", "t"), ("[bpfv]", "p"), ("g", "k"), ("n", "m"), ("[aiu]", ""), (r"(.)\1+", r"\1")
)
_SKELETON = _rules(
    ("[scjz]|ts", "s"), ("d", "t"), ("[bp]", "p"), ("g", "k"), ("[aiuv]", ""), ("h$", ""), (r"(.)\1+", r"\1")
)


def _apply(rules: tuple[tuple[re.Pattern[str], str], ...], word: str) -> str:
    for pattern, replacement in rules:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=1 << 18)
def folded(word: str) -> str:
    """The word in one spelling for all usual transliterations: Youssef, Yusuf; Dmitriy, Dmitry; Khalid, Halid."""
    return _apply(_FOLD, word)


@lru_cache(maxsize=1 << 18)
def consonants(word: str) -> str:
    """The word's consonants in classes that transliterations mix up: Qadhafi, Gaddafi, Kadafi."""
    return _apply(_CONSONANTS, folded(word))


@lru_cache(maxsize=1 << 18)
def skeleton(word: str) -> str:
    """What Arabic script writes of a word: no vowels, and nothing of w, v and y, which may stand for vowels."""
    return _apply(_SKELETON, folded(word))


class Sounds(NamedTuple):
    """What `folded`, `consonants` and `skeleton` make of words, in their order."""

    folds: list[str]
    consonants: list[str]
    skeletons: list[str]


def sounds_of(words: Sequence[str]) -> Sounds:
    """The sounds of many words, worked on as one text of a line for each, since that is quick."""
    folds = _apply(_FOLD, "\n".join(words))
    parts = (
        text.split("\n") if words else [] for text in (folds, _apply(_CONSONANTS, folds), _apply(_SKELETON, folds))
    )
    return Sounds(*parts)
