"""Legal forms in a sequence of words: whole, abbreviated, turned round, run together, cut, or with a typing error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from compliance.matching.vocabulary import legal_forms

_LONGEST = 8  # words of the longest form, one of them cut in two
_WHOLE = 3  # words from which on a form is recognised around what is a form by itself: `Joint Stoc Company`
_PART = "part"  # the class of what is left of a form
_SHORT = 3  # forms of up to three letters are one only at an end of the name: `Ad Dawa`, `As Sahab`
_START = 4  # letters
_IN_FULL = {"co": "company", "ltd": "limited", "corp": "corporation", "inc": "incorporated"}
_ONE_ERROR, _TWO_ERRORS = 7, 13  # from so many letters on a form is recognised with one error, or two


class Form(NamedTuple):
    """A legal form found in a name: its class and how many words it takes."""

    group: str
    words: int


def first_form(words: Sequence[str]) -> int:
    """The position of the first word with which a form may begin."""
    return next((i for i, word in enumerate(words) if may_begin(word)), len(words))


def find(words: tuple[str, ...], after_others: bool) -> Mapping[int, Form]:
    """The legal forms in the end of a name, by the position of their first word; `after_others`: not all of it."""
    return _find(tuple("0" if word.isdigit() else word for word in words), after_others)


@lru_cache(maxsize=1 << 15)
def _find(words: tuple[str, ...], after_others: bool) -> Mapping[int, Form]:
    """The same for words with 0 for every number: no form has any, and `Ltd, branch 7` ends like `Ltd, branch 8`."""
    found: dict[int, Form] = {}
    start = 0
    while start < len(words):
        form = _at(words, start)
        if form:
            found[start] = form
        start += form.words if form else 1
    return {at: form for at, form in found.items() if _stands(words, found, at, form, after_others)}


def _stands(words: tuple[str, ...], found: dict[int, Form], at: int, form: Form, after_others: bool) -> bool:
    """A short form counts only at an end of the name, next to nothing but other forms."""
    if sum(map(len, words[at : at + form.words])) > _SHORT:
        return True
    return (not after_others and _all_forms(found, 0, at)) or _all_forms(found, at + form.words, len(words))


def _all_forms(found: dict[int, Form], start: int, end: int) -> bool:
    while start < end:
        if start not in found:
            return False
        start += found[start].words
    return True


def _at(words: tuple[str, ...], start: int) -> Form | None:
    if not may_begin(words[start]):
        return None
    longest = min(_LONGEST, len(words) - start)
    exact = _longest_at(words, start, longest, _exact)
    if exact and exact.group != _PART:
        return exact
    whole = _longest_at(words, start, longest, _mistyped, _WHOLE)
    if whole or exact:
        return whole or exact
    inside = next((n for n in range(1, longest) if _longest_at(words, start + n, longest - n, _exact)), longest)
    return _longest_at(words, start, inside, _mistyped)


@lru_cache(maxsize=1 << 17)
def may_begin(word: str) -> bool:
    """Whether a form may begin with the word, whole, cut, run together, or (from four letters on) with an error."""
    if word in _parts() or word in _beginnings():
        return True
    if len(word) <= _SHORT:
        return False
    begun, nearly = _begun(word[:_START])
    if begun and any(word[:length] in _together() for length in range(_SHORT + 1, len(word))):
        return True
    return nearly and _nearly_begins(word)


@lru_cache(maxsize=1 << 16)
def _begun(start: str) -> tuple[bool, bool]:
    """Whether a form begins with these first letters of a word, and whether a long one does but for one error."""
    return start in _beginnings(), not _starts().isdisjoint(_pieces(start))


def _nearly_begins(word: str) -> bool:
    """Whether the beginning of a long form is the word but for one error: then they share a piece."""
    known = [_beginnings_of(length) for length in (len(word) - 1, len(word), len(word) + 1)]
    near = {part for piece in _pieces(word) for parts in known if piece in parts for part in parts[piece]}
    return any(OSA.distance(word, part, score_cutoff=1) <= 1 for part in near)


@cache
def _starts() -> frozenset[str]:
    """The pieces of the first letters of the long forms: of words but for one error alike, the starts share one too."""
    return frozenset(piece for form in _forms_from(_ONE_ERROR - 1) for piece in _pieces(form[:_START]))


def _pieces(word: str) -> list[str]:
    """The word, and what is left of it without one of its letters."""
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(form[:length] for form in _together() for length in range(1, len(form) + 1))


@cache
def _beginnings_of(length: int) -> dict[str, list[str]]:
    """The first so many letters of the long forms, by their pieces."""
    found: dict[str, list[str]] = {}
    for part in {form[:length] for form in _forms_from(_ONE_ERROR - 1)}:
        for piece in _pieces(part):
            found.setdefault(piece, []).append(part)
    return found


def _longest_at(
    words: tuple[str, ...],
    start: int,
    longest: int,
    group_of: Callable[[tuple[str, ...]], str | None],
    least: int = 1,
) -> Form | None:
    parts = _parts()
    reach = next((n for n in range(1, longest + 1) if words[start + n - 1] in parts), longest + 1)
    for count in range(longest, least - 1, -1):
        if count >= reach or count == 1:
            group = group_of(words[start : start + count])
        elif count == 2:  # nothing of a form is in them, unless one word was cut in two
            together = "".join(words[start : start + 2])
            group = _together().get(together) if len(together) >= _ONE_ERROR - 1 else None
        else:
            continue
        if group:
            return Form(group, count)
    return None


@lru_cache(maxsize=1 << 16)
def _exact(window: tuple[str, ...]) -> str | None:
    window = tuple(_IN_FULL.get(word, word) for word in window) if len(window) > 1 else window
    together = "".join(window)
    exact = _together().get(together) or _turned().get(" ".join(sorted(window))) or _shortened().get(window)
    return exact if exact and (len(window) == 1 or len(together) > _SHORT or window in _forms()) else None


@lru_cache(maxsize=1 << 16)
def _mistyped(window: tuple[str, ...]) -> str | None:
    together = "".join(_IN_FULL.get(word, word) for word in window) if len(window) > 1 else window[0]
    errors = (
        0
        if len(together) < _ONE_ERROR - 1 or any(word.isdigit() for word in window)
        else 1
        if len(together) < _TWO_ERRORS
        else 2
    )
    if not errors:
        return None
    shortest = _ONE_ERROR if len(together) < _ONE_ERROR else _ONE_ERROR - 1  # `compny` lacks a letter of `company`
    near = extractOne(together, _forms_from(shortest), scorer=OSA.distance, score_cutoff=errors)
    return _together()[near[0]] if near else None


@cache
def _together() -> dict[str, str]:
    return {"".join(form): group for form, group in _forms().items()}


@cache
def _forms() -> dict[tuple[str, ...], str]:
    """The forms as they stand, and with their abbreviations in full."""
    known = legal_forms()
    return {tuple(_IN_FULL.get(word, word) for word in form): group for form, group in known.items()} | known


@cache
def _turned() -> dict[str, str]:
    return {" ".join(sorted(form)): group for form, group in _forms().items() if len(form) > 2}


@cache
def _shortened() -> dict[tuple[str, ...], str]:
    """Long forms with one word reduced to its initial, or of four words and more with one left out."""
    found: dict[tuple[str, ...], set[str]] = {}
    for form, group in _forms().items():
        for i, word in enumerate(form) if len(form) >= _WHOLE else ():
            if len(word) > _SHORT:
                found.setdefault((*form[:i], word[0], *form[i + 1 :]), set()).add(group)
                if len(form) > _WHOLE:
                    found.setdefault((*form[:i], *form[i + 1 :]), set()).add(group)
    return {form: min(groups) for form, groups in found.items() if len(groups) == 1 and form not in _forms()}


@cache
def _forms_from(length: int) -> list[str]:
    """The forms of at least so many letters."""
    return [form for form in _together() if len(form) >= length]


@cache
def _parts() -> frozenset[str]:
    """Words that stand in forms of several words: one of them must be there before the others are looked at."""
    return frozenset(word for form in legal_forms() if len(form) > 1 for word in form) | frozenset(
        word for form in legal_forms() for word in form if len(word) > _SHORT
    )
