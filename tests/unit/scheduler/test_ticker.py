"""Runs as processes: started one at a time, heard once, and told to end."""

import sys
import threading
from pathlib import Path

import pytest

from digest.scheduler import ticker as module
from digest.scheduler.ticker import Ticker


class Runner:
    """A ticker whose runs are small programs of the test's."""

    def __init__(self, folder):
        self.told = []
        self.ticker = Ticker(folder / "config.yaml", tell=self.told.append)
        self.folder = folder

    def plan(self, code):
        self.ticker._command = [sys.executable, "-c", code]

    def run(self, said="", code=0):
        self.plan(f"import sys; sys.stderr.write({said!r}); sys.exit({code})")
        self.ticker.tick()

    @property
    def started(self):
        return self.folder / "started"


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


def test_it_starts_digest_itself_with_the_same_configuration(tmp_path):
    command = Ticker(Path("somewhere/config.yaml"), tell=print)._command
    assert command == [
        sys.executable,
        "-m",
        "digest",
        "--config",
        str(Path("somewhere/config.yaml").absolute()),
        "run",
    ]


def test_a_run_that_says_nothing_is_no_trouble(runner):
    runner.run()
    assert runner.told == []


def test_a_trouble_is_told_once_and_again_when_it_comes_back(runner):
    for said, code in (("digest: a\ndigest: b\n", 4), ("digest: a\n", 4), ("", 0), ("digest: a\n", 4)):
        runner.run(said, code)
    assert runner.told == ["a", "b", "a"]


def test_a_run_that_failed_without_a_word_is_told(runner):
    runner.run("", 3)
    assert runner.told == ["a run ended with exit code 3"]


def test_a_trouble_of_several_lines_stays_together(runner):
    runner.run("digest: config.yaml holds 2 mistakes:\n  - one\n  - two\ndigest: other\n", 2)
    assert runner.told == ["config.yaml holds 2 mistakes:\n  - one\n  - two", "other"]


def test_a_bug_comes_with_its_traceback(runner):
    runner.plan("import sys; sys.stderr.write('digest: this is a bug:\\n'); 1 / 0")
    runner.ticker.tick()
    (told,) = runner.told
    assert told.startswith("this is a bug:\nTraceback")
    assert told.endswith("ZeroDivisionError: division by zero")


def test_another_run_at_work_is_no_trouble(runner):
    runner.run("digest: another run holds the lock\n", 5)
    assert runner.told == []


def test_a_run_that_somebody_killed_is_told(runner):
    runner.plan("import os; os.kill(os.getpid(), 9)")
    runner.ticker.tick()
    assert runner.told == ["a run was ended by signal 9, perhaps for want of memory"]


def test_a_run_that_cannot_be_started_is_told_and_tried_again(runner):
    runner.ticker._command = ["/nowhere/python"]
    runner.ticker.tick()
    runner.ticker.tick()
    assert len(runner.told) == 1
    assert "cannot be started" in runner.told[0]
    runner.run()
    assert len(runner.told) == 1


def test_words_in_no_known_encoding_are_told_all_the_same(runner):
    runner.plan("import sys; sys.stderr.buffer.write(b'digest: \\xff\\n')")
    runner.ticker.tick()
    assert runner.told == ["\ufffd"]


def begin(runner, at_the_end, *, heed=True):
    """A run that waits for ever; at a signal it does what `at_the_end` says."""
    handler = f"lambda *_: ({at_the_end}, sys.exit(130))" if heed else "signal.SIG_IGN"
    runner.plan(
        "import signal, sys, pathlib\n"
        f"signal.signal(signal.SIGTERM, {handler})\n"
        f"pathlib.Path({str(runner.started)!r}).touch()\n"
        "while True: signal.pause()\n"
    )
    thread = threading.Thread(target=runner.ticker.tick)
    thread.start()
    while not runner.started.exists():
        threading.Event().wait(0.01)
    return thread


def test_a_run_at_work_is_told_to_end_and_waited_for(runner):
    thread = begin(runner, "sys.stderr.write('digest: stopped; what was finished is kept\\n')")
    runner.ticker.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert runner.told == []


def test_a_run_that_does_not_end_is_cut_off_and_told_of(runner, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    thread = begin(runner, "None", heed=False)
    runner.ticker.stop()
    thread.join(30)
    assert not thread.is_alive()
    (told,) = runner.told
    assert "cut off" in told
    assert "in doubt" in told


def test_nothing_is_started_after_the_end(runner):
    runner.ticker.stop()
    runner.plan(f"import pathlib; pathlib.Path({str(runner.started)!r}).touch()")
    runner.ticker.tick()
    assert not runner.started.exists()


def test_two_ticks_at_once_are_two_runs_one_after_the_other(runner, tmp_path):
    runner.plan(
        "import os, time\n"
        f"folder = {str(tmp_path / 'running')!r}\n"
        "os.mkdir(folder)\n"  # fails where another run is at work
        "time.sleep(0.2)\n"
        "os.rmdir(folder)\n"
    )
    threads = [threading.Thread(target=runner.ticker.tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert runner.told == []
