"""Several processes at once, and processes that die in the middle."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import events
from events import EventLog, NewEvent

New = Callable[..., NewEvent]
ROOT = Path(events.__file__).parents[1]

PRELUDE = """
import os, signal, sys
from datetime import UTC, date, datetime
from events import ConcurrentAppend, EventLog, LogUnavailable, NewEvent
url, me = sys.argv[1:]
def new(n):
    payload = {"by": me, "n": n, "text": "x" * 900}
    return NewEvent(type="Seen", effective=date(2024, 1, 1), payload=payload)
log = EventLog.open(url, clock=lambda: datetime.now(UTC))
ROUNDS, TOTAL = 12, 8 * 12 * 4
"""
READY = """
print("ready", flush=True)
sys.stdin.readline()
"""
# Two events an append: half an append would show as an odd number of events.
WRITER = """
for n in range(ROUNDS):
    log.append(me, 2 * n, [new(n), new(n)], actor=me)
    while True:
        try:
            log.append("shared", log.version("shared"), [new(n), new(n)], actor=me)
            break
        except ConcurrentAppend:
            pass
"""
# Reads the new part again and again, and the whole at times, until all is there.
READER = """
seen, looks = 0, 0
while seen < TOTAL:
    read = [row.position for row in log.rows(after=seen)]
    assert read == list(range(seen + 1, seen + 1 + len(read))), read
    assert len(read) % 2 == 0, read
    seen += len(read)
    looks += 1
    assert log.head().size >= seen
    if looks % 10 == 0:
        assert log.verify().checked >= seen
print(looks)
"""
# The rows go in a thousand at a time; at the 4,500th the process is shot, four thousand rows written.
KILLED = """
class Deadly(list):
    def __iter__(self):
        for n in range(6000):
            if n == 4500:
                os.kill(os.getpid(), signal.SIGKILL)
            yield new(n)
log.append("a", 1, Deadly([1]), actor=me)
"""
NO_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
try:
    log.append("a", 1, [new(n) for n in range(6000)], actor=me)
except LogUnavailable as error:
    print(error)
"""


def start(script: str, url: str, me: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PRELUDE + script, url, me]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_eight_writers_lose_nothing_and_two_readers_see_no_hole(any_url: str) -> None:
    """Each writes to its own stream and to one of all; they wait for each other before they begin."""
    names = [f"writer {number}" for number in range(8)]
    readers = [start(READY + READER, any_url, f"reader {number}") for number in range(2)]
    writers = [start(READY + WRITER, any_url, name) for name in names]
    for process in (*writers, *readers):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in (*readers, *writers):
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=300) for process in (*writers, *readers)]
    assert [errors for _, errors in outcomes] == [""] * 10
    with EventLog.open(any_url, clock=lambda: datetime.now(UTC), create=False) as log:
        assert log.verify().checked == 8 * 12 * 4
        seen = [(event.stream, event.actor, event.payload["n"]) for event in log.read()]
    expected = {(stream, name, n): 2 for name in names for stream in (name, "shared") for n in range(12)}
    assert Counter(seen) == expected
    assert seen[::2] == seen[1::2]


def test_eight_make_a_new_log_at_the_same_time(any_url: str) -> None:
    makers = [start("log.append(me, 0, [new(0)], actor=me)", any_url, str(number)) for number in range(8)]
    assert [maker.communicate(timeout=300)[1] for maker in makers] == [""] * 8
    with EventLog.open(any_url, clock=lambda: datetime.now(UTC), create=False) as log:
        assert log.verify().checked == 8
        assert log.streams() == [str(number) for number in range(8)]


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_a_writer_killed_in_the_middle_leaves_the_log_whole(any_url: str, new: New) -> None:
    url = any_url
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        log.append("a", 0, [new()], actor="me")
        head = log.head()
    writer = start(KILLED, url, "ann")
    assert writer.communicate() == ("", "")
    assert writer.returncode == -signal.SIGKILL
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        assert log.head() == head
        log.append("a", 1, [new()], actor="me")
        assert log.verify(against=head).checked == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit on Windows")
def test_a_writer_without_room_appends_nothing(url: str, new: New) -> None:
    with EventLog.open(url, clock=lambda: datetime.now(UTC)) as log:
        log.append("a", 0, [new()], actor="me")
        said, failed = start(NO_ROOM, url, "ann").communicate()
        assert failed == ""
        assert "log.db" in said
        assert len(said.splitlines()) == 1
        log.append("a", 1, [new()], actor="me")
        assert log.verify().checked == 2


def test_the_fast_path_imports_no_database() -> None:
    script = "import sys, events; from events.state import storage_state; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "sqlmodel", "pydantic", "rfc8785"} & set(done.stdout.split())


def test_the_front_door_leads_to_every_name() -> None:
    assert set(events.__all__) <= set(dir(events))
    assert all(getattr(events, name).__name__ == name for name in events.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = events.nothing  # type: ignore[attr-defined]
