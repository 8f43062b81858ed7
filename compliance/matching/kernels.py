"""The loops of bulk matching, compiled: which words are alike, which names may reach a threshold, and their scores.

Every function here does what a function of `words`, `index` or `similarity` says, in the same order of arithmetic, over
flat arrays; a property test holds them equal to the last bit. Importing this module needs numba (the `bulk` extra).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from compliance.matching.compiled import compiled
from compliance.matching.likes import AS_WORD_OF_LIST, AS_WORD_OF_QUERY, BY_INITIAL, LIGHT, LIGHT_KEPT, LIGHT_SAVED
from compliance.matching.similarity import (
    BARE,
    DIFFERENT_NUMBERS,
    LOST,
    OTHER_FORM,
    OTHER_TYPE,
    UNSAID,
    WHOLE,
)

LEGAL, NUMBER, CLEAR, LITTLE = 1, 2, 4, 8  # what a word is, as bits; CLEAR: a legal form that only companies have
ROOM = 2048  # candidate pairs of two names; names with more go the slow way
MOST_WORDS = 60  # of a name; as bits they must find room in a number
TOO_MANY = -1.0


@compiled
def place(ids: Any, start: int, end: int, word: int) -> int:
    """Where a listed word stands among the like words of a query's word; -1 when it is not there."""
    last = end
    while start < end:
        middle = (start + end) // 2
        if ids[middle] < word:
            start = middle + 1
        else:
            end = middle
    return start if start < last and ids[start] == word else -1


@compiled
def put(room: Any, at: int, cell: Any, one: float, other: float, likeness: float, flag: int, saved: float) -> int:
    """`similarity._pair`: notes a candidate pair with its place in the order, and returns the next free row."""
    keys, numbers = room
    if at >= len(keys):
        return at + 1
    weight = one if one < other else other
    missed = LOST * weight * (1 - likeness)
    if flag & BY_INITIAL and one > other:
        missed += UNSAID * (one - other)
    kept = weight * likeness
    keys[at, 0] = np.int64(np.floor((missed - kept - saved) * 1e9 + 0.5))
    keys[at, 1:7] = cell
    numbers[at, 0], numbers[at, 1], numbers[at, 2] = kept, missed, likeness
    return at + 1


@compiled
def candidates(query: Any, like: Any, names: Any, q: int, name: int, room: Any) -> int:
    """`similarity._candidates`: all pairs of like words of a query and a listed name; how many."""
    q_starts, q_words, q_pairs, q_weights, q_costs, _, q_ranks = query[:7]
    like_starts, like_ids, likeness, flags = like
    l_starts, l_words, l_pairs, l_weights, l_costs, _, l_ranks = names[:7]
    q0, l0 = q_starts[q], l_starts[name]
    n_q, n_l = q_starts[q + 1] - q0, l_starts[name + 1] - l0
    count = 0
    cell = np.zeros(6, np.int64)
    for i in range(n_q):
        word = q_words[q0 + i]
        start, end = like_starts[word], like_starts[word + 1]
        for j in range(n_l if end > start else 0):
            other = l_words[l0 + j]
            at = place(like_ids, start, end, other)
            if at >= 0:
                one, two = q_weights[word], l_weights[other]
                if flags[at] & AS_WORD_OF_LIST:
                    one = two
                elif flags[at] & AS_WORD_OF_QUERY:
                    two = one
                cell[:] = q_ranks[word], l_ranks[other], i, i, j, j
                count = put(room, count, cell, one, two, likeness[at], flags[at], q_costs[word] + l_costs[other])
            other = l_pairs[l0 + j]
            at = place(like_ids, start, end, other) if other >= 0 else -1
            if at >= 0:
                first, second = l_words[l0 + j], l_words[l0 + j + 1]
                saved = q_costs[word] + (l_costs[first] + l_costs[second])
                cell[:] = q_ranks[word], l_ranks[other], i, i, j, j + 1
                two = l_weights[first] + l_weights[second]
                count = put(room, count, cell, q_weights[word], two, likeness[at], 0, saved)
        together = q_pairs[q0 + i]
        if together >= 0:
            start, end = like_starts[together], like_starts[together + 1]
            second_word = q_words[q0 + i + 1]
            for j in range(n_l if end > start else 0):
                other = l_words[l0 + j]
                at = place(like_ids, start, end, other)
                if at >= 0:
                    saved = (q_costs[word] + q_costs[second_word]) + l_costs[other]
                    cell[:] = q_ranks[together], l_ranks[other], i, i + 1, j, j
                    one = q_weights[word] + q_weights[second_word]
                    count = put(room, count, cell, one, l_weights[other], likeness[at], 0, saved)
    return count


@compiled
def in_order(keys: Any, count: int) -> Any:
    """The rows of candidate pairs, the one that helps most first; ties by the words, then by position."""
    order = np.arange(count)
    for i in range(1, count):
        row = order[i]
        j = i - 1
        while j >= 0 and before(keys, row, order[j]):
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = row
    return order


@compiled
def before(keys: Any, one: int, other: int) -> Any:
    """Whether one candidate pair comes before the other."""
    for column in range(7):
        if keys[one, column] != keys[other, column]:
            return keys[one, column] < keys[other, column]
    return False


@compiled
def same_whole(query: Any, names: Any, q: int, name: int) -> bool:
    """`similarity._whole`: the names differ in nothing but spaces."""
    wholes, l_wholes = query[9], names[9]
    if wholes[q] == 0 or wholes[q] != l_wholes[name]:
        return False
    q_starts, q_words, q_flags, q_texts = query[0], query[1], query[5], query[7]
    l_starts, l_words, l_flags, l_texts = names[0], names[1], names[5], names[7]
    i, j = q_starts[q], l_starts[name]
    while True:
        while i < q_starts[q + 1] and q_flags[q_words[i]] & LEGAL:
            i += 1
        while j < l_starts[name + 1] and l_flags[l_words[j]] & LEGAL:
            j += 1
        if i == q_starts[q + 1] or j == l_starts[name + 1]:
            return not (i == q_starts[q + 1] and j == l_starts[name + 1])
        if q_texts[q_words[i]] != l_texts[l_words[j]]:
            return True
        i += 1
        j += 1


@compiled
def whole_side(side: Any, number: int) -> Any:
    """The weight of all words that are no legal forms, their places as bits, and whether one is a number."""
    starts, words, weights, flags = side[0], side[1], side[3], side[5]
    weight, used, numbered = 0.0, np.uint64(0), False
    for i in range(starts[number], starts[number + 1]):
        if not flags[words[i]] & LEGAL:
            weight += weights[words[i]]
            used |= np.uint64(1) << np.uint64(i - starts[number])
            numbered = numbered or flags[words[i]] & NUMBER != 0
    return weight, used, numbered


@compiled
def left(side: Any, number: int, used: Any) -> float:
    """`similarity._left`."""
    starts, words, costs = side[0], side[1], side[4]
    total = 0.0
    for i in range(starts[number], starts[number + 1]):
        if not used & (np.uint64(1) << np.uint64(i - starts[number])):
            total += costs[words[i]]
    return total


@compiled
def scored(query: Any, like: Any, names: Any, q: int, name: int, room: Any) -> Any:
    """`similarity.score` of one query and one listed name, 0-100; TOO_MANY when their words are too many."""
    keys, numbers = room
    flags, words, start = query[5], query[1], query[0][q]
    kept, missed, number_matched, same = 0.0, 0.0, False, False
    used, used_listed = np.uint64(0), np.uint64(0)
    if query[0][q + 1] - start > MOST_WORDS or names[0][name + 1] - names[0][name] > MOST_WORDS:
        return TOO_MANY
    if same_whole(query, names, q, name):
        one, used, number_matched = whole_side(query, q)
        other, used_listed, _ = whole_side(names, name)
        weight = one if one < other else other
        missed += LOST * weight * (1 - WHOLE)
        kept += weight * WHOLE
    else:
        count = candidates(query, like, names, q, name, room)
        if count > len(keys):
            return TOO_MANY
        for at in in_order(keys, count):
            mask = (np.uint64(1) << np.uint64(keys[at, 3])) | (np.uint64(1) << np.uint64(keys[at, 4]))
            mask_listed = (np.uint64(1) << np.uint64(keys[at, 5])) | (np.uint64(1) << np.uint64(keys[at, 6]))
            if used & mask or used_listed & mask_listed:
                continue
            used |= mask
            used_listed |= mask_listed
            kept += numbers[at, 0]
            missed += numbers[at, 1]
            same = same or numbers[at, 2] == 1.0
            for i in (keys[at, 3], keys[at, 4]):
                number_matched = number_matched or flags[words[start + i]] & NUMBER != 0
    missed += left(query, q, used)
    missed += left(names, name, used_listed)
    forms, l_forms = query[10][q], names[10][name]
    if forms and l_forms and not forms & l_forms:
        missed += OTHER_FORM
    value = 1 / (1 + missed / (kept * kept * kept)) if kept > 0 else 0.0
    if same and query[12][q]:
        value = max(value, BARE)
    if query[11][q] and names[11][name] and not number_matched:
        value *= DIFFERENT_NUMBERS
    if other_type(query, names, q, name, used):
        value *= OTHER_TYPE
    return np.floor(1000 * value + 0.5) / 10


@compiled
def other_type(query: Any, names: Any, q: int, name: int, used: Any) -> Any:
    """`similarity._other_type`; party types are numbers, -1 when not known, 0 for entities."""
    asked, listed = query[8][q], names[8][name]
    if listed < 0:
        return False
    if asked >= 0:
        return asked != listed
    if listed == 0:
        return False
    starts, words, flags = query[0], query[1], query[5]
    for i in range(starts[q], starts[q + 1]):
        if flags[words[i]] & CLEAR and not used & (np.uint64(1) << np.uint64(i - starts[q])):
            return True
    return False


@compiled
def weigh_up(query: Any, q: int, like: Any, places: Any) -> Any:
    """What each word of a query may bring at most, written to columns; what the light words bring, all together.

    The columns, by place in the query: the most it keeps, what it costs when left over, its postings, whether a name
    must have a word like a marked one.
    """
    words, pairs, flags, costs = query[1], query[2], query[5], query[4]
    most, mass = like
    kept, lost, heavy, chosen = places
    start, little = query[0][q], 0
    for i in range(query[0][q + 1] - start):
        word = words[start + i]
        kept[i], heavy[i], lost[i], chosen[i] = most[word], mass[word], 0.0, True
        for j in (i - 1, i):
            together = pairs[start + j] if j >= 0 else -1
            if together >= 0:
                kept[i] = max(kept[i], most[together])
                heavy[i] += mass[together]
        if flags[word] & LITTLE:
            little += 1
        else:
            lost[i] = costs[word]
    return LIGHT_KEPT * little, LIGHT_SAVED * little


@compiled
def choose(count: int, places: Any, rest: float, limit: float) -> None:
    """Marks the words of a query of which a name must have one alike to reach the threshold.

    The longest postings are left out first, as long as the words left out cannot do it together: MaxScore (Turtle and
    Flood 1995). `limit` is how much may be missed for each cube of what is kept.
    """
    kept, lost, heavy, chosen = places
    missed = lost[:count].sum()
    for i in np.argsort(-heavy[:count]):
        together = rest + kept[i]
        if missed - lost[i] > limit * together * together * together + 1e-9:
            chosen[i] = False
            missed, rest = missed - lost[i], together


@compiled
def mark(query: Any, q: int, like: Any, bounds: Any, marks: Any) -> None:
    """Notes, for every listed word, the most that it keeps and the least that it misses, and with which places."""
    start, words, pairs = query[0][q], query[1], query[2]
    like_starts, like_ids, _, flags = like
    like_kept, like_missed = bounds[0], bounds[1]
    stamps, masks, kept, missed = marks
    for i in range(query[0][q + 1] - start):
        bits = np.int64(1) << i
        for source in range(2):
            word = words[start + i] if source == 0 else pairs[start + i]
            bits = bits | bits << source
            for k in range(like_starts[word] if word >= 0 else 0, like_starts[word + 1] if word >= 0 else 0):
                if flags[k] & LIGHT:
                    continue
                listed = like_ids[k]
                if stamps[listed] != q:
                    stamps[listed], masks[listed], kept[listed], missed[listed] = q, bits, like_kept[k], like_missed[k]
                else:
                    masks[listed] |= bits
                    kept[listed] = max(kept[listed], like_kept[k])
                    missed[listed] = min(missed[listed], like_missed[k])


@compiled
def gather(query: Any, q: int, like: Any, bounds: Any, places: Any, rest: float, limit: float, scratch: Any) -> int:
    """All names that have a word like a marked one, but for likes that are too weak whatever else matches; how many."""
    like_starts, like_ids, _, flags = like
    like_kept, like_missed, postings, posting_starts = bounds[:4]
    kept, chosen = places[0], places[3]
    seen, touched = scratch[0], scratch[1]
    start, words, pairs = query[0][q], query[1], query[2]
    count, found, best = query[0][q + 1] - start, 0, rest
    for i in range(count):
        best += kept[i]
    for i in range(count):
        if not chosen[i]:
            continue
        for source in range(3):
            word = words[start + i] if source == 0 else pairs[start + i - 2 + source] if i - 2 + source >= 0 else -1
            for k in range(like_starts[word] if word >= 0 else 0, like_starts[word + 1] if word >= 0 else 0):
                most = best if source else best - kept[i] + like_kept[k]
                if flags[k] & LIGHT or (like_missed[k] > limit * most * most * most + 1e-9 and not query[12][q]):
                    continue
                for p in range(posting_starts[like_ids[k]], posting_starts[like_ids[k] + 1]):
                    name = postings[p]
                    if seen[name] != q:
                        seen[name] = q
                        touched[found] = name
                        found += 1
    return found


@compiled
def may_match(query: Any, q: int, names: Any, name: int, places: Any, brought: Any, limit: float, marks: Any) -> Any:
    """Whether the words of the query that are alike to one of the name's may be enough for the threshold."""
    starts, words, pairs = names[:3]
    stamps, masks = marks[:2]
    kept, lost = places[0], places[1]
    covered = np.int64(0)
    for at in range(starts[name], starts[name + 1]):
        if stamps[words[at]] == q:
            covered |= masks[words[at]]
        if pairs[at] >= 0 and stamps[pairs[at]] == q:
            covered |= masks[pairs[at]]
    most, missed = brought[0], -brought[1]
    for i in range(query[0][q + 1] - query[0][q]):
        if covered & (np.int64(1) << i):
            most += kept[i]
        else:
            missed += lost[i]
    return missed <= limit * most * most * most + 1e-9, missed


@compiled
def may_reach(q: int, names: Any, name: int, kept: float, missed: float, limit: float, marks: Any) -> Any:
    """Whether what the words of the name may keep and must miss, beside `kept` and `missed`, may be enough."""
    starts, words, pairs, costs = names[0], names[1], names[2], names[4]
    stamps, _, keeps, misses = marks
    for at in range(starts[name], starts[name + 1]):
        most, least = 0.0, costs[words[at]]
        if stamps[words[at]] == q:
            most, least = keeps[words[at]], min(least, misses[words[at]])
        for j in (at - 1, at):
            pair = pairs[j] if j >= starts[name] else -1
            if pair >= 0 and stamps[pair] == q:
                most, least = max(most, keeps[pair]), 0.0
        kept += most
        missed += least
    return missed <= limit * kept * kept * kept + 1e-9


@compiled
def add_wholes(query: Any, wholes: Any, q: int, scratch: Any, found: int) -> int:
    """Adds the names that may be the query but for its spaces; how many there are then."""
    seen, touched = scratch[0], scratch[1]
    key = query[9][q]
    at = np.searchsorted(wholes[0], key) if key else len(wholes[0])
    while at < len(wholes[0]) and wholes[0][at] == key:
        if seen[wholes[1][at]] != q:
            touched[found] = wholes[1][at]
            found += 1
        seen[wholes[1][at]] = q
        at += 1
    return found


@compiled
def search(query: Any, like: Any, names: Any, bounds: Any, wholes: Any, first: int, limit: float, lowest: float,
           out: Any, scratch: Any) -> Any:  # fmt: skip
    """All names that score at least `lowest`, for the queries from `first` on: how many, and which query comes next.

    It stops early when the output may not hold the hits of one more query.
    """
    out_query, out_name, out_score = out
    touched, marks, room = scratch[1:]
    places = np.zeros(MOST_WORDS), np.zeros(MOST_WORDS), np.zeros(MOST_WORDS, np.int64), np.zeros(MOST_WORDS, np.bool_)
    hits = 0
    for q in range(first, len(query[0]) - 1):
        count = query[0][q + 1] - query[0][q]
        if hits + len(touched) > len(out_query):
            return hits, q
        if count > MOST_WORDS:
            out_query[hits], out_name[hits], out_score[hits] = q, -1, TOO_MANY
            hits += 1
            continue
        brought = weigh_up(query, q, bounds[4:6], places)
        choose(count, places, brought[0], limit)
        found = gather(query, q, like, bounds, places, brought[0], limit, scratch)
        if found:
            mark(query, q, like, bounds, marks)
        wholes_from = found
        found = add_wholes(query, wholes, q, scratch, found)
        for k in range(found):
            name = touched[k]
            whole = k >= wholes_from or (query[9][q] and names[9][name] == query[9][q])
            if not (whole or query[12][q]):
                likely, missed = may_match(query, q, names, name, places, brought, limit, marks)
                if not (likely and may_reach(q, names, name, brought[0], missed, limit, marks)):
                    continue
            value = scored(query, like, names, q, name, room)
            if value == TOO_MANY or value >= lowest:
                out_query[hits], out_name[hits], out_score[hits] = q, name, value
                hits += 1
    return hits, len(query[0]) - 1
