"""A database restored from a copy: what was sent since is not sent again, and somebody is told."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from digest import exits
from tests.acceptance.mailbox import liked
from tests.mishaps.stage import MORNING, READERS, after


def vacuumed(stage, where):
    with closing(sqlite3.connect(stage.database)) as connection:
        connection.execute("VACUUM INTO ?", (str(where),))


def backed_up(stage, where):
    """As the `.backup` command of the SQLite shell does it."""
    with closing(sqlite3.connect(stage.database)) as source, closing(sqlite3.connect(where)) as target:
        source.backup(target)


def copied_with_its_log(stage, where):
    """As a snapshot of the disk has it."""
    for end in ("", "-wal"):
        if (path := stage.database.with_name(f"digest.db{end}")).exists():
            shutil.copyfile(path, where.with_name(where.name + end))


def restored(stage, copy):
    """Put the copy in the database's place, as docs/operating.md says."""
    for end in ("", "-wal", "-shm"):
        stage.database.with_name(f"digest.db{end}").unlink(missing_ok=True)
        if (path := copy.with_name(copy.name + end)).exists():
            shutil.copyfile(path, stage.database.with_name(f"digest.db{end}"))


MAKING = pytest.mark.parametrize("make_copy", [vacuumed, backed_up, copied_with_its_log])


def assert_noticed(stage, report, *, doubtful):
    assert report.exit_code == exits.DELIVERY
    assert stage.states["in_doubt"] == doubtful
    assert len(report.problem_lines) == doubtful
    assert all("restored from a copy" in line for line in report.problem_lines)


@MAKING
def test_a_copy_from_before_sending_is_noticed_and_nothing_is_sent_again(stage, tmp_path, make_copy):
    make_copy(stage, tmp_path / "copy.db")
    assert not stage.deliver().failed
    assert len(stage.taken) == READERS
    restored(stage, tmp_path / "copy.db")

    report = stage.deliver(after(hours=1))

    assert len(stage.taken) == READERS
    assert_noticed(stage, report, doubtful=READERS)


@pytest.mark.parametrize("taken", [1, READERS // 2, READERS])
@pytest.mark.parametrize("policy", ["hold", "resend"])
@MAKING
def test_a_copy_from_the_middle_of_sending_is_noticed(stage, tmp_path, make_copy, taken, policy):
    stage.configure(in_doubt=policy)

    def copy(number):
        if number == taken:  # taken by the server, and its answer still to come
            make_copy(stage, tmp_path / "copy.db")

    stage.recorder.after_taking = copy
    assert not stage.deliver().failed
    assert len(stage.taken) == READERS
    restored(stage, tmp_path / "copy.db")

    report = stage.deliver(after(hours=1))

    assert len(stage.taken) == READERS
    # what the copy knows to be accepted is; all else is in doubt, whatever the policy for lost answers
    assert_noticed(stage, report, doubtful=READERS - (taken - 1))
