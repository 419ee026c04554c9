"""Copies of this process that share out work: whatever is in memory is theirs too, and nothing of it is sent.

A copy is made by `fork`, which is safe on Linux, in a process of one thread, and where no database is open:
SQLite must not see a connection in two processes (sqlite.org/howtocorrupt.html, 2.6). Answers come back in
the order of the tasks. A copy that ends or fails is no loss: what it had in hand is done here.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from types import TracebackType
from typing import IO, Final, Generic, NoReturn, Self, TypeVar

from digest import apart

#: a copy is given its next task before it has answered
_IN_HAND: Final = 2
#: what a pipe may hold, so that a copy goes on while its answers wait
_PIPE_BYTES: Final = 1 << 20
_MOST_FILES: Final = 1 << 20

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def processors() -> int:
    """How many processors this process may use; 1 where copies of it cannot be made."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


@dataclass(slots=True)
class _Copy:
    """One copy, seen from here."""

    process: int
    tasks: IO[bytes]
    answers: IO[bytes]
    #: whether it can still be asked
    working: bool = True


class Copies(Generic[Task, Answer]):
    """So many copies of this process, each of which does `work` until they are closed.

    What it is given and what it answers must be something that `pickle` takes, and short tasks: they are
    sent before anybody reads answers.
    """

    def __init__(self, work: Callable[[Task], Answer], count: int) -> None:
        """Make them; whatever this process has open is closed in them."""
        self._work = work
        self._copies: list[_Copy] = []
        try:
            for _ in range(count):
                self._copies.append(self._fork())
        except OSError:  # no memory or no process to be had: those that there are will do
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def processes(self) -> list[int]:
        """The numbers of the copies."""
        return [copy.process for copy in self._copies]

    def close(self) -> None:
        """End them; what they have in hand is given up."""
        for copy in self._copies:
            # it writes nothing anywhere but to us
            with suppress(ProcessLookupError):
                os.kill(copy.process, signal.SIGKILL)
            os.waitpid(copy.process, 0)
            for stream in (copy.tasks, copy.answers):
                with suppress(OSError):  # what was not sent is sent no more
                    stream.close()
        self._copies.clear()

    def each(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answer to each task, in order; what `work` raises is raised here."""
        in_hand: deque[tuple[Task, _Copy | None]] = deque()
        turns: Iterator[_Copy | None] = cycle(self._copies or [None])
        for task in tasks:
            copy = next(turns)
            in_hand.append((task, copy if self._told(copy, task) else None))
            if len(in_hand) >= _IN_HAND * max(len(self._copies), 1):
                yield self._answer(*in_hand.popleft())
        while in_hand:
            yield self._answer(*in_hand.popleft())

    def _told(self, copy: _Copy | None, task: Task) -> bool:
        if copy is None or not copy.working:
            return False
        try:
            apart.send(copy.tasks, [pickle.dumps(task)])
        except OSError:
            copy.working = False
        return copy.working

    def _answer(self, task: Task, copy: _Copy | None) -> Answer:
        if copy is not None and copy.working:
            try:
                done, answer = apart.receive(copy.answers)
                if done:
                    found: Answer = pickle.loads(answer)  # noqa: S301 - from a copy of ourselves
                    return found
            except (OSError, EOFError):
                copy.working = False
        # where it fails here as well, whoever asked is told why
        return self._work(task)

    # ── in a copy ─────────────────────────────────────────────────────────────────────────────

    def _fork(self) -> _Copy:
        tasks, told = os.pipe()
        heard, answers = os.pipe()
        for pipe in (told, answers):
            with suppress(OSError):  # there is a limit for each user
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        process = os.fork()
        if process == 0:
            self._be_a_copy(tasks, answers)
        os.close(tasks)
        os.close(answers)
        return _Copy(process, os.fdopen(told, "wb"), os.fdopen(heard, "rb"))

    def _be_a_copy(self, tasks: int, answers: int) -> NoReturn:
        """Work until nobody asks any more; nothing of what this process was about to do is done twice."""
        try:
            self._alone(tasks, answers)
            with os.fdopen(tasks, "rb") as asked, os.fdopen(answers, "wb") as told:
                while True:
                    self._answer_next(asked, told)
        finally:
            os._exit(0)

    def _answer_next(self, asked: IO[bytes], told: IO[bytes]) -> None:
        (task,) = apart.receive(asked)
        try:
            answer: list[bytes] = [b"done", pickle.dumps(self._work(pickle.loads(task)))]  # noqa: S301 - as above
        except Exception:  # noqa: BLE001 - done again where somebody can be told
            answer = [b"", b""]
        apart.send(told, answer)

    @staticmethod
    def _alone(tasks: int, answers: int) -> None:
        """Keep nothing of the other process open: not its locks, not its database, not its output."""
        # who is told to stop by the keyboard is the other one; when it ends, so do its pipes
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for each in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nothing, standard)
        low, high = sorted((tasks, answers))
        os.closerange(3, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, _MOST_FILES)
        # what was there before would otherwise be looked through, and copied by being looked at
        gc.freeze()
