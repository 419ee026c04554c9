"""Migrations are one chain, and the database of release 0.1.0 still opens, says the same and goes on.

`test_schema.py` holds the newest schema against the tables; this holds every older one against it.
"""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from digest.app import App
from digest.identity import is_strong
from digest.model import DeliveryState, Format, SectionKind, Severity, SkipReason, SubscriberStatus
from digest.packing import Dictionary
from digest.store import Database, schema
from tests.outbox import message, put_message, put_person

ROOT = Path(__file__).resolve().parents[2]
V1 = ROOT / "tests/data/store/v1.db"
MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)
WEDNESDAY_MORNING = datetime(2026, 11, 18, 7, 30, tzinfo=UTC)


# ── the chain ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def migrations():
    """Every migration, newest first."""
    script = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    return list(script.walk_revisions())


def test_migrations_are_one_chain_from_nothing_to_the_head(migrations):
    revisions = [m.revision for m in migrations]

    assert revisions[0] == schema.HEAD
    assert [m.down_revision for m in migrations] == [*revisions[1:], None]
    assert not any(m.branch_labels or m.dependencies for m in migrations)


def test_revisions_count_up_and_stand_in_their_files_names(migrations):
    """The store compares them as words to refuse a newer database."""
    oldest_first = [m.revision for m in reversed(migrations)]

    assert oldest_first == [f"{number:04}" for number in range(1, len(migrations) + 1)]
    assert all(Path(m.path).name.startswith(f"{m.revision}_") for m in migrations)


def test_messages_of_a_schema_without_dictionaries_are_read_as_before(tmp_path, monkeypatch):
    old, new = Database(tmp_path / "old.db"), Database(tmp_path / "new.db")
    new.prepare()
    with new.write() as transaction:
        put_message(transaction, put_person(transaction, 1), 1)
    new.close()
    monkeypatch.setattr(schema, "HEAD", "0010")
    with old._engine.begin() as connection:
        schema.migrate(connection)
    monkeypatch.undo()
    old.close()
    with closing(sqlite3.connect(old.path)) as connection:
        connection.execute(f"ATTACH '{new.path}' AS new")
        for table in ("subscriber", "issue", "delivery", "recipients", "message"):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in names)
            connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.commit()

    old.prepare()
    with old.write() as transaction:
        assert transaction.outbox.data(1) == message(1).data
        common = transaction.dictionaries.add(Dictionary(message(2).data))
        assert put_message(transaction, put_person(transaction, 2), 2, common=common) == 2
        assert transaction.outbox.data(2) == message(2).data
    old.close()
    with closing(sqlite3.connect(old.path)) as connection:
        assert connection.execute("SELECT dictionary_id FROM message").fetchall() == [(None,), (1,)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# ── release 0.1.0 ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """A copy of the old database, brought to the newest schema."""
    path = tmp_path_factory.mktemp("v1") / "digest.db"
    shutil.copyfile(V1, path)
    database = Database(path)
    database.prepare()
    yield database
    database.close()


def tables_of(path):
    """Each table and index, with its columns, whose order is free."""
    query = "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo('{}')"
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2").fetchall()
        return {found: set(connection.execute(query.format(found[1]))) for found in names}


def test_the_old_database_was_at_the_first_schema():
    with closing(sqlite3.connect(f"file:{V1}?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_upgraded_it_is_ready_and_like_one_made_today(upgraded, tmp_path):
    new = Database(tmp_path / "new.db")
    new.prepare()
    new.close()

    assert upgraded.is_ready()
    assert tables_of(upgraded.path) == tables_of(new.path)


def test_upgraded_it_is_whole(upgraded):
    with closing(sqlite3.connect(upgraded.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def books(upgraded):
    with upgraded.read() as transaction:
        yield transaction


def test_its_papers_are_all_there(books):
    stored = books.papers.search()

    assert (len(stored), books.papers.count()) == (133, 133)
    assert len([s for s in stored if s.known.paper.abstract]) == 133
    assert sum(len(s.sightings) for s in stored) == 139
    assert {s.known.first_seen.date() for s in stored} == {MONDAY, TUESDAY}
    assert all(any(not is_strong(key) for key in s.known.keys) for s in stored)


def test_its_merged_papers_are_still_one(books):
    (paper,) = books.papers.find_by_key("doi:10.1000/sleep")

    assert books.papers.find_by_key("arxiv:2611.00001") == [paper]
    assert (paper.paper.title, paper.paper.authors, paper.listings) == ("On Sleep", ("Ada Lovelace",), 3)
    assert len(paper.keys) == 4


def test_its_subscribers_want_what_they_wanted(books):
    people = {s.name: s for s in books.subscribers.all()}

    assert books.subscribers.count_by_status() == {"active": 5, "unsubscribed": 1}
    assert people.keys() == {"vision", "speech", "language", "leaver", "latecomer", "quiet"}
    assert people["speech"].preferences.format is Format.BOTH
    assert [(i.text, i.weight) for i in people["latecomer"].interests] == [
        ("diffusion models", 2.0),
        ("medical imaging", -1.0),
    ]
    assert people["latecomer"].preferences.limit == 5
    assert people["leaver"].status is SubscriberStatus.UNSUBSCRIBED
    assert len({s.feed_token for s in people.values()}) == 6


def test_its_issues_and_ledger_say_what_was_sent(books):
    names = {s.id: s.name for s in books.subscribers.all()}
    past = books.issues.past()
    lines = {p.id: books.issues.sent_by(p.id) for p in past}

    assert books.issues.count() == (5, 1)
    assert Counter(names[p.subscriber_id] for p in past) == {
        "vision": 2,
        "speech": 2,
        "latecomer": 1,
        "quiet": 1,
    }
    assert [p.skipped for p in past if p.skipped] == [SkipReason.NOTHING_FOR_YOU]
    assert sum(map(len, lines.values())) == 232
    for issue in past:
        assert len(lines[issue.id]) == (issue.counts.shown if issue.counts else 0)
        assert {line.section for line in lines[issue.id]} <= set(SectionKind)
    for line in (line for found in lines.values() for line in found):
        assert abs(line.match.score - sum(e.points for e in line.match.evidence)) < 1e-6


def test_its_mails_are_the_bytes_that_were_frozen(books):
    counts = {state.value: count for state, count in books.outbox.counts().items() if count}
    deliveries = books.outbox.in_state(DeliveryState.ACCEPTED) + books.outbox.in_state(DeliveryState.DEFERRED)
    mails = [message_from_bytes(books.outbox.data(d.id), policy=policy.default) for d in deliveries]

    assert counts == {"accepted": 4, "deferred": 1}
    assert [m["Message-ID"] for m in mails] == [d.message_id for d in deliveries]
    assert [m["To"] for m in mails] == [d.recipient for d in deliveries]
    assert all(m.get_body(("html",)) for m in mails)


def test_its_readings_runs_and_secrets_are_remembered(books):
    start = datetime(2026, 11, 1, tzinfo=UTC)
    readings = books.listings.readings_between(start, start + timedelta(days=30))

    assert len(readings) == 4
    assert [p.severity for r in readings for p in r.problems] == [Severity.LOST]
    assert [r.report["new"] for r in books.runs.latest(9)] == [76, 56]
    assert [len(key) for key in books.instance.secrets().values()] == [32]


def test_the_next_day_goes_on_from_it_and_sends_nothing_twice(tmp_path):
    path = tmp_path / "digest.db"
    shutil.copyfile(V1, path)
    dump = sorted((ROOT / "examples/dumps").glob("*.txt"), key=lambda p: p.stat().st_size)[2]
    environ = {
        "DIGEST__DATABASE": str(path),
        "DIGEST__SOURCES__0__PATH": str(dump),
        "DIGEST__OUTPUT__FOLDER": str(tmp_path / "out"),
        "DIGEST__MAIL__FOLDER": str(tmp_path / "mail"),
    }
    app = App.open(ROOT / "examples/demo.yaml", now=WEDNESDAY_MORNING, environ=environ)
    with app.writing() as database:
        report = app.run(database, rehearse=False)
        with database.read() as transaction:
            sent = [line for p in transaction.issues.past() for line in transaction.issues.sent_by(p.id)]
    app.database.close()

    assert report.problem_lines() == []
    assert report.ingest.new > 0
    assert {i.subscriber.name for i in report.publish.issues} >= {"vision", "latecomer"}
    assert report.deliver.count(DeliveryState.ACCEPTED) == report.publish.messages + 1
    assert max(Counter((line.subscriber_id, line.match.paper.id) for line in sent).values()) == 1
