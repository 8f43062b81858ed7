"""Which listed words a word is alike to, compiled: `words.spelt` and its like from one word to all.

Words within a few typing errors have something in common when so many letters are left out of both; so the listed words
are found by what is left of them, and only those are measured (deletion neighbourhoods: Bocek, Hunt and Stiller 2007).
Importing this module needs numba (the `bulk` extra).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compliance.matching.compiled import compiled
from compliance.matching.likes import AS_WORD_OF_QUERY, BY_INITIAL
from compliance.matching.words import (
    CONTRACTED,
    CUT,
    FLOOR,
    FOLDED,
    INITIAL,
    LONG_KEY,
    LONG_SKELETON,
    MISTYPED_FORM,
    OTHER_SOUND,
    PER_EDIT,
    SAME_CONSONANTS,
    SHORTEST_JOINED,
    SHORTEST_MISTYPED,
    SKELETON,
    SKELETON_ERROR,
    TRANSLATED,
)

MOST_LETTERS = 60  # of a word; as bits they must find room in a number
LONGEST = (
    14  # letters; of longer words too many pieces are left, and there are few of them: they are measured one by one
)
JOINED = -1.0  # two neighbours that `words.joined` has still to compare
_SHORT_SKELETONS = np.array([0.0, 0.0, SKELETON[2], SKELETON[3]])
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))


@compiled
def osa(table: Any, length: int, other: Any) -> int:
    """The optimal string alignment distance, bit-parallel (Hyyro 2003)."""
    one = np.uint64(1)
    vp, vn, d0, before = ~np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    last = one << np.uint64(length - 1)
    distance = length
    for i in range(len(other)):
        here = table[other[i]]
        swapped = (((~d0) & here) << one) & before
        d0 = (((here & vp) + vp) ^ vp) | here | vn | swapped
        hp = vn | ~(d0 | vp)
        hn = d0 & vp
        if hp & last:
            distance += 1
        if hn & last:
            distance -= 1
        hp = (hp << one) | one
        hn = hn << one
        vp = hn | ~(d0 | hp)
        vn = hp & d0
        before = here
    return distance


@compiled
def bits_set(value: Any) -> Any:
    """How many bits are set; the compiler makes one instruction of it."""
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (value * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def letters(texts: Any, starts: Any) -> Any:
    """One bit for each letter and digit that a text holds, for each text."""
    held = np.zeros(len(starts) - 1, np.uint64)
    for i in range(len(held)):
        for at in range(starts[i], starts[i + 1]):
            held[i] |= np.uint64(1) << np.uint64(texts[at] % 64)
    return held


@compiled
def mixed(value: Any) -> Any:
    """A number whose bits all depend on all bits of the given one."""
    value = (value ^ (value >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return value ^ (value >> np.uint64(29))


@compiled
def pieces(text: Any, errors: int, out: Any) -> int:
    """What is left of a text when up to so many (at most 3) of its letters are left out, as numbers; how many."""
    length = len(text)
    sums = np.zeros(length + 1, np.uint64)
    power = np.uint64(1)
    for i in range(length):
        sums[i + 1] = sums[i] + np.uint64(text[i]) * power
        power *= _BASE
    out[0] = mixed(sums[length])
    count = 1
    for a in range(length if errors > 0 else 0):
        rest = sums[a] + (sums[length] - sums[a + 1]) * _INVERSE
        out[count] = mixed(rest)
        count += 1
        for b in range(a + 1, length if errors > 1 else 0):
            first = sums[a] + (sums[b] - sums[a + 1]) * _INVERSE
            second = _INVERSE * _INVERSE
            out[count] = mixed(first + (sums[length] - sums[b + 1]) * second)
            count += 1
            for c in range(b + 1, length if errors > 2 else 0):
                third = first + (sums[c] - sums[b + 1]) * second
                out[count] = mixed(third + (sums[length] - sums[c + 1]) * second * _INVERSE)
                count += 1
    return count


@compiled
def drawers(texts: Any, starts: Any, errors: Any, longest: int, bits: int) -> Any:
    """The texts by their pieces: where each drawer begins, and for every piece its mark and the text's place.

    The first `bits` of a piece's number name its drawer.
    """
    room = np.zeros(1 << 10, np.uint64)
    begins = np.zeros((1 << bits) + 1, np.int64)
    marks, places, free = np.zeros(0, np.uint32), np.zeros(0, np.int32), begins
    shift = np.uint64(64 - bits)
    for fill in range(2):
        if fill:
            begins = np.cumsum(begins)
            marks, places = np.zeros(begins[-1], np.uint32), np.zeros(begins[-1], np.int32)
            free = begins.copy()
        for i in range(len(starts) - 1):
            length = starts[i + 1] - starts[i]
            count = pieces(texts[starts[i] : starts[i + 1]], errors[length], room) if length <= longest else 0
            for k in range(count):
                drawer = np.int64(room[k] >> shift)
                if fill:
                    marks[free[drawer]], places[free[drawer]] = np.uint32(room[k]), i
                    free[drawer] += 1
                else:
                    begins[drawer + 1] += 1
    return begins, marks, places


@compiled
def near(text: Any, shelf: Any, room: Any) -> int:
    """The places of the shelf's words that are within the errors that the longer one's length allows, with the errors.

    They are written to the room's first two columns; how many.
    """
    texts, starts, errors, longest, bits, begins, marks, places, held, by_length, first_of = shelf
    found, distances, seen, left, table = room
    length, count = len(text), 0
    mine = np.uint64(0)
    for i in range(length):
        table[text[i]] |= np.uint64(1) << np.uint64(i)
        mine |= np.uint64(1) << np.uint64(text[i] % 64)
    if length <= longest:
        shift = np.uint64(64 - bits)
        for k in range(pieces(text, errors[length], left)):
            drawer, mark = np.int64(left[k] >> shift), np.uint32(left[k])
            for at in range(begins[drawer], begins[drawer + 1]):
                if marks[at] == mark and not seen[places[at]]:
                    seen[places[at]] = True
                    found[count] = places[at]
                    count += 1
        for k in range(count):
            seen[found[k]] = False
    last = len(first_of) - 1
    start = max(length - 3, longest + 1 if length <= longest else 0)
    for at in range(first_of[min(start, last)], first_of[min(length + 4, last)]):
        place = by_length[at]
        if bits_set(mine ^ held[place]) <= 2 * errors[max(length, starts[place + 1] - starts[place])]:
            found[count] = place
            count += 1
    kept = 0
    for k in range(count):
        place = found[k]
        other = texts[starts[place] : starts[place + 1]]
        allowed = errors[max(length, len(other))]
        if abs(length - len(other)) <= allowed:
            distance = osa(table, length, other) if length else len(other)
            if distance <= allowed:
                found[kept], distances[kept] = place, distance
                kept += 1
    for i in range(length):
        table[text[i]] = np.uint64(0)
    return kept


@compiled
def precedes(texts: Any, starts: Any, place: int, text: Any) -> bool:
    """Whether a word of the shelf comes before the text in order."""
    size = starts[place + 1] - starts[place]
    for i in range(min(size, len(text))):
        letter = texts[starts[place] + i]
        if letter != text[i]:
            return bool(letter < text[i])
    return bool(size < len(text))


@compiled
def first_from(texts: Any, starts: Any, text: Any) -> int:
    """The place of the first word, in order, that does not come before the text."""
    low, high = 0, len(starts) - 1
    while low < high:
        middle = (low + high) // 2
        if precedes(texts, starts, middle, text):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def begins_with(texts: Any, starts: Any, place: int, text: Any) -> bool:
    """Whether a word of the shelf begins with the text."""
    if starts[place + 1] - starts[place] < len(text):
        return False
    for i in range(len(text)):  # noqa: SIM110 - compiled
        if texts[starts[place] + i] != text[i]:
            return False
    return True


@compiled
def contracted(first: Any, second: Any) -> bool:
    """The last part of `words.is_contraction`: whether all letters of the shorter are in the longer, in order."""
    short, long = (first, second) if len(first) < len(second) else (second, first)
    at = 0
    for i in range(len(long)):
        if at < len(short) and long[i] == short[at]:
            at += 1
    return at == len(short)


@compiled
def note(place: int, alike: float, best: Any, touched: Any, count: int) -> int:
    """Keeps the best likeness of each place."""
    if best[place] == 0.0 and alike > 0.0:
        touched[count] = place
        count += 1
    best[place] = max(best[place], alike)
    return count


@compiled
def near_ones(text: Any, shelf: Any, factor: float, room: Any, best: Any, touched: Any, count: int) -> int:
    """Notes the words within a few errors: `words.near` times a factor."""
    found, distances = room[0], room[1]
    for k in range(near(text, shelf, room)):
        size = max(len(text), shelf[1][found[k] + 1] - shelf[1][found[k]])
        alike = factor * max(0.0, 1 - PER_EDIT * distances[k] / size) if size else factor
        count = note(found[k], alike, best, touched, count)
    return count


@compiled
def cut_ones(text: Any, spelt: Any, best: Any, touched: Any, count: int) -> int:
    """Notes the words that begin with the text, and those that the text begins with."""
    texts, starts = spelt[0], spelt[1]
    size = len(starts) - 1
    at = first_from(texts, starts, text)
    while len(text) >= 3 and at < size and begins_with(texts, starts, at, text):
        count = note(at, CUT, best, touched, count)
        at += 1
    for length in range(3, len(text)):
        at = first_from(texts, starts, text[:length])
        if at == size or not begins_with(texts, starts, at, text[:3]):
            break
        while at < size and starts[at + 1] - starts[at] == length and begins_with(texts, starts, at, text[:length]):
            count = note(at, CUT, best, touched, count)
            at += 1
    return count


@compiled
def same_key(fold: Any, key: Any, folds: Any, keys: Any, room: Any, best: Any, touched: Any, count: int) -> int:
    """Notes the words of equal consonants: `words.same_consonants`."""
    sorted_keys, places = keys
    table = room[4]
    for i in range(len(fold)):
        table[fold[i]] |= np.uint64(1) << np.uint64(i)
    at = np.searchsorted(sorted_keys, key)
    while at < len(sorted_keys) and sorted_keys[at] == key:
        place = places[at]
        other = folds[0][folds[1][place] : folds[1][place + 1]]
        distance = osa(table, len(fold), other)
        alike = 1.0 - distance / max(len(fold), len(other))
        if distance and alike >= OTHER_SOUND:
            count = note(place, SAME_CONSONANTS[0] + SAME_CONSONANTS[1] * alike, best, touched, count)
        at += 1
    for i in range(len(fold)):
        table[fold[i]] = np.uint64(0)
    return count


@compiled
def bare_ones(bare: Any, shelf: Any, numbers: Any, room: Any, best: Any, touched: Any, count: int) -> int:
    """Notes the words of names in Arabic script: `words.unvowelled`."""
    found, distances = room[0], room[1]
    for k in range(near(bare, shelf, room)):
        size = len(bare)
        alike = LONG_SKELETON if size > 3 else _SHORT_SKELETONS[size]
        if distances[k]:
            alike = SKELETON_ERROR if max(size, shelf[1][found[k] + 1] - shelf[1][found[k]]) >= 5 else 0.0
        count = note(numbers[found[k]], alike, best, touched, count)
    return count


@compiled
def neighbours(text: Any, bare: Any, shelves: Any, room: Any, best: Any, touched: Any) -> int:
    """Words, or neighbours written as one, that `words.joined` may find alike to the text, by place; how many."""
    shelf, bare_shelf, numbers = shelves
    found, distances = room[0], room[1]
    count, errors = 0, 1 if len(text) >= SHORTEST_MISTYPED - 1 else 0
    if len(text) < SHORTEST_JOINED:
        return count
    for k in range(near(text, shelf, room)):
        if distances[k] <= errors:
            count = note(found[k], 1.0, best, touched, count)
    for k in range(near(bare, bare_shelf, room)):
        if distances[k] == 0:
            count = note(numbers[found[k]], 1.0, best, touched, count)
    return count


@compiled
def put(out: Any, at: int, item: int, word: int, alike: float, flag: int) -> int:
    """Writes one like word, and returns the next free row."""
    out[0][at], out[1][at], out[2][at], out[3][at] = item, word, alike, flag
    return at + 1


@compiled
def contractions(text: Any, is_short: bool, words: Any, best: Any, touched: Any, count: int) -> int:
    """Notes the words of which the text is a contraction, and those that are contractions of it."""
    spelt, ends, short_ends, shorts = words[1], words[6], words[7], words[8]
    begins, places = ends if is_short else short_ends
    corner = 256 * np.int64(text[0]) + np.int64(text[-1])
    for at in range(begins[corner], begins[corner + 1]):
        place = places[at]
        other = spelt[0][spelt[1][place] : spelt[1][place + 1]]
        if (is_short if len(text) < len(other) else shorts[place]) and contracted(text, other):
            count = note(place, CONTRACTED, best, touched, count)
    return count


@compiled
def like_words(asked: Any, item: int, words: Any, room: Any, best: Any, touched: Any) -> int:
    """Notes the listed words that an asked word may be alike to; how many."""
    texts, starts, folds, fold_starts, bares, bare_starts, keys, key_sizes, shorts = asked
    text = texts[starts[item] : starts[item + 1]]
    fold = folds[fold_starts[item] : fold_starts[item + 1]]
    count = near_ones(text, words[1], 1.0, room, best, touched, 0)
    count = near_ones(fold, words[2], FOLDED, room, best, touched, count)
    if key_sizes[item] >= LONG_KEY:
        count = same_key(fold, keys[item], words[2], words[5], room, best, touched, count)
    count = cut_ones(text, words[1], best, touched, count)
    count = contractions(text, shorts[item], words, best, touched, count)
    return bare_ones(bares[bare_starts[item] : bare_starts[item + 1]], words[3], words[4], room, best, touched, count)


@compiled
def like_others(text: Any, item: int, forms: Any, initials: Any, room: Any, out: Any, free: int) -> int:
    """Writes the listed legal forms and initials that an asked word is alike to; the next free row."""
    ids, shelf = forms
    found, distances = room[0], room[1]
    for k in range(near(text, shelf, room)):
        if distances[k] == 0:
            free = put(out, free, item, ids[found[k]], 1.0, AS_WORD_OF_QUERY)
        elif min(len(text), shelf[1][found[k] + 1] - shelf[1][found[k]]) >= 3:
            free = put(out, free, item, ids[found[k]], MISTYPED_FORM, 0)
    for at in range(len(initials[0])):
        if initials[1][at] == text[0]:
            free = put(out, free, item, initials[0][at], INITIAL, BY_INITIAL)
    return free


@compiled
def like(first: int, pairs: bool, asked: Any, listed: Any, room: Any, work: Any, out: Any) -> Any:
    """All like words of the asked words from `first` on: how many rows, and which asked word comes next.

    `pairs`: the asked ones are two neighbours each. It stops early when the output may not hold the rows of one more.
    """
    texts, starts, _, _, bares, bare_starts = asked[:6]
    words, neighbouring, forms, initials = listed
    best, touched = work
    free = 0
    for item in range(first, len(starts) - 1):
        if free > len(out[0]) - len(best):
            return free, item
        text = texts[starts[item] : starts[item + 1]]
        bare = bares[bare_starts[item] : bare_starts[item + 1]]
        if pairs:
            ids = words[0]
            count = neighbours(text, bare, words[10:13], room, best, touched)
        else:
            for k in range(like_words(asked, item, words, room, best, touched)):
                place = touched[k]
                alike = TRANSLATED if words[9][place] and same(text, words[1], place) else best[place]
                if alike >= FLOOR:
                    free = put(out, free, item, words[0][place], alike, 0)
                best[place] = 0.0
            free = like_others(text, item, forms, initials, room, out, free)
            ids = neighbouring[0]
            count = neighbours(text, bare, neighbouring[1:], room, best, touched)
        for k in range(count):
            free = put(out, free, item, ids[touched[k]], JOINED, 0)
            best[touched[k]] = 0.0
    return free, len(starts) - 1


@compiled
def same(text: Any, shelf: Any, place: int) -> bool:
    """Whether a word of the shelf is the text."""
    return shelf[1][place + 1] - shelf[1][place] == len(text) and begins_with(shelf[0], shelf[1], place, text)
