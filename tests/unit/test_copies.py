"""Work shared out to copies of this process: in order, none of it lost, and nothing left behind."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from digest.copies import Copies, processors

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies are made on Linux alone")
TASKS = range(60)


def squared(number):
    return number * number


def slowly(number):
    time.sleep(0.01)
    return number, os.getpid()


def gone(process):
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_answers_come_in_the_order_of_the_tasks(count):
    with Copies(squared, count) as copies:
        assert list(copies.each(TASKS)) == [number * number for number in TASKS]
        assert list(copies.each(TASKS)) == [number * number for number in TASKS]
        assert list(copies.each([])) == []


def test_garbage_is_looked_for_again_when_the_copies_are_gone():
    before = gc.get_freeze_count()
    with Copies(squared, 0):
        assert gc.get_freeze_count() == before
    with Copies(squared, 1):
        assert gc.get_freeze_count() > before
    assert gc.get_freeze_count() == before


def test_copies_and_this_process_all_work():
    with Copies(slowly, 2) as copies:
        answers = list(copies.each(TASKS))
        assert {process for _, process in answers} == {os.getpid(), *copies.processes}
    assert [number for number, _ in answers] == list(TASKS)


def test_a_copy_knows_what_was_in_memory():
    known = {"words": ["of", "this", "process"]}
    with Copies(lambda place: (known["words"][place], os.getpid()), 1) as copies:
        answers = list(copies.each([0, 1, 2]))
    assert [word for word, _ in answers] == known["words"]


@pytest.mark.parametrize("when", [0, 1, 7, 50])
def test_what_killed_copies_had_in_hand_is_done_here(when):
    with Copies(slowly, 3) as copies:
        answers = []
        for number, _ in copies.each(TASKS):
            answers.append(number)
            if len(answers) == when + 1:
                for process in copies.processes:
                    os.kill(process, signal.SIGKILL)
    assert answers == list(TASKS)


def test_what_fails_in_a_copy_is_told_here():
    def work(number):
        if number == 17:
            raise LookupError("seventeen")
        return number

    answers = []
    with Copies(work, 2) as copies, pytest.raises(LookupError, match="seventeen"):
        answers += copies.each(TASKS)
    with Copies(work, 2) as copies:
        found = copies.each(TASKS)
        assert [next(found) for _ in range(17)] == list(range(17))


def test_what_fails_only_in_a_copy_is_done_here():
    here = os.getpid()

    def work(number):
        if os.getpid() != here:
            raise MemoryError
        return number

    with Copies(work, 2) as copies:
        assert list(copies.each(TASKS)) == list(TASKS)


def test_closing_ends_copies_in_the_middle_of_their_work():
    here = os.getpid()

    def work(number):
        if os.getpid() != here:
            time.sleep(60 * number)

    with Copies(work, 2) as copies:
        processes = copies.processes
        next(copies.each([0, 1, 1, 1]))
    assert all(map(gone, processes))


def test_a_copy_keeps_nothing_open_and_says_nothing(tmp_path, capfd):
    here = os.getpid()

    def opened():
        for number in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # what the folder was listed by
                yield str(number.readlink())

    def work(_number):
        os.write(1, b"said\n")
        time.sleep(0.05)
        return os.getpid(), sorted(opened())

    with (tmp_path / "lock").open("w"), Copies(work, 1) as copies:
        found = [names for process, names in copies.each(range(6)) if process != here]
    assert found
    for names in found:
        assert names[:3] == ["/dev/null"] * 3
        assert [name.partition(":")[0] for name in names[3:]] == ["pipe", "pipe"]
    assert capfd.readouterr().out.count("said") == 6 - len(found)


ORPHANS = """
import sys, time
from digest.copies import Copies
with Copies(lambda seconds: time.sleep(seconds), 2) as copies:
    print(*copies.processes, flush=True)
    list(copies.each([0.05] * 10_000))
"""


SMALL_PIPES = """
import fcntl
from digest import copies

def small(duplex, pipe=copies.Pipe):
    ends = pipe(duplex)
    fcntl.fcntl(ends[1].fileno(), fcntl.F_SETPIPE_SZ, 1)  # a page, whatever is asked for
    return ends

copies.Pipe, copies._PIPE_BYTES = small, 1
with copies.Copies(lambda task: task * 1_000, 3) as some:
    assert [len(answer) for answer in some.each([b"x" * 300] * 120)] == [300_000] * 120
print("done")
"""


def test_nobody_waits_for_ever_where_pipes_hold_a_page():
    """As Linux makes them for users who have very many: it refuses larger ones."""
    done = subprocess.run(
        [sys.executable, "-c", SMALL_PIPES], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_copies_end_with_the_process_that_made_them(how):
    maker = subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    processes = list(map(int, maker.stdout.readline().split()))
    assert len(processes) == 2
    assert not any(map(gone, processes))
    maker.send_signal(how)
    maker.communicate(timeout=20)
    deadline = time.monotonic() + 20
    while not all(map(gone, processes)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_copy_is_made_beside_another_thread():
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    try:
        assert processors() == 1
    finally:
        ended.set()
        other.join()
