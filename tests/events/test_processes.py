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
"""
OWN_STREAM = """
for n in range(40):
    log.append(me, 2 * n, [new(n), new(n)], actor=me)
"""
SAME_STREAM = """
done = 0
while done < 40:
    try:
        log.append("shared", log.version("shared"), [new(done), new(done)], actor=me)
        done += 1
    except ConcurrentAppend:
        pass
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
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize("script", [OWN_STREAM, SAME_STREAM], ids=["own streams", "one stream"])
def test_two_writers_lose_nothing_and_never_interleave(url: str, script: str) -> None:
    """Neither finds a log there: they make it at the same time, too."""
    writers = [start(script, url, name) for name in ("ann", "bob")]
    outcomes = [writer.communicate()[1] for writer in writers]
    assert outcomes == ["", ""]
    with EventLog.open(url, clock=lambda: datetime.now(UTC), create=False) as log:
        assert log.verify().checked == 160
        seen = [(event.actor, event.payload["n"]) for event in log.read()]
    assert Counter(seen) == {(name, n): 2 for name in ("ann", "bob") for n in range(40)}
    assert seen[::2] == seen[1::2]


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_a_writer_killed_in_the_middle_leaves_the_log_whole(url: str, new: New) -> None:
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
