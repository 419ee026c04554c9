"""Copies of this process that share out work: whatever is in memory is theirs too, and nothing of it is sent.

A copy is made by `fork`, which is safe on Linux, in a process of one thread, and where no database is open:
SQLite must not see a connection in two processes (sqlite.org/howtocorrupt.html, 2.6). This process works
as well while it waits. Answers come back in the order of the tasks. A copy that ends or fails is no loss:
what it had in hand is done here.
"""

from __future__ import annotations

import fcntl
import gc
import os
import select
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Final, Generic, NoReturn, Self, TypeVar

#: a copy is given its next tasks before it has answered: it is not to wait while this process writes
_IN_HAND: Final = 3
#: answers made here that may wait for their turn
_AHEAD: Final = 3
#: a copy that says nothing for so long is ended, in seconds
_PATIENCE: Final = 600.0
#: what a pipe may hold, so that a copy goes on while its answers wait
_PIPE_BYTES: Final = 1 << 20
_MOST_FILES: Final = 1 << 20
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def processors() -> int:
    """How many processors this process may use; 1 where copies of it cannot be made."""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


@dataclass(slots=True, eq=False)
class _Copy(Generic[Task]):
    """One copy, seen from here."""

    process: int
    tasks: Connection
    answers: Connection
    #: whether it can still be asked
    working: bool = True
    in_hand: int = 0

    def has_room(self) -> bool:
        """Whether it can be told one more without a wait.

        Were its pipe full, this process would wait for it, and it perhaps for its answers to be read.
        """
        if self.in_hand == 0:
            return True
        pipe = select.poll()
        pipe.register(self.tasks, select.POLLOUT)
        return bool(pipe.poll(0))

    def told(self, task: Task) -> bool:
        """Whether it was given one more."""
        try:
            self.tasks.send(task)
        except OSError:
            self.working = False
            return False
        self.in_hand += 1
        return True


@dataclass(slots=True, eq=False)
class _Job(Generic[Task, Answer]):
    """A task, and who does it."""

    task: Task
    copy: _Copy[Task] | None = None
    #: empty, or its answer
    done: list[Answer] = field(default_factory=list)


class Copies(Generic[Task, Answer]):
    """So many copies of this process, each of which does `work` until they are closed.

    What it is given and what it answers must be something that `pickle` takes, and tasks of less than 4 kB:
    they are sent before anybody reads answers.
    """

    def __init__(self, work: Callable[[Task], Answer], count: int) -> None:
        """Make them; whatever this process has open is closed in them."""
        self._work = work
        self._copies: list[_Copy[Task]] = []
        # garbage is looked for by writing on everything, and what is written on is shared no more
        self._frozen = count > 0 and gc.get_freeze_count() == 0
        if self._frozen:
            gc.freeze()
        with suppress(OSError):  # no memory or no process to be had: those that there are will do
            for _ in range(count):
                self._copies.append(self._fork())

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
            with suppress(ChildProcessError):  # where children are told to end unheard
                os.waitpid(copy.process, 0)
            copy.tasks.close()
            copy.answers.close()
        self._copies.clear()
        if self._frozen:
            gc.unfreeze()
            self._frozen = False

    def each(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answer to each task, in order; what `work` raises is raised here."""
        rest = iter(tasks)
        jobs: deque[_Job[Task, Answer]] = deque()
        while True:
            self._share_out(rest, jobs)
            if not jobs:
                job = next(map(_Job[Task, Answer], rest), None)
                if job is None:
                    return
                jobs.append(job)
            first = jobs[0]
            if not first.done:
                self._bring_on(first, rest, jobs)
            if first.done:
                jobs.popleft()
                yield first.done[0]

    def _share_out(self, rest: Iterator[Task], jobs: deque[_Job[Task, Answer]]) -> None:
        """Keep every copy busy."""
        while free := [
            copy for copy in self._copies if copy.working and copy.in_hand < _IN_HAND and copy.has_room()
        ]:
            task = next(rest, None)
            if task is None:
                return
            job = _Job[Task, Answer](task)
            copy = min(free, key=lambda each: each.in_hand)
            job.copy = copy if copy.told(task) else None
            jobs.append(job)

    def _bring_on(
        self, first: _Job[Task, Answer], rest: Iterator[Task], jobs: deque[_Job[Task, Answer]]
    ) -> None:
        """Hear or make the answer of the first job; while a copy is at it, do a further one here."""
        copy = first.copy
        if copy is None or not copy.working:
            first.done.append(self._work(first.task))
            return
        if not copy.answers.poll() and sum(bool(job.done) for job in jobs) < _AHEAD:
            task = next(rest, None)
            if task is not None:
                ahead = _Job[Task, Answer](task)
                jobs.append(ahead)
                with suppress(Exception):  # raised when its turn comes
                    ahead.done.append(self._work(task))
                return
        try:
            if not copy.answers.poll(_PATIENCE):
                os.kill(copy.process, signal.SIGKILL)
            done, answer = copy.answers.recv()
        except (OSError, EOFError):
            copy.working = False
            return
        copy.in_hand -= 1
        # where it fails here as well, whoever asked is told why
        first.done.append(answer if done else self._work(first.task))

    # ── in a copy ─────────────────────────────────────────────────────────────────────────────

    def _fork(self) -> _Copy[Task]:
        asked, tasks = Pipe(duplex=False)
        answers, told = Pipe(duplex=False)
        with suppress(OSError):  # there is a limit for each user
            fcntl.fcntl(told.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        # who is told to stop in this very moment is told once, and here
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        try:
            with warnings.catch_warnings():
                # told of numpy's threads: the library ends them before, and begins them again behind
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
            if process == 0:
                self._be_a_copy(asked, told)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        asked.close()
        told.close()
        return _Copy(process, tasks, answers)

    def _be_a_copy(self, asked: Connection, told: Connection) -> NoReturn:
        """Work until nobody asks any more; nothing of what this process was about to do is done twice."""
        try:
            _alone(asked.fileno(), told.fileno())
            while True:
                task: Task = asked.recv()
                try:
                    answer = True, self._work(task)
                except Exception:  # noqa: BLE001 - done again where somebody can be told
                    told.send((False, None))
                else:
                    told.send(answer)
        finally:
            os._exit(0)


def _alone(*kept: int) -> None:
    """Keep nothing of the other process open: not its locks, not its database, not its output."""
    # who is told to stop by the keyboard is the other one; when it ends, so does the line
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    start = 3
    for number in sorted(kept):
        os.closerange(start, number)
        start = number + 1
    os.closerange(start, _MOST_FILES)
