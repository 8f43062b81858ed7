"""Other scripts into Latin letters: Arabic letter by letter, Chinese by words, all else as anyascii has it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from anyascii import anyascii

from compliance.matching.vocabulary import arabic_names, chinese_words

if TYPE_CHECKING:
    from opencc import OpenCC

ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+")
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LONGEST_CHINESE_WORD = 10  # characters, of the table
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
# 第五十四研究所 is the 54th research institute, 七二四研究所 the institute 724.
_ORDINAL = re.compile(r"第([0-9]{1,9}|[零〇一二两兩三四五六七八九十百千]+)")
_NUMBERED = re.compile(r"(?<![\u4e00-\u9fff])([零〇一二三四五六七八九]{2,4})(?=[研厂廠所院局部基])")
# Arabic, Persian and Urdu letters by their commonest value; ain and hamza are nothing. Vowel signs fall away.
_LETTERS = {
    **dict(zip("بپتثجچحخدذرزژسشصضطظغفقكکگلمنهھہةویيىئؤے", [
        "b", "p", "t", "th", "j", "ch", "h", "kh", "d", "dh", "r", "z", "zh", "s", "sh", "s", "d", "t", "z", "gh", "f",
        "q", "k", "k", "g", "l", "m", "n", "h", "h", "h", "a", "w", "y", "y", "a", "y", "w", "e"], strict=True)),
    **dict.fromkeys("اأإآٱ", "a"), "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n",
}  # fmt: skip
_ALEFS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ی": "ي", "ى": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"}
)
_ARTICLE = "ال"
# Letters of other alphabets that look like Latin ones, for words that mix the two (Unicode TS 39, confusables).
_LOOKS_LIKE = str.maketrans(
    "АВЕЅКМНОРСТУХІЈаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν", "ABESKMHOPCTYXIJaeopcyxijshdqwABEZHIKMNOPTYXoav"
)
_MIXED = re.compile(r"\w*(?:[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z])\w*")
_MARKS = str.maketrans(dict.fromkeys("®©™℠℗", " "))
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)


def latin(text: str) -> str:
    """The text in lower-case ASCII letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text.translate(_MARKS)))
    plain = "".join(_symbol(c) if unicodedata.category(c) == "So" else c for c in plain)
    plain = _MIXED.sub(lambda word: word.group().translate(_LOOKS_LIKE), plain)
    plain = _ORDINAL.sub(lambda found: f" {_number(found[1])}th ", plain)
    plain = _NUMBERED.sub(lambda found: f" {_number(found[1])} ", plain)
    plain = _CJK.sub(lambda run: _chinese(run.group()), plain)
    plain = ARABIC.sub(lambda run: _arabic(run.group()), plain)
    return anyascii(plain).lower()


def readable(text: str) -> bool:
    """Whether any letter or digit of a text can be read: not those of scripts long dead, or of private use."""
    letters = [c for c in text if c.isalnum()]
    if any(c.isascii() or (not ARABIC.match(c) and anyascii(c).isalnum()) for c in letters):
        return True
    return any(c.isalnum() for c in latin(text))


def _symbol(c: str) -> str:
    """Nothing for emoji and other pictures; letters in boxes and circles are letters."""
    plain = anyascii(c)
    return plain if len(plain) == 1 and plain.isalnum() else " "


def in_other_letters(text: str) -> bool:
    """Whether a text has letters that are not Latin ones, accents aside."""
    return not text.isascii() and any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN") for c in text)


def mixed(word: str) -> bool:
    """Whether Latin letters and such as look like them stand in one word."""
    return bool(_MIXED.search(word))


def _arabic(word: str) -> str:
    """A word in Arabic script: a common name as it is usually written, another by its letters; the article apart."""
    bare = "".join(c for c in word if unicodedata.category(c) != "Mn").translate(_ALEFS)
    known = arabic_names()
    if bare in known:
        return known[bare]
    if bare.startswith(_ARTICLE) and len(bare) > 4:
        return f"al {_arabic(bare[len(_ARTICLE) :])}"
    if bare.startswith("عبدال") and len(bare) > 7:
        return f"abd {_arabic(bare[5:])}"
    return "".join(_LETTERS.get(c, "") for c in bare)


def _number(numeral: str) -> int:
    """五十四 is 54, 七二四 is 724; a number in digits is itself."""
    if numeral.isascii():
        return int(numeral)
    if not _UNITS.keys() & set(numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = digit = 0
    for c in numeral:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def _chinese(run: str) -> str:
    """A run of Chinese characters as words: known ones in English by longest match, others joined in pinyin."""
    from pypinyin import lazy_pinyin

    known = chinese_words()
    simple = _simplified().convert(run)
    words: list[str] = []
    unknown = ""
    while simple:
        length = next((n for n in range(min(_LONGEST_CHINESE_WORD, len(simple)), 0, -1) if simple[:n] in known), 0)
        if length:
            words += ["".join(lazy_pinyin(unknown)), known[simple[:length]]]
            unknown = ""
        else:
            unknown += simple[0]
        simple = simple[max(length, 1) :]
    words.append("".join(lazy_pinyin(unknown)))
    return f" {' '.join(word for word in words if word)} "


@cache
def _simplified() -> OpenCC:
    """Traditional characters into simplified ones."""
    from opencc import OpenCC

    return OpenCC("t2s")
