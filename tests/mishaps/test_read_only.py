"""A database that cannot be written: nothing is sent at all, and the error names it."""

import os
import sqlite3
import subprocess
from contextlib import contextmanager

import pytest

from digest import exits
from digest.errors import StoreError
from digest.pipeline.sending import books
from tests.mishaps.stage import READERS, after, listening


@contextmanager
def only_readable(path):
    """A file that this user may not write, whoever it is: root is kept out by a mount of its own."""
    if os.geteuid() == 0:
        done = subprocess.run(["mount", "--bind", str(path), str(path)], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("nothing can be mounted here")
        subprocess.run(["mount", "-o", "remount,bind,ro", str(path)], check=True)
    else:
        path.chmod(0o400)
    try:
        yield
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "--lazy", str(path)], check=True)
        else:
            for one in path.parent.glob(f"{path.name}*"):
                one.chmod(0o600)  # SQLite gives its log the mode of the database


def assert_nothing_was_sent(stage, error):
    assert error.exit_code == exits.USAGE
    assert str(stage.folder) in str(error)
    assert stage.taken == []
    assert stage.states == {"queued": READERS}
    assert stage.deliver().exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


def test_a_disk_mounted_read_only_is_named_and_nothing_is_sent(disk, on_small_disk):
    disk.protect()

    with pytest.raises(StoreError, match="Read-only file system") as found:
        on_small_disk.deliver()

    disk.protect(wholly=False)
    assert_nothing_was_sent(on_small_disk, found.value)


@pytest.mark.parametrize("command", ["deliver", "run"])
def test_a_database_file_that_may_only_be_read_is_named_and_nothing_is_sent(stage, command):
    with (
        only_readable(stage.database),
        pytest.raises(StoreError, match=r"readonly database; .*owner") as found,
    ):
        getattr(stage, command)()

    assert_nothing_was_sent(stage, found.value)


def test_on_a_disk_mounted_read_only_not_even_looking_works_and_it_says_so(disk, on_small_disk):
    disk.protect()
    try:
        with pytest.raises(StoreError, match="unable to open database file; its folder must exist"):
            on_small_disk.look()
    finally:
        disk.protect(wholly=False)


def test_a_database_that_turns_read_only_while_mails_go_out_ends_the_sending(stage, monkeypatch):
    """As a file system does after an error of its disk; here SQLite itself is told to refuse."""
    monkeypatch.setattr(books, "PATIENCE", (0.01,) * 3)
    refusing = []

    def refuse(connection, cursor, statement, *_):
        if len(stage.taken) == 2 and statement.startswith("UPDATE delivery"):
            refusing.append(1)
            raise sqlite3.OperationalError("attempt to write a readonly database")

    with (
        listening("before_cursor_execute", refuse),
        pytest.raises(StoreError, match="readonly database"),
    ):
        stage.deliver()

    assert len(refusing) == 5  # once, after each wait, and to give the others back
    assert stage.states == {"accepted": 1, "transmitting": 1, "claimed": READERS - 2}
    assert stage.deliver(after(minutes=5)).exit_code == exits.DELIVERY
    assert stage.states == {"accepted": READERS - 1, "in_doubt": 1}
