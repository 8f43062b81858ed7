"""`kill -9` at random moments of an import."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from tests.hammer.stand import Damaged, Place, Stand

TOO_LATE = "too late and not counted"


def kill_imports(stand: Stand, rounds: int, chance: random.Random, on_round: Callable[[str], None]) -> Counter[str]:
    """So many imports killed, each checked and then completed; where the blows fell.

    Every second one falls at a random moment between start and end of the process, the others when the
    database has grown by a random part of what the import adds: in the middle of its writing.
    """
    fell: Counter[str] = Counter()
    while fell.total() - fell[TOO_LATE] < rounds:
        place = stand.new()
        if fell.total() % 2:
            killed = _after_growth(stand, place, stand.size + 1 + chance.random() * stand.growth)
        else:
            killed = _after_time(stand, place, chance.random() * stand.duration)
        whole = stand.check_and_complete(place)
        stand.remove(place)
        where = "after the last list" if whole == stand.lists else "between lists" if whole else "before the first list"
        fell[where if killed else TOO_LATE] += 1
        on_round(f"{fell.total()}/{rounds}")
    return fell


def _after_time(stand: Stand, place: Place, seconds: float) -> bool:
    process = stand.start(place)
    time.sleep(seconds)
    process.kill()
    return _was_killed(process.communicate()[1], process.returncode)


def _after_growth(stand: Stand, place: Place, size: float) -> bool:
    process = stand.start(place)
    while process.poll() is None and stand.grown(place) < size:
        time.sleep(stand.pause)
    process.kill()
    return _was_killed(process.communicate()[1], process.returncode)


def _was_killed(errors: str, status: int) -> bool:
    if status not in (0, -signal.SIGKILL):
        raise Damaged(f"the import ended by itself with {status}: {errors}")
    return status != 0
