"""SIGKILL between any two statements: a merge and a new view are there as a whole or not at all."""

import os
import signal
import sqlite3
from contextlib import closing
from itertools import count

import pytest
from sqlalchemy import event

from digest.store import Database
from tests.builders import paper
from tests.listings import add

OURS = paper("On Sleep", "Short.", arxiv_id="2607.00001")
THEIRS = paper("Sleep in a Journal", "A much longer abstract than that.", doi="10.1000/x")
BOTH = (
    paper("On Sleep", arxiv_id="2607.00001", doi="10.1000/x", upvotes=9),
    paper("On Waking", "Another paper of the same listing."),
)


@pytest.fixture
def file(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    add(found, OURS, THEIRS)
    found.close()
    return found.path


def killed_before_statement(number, path, work):
    """Do `work` in another process and kill it before its statement with this number; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            database, statements = Database(path), count()

            def kill(*_facts):
                if next(statements) == number:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(database._engine, "before_cursor_execute", kill)
            event.listen(database._engine, "commit", kill)
            work(database)
            database.close()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def everything_in(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in tables}


def kill_everywhere(path, work):
    """Kill `work` before each of its statements; what the file held after each kill, and at the end."""
    after_kills = []
    for number in count():
        if not killed_before_statement(number, path, work):
            return after_kills, everything_in(path)
        after_kills.append(everything_in(path))
    raise AssertionError


def test_two_papers_become_one_as_a_whole_or_not_at_all(file):
    before = everything_in(file)

    after_kills, end = kill_everywhere(file, lambda database: add(database, *BOTH))

    assert len(after_kills) > 8
    assert all(found == before for found in after_kills)
    assert [row[0] for row in end["paper"]] == [1, 2, 3]
    assert len(end["sighting"]) == 4
    assert {row[0] for row in end["paper_key"]} >= {"arxiv:2607.00001", "doi:10.1000/x"}


def test_views_are_made_anew_as_a_whole_or_not_at_all(file):
    with closing(sqlite3.connect(file)) as connection, connection:
        current = dict(connection.execute("SELECT name, version FROM derived_view"))
        connection.execute("UPDATE derived_view SET version = 0")
        connection.execute("UPDATE paper_key SET key = replace(key, 'title:2:', 'title:0:')")
    before = everything_in(file)

    after_kills, end = kill_everywhere(file, lambda database: database.prepare())

    assert len(after_kills) > 5
    assert all(found == before for found in after_kills)
    assert dict(end["derived_view"]) == current
    assert not any(key.startswith("title:0:") for key, _ in end["paper_key"])
