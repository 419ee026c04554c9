"""The database, whole and damaged on purpose; and that looking at it leaves no trace."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from digest import doctor, store
from digest.doctor import database
from digest.model import Format, SubscriberStatus
from digest.store import Run
from tests.builders import NOON
from tests.outbox import put_message, put_person

as_nobody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "digest.db"


@pytest.fixture
def made(path, tmp_path):
    """A database with a reader and a mail, closed."""
    shelf = store.Database(path)
    shelf.prepare()
    with shelf.write() as transaction:
        transaction.instance.create(NOON)
        person = put_person(transaction, 1)
        put_message(transaction, person, 1)
        transaction.runs.note(Run(command="run", started_at=NOON, finished_at=NOON, exit_code=0, report={}))
    shelf.close()
    return path


@pytest.fixture
def look(case_of):
    """`look(check)`: its findings by subject."""

    def _look(check, **facts):
        return {f.subject: f for f in check(case_of(**facts))}

    return _look


def trace(folder):
    return {
        p.name: (p.stat().st_mtime_ns, p.stat().st_mode, p.read_bytes())
        for p in folder.iterdir()
        if p.is_file()
    }


def sql(path, statement):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def test_a_whole_database_is_fine_in_everything(made, look):
    found = look(database.check_file) | look(database.check_integrity) | look(database.check_mode)

    assert {f.verdict.value for f in found.values()} == {"fine"}
    assert found.keys() == {"file", "integrity", "writing"}


def test_looking_leaves_no_trace_also_while_somebody_writes(made):
    before = trace(made.parent)
    assert store.examine(made).audience.recipients == 1
    assert trace(made.parent) == before

    with closing(sqlite3.connect(made, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE subscriber SET name = 'another'")
        facts = store.examine(made)
        writer.execute("ROLLBACK")
    assert (facts.trouble, facts.damage, facts.audience.recipients) == (None, (), 1)


def test_what_was_written_last_and_stands_in_the_log_alone_is_seen(made):
    with closing(sqlite3.connect(made, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE subscriber SET status = 'unsubscribed'")
        assert store.examine(made).audience.recipients == 0


def test_before_the_first_run_nothing_is_wrong(path, look, tmp_path):
    assert look(database.check_file)["file"].verdict == "fine"
    assert look(database.check_integrity) == {}
    assert look(database.check_writable)["writing"].verdict == "fine"
    path.touch()
    assert look(database.check_file)["file"].verdict == "fine"
    assert not list(tmp_path.glob("digest.db-*"))


def test_what_is_no_database_is_broken_and_stays_as_it_is(path, look):
    path.write_bytes(b"these are my notes, not a database" * 100)
    found = look(database.check_file)["file"]

    assert found.verdict == "broken"
    assert "not a database" in found.what
    assert path.read_bytes().startswith(b"these are my notes")


def test_bytes_overwritten_in_the_middle_are_found(made, look):
    for page in range(2, made.stat().st_size // 4096, 3):
        with made.open("r+b") as file:
            file.seek(page * 4096 + 8)
            file.write(b"\xa5" * 2048)
    found = look(database.check_file) | look(database.check_integrity)

    assert "broken" in {f.verdict.value for f in found.values()}
    (one,) = [f for f in found.values() if f.verdict == "broken"]
    assert "backup" in one.remedy


def test_a_file_that_was_cut_is_found(made, look):
    with made.open("r+b") as file:
        file.truncate(made.stat().st_size // 2)

    found = look(database.check_file) | look(database.check_integrity)
    assert "broken" in {f.verdict.value for f in found.values()}


def test_an_index_that_lost_a_row_is_found_by_the_thorough_check(made):
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        # the rows stay, the index forgets what it says of them
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'state, next_attempt', 'next_attempt, state')"
            " WHERE name = 'ix_delivery_next'"
        )
    quick, thorough = store.examine(made), store.examine(made, thorough=True)

    assert quick.damage == ()
    assert thorough.damage


def test_rows_that_point_nowhere_are_found(made, look):
    sql(made, "DELETE FROM subscriber")
    found = look(database.check_integrity)["integrity"]

    assert found.verdict == "broken"
    assert "delivery → subscriber" in found.what


def test_a_check_that_takes_too_long_is_given_up_and_says_so(made, case_of):
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n"
    sql(made, f"CREATE TABLE many AS {many}")
    facts = store.examine(made, seconds=-1)
    (found,) = database.check_integrity(case_of(facts=facts))

    assert found.verdict == "skipped"
    assert "--thorough" in found.what


def test_an_older_schema_is_advice_and_a_newer_one_is_broken(made, look):
    sql(made, "UPDATE alembic_version SET version_num = '0004'")
    assert look(database.check_file)["file"].verdict == "advice"

    sql(made, "UPDATE alembic_version SET version_num = '9999'")
    found = look(database.check_file)["file"]
    assert found.verdict == "broken"
    assert "9999" in found.what


def test_a_database_of_another_program_is_described_and_not_taken_over(path, look):
    sql(path, "CREATE TABLE recipe (name)")
    found = look(database.check_file)["file"]

    assert found.verdict == "broken"
    assert "no digest database" in found.what
    assert sql(path, "SELECT name FROM sqlite_master") == [("recipe",)]


def test_a_journal_of_another_kind_is_advice(made, look):
    sql(made, "PRAGMA journal_mode = DELETE")

    assert look(database.check_mode)["journal"].verdict == "advice"


@as_nobody
@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_cannot_be_written_is_broken(made, case_of, tmp_path, which):
    case = case_of()
    place = made if which == "file" else tmp_path
    mode = place.stat().st_mode
    place.chmod(mode & ~0o222)
    try:
        (found,) = database.check_writable(case)
    finally:
        place.chmod(mode)

    assert found.verdict == "broken"


def test_a_disk_that_is_read_only_is_broken(made, look, monkeypatch):
    monkeypatch.setattr(os, "access", lambda place, mode: not mode & os.W_OK)

    assert look(database.check_writable)["writing"].verdict == "broken"


def test_a_restored_copy_is_told(made, look):
    uuid = sql(made, "SELECT uuid FROM instance")[0][0]
    beside = made.with_name("digest.db.generation")
    beside.write_text(f"{uuid} 3\n")
    assert look(database.check_integrity)["age"].verdict == "advice"

    sql(made, "UPDATE instance SET generation = 3")
    assert "age" not in look(database.check_integrity)


def test_the_number_beside_it_may_be_damaged_too(made, look):
    made.with_name("digest.db.generation").write_text("rubbish")

    assert look(database.check_file)["file"].verdict == "broken"


# ── what it says of readers ───────────────────────────────────────────────────────────────────


@pytest.fixture
def readers(made):
    """One active by mail at Gmail (in capitals), others by feed, gone, elsewhere, and with an odd name."""
    shelf = store.Database(made)
    with shelf.write() as transaction:
        people = [put_person(transaction, n) for n in range(2, 6)]
        people[0] = replace(people[0], address="a@GMail.com")
        people[1] = replace(people[1], preferences=replace(people[1].preferences, format=Format.FEED))
        people[2] = replace(people[2], status=SubscriberStatus.BOUNCED, address="b@gmail.com")
        zoned = replace(people[3].preferences, time_zone="Europe/Berlin")
        people[3] = replace(people[3], address="größe@reader.example", preferences=zoned)
        for person in people:
            transaction.subscribers.save(person)
    shelf.close()
    return made


def test_only_those_who_get_mails_are_counted(readers):
    found = store.examine(readers, store.Asked(domains=doctor.COUNTED_DOMAINS)).audience

    assert found.recipients == 3
    assert found.at_domains["gmail.com"] == 1
    assert found.beyond_ascii == 1
    assert found.time_zones == ("Europe/Berlin", "UTC")
    assert store.active_recipients(readers) == (3, found.mail_bytes)
    assert found.mail_bytes > 0
    assert found.newest_moment == found.last_run == NOON


def test_mails_and_complaints_are_counted_from_a_moment_on(made):
    sql(made, "UPDATE delivery SET state = 'accepted', accepted_at = '2026-11-20 12:00:00'")
    sql(
        made,
        "INSERT INTO returned (fingerprint, kind, detail, received_at) VALUES"
        " ('a', 'complaint', '', '2026-11-20 12:00:00'), ('b', 'hard', '', '2026-11-20 12:00:00')",
    )
    for since, count in ((NOON, 1), (NOON + timedelta(seconds=1), 0), (None, 1)):
        found = store.examine(made, store.Asked(since=since)).audience
        assert (found.accepted, found.complaints) == (count, count)


def test_nobody_to_write_to_is_advice_and_somebody_is_fine(path, made, look):
    assert look(database.check_readers)["readers"].what == "1 by mail"

    sql(made, "UPDATE subscriber SET status = 'unsubscribed'")
    assert look(database.check_readers)["readers"].verdict == "advice"


@pytest.mark.parametrize(
    ("counts", "names"),
    [
        ({"gmail.com": 4_999}, []),
        ({"gmail.com": 4_000, "googlemail.com": 1_000}, ["Gmail"]),
        ({"outlook.com": 2_000, "hotmail.com": 2_000, "live.com": 500, "msn.com": 500}, ["Outlook"]),
    ],
)
def test_from_five_thousand_on_a_sender_is_a_bulk_sender(path, case_of, counts, names):
    facts = store.Facts(path=path, size=1, audience=store.Audience(recipients=9_000, at_domains=counts))
    found = [f for f in database.check_readers(case_of(facts=facts)) if f.verdict == "advice"]

    assert [name for name in ("Gmail", "Outlook") if any(name in f.what for f in found)] == names
    assert {f.rule for f in found} <= {"A06"}


def test_the_quick_count_never_fails(path):
    assert store.active_recipients(path) == (0, None)
    path.write_bytes(b"rubbish" * 1000)
    assert store.active_recipients(path) == (0, None)
