"""Analysing a name: from a string to words that can be compared, each with its kind.

A name is written in Latin letters without accents (other scripts are transliterated), abbreviations with full stops
are closed up (`d.o.o.` is `doo`), legal forms become one word of their class. What is lost by that is lost on both
sides alike.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from anyascii import anyascii

from compliance.matching.vocabulary import chinese_words, legal_forms, translations


class Kind(StrEnum):
    """What a word of a name is; it decides how it may be matched and how much it weighs."""

    word = "name word"
    legal = "legal form"
    number = "number"
    particle = "particle"
    initial = "initial"


class Token(NamedTuple):
    """One word: as it is compared, its kind, and as it was written (legal forms: the whole form)."""

    text: str
    kind: Kind
    written: str
    translated: bool = False


class AnalysedName(NamedTuple):
    """A name ready to be compared."""

    text: str
    tokens: tuple[Token, ...]
    vowelless: bool = False


PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ad",
        "as",
        "an",
        "the",
        "of",
        "and",
        "for",
        "in",
        "on",
        "at",
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "la",
        "le",
        "les",
        "los",
        "y",
        "e",
        "i",
        "et",
        "und",
        "ve",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "ibn",
        "ben",
        "bint",
        "abu",
        "oglu",
        "ogly",
        "s",
        "v",
        "no",
        "nr",
        "zu",
        "zur",
        "im",
    ]
)
_ORDINALS = {
    word: str(number)
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}(?:[^\W\d_]\b)?")
_APOSTROPHES = re.compile(r"['`’‘ʼʻ´]")
_WORDS = re.compile(r"[a-z]+|\d+(?:st|nd|rd|th)?(?=\b|[^a-z])|\d+|[a-z\d]+")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)?")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_VOWELLESS = re.compile(r"[\u0590-\u06ff\u0750-\u077f\ufb1d-\ufdff\ufe70-\ufefc]")
_LONGEST_FORM = 7


def analyse(text: str, party_type: str | None = None) -> AnalysedName:
    """The words of a name. `party_type` 'individual' means that no word is taken for a legal form."""
    vowelless = bool(_VOWELLESS.search(text))
    words = _words(text)
    tokens = [_token(word) for word in words] if party_type == "individual" else _with_legal_forms(words)
    return AnalysedName(text, tuple(tokens), vowelless)


def latin(text: str) -> str:
    """The text in lower-case ASCII; words of Chinese company names in English, the rest in pinyin."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _CJK.sub(lambda found: _chinese(found.group()), folded)
    return anyascii(folded).lower()


def _words(text: str) -> list[str]:
    plain = _APOSTROPHES.sub("", latin(_APOSTROPHES.sub("", text)))
    plain = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", plain)
    return _WORDS.findall(plain.replace("&", " and "))


def _chinese(run: str) -> str:
    """A run of Chinese characters as words: known ones translated by longest match, others joined in pinyin."""
    known = chinese_words()
    words: list[str] = []
    rest = ""
    while run:
        length = next((n for n in range(min(6, len(run)), 0, -1) if run[:n] in known), 0)
        if length:
            words += [rest, known[run[:length]]]
            rest = ""
        else:
            rest += anyascii(run[0]).lower()
        run = run[max(length, 1) :]
    return f" {' '.join(word for word in [*words, rest] if word)} "


def _with_legal_forms(words: list[str]) -> list[Token]:
    forms = legal_forms()
    tokens: list[Token] = []
    start = 0
    while start < len(words):
        length = next(
            (
                n
                for n in range(min(_LONGEST_FORM, len(words) - start), 0, -1)
                if tuple(words[start : start + n]) in forms
            ),
            0,
        )
        if length:
            form = tuple(words[start : start + length])
            tokens.append(Token(forms[form], Kind.legal, " ".join(form)))
        else:
            tokens.append(_token(words[start]))
        start += max(length, 1)
    if any(token.kind is not Kind.legal for token in tokens):
        return tokens
    return [_token(word) for word in words]


def _token(word: str) -> Token:
    number = _ORDINAL.fullmatch(word)
    if number:
        return Token(number.group(1).lstrip("0") or "0", Kind.number, word)
    if word in _ORDINALS:
        return Token(_ORDINALS[word], Kind.number, word)
    if word in PARTICLES:
        return Token(word, Kind.particle, word)
    if len(word) == 1:
        return Token(word, Kind.initial, word)
    english = translations().get(word)
    if english and len(english) == 1:
        return Token(english[0], Kind.word, word, translated=english[0] != word)
    return Token(word, Kind.word, word)


_KEY_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("sch|shch|sh|ch|zh|tch|dzh|dj|cz|cs|sz|ts|tz|z|j|x|s", "s"),
        ("th|dh|t|d", "t"),
        ("ph|f|v|w|b|p", "p"),
        ("kh|hh", "h"),
        ("gh|q|ck|c|g|k", "k"),
        ("m|n", "n"),
        ("[aeiouy]", ""),
    )
]


def consonants(word: str) -> str:
    """The word's consonants in classes that transliterations mix up, without vowels and doubled letters.

    Two words with equal keys may be one name in two transliterations: Qadhafi, Gaddafi; Zhongtai, Jongtai.
    """
    key = word
    for pattern, replacement in _KEY_RULES:
        key = pattern.sub(replacement, key)
    return re.sub(r"(.)\1+", r"\1", key)
