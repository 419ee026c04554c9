"""SIGKILL at random moments: what was finished stays, what was not leaves no trace, nothing is doubled."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import time
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest

KILLS = 10
#: before this part of a command's time it only starts up
STARTING = 0.3
#: a busy machine needs up to this many times as long as when the time was taken: its last part is reached too
SLOWER = 1.4
THEMES = ("diffusion models", "speech", "language models", "video generation", "segmentation")


def kill_again_and_again(workspace, command, seconds, seed, *, intact, done, again):
    """Start and kill `command` until it was killed KILLS times; `again` begins anew where it was done."""
    moments = random.Random(seed)
    killed = 0
    for _ in range(4 * KILLS):
        process = workspace.start(*command)
        moment = moments.uniform(STARTING, SLOWER) * seconds
        own = 0.0
        while process.poll() is None and (own := spent(process)) < moment:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        if process.returncode == -signal.SIGKILL:
            killed += 1
        else:
            # quicker than when the time was taken: then Python may have had to compile everything first
            seconds = min(seconds, own)
        intact()
        if killed == KILLS:
            return
        if done():
            again()
    pytest.fail(f"{command} was quicker than its killer: {killed} kills only")


def spent(process):
    """The process's own time in seconds: unlike the clock's, it does not depend on who else is busy."""
    facts = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def timed(workspace, *command):
    """How much of its own time a command needs that nobody kills, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    workspace(*command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(workspace, sql):
    """Rows of a database that may not have a table yet."""
    with closing(sqlite3.connect(workspace.database)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return []
        return connection.execute(sql).fetchall()


def assert_intact(workspace):
    """The file is sound and holds whole listings and whole issues only."""
    with closing(sqlite3.connect(workspace.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for half in (
        "SELECT id FROM listing l WHERE records != (SELECT count(*) FROM sighting WHERE listing_id = l.id)",
        "SELECT id FROM listing WHERE id NOT IN (SELECT listing_id FROM reading)",
        "SELECT id FROM paper WHERE id NOT IN (SELECT paper_id FROM sighting)",
        "SELECT id FROM paper WHERE id NOT IN (SELECT paper_id FROM paper_key)",
        "SELECT id FROM issue WHERE skipped IS NULL AND id NOT IN (SELECT issue_id FROM ledger)",
        "SELECT id FROM issue WHERE skipped IS NULL AND id NOT IN (SELECT issue_id FROM delivery)",
        "SELECT id FROM delivery WHERE id NOT IN (SELECT delivery_id FROM message)",
    ):
        assert rows(workspace, half) == [], half


def test_ingest_killed_at_any_moment_is_continued_by_the_next(workspace, workspace_in, dumps, at, tmp_path):
    unharmed = workspace_in(tmp_path / "unharmed")
    command = ("ingest", *dumps, "--now", at(0).isoformat())
    seconds = timed(unharmed, *command)
    tables = ("paper", "paper_key", "listing", "sighting", "reading")
    reached = set()

    def intact():
        assert_intact(workspace)
        reached.add(len(rows(workspace, "SELECT id FROM listing")))

    def forget():
        for path in workspace.folder.glob("digest.db*"):
            path.unlink()

    def done():
        return len(rows(workspace, "SELECT id FROM listing")) == len(dumps)

    kill_again_and_again(workspace, command, seconds, 11, intact=intact, done=done, again=forget)
    assert len(reached) > 1  # some kills came before, some after a listing was stored
    workspace(*command)
    assert_intact(workspace)
    assert rows(workspace, "SELECT count(*) FROM paper") == [(516,)]
    for table in tables:
        everything = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert rows(workspace, everything) == rows(unharmed, everything), table


def test_a_run_killed_at_any_moment_ends_as_if_nothing_had_happened(archive, at, tmp_path):
    readers = [
        {"address": f"reader{n}@reader.example", "interests": [theme], "format": "both"}
        for n, theme in enumerate(THEMES)
    ]
    archive.configure(subscribers=readers)
    archive("deliver", now=at(0, 6))  # now the readers are in the database
    base = shutil.copytree(archive.folder, tmp_path / "base")
    command = ("run", "--now", at(0).isoformat())
    seconds = timed(archive, *command)
    wanted = products(archive)
    issues = "SELECT * FROM issue ORDER BY id"
    ledger = "SELECT * FROM ledger ORDER BY subscriber_id, paper_id"
    wanted_rows = rows(archive, issues), rows(archive, ledger)
    reached = set()

    def restore():
        shutil.rmtree(archive.folder)
        shutil.copytree(base, archive.folder)

    def intact():
        assert_intact(archive)
        assert not rows(archive, "SELECT issue_id FROM delivery GROUP BY issue_id HAVING count(*) > 1")
        reached.add(str(rows(archive, "SELECT state, count(*) FROM delivery GROUP BY state")))

    def done():
        return rows(archive, "SELECT DISTINCT state FROM delivery") == [("accepted",)]

    restore()
    kill_again_and_again(archive, command, seconds, 12, intact=intact, done=done, again=restore)
    assert len(reached) > 1  # some kills came before publishing, some while mails went out
    archive(*command)
    assert_intact(archive)
    assert (rows(archive, issues), rows(archive, ledger)) == wanted_rows
    assert rows(archive, "SELECT state, count(*) FROM delivery GROUP BY 1") == [("accepted", len(readers))]
    assert len(archive.mails) == len(readers)
    assert products(archive) == wanted


def test_sending_killed_between_any_two_mails_sends_each_once(archive, at):
    readers = [f"reader{n}@reader.example" for n in range(9)]
    archive.configure(subscribers=[{"address": r, "interests": ["diffusion models"]} for r in readers])
    archive("publish", now=at(0))
    for sent in (2, 4, 6, 8):
        process = archive.start("deliver", now=at(0))
        while process.poll() is None and len(archive.mails) < sent:
            time.sleep(0.0005)
        process.kill()
        process.communicate()
        assert_intact(archive)
        assert len(archive.mails) >= sent
    archive("deliver", now=at(0))
    assert rows(archive, "SELECT state, count(*) FROM delivery GROUP BY 1") == [("accepted", len(readers))]
    frozen = rows(archive, "SELECT sha256 FROM message")
    assert sorted(sha256(p.read_bytes()).hexdigest() for p in archive.mails) == sorted(d for (d,) in frozen)


def products(workspace):
    """Every mail, feed and page with its bytes; a killed writer may leave a hidden file behind."""
    folders = (workspace.folder / "mail", workspace.folder / "out")
    found = [p for folder in folders for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
    return {str(p.relative_to(workspace.folder)): p.read_bytes() for p in found}


@pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="a run on one processor makes no copies of itself"
)
@pytest.mark.parametrize("whom", ["run", "copies"])
def test_very_many_readers_get_the_same_whoever_is_killed_while_copies_are_at_work(
    archive, at, tmp_path, whom
):
    archive.configure(
        subscribers=[
            {"address": f"reader{n}@reader.example", "interests": [THEMES[n % len(THEMES)]]}
            for n in range(450)
        ]
    )
    archive("deliver", now=at(0, 6))  # now the readers are in the database
    base = shutil.copytree(archive.folder, tmp_path / "base")
    command = ("publish", "--now", at(0).isoformat())
    archive(*command, code=0)
    tables = [
        "SELECT id, subscriber_id, edition, composed_at, newest_paper, facts FROM issue ORDER BY id",
        "SELECT * FROM ledger ORDER BY subscriber_id, paper_id",
        "SELECT id, issue_id, message_id, state FROM delivery ORDER BY id",
        "SELECT delivery_id, sha256 FROM message ORDER BY delivery_id",
    ]
    wanted = [rows(archive, table) for table in tables]
    assert len(wanted[0]) == 450

    reached = set()
    for patience in (0.0, 0.1, 0.2, 0.4):
        shutil.rmtree(archive.folder)
        shutil.copytree(base, archive.folder)
        process = archive.start(*command)
        copies = copies_of(process)
        while not copies and process.poll() is None:
            copies = copies_of(process)
        assert copies
        time.sleep(patience)
        for each in [process.pid] if whom == "run" else copies:
            with suppress(ProcessLookupError):  # was done already
                os.kill(each, signal.SIGKILL)
        process.communicate()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{copy}").exists() for copy in copies):
            assert time.monotonic() < deadline
        assert_intact(archive)
        reached.add(len(rows(archive, tables[0])))
        archive(*command)
        assert [rows(archive, table) for table in tables] == wanted
    assert reached == {450} if whom == "copies" else min(reached) < 450


def copies_of(process):
    """The numbers of the copies that a process made of itself."""
    try:
        return [int(n) for n in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
