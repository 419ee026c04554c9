"""When the rules of a view change, what is stored is brought up to date: nothing is merged, nothing lost."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from digest.identity import TITLE_NORMALISER, title_key
from digest.store import Database
from tests.builders import NOON, paper
from tests.listings import add, add_in, listing

V1 = Path(__file__).resolve().parents[2] / "tests/data/store/v1.db"
DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    yield found
    found.close()


def run(database, *statements):
    """Write by plain SQL what an older version had written."""
    with database._engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def stored(database):
    with database.read() as transaction:
        return transaction.papers.search()


def keys_in(database):
    with database._engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text("SELECT key, paper_id FROM paper_key"))}


def test_title_keys_of_older_rules_are_computed_anew(database):
    add(database, paper("On Größe", arxiv_id="2607.00001"))
    run(
        database,
        "UPDATE paper_key SET key = 'title:1:other' WHERE key LIKE 'title:%'",
        "UPDATE derived_view SET version = 1 WHERE name = 'titles'",
    )

    database.prepare()
    again = add(database, paper("ON GROSSE."), now=NOON + DAY)

    assert again.new == ()
    assert keys_in(database) == {("arxiv:2607.00001", 1), (title_key("On Größe"), 1)}


def test_titles_that_are_not_stored_keep_what_older_rules_left_of_them(database):
    add(database, paper("One Title", arxiv_id="2607.00001"))
    add(database, paper("Another Title", arxiv_id="2607.00001"), now=NOON + DAY)
    run(
        database,
        f"UPDATE paper_key SET key = replace(key, 'title:{TITLE_NORMALISER}:', 'title:1:')",
        f"INSERT INTO paper_key VALUES ('title:1:{'x' * 160}~0123', 1)",
        "UPDATE derived_view SET version = 1 WHERE name = 'titles'",
    )

    database.prepare()

    assert {key for key, _ in keys_in(database)} == {
        "arxiv:2607.00001",
        title_key("One Title"),
        title_key("Another Title"),
        f"title:{TITLE_NORMALISER}:{'x' * 160}~0123",
    }


def test_papers_whose_titles_now_agree_stay_two_until_a_record_ties_them(database):
    add(database, paper("EvTexture", "First."), paper("EvTexture++", "Second."))
    run(
        database,
        "UPDATE paper SET title = 'EvTexture' WHERE id = 2",
        "UPDATE derived_view SET version = 1 WHERE name = 'titles'",
    )

    database.prepare()

    assert [s.known.id for s in stored(database)] == [1, 2]
    assert keys_in(database) == {(title_key("EvTexture"), 1), (title_key("EvTexture"), 2)}
    assert add(database, paper("EvTexture"), now=NOON + DAY).new == ()
    assert [s.known.id for s in stored(database)] == [1]


def test_texts_become_readable_by_new_rules_and_the_source_s_own_stay(database):
    raw_title, raw_abstract = "Gains of $4\\times$", "It is $4\\times$ faster."
    one = listing(paper("Gains of $4\\times$", "It is $4\\times$ faster."), paper("Plain", "Plain."))
    with database.write() as transaction:
        add_in(transaction, one)
    run(database, "UPDATE derived_view SET version = 0 WHERE name = 'readable'")

    database.prepare()

    latex, plain = stored(database)
    assert (latex.known.paper.title, latex.known.paper.abstract) == ("Gains of 4×", "It is 4× faster.")
    assert (latex.raw_title, latex.raw_abstract) == (raw_title, raw_abstract)
    assert (plain.known.paper.title, plain.raw_title) == ("Plain", "Plain")
    assert add(database, paper("Gains of 4x"), now=NOON + DAY).new == ()


def test_a_text_that_better_rules_leave_alone_is_the_source_s_again(database):
    one = listing(paper("Spoilt", "Spoilt."))
    record = replace(one.records[0], raw_title="Good", raw_abstract="Good.")
    with database.write() as transaction:
        add_in(transaction, replace(one, records=(record,)))
    run(database, "UPDATE derived_view SET version = 0 WHERE name = 'readable'")

    database.prepare()

    (found,) = stored(database)
    assert (found.known.paper.title, found.known.paper.abstract) == ("Good", "Good.")
    with database._engine.connect() as connection:
        assert connection.execute(text("SELECT raw_title, raw_abstract FROM paper")).one() == (None, None)


def test_blocks_are_made_for_papers_that_near_duplicates_may_still_meet(database):
    add(database, paper("Old Sleeping Pictures"), now=NOON - timedelta(days=400))
    add(database, paper("New Waking Pictures"))
    with database._engine.connect() as connection:
        by_adding = {
            tuple(row) for row in connection.execute(text("SELECT * FROM paper_block WHERE paper_id = 2"))
        }
    run(database, "DELETE FROM paper_block", "UPDATE derived_view SET version = 0 WHERE name = 'blocks'")

    database.prepare()

    with database._engine.connect() as connection:
        assert {tuple(row) for row in connection.execute(text("SELECT * FROM paper_block"))} == by_adding


def test_how_far_it_has_come_is_told(database, monkeypatch):
    monkeypatch.setattr("digest.store.views._PAPERS_AT_ONCE", 2)
    add(database, *(paper(f"Paper Number {n}", arxiv_id=f"2607.{n:05}") for n in range(5)))
    run(database, "UPDATE derived_view SET version = 0")
    told = []

    database.prepare(lambda stage, done, total: told.append((stage, done, total)))
    database.prepare(lambda *_: pytest.fail("there is nothing to do any more"))

    stage = "bringing the archive up to date"
    assert told == [(stage, 0, 5), (stage, 2, 5), (stage, 4, 5)]


def test_a_rehearsal_works_with_new_views_and_leaves_the_old(database):
    add(database, paper("On Größe"))
    run(
        database,
        "UPDATE paper_key SET key = 'title:1:other'",
        "UPDATE derived_view SET version = 1 WHERE name = 'titles'",
    )

    with database.rehearsal() as rehearsal:
        assert add(rehearsal, paper("On Grosse")).new == ()

    assert keys_in(database) == {("title:1:other", 1)}


def test_the_archive_of_release_0_1_0_gets_keys_and_blocks_of_today(tmp_path):
    path = tmp_path / "digest.db"
    shutil.copyfile(V1, path)
    database = Database(path)
    database.prepare()
    papers = [s.known for s in stored(database)]
    database.close()

    assert all(title_key(p.paper.title) in p.keys for p in papers)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM paper_key WHERE key LIKE 'title:1:%'").fetchone() == (
            0,
        )
        (blocked,) = connection.execute("SELECT count(DISTINCT paper_id) FROM paper_block").fetchone()
        assert (blocked,) == connection.execute("SELECT count(*) FROM paper").fetchone()


def test_what_release_0_1_0_knew_is_known_when_it_comes_again(tmp_path):
    path = tmp_path / "digest.db"
    shutil.copyfile(V1, path)
    database = Database(path)
    database.prepare()
    known = [s.known.paper for s in stored(database)]
    titles = [paper(p.title, p.abstract) for p in known]

    again = add(database, *titles, now=NOON + DAY)
    database.close()

    assert again.new == ()
    assert again.near == ()
