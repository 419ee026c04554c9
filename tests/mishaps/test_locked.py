"""Another program holds the database for longer than one waits: named, and nothing lost or doubled."""

import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from digest import exits
from digest.errors import StoreError
from digest.pipeline.sending import books, feed
from digest.store import Database
from tests.mishaps.stage import READERS, after, at_each_database_error, listening

#: what a program of its own does: lock, say so, wait, let go
HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
"""


@pytest.fixture
def brief_waits(monkeypatch):
    """Moments in the place of half a minute."""
    monkeypatch.setitem(Database.__init__.__kwdefaults__, "busy_timeout", 0.02)
    monkeypatch.setattr(books, "PATIENCE", (0.01,) * 4)


class Lock:
    """A write lock of another connection."""

    def __init__(self, path):
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def take(self):
        self._connection.execute("BEGIN IMMEDIATE")

    def release(self):
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def close(self):
        self.release()
        self._connection.close()


@pytest.fixture
def lock(stage):
    with closing(Lock(stage.database)) as found:
        yield found


@pytest.mark.usefixtures("brief_waits")
@pytest.mark.parametrize("command", ["deliver", "run"])
def test_locked_beforehand_is_named_and_nothing_is_sent(stage, lock, command):
    lock.take()

    with pytest.raises(StoreError, match="database is locked; another program is writing to it") as found:
        getattr(stage, command)()

    assert found.value.exit_code == exits.USAGE
    lock.release()
    assert stage.taken == []
    assert stage.states == {"queued": READERS}
    assert getattr(stage, command)().exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


@pytest.mark.usefixtures("brief_waits")
@pytest.mark.parametrize("taken", [1, 3, READERS])
def test_a_result_is_written_when_the_lock_goes(stage, lock, taken):
    stage.recorder.after_taking = lambda number: number == taken and lock.take()

    with at_each_database_error(lambda number: number == 3 and lock.release()) as errors:
        report = stage.deliver()

    assert len(errors) == 3
    assert report.exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


@pytest.mark.usefixtures("brief_waits")
@pytest.mark.parametrize("taken", [1, 3, READERS])
def test_when_it_stays_what_was_handed_over_is_in_doubt_and_the_rest_goes_later(stage, lock, taken):
    stage.recorder.after_taking = lambda number: number == taken and lock.take()

    with pytest.raises(StoreError, match="database is locked"):
        stage.deliver()

    lock.release()
    assert len(stage.taken) == taken
    assert stage.states["transmitting"] == 1
    assert stage.deliver(after(minutes=5)).exit_code == exits.DELIVERY
    assert stage.states == {"accepted": READERS - 1, "in_doubt": 1}


@pytest.mark.usefixtures("brief_waits")
def test_over_several_connections_each_may_leave_one_in_doubt(stage, lock):
    stage.configure(smtp={"host": "127.0.0.1", "port": stage.recorder.port, "connections": 3})
    stage.recorder.after_taking = lambda number: number == 2 and lock.take()

    with pytest.raises(StoreError, match="database is locked"):
        stage.deliver()

    lock.release()
    assert 1 <= stage.states["transmitting"] <= 3
    assert stage.deliver(after(minutes=5)).exit_code == exits.DELIVERY
    assert set(stage.states) == {"accepted", "in_doubt"}
    assert 1 <= stage.states["in_doubt"] <= 3


@pytest.mark.usefixtures("brief_waits")
def test_what_is_at_hand_still_goes_where_only_taking_more_in_hand_fails(stage, monkeypatch, caplog):
    monkeypatch.setattr(feed, "_CLAIMED", 2)

    def refuse(connection, cursor, statement, values, *_):
        if statement.startswith("UPDATE") and "claimed" in values and len(stage.taken) >= 2:
            raise sqlite3.OperationalError("database is locked")

    with listening("before_cursor_execute", refuse), pytest.raises(StoreError, match="database is locked"):
        stage.deliver()

    assert caplog.text == ""  # asyncio complains of errors that nobody looked at
    assert len(stage.taken) >= 2
    assert stage.states["accepted"] == len(stage.taken)
    assert stage.deliver(after(minutes=5)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


@contextmanager
def held_by_another_program(path, seconds):
    command = [sys.executable, "-c", HOLDER, str(path), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout.readline() == "locked\n"
        yield


def test_a_program_that_holds_the_database_for_seconds_is_waited_for(stage):
    """With the real waits, and a lock of another process."""
    held = []

    def hold(number):
        if number == 2:
            held.append(held_by_another_program(stage.database, 3))
            held[0].__enter__()

    stage.recorder.after_taking = hold
    with at_each_database_error(lambda _: None) as errors:
        report = stage.deliver()

    held[0].__exit__(None, None, None)
    assert report.exit_code == exits.DONE
    assert errors == []
    assert stage.states == {"accepted": READERS}
