"""Analysing a name: from a string to words that can be compared, each with its kind.

A name is written in Latin letters without accents (other scripts are transliterated), abbreviations with full stops
are closed up (`d.o.o.` is `doo`), legal forms become one word of their class. What is lost by that is lost on both
sides alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from compliance.matching.forms import Form, find, first_form
from compliance.matching.scripts import ARABIC, latin, mixed
from compliance.matching.vocabulary import titles, translated_stems, translations


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
    """A name ready to be compared. `vowelless`: it was written in Arabic script. `together`: without spaces."""

    text: str
    tokens: tuple[Token, ...]
    vowelless: bool
    together: str
    party_type: str | None


PARTICLES = frozenset(
    [
        "al",
        "el",
        "ul",
        "ur",
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
        "by",
        "to",
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
        "abou",
        "oglu",
        "ogly",
        "s",
        "v",
        "no",
        "nr",
        "zu",
        "zur",
        "im",
        "wa",
        "wal",
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
WITH_FORMS = frozenset(["entity", None])  # persons, ships and aircraft have no legal forms
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}(?:[^\W\d_]\b)?")
_APOSTROPHES = re.compile(r"['`’‘ʼʻ´ʿʾ]")
_WORDS = re.compile(r"[a-z]+|\d+(?:st|nd|rd|th)?(?=\b|[^a-z])|\d+|[a-z\d]+")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)?")
_SERVANT = re.compile(r"abd(?:[aeiou]{1,2}[lrsntdz]?)?")  # the word, however written
_SERVANT_OF = re.compile(
    r"abd(?:[aeiou]{1,2}(?:l|(?P<sun>[rsntdz])(?=(?P=sun))))(?=[a-z]{4})"
)  # Abdulrahman, Abdurrahman
_NUMBERED = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}  # digits that stand for letters
# s3nsetime, 5berbank
_DISGUISED = re.compile(r"(?<=[a-z])[0134578]+(?=[a-z])|(?<![a-z0-9])[0134578](?=[a-z][a-z0134578]{4})")
_DIGIT = re.compile(r"\d")
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).islower()}
_BORDER, _CONTROL = "\x00", "\x01"  # between texts that are worked on as one; no letters, as all control characters
_LONG_STEM = 3  # an ending of a Russian word has at most so many letters more


def analyse(text: str, party_type: str | None = None) -> AnalysedName:
    """The words of a name. Only entities, and parties of unknown type, have legal forms."""
    (words,) = words_of([text])
    end = first_form(words) if party_type in WITH_FORMS else len(words)
    tokens = tuple(token for word in words[:end] for token in word_tokens(word))
    tokens += end_tokens(tuple(words[end:]), end > 0)
    return AnalysedName(text, tokens, bool(ARABIC.search(text)), without_spaces(tokens), party_type)


def without_spaces(tokens: tuple[Token, ...]) -> str:
    """The words as one, legal forms aside; translated ones as they were written, each once."""
    pairs = zip((None, *tokens), tokens, strict=False)
    return "".join(
        token.written if token.translated else token.text
        for before, token in pairs
        if token.kind is not Kind.legal and not (before and one_word(before, token))
    )


def one_word(first: Token, second: Token) -> bool:
    """Whether two neighbours are the translation of one written word: РЖД is Russian Railways."""
    return first.translated and second.translated and first.written == second.written


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text in Latin letters; all texts are worked on as one where that can be."""
    plain = (text if text.isascii() else latin(_APOSTROPHES.sub("", text)) for text in texts)
    joined = _BORDER.join(text.replace(_BORDER, _CONTROL) for text in plain).lower()
    joined = joined.replace("'", "").replace("`", "")
    found = [_split(part) for part in joined.split(_BORDER)]
    return [[p for w in words for p in _parts(w)] for words in found] if "abd" in joined else found


def _split(text: str) -> list[str]:
    """The words of a text in small ASCII letters; digits need a closer look, and few names have any."""
    if text.count(".") > 1:
        text = _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", text)
    if "&" in text:
        text = text.replace("&", " and ")
    if _DIGIT.search(text):
        text = _DISGUISED.sub(lambda found: "".join(_NUMBERED[digit] for digit in found.group()), text)
        return _WORDS.findall(text)
    return text.translate(_NO_LETTERS).split()


@lru_cache(maxsize=1 << 16)
def end_tokens(words: tuple[str, ...], after_others: bool) -> tuple[Token, ...]:
    """The tokens of a name from the first word on with which a legal form may begin; names have few such ends."""
    tokens = tuple(_tokens(words, find(words, after_others)))
    if after_others or any(token.kind is not Kind.legal for token in tokens):
        return tokens
    return tuple(_tokens(words, {}))  # a name of nothing but legal forms has none


def disguised(text: str) -> list[str]:
    """The words of a text that hold letters or digits of another kind, which pose as its own."""
    plain = unicodedata.normalize("NFKC", text)
    return [word for word in plain.split() if mixed(word) or _DISGUISED.search(latin(word))]


def _parts(word: str) -> list[str]:
    """`Abdulrahman` is two words, `Abd al-Rahman`; all spellings of the first are one."""
    if not word.startswith("abd"):
        return [word]
    if _SERVANT.fullmatch(word):
        return ["abd"]
    joined = _SERVANT_OF.match(word)
    return ["abd", word[joined.end() :]] if joined and word[joined.end() :] not in ("allah", "ullah") else [word]


def _tokens(words: tuple[str, ...], forms: Mapping[int, Form]) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(words):
        form = forms.get(at)
        if form:
            tokens.append(Token(form.group, Kind.legal, " ".join(words[at : at + form.words])))
        else:
            tokens.extend(word_tokens(words[at]))
        at += form.words if form else 1
    return tokens


@lru_cache(maxsize=1 << 17)
def word_tokens(word: str) -> tuple[Token, ...]:
    """The word as a token; a translated one may be several."""
    number = _ORDINAL.fullmatch(word)
    if number:
        return (Token(number.group(1).lstrip("0") or "0", Kind.number, word),)
    if word in _ORDINALS:
        return (Token(_ORDINALS[word], Kind.number, word),)
    if len(word) == 1:
        return (Token(word, Kind.initial, word),)
    if word in PARTICLES or word in titles():
        return (Token(word, Kind.particle, word),)
    english = _english(word)
    return tuple(Token(part, Kind.word, word, True) for part in english) or (Token(word, Kind.word, word),)


def _english(word: str) -> tuple[str, ...]:
    """The English words for a transliterated one, when the tables have it."""
    known = translations().get(word)
    if known:
        return known
    stems = translated_stems()
    for length in range(len(word), max(len(word) - _LONG_STEM, 1) - 1, -1):
        if word[:length] in stems:
            return stems[word[:length]]
    return ()


def several(text: str) -> list[str]:
    """The names in a text: more than one where semicolons part names of at least two words each."""
    if ";" not in text:
        return [text]
    parts = [part.strip() for part in text.split(";")]
    return parts if all(len(part.split()) > 1 for part in parts) else [text]
