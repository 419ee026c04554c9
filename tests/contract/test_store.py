"""Transactions, rehearsals and failures of the store, and its lock."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, StatementError

from digest.errors import LockedError, StoreError
from digest.store import Database, lock
from tests.builders import NOON, paper
from tests.listings import add, add_in, listing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    yield found
    found.close()


def count(store):
    with store.read() as transaction:
        return transaction.papers.count()


# ── transactions ──────────────────────────────────────────────────────────────────────────────


def test_a_written_transaction_is_there_for_the_next_reader(database):
    add(database, paper("One"))

    assert count(database) == 1


def open_files():
    """What this process has open."""
    return {str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()}


def test_a_file_that_was_let_go_is_open_nowhere_and_opens_again(file):
    add(file, paper("One"))
    assert any("digest.db" in name for name in open_files())
    assert file.let_go()
    assert not any("digest.db" in name for name in open_files())
    assert count(file) == 1


def test_what_is_in_memory_alone_is_not_let_go(file):
    memory = Database(None)
    memory.prepare()
    add(memory, paper("One"))
    assert not memory.let_go()
    assert count(memory) == 1
    with file.rehearsal() as rehearsal:
        add(rehearsal, paper("Two"))
        assert not rehearsal.let_go()
        assert count(rehearsal) == 1
    memory.close()


def test_the_log_begins_anew_after_a_checkpoint(file):
    log = file.path.with_name("digest.db-wal")
    for number in range(30):
        add(file, paper(f"Paper {number}"))
    before = log.stat().st_size
    file.checkpoint()
    add(file, paper("Another"))
    assert log.stat().st_size == before


def fail_after_adding(store):
    with store.write() as transaction:
        before = transaction.papers.count()
        add_in(transaction, listing(paper("Lost")))
        assert transaction.papers.count() == before + 1
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError):
        fail_after_adding(database)

    with database.read() as transaction:
        assert transaction.papers.count() == 0
        assert transaction.listings.read_days() == []


def add_and_name_twice(store):
    with store.write() as transaction:
        add_in(transaction, listing(paper("Lost")))
        transaction.instance.create(NOON)
        transaction.instance.create(NOON)


def test_a_constraint_that_fails_undoes_the_whole_transaction(database):
    with pytest.raises(IntegrityError):
        add_and_name_twice(database)

    assert count(database) == 0


def test_nothing_that_happens_while_reading_is_kept(database):
    with database.read() as transaction:
        add_in(transaction, listing(paper("Thought")))
        assert transaction.papers.count() == 1

    assert count(database) == 0


@pytest.mark.parametrize(
    "moment",
    [NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=1)))],
    ids=["naive", "not UTC"],
)
def test_a_moment_that_is_not_aware_utc_is_refused(database, moment):
    with pytest.raises(StatementError, match="expected an aware datetime in UTC"):
        add(database, paper("T"), now=moment, day=NOON.date())

    assert count(database) == 0


def test_a_reader_sees_the_archive_as_it_was_when_it_began(file):
    add(file, paper("One"))
    other = Database(file.path)
    with file.read() as transaction:
        before = transaction.papers.count()
        add(other, paper("Two"))
        during = transaction.papers.count()
    other.close()

    assert (before, during, count(file)) == (1, 1, 2)


def test_two_writers_at_once_add_every_paper_once(file):
    def write(own):
        database = Database(file.path)
        for number in range(15):
            add(database, paper(f"Shared {number}"), paper(f"{own} {number}"))
        database.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, ("Left", "Right")))

    assert count(file) == 15 + 2 * 15


def test_what_was_written_survives_closing_and_a_copy_of_the_file(file, tmp_path):
    add(file, paper("One"))
    file.close()
    copy = Database(tmp_path / "copy.db")
    copy.path.write_bytes(file.path.read_bytes())

    assert count(Database(file.path)) == count(copy) == 1
    copy.close()


# ── getting ready ─────────────────────────────────────────────────────────────────────────────


def test_a_file_and_its_folders_are_made_when_first_prepared(tmp_path):
    database = Database(tmp_path / "new" / "folder" / "digest.db")
    assert not database.exists()
    assert not database.is_ready()

    database.prepare()

    assert database.exists()
    assert count(database) == 0
    database.close()


def test_a_database_is_ready_once_it_has_a_schema_and_a_name(file):
    assert not file.is_ready()
    with file.write() as transaction:
        transaction.instance.create(NOON)

    assert file.is_ready()


def test_naming_a_database_opens_nothing(tmp_path):
    Database(tmp_path / "digest.db").close()

    assert list(tmp_path.iterdir()) == []


# ── rehearsals ────────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_sees_what_it_does_and_leaves_nothing(database):
    add(database, paper("Kept"))
    with database.rehearsal() as rehearsal:
        add(rehearsal, paper("Rehearsed"))
        assert count(rehearsal) == 2

    assert count(database) == 1


def test_a_rehearsal_changes_no_byte_of_the_file(file):
    add(file, paper("Kept"))
    file.close()
    before = {path.name: path.read_bytes() for path in file.path.parent.iterdir()}

    with file.rehearsal() as rehearsal:
        add(rehearsal, *(paper(f"Rehearsed {n}") for n in range(200)))
    file.close()

    assert {path.name: path.read_bytes() for path in file.path.parent.iterdir()} == before


def test_a_rehearsal_before_the_first_run_makes_no_file(tmp_path):
    database = Database(tmp_path / "folder" / "digest.db")
    with database.rehearsal() as rehearsal:
        add(rehearsal, paper("Rehearsed"))
        assert count(rehearsal) == 1

    assert list(tmp_path.iterdir()) == []


def test_writing_inside_writing_is_undone_alone(database):
    with database.rehearsal() as rehearsal:
        with rehearsal.write() as outer:
            add_in(outer, listing(paper("Kept")))
            with pytest.raises(ZeroDivisionError):
                fail_after_adding(rehearsal)
        assert count(rehearsal) == 1

    assert count(database) == 0


def test_a_failing_rehearsal_leaves_nothing_either(database):
    with pytest.raises(ZeroDivisionError), database.rehearsal() as rehearsal:
        fail_after_adding(rehearsal)

    assert count(database) == 0


# ── failures in a person's words ──────────────────────────────────────────────────────────────


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk.\n" * 400)

    with pytest.raises(StoreError, match="is this file a digest database") as caught:
        Database(path).prepare()

    assert str(path) in str(caught.value)
    assert path.read_text() == "Buy milk.\n" * 400


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    with pytest.raises(StoreError, match="unable to open"):
        Database(tmp_path).prepare()


def test_a_missing_folder_is_named_when_reading(tmp_path):
    with pytest.raises(StoreError, match="its folder must exist"):
        count(Database(tmp_path / "missing" / "digest.db"))


def test_a_damaged_file_is_named(file):
    add(file, *(paper(f"Paper {n}", "words " * 200) for n in range(40)))
    file.close()
    data = file.path.read_bytes()
    page = sqlite_page_size(file.path)
    file.path.write_bytes(data[:page] + b"\xa5" * (len(data) - page))

    with pytest.raises(StoreError, match="malformed"):
        count(file)


def sqlite_page_size(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA page_size").fetchone()[0]
    finally:
        connection.close()


def test_another_writer_is_waited_for_and_then_named(file, monkeypatch):
    monkeypatch.setattr("digest.store.database.BUSY_TIMEOUT", 0.05)
    impatient = Database(file.path)
    with file.write(), pytest.raises(StoreError, match="another program is writing"):
        add(impatient, paper("T"))
    impatient.close()

    assert count(file) == 0


def test_reading_never_waits_for_a_writer(file, monkeypatch):
    monkeypatch.setattr("digest.store.database.BUSY_TIMEOUT", 0.05)
    reader = Database(file.path)
    with file.write() as transaction:
        add_in(transaction, listing(paper("T")))
        assert count(reader) == 0
    reader.close()


def test_a_full_disk_keeps_nothing_of_the_transaction_and_says_so(file):
    file.close()
    full = Database(file.path)
    pages = file.path.stat().st_size // sqlite_page_size(file.path)
    event.listen(full._engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={pages + 2}"))

    with pytest.raises(StoreError, match="free some disk space"):
        add(full, *(paper(f"Paper {n}", "words " * 500) for n in range(50)))
    full.close()

    assert count(file) == 0


@contextmanager
def as_somebody_else():
    """Without root's rights, to which no file is read-only."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_a_file_that_may_not_be_written_is_named():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        path = Path(folder) / "digest.db"
        database = Database(path)
        database.prepare()
        database.close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with as_somebody_else(), pytest.raises(StoreError, match="change owner or mode"):
            add(database, paper("T"))
        database.close()
        path.parent.chmod(0o755)


# ── the lock ──────────────────────────────────────────────────────────────────────────────────


HOLD = """
import sys
from pathlib import Path
from digest.store import lock
with lock(Path(sys.argv[1]), wait=0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path):
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        try:
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


def test_a_lock_held_by_another_process_is_refused_and_names_it(tmp_path):
    path = tmp_path / "digest.db.lock"
    with holder(path) as process:
        with pytest.raises(LockedError, match=f"process {process.pid}") as caught, lock(path, wait=0):
            pass
        assert caught.value.exit_code == 5


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path):
    path = tmp_path / "digest.db.lock"
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with lock(path, wait=0):
            assert str(os.getpid()) in path.read_text()


def test_somebody_who_waits_gets_the_lock_when_it_is_let_go(tmp_path):
    path = tmp_path / "digest.db.lock"
    with holder(path) as process:
        timer = threading.Timer(0.2, process.stdin.close)
        timer.start()
        with lock(path, wait=60):
            assert path.read_text() == f"process {os.getpid()}\n"
        timer.join()


def test_a_lock_is_refused_within_one_process_and_free_afterwards(tmp_path):
    path = tmp_path / "folder" / "digest.db.lock"
    with lock(path, wait=0), pytest.raises(LockedError), lock(path, wait=0):
        pass

    with lock(path, wait=0):
        pass


def test_a_lock_is_let_go_when_its_holder_fails(tmp_path):
    path = tmp_path / "digest.db.lock"
    with pytest.raises(ZeroDivisionError), lock(path, wait=0):
        raise ZeroDivisionError

    with lock(path, wait=0):
        pass


def test_a_lock_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(StoreError, match="cannot open the lock file"),
        lock(tmp_path / "file" / "x.lock", wait=0),
    ):
        pass
