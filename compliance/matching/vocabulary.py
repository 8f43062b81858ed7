"""The reviewed word tables in data/: legal forms, common words, abbreviations, translations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def _lines(name: str) -> list[tuple[str, str]]:
    """The table's lines as (left of the colon, right of it), without comments."""
    text = (_DATA / name).read_text("utf-8")
    rows = (line.partition(":") for line in text.splitlines() if line and not line.startswith("#"))
    return [(left.strip(), right.strip()) for left, _, right in rows]


@cache
def legal_forms() -> dict[tuple[str, ...], str]:
    """Legal forms as word sequences, each with its class."""
    return {tuple(form.split()): group for group, forms in _lines("legal_forms.txt") for form in forms.split("|")}


@cache
def common_words() -> dict[str, float]:
    """Common words with the share of names, 0-1, that hold them."""
    return {word: int(count) / 100_000 for count, words in _lines("common_words.txt") for word in words.split()}


@cache
def abbreviations() -> dict[str, frozenset[str]]:
    """Abbreviations with the words they may stand for."""
    found: dict[str, set[str]] = {}
    for shorts, words in _lines("abbreviations.txt"):
        for short in shorts.split():
            found.setdefault(short, set()).update(words.split())
    return {short: frozenset(words) for short, words in found.items()}


@cache
def translations() -> dict[str, tuple[str, ...]]:
    """Words of transliterated Russian with their English ones."""
    return {
        word: tuple(english.split())
        for words, english in _lines("translations.txt")
        for word in words.split()
        if word.isascii() and not word.endswith("*")
    }


@cache
def translated_stems() -> dict[str, tuple[str, ...]]:
    """Beginnings of transliterated Russian words, whose endings vary, with their English words."""
    return {
        word[:-1]: tuple(english.split())
        for words, english in _lines("translations.txt")
        for word in words.split()
        if word.endswith("*")
    }


@cache
def arabic_names() -> dict[str, str]:
    """Common names and words in Arabic script as they are usually written in Latin letters."""
    return {word: english for english, words in _lines("arabic.txt") for word in words.split()}


@cache
def chinese_words() -> dict[str, str]:
    """Chinese words of company names with their English ones."""
    return {
        word: english for words, english in _lines("translations.txt") for word in words.split() if not word.isascii()
    }


@cache
def titles() -> frozenset[str]:
    """Titles and honorifics before names of persons: they tell no person from another."""
    return frozenset(word for _, words in _lines("titles.txt") for word in words.split())
