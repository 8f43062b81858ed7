"""Pieces screened in order, here or by processes on all cores, with a bounded number of pieces in flight.

A worker that dies is noticed at once: its piece is given to a new one, once. If that dies too, the run ends and says
so.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from typing import NamedTuple

from compliance.batch.chunks import Begins
from compliance.batch.values import Chunk
from compliance.counterparties.values import Piece
from compliance.errors import CannotSay

FEW = 3  # pieces that are screened here: starting processes would take longer
_AHEAD = 4  # pieces for each worker that may be done before the one that is awaited


class Done(NamedTuple):
    """A piece that was screened, without its content, and what came of it."""

    piece: Piece
    chunk: Chunk


def screened(pieces: Iterator[Piece], screening: Begins, jobs: int) -> Iterator[Done]:
    """The pieces in their order. What screening raises is raised here; CannotSay when workers keep dying."""
    first = list(islice(pieces, FEW + 1)) if jobs > 1 else []
    if len(first) <= FEW:
        screen = screening.begin()
        for piece in chain(first, pieces):
            yield Done(piece._replace(content=None), screen(piece))
        return
    pool = _Pool(screening, jobs)
    try:
        yield from pool.run(chain(first, pieces))
    finally:
        pool.close()


class _Worker:
    """A process that screens one piece after the other; `item` is the one it has."""

    def __init__(self, screening: Begins) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, screening), daemon=True)
        with _undisturbed():
            self.process.start()
        theirs.close()
        self.item: tuple[int, Piece] | None = None

    def give(self, item: tuple[int, Piece]) -> None:
        """Hands a piece over. The worker is idle, so it reads at once; a dead one is noticed at the answer."""
        self.item = item
        with suppress(OSError):
            self.connection.send(item[1])

    def take(self) -> Chunk | None:
        """The answer; None from a worker that died. Raises what the worker raised."""
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Chunk)
        self.item = None
        return answer

    def end(self) -> str:
        """Ends the process, whatever it does; how it ended, in words."""
        self.connection.close()
        self.process.join(0.05)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit status {code}"


class _Pool:
    """Workers, what they have, and what is done before its turn."""

    def __init__(self, screening: Begins, jobs: int) -> None:
        self._screening = screening
        self._jobs = jobs
        self._workers: list[_Worker] = []
        self._again: deque[tuple[int, Piece]] = deque()
        self._deaths: set[int] = set()
        self._done: dict[int, Done] = {}

    def run(self, pieces: Iterator[Piece]) -> Iterator[Done]:
        """All pieces, in order."""
        self._workers = [_Worker(self._screening) for _ in range(self._jobs)]
        todo, ahead, turn = enumerate(pieces), deque[tuple[int, Piece]](), 0
        while True:
            ahead.extend(islice(todo, self._jobs - len(ahead)))
            self._hand_out(ahead, turn + _AHEAD * self._jobs)
            if not ahead and not any(worker.item for worker in self._workers):
                return
            self._collect()
            while turn in self._done:
                yield self._done.pop(turn)
                turn += 1

    def close(self) -> None:
        """Ends all workers."""
        for worker in self._workers:
            worker.end()

    def _hand_out(self, ahead: deque[tuple[int, Piece]], before: int) -> None:
        for worker in self._workers:
            if worker.item is None and self._again:
                worker.give(self._again.popleft())
            elif worker.item is None and ahead and ahead[0][0] < before:
                worker.give(ahead.popleft())

    def _collect(self) -> None:
        """Waits until at least one worker has answered or died."""
        busy = {worker.connection: worker for worker in self._workers if worker.item}
        for connection in wait(list(busy)):
            assert isinstance(connection, Connection)
            worker = busy[connection]
            item = worker.item
            assert item is not None
            chunk = worker.take()
            if chunk is None:
                self._replace(worker, item)
            else:
                self._done[item[0]] = Done(item[1]._replace(content=None), chunk)

    def _replace(self, worker: _Worker, item: tuple[int, Piece]) -> None:
        number, piece = item
        how = worker.end()
        if number in self._deaths:
            raise CannotSay(
                f"the process that screened the rows from {piece.first:,} on ended by {how}, twice; if memory is "
                "short, allow fewer processes with --jobs, and continue with --resume"
            )
        self._deaths.add(number)
        self._again.append(item)
        self._workers[self._workers.index(worker)] = _Worker(self._screening)


def _work(connection: Connection, screening: Begins) -> None:
    """The worker's whole life: it ends when nobody holds the other end of its connection any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started it
    screen = screening.begin()
    with suppress(EOFError, OSError):
        while True:
            piece = connection.recv()
            connection.send(_answer(screen, piece))


def _answer(screen: Callable[[Piece], Chunk], piece: Piece) -> Chunk | Exception:
    try:
        return screen(piece)
    except Exception as error:  # raised again where it can be told
        return error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A process that is started here is not reached by Ctrl-C, even before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
