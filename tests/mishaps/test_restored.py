"""A database restored from a copy: what was sent since is not sent again, and somebody is told."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from digest import exits
from digest.errors import StoreError
from digest.model import DeliveryState
from tests.acceptance.mailbox import Newsroom, liked
from tests.mishaps.stage import MORNING, READERS, Stage, after, mail


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


def test_issues_published_anew_from_a_copy_are_in_doubt_and_tomorrow_is_as_always(tmp_path, recorder):
    room = Newsroom(tmp_path / "room", mail=mail(recorder.port))
    stage = Stage(None, room.folder, recorder, room=room)
    room.join(MORNING, "r0")
    room.list_papers(MORNING, liked(1))
    vacuumed(stage, tmp_path / "copy.db")
    assert stage.run().deliver.count(DeliveryState.ACCEPTED) == 1
    restored(stage, tmp_path / "copy.db")
    stage.recorder.taken.clear()  # those bytes are lost with the issue: it is composed anew

    report = stage.run(after(hours=1))

    assert len(report.publish.issues) == 1
    assert stage.taken == []
    assert_noticed(stage, report.deliver, doubtful=1)
    assert report.exit_code == exits.DELIVERY

    tomorrow = stage.run(after(days=1), liked(2))

    assert tomorrow.exit_code == exits.DONE
    assert stage.states == {"in_doubt": 1, "accepted": 1}
    assert len(stage.taken) == 1


def test_a_copy_from_after_sending_is_nothing_to_worry_about(stage, tmp_path):
    assert not stage.deliver().failed
    vacuumed(stage, tmp_path / "copy.db")
    restored(stage, tmp_path / "copy.db")

    assert stage.deliver(after(hours=1)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


@pytest.mark.parametrize("beside", ["deleted", "restored as well"])
def test_without_the_file_beside_it_only_the_age_of_mails_protects(stage, tmp_path, beside):
    """What docs/reliability.md says of a whole machine restored: this is what happens, not what is wished."""
    vacuumed(stage, tmp_path / "copy.db")
    stage.deliver()
    restored(stage, tmp_path / "copy.db")
    stage.generation.unlink()
    if beside == "restored as well":
        # as it was when the copy was made: nothing had been sent
        stage.generation.write_text(f"{instance_of(stage)} {0:020d}\n")
    vacuumed(stage, tmp_path / "again.db")
    stage.recorder.taken.clear()  # what the copy knows nothing of

    late = stage.deliver(after(hours=24 + 1, minutes=1))  # mail.expire_after, and the hour of grace
    assert late.exit_code == exits.DELIVERY
    assert stage.states == {"expired": READERS}
    assert stage.taken == []

    restored(stage, tmp_path / "again.db")
    stage.generation.unlink(missing_ok=True)
    assert stage.deliver(after(hours=23)).exit_code == exits.DONE
    assert len(stage.taken) == READERS  # all of them for the second time


def instance_of(stage):
    with closing(sqlite3.connect(stage.database)) as connection:
        return connection.execute("SELECT uuid FROM instance").fetchone()[0]


@pytest.mark.parametrize("text", ["", "\0" * 58, "a name and no number", "twice\nas much 12\nas there was 3"])
def test_a_damaged_file_beside_the_database_is_named_and_nothing_is_sent(stage, text):
    stage.generation.write_text(text)

    with pytest.raises(StoreError, match=r"digest\.db\.generation holds no name and number; delete it if"):
        stage.deliver()

    assert stage.taken == []
    assert stage.states == {"queued": READERS}
    stage.generation.unlink()
    assert not stage.deliver().failed


def test_the_file_of_another_database_says_nothing_of_this_one(stage):
    stage.generation.write_text("00000000-0000-0000-0000-000000000000 99\n")

    assert not stage.deliver().failed
    assert instance_of(stage) in stage.generation.read_text()
