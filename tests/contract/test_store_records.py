"""Records that are stored are known again by all that they say, and by nothing less."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Paper, Record, Repeat
from digest.store import Database

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ONE, OTHER = b"1" * 16, b"2" * 16


@pytest.fixture
def database(tmp_path):
    found = Database(tmp_path / "digest.db")
    found.prepare()
    yield found
    found.close()


def record(mark, title="Slow Rivers, Fast Boats", **facts):
    paper = Paper(title=title, abstract="Braided channels move.", **facts)
    return Record(
        position=1, line=None, raw_title=title, raw_abstract=paper.abstract, paper=paper, fingerprint=mark
    )


def add(database, *records, repeats=(), day=DAY, name="page"):
    """Add a listing of these records, and answer with what came of it."""
    from digest.sources import read

    empty = read(f"{name} of {day}".encode(), name=name, latest=day)
    listing = replace(empty, records=records, repeats=tuple(repeats))
    with database.write() as transaction:
        listing_id = transaction.listings.put(listing, source="inbox", day=day, read_at=NOW)
        return transaction.papers.add(
            records, listing_id=listing_id, day=day, seen_at=NOW, repeats=listing.repeats
        )


def known(database, day, *marks):
    with database.read() as transaction:
        return transaction.records.known(marks, day)


def test_a_stored_record_is_known_and_another_is_not(database):
    add(database, record(ONE))
    assert known(database, DAY, ONE, OTHER) == {ONE}


def test_for_a_later_day_an_older_record_is_not_known(database):
    add(database, record(ONE))
    assert known(database, DAY + timedelta(days=1), ONE) == set()
    add(database, record(ONE), day=DAY + timedelta(days=1), name="next")
    assert known(database, DAY + timedelta(days=1), ONE) == {ONE}
    assert known(database, DAY, ONE) == {ONE}


def test_a_repeat_is_a_sighting_and_no_new_paper(database):
    add(database, record(ONE))
    added = add(database, repeats=[Repeat(position=3, fingerprint=ONE)], name="again")
    assert (added.new, added.known) == ((), 1)
    with database.read() as transaction:
        (paper,) = transaction.papers.search()
    assert [s.position for s in paper.sightings] == [1, 3]


def test_a_repeat_of_a_paper_that_became_another_is_a_sighting_of_that(database):
    add(database, record(ONE, arxiv_id="2607.01234"))
    add(database, record(OTHER, title="Quick Boats on Slow Rivers", doi="10.1000/boats"), name="second")
    tie = record(b"3" * 16, title="Another Name", arxiv_id="2607.01234", doi="10.1000/boats")
    add(database, tie, name="third")
    add(database, repeats=[Repeat(position=1, fingerprint=OTHER)], name="fourth")
    with database.read() as transaction:
        (paper,) = transaction.papers.search()
    assert len(paper.sightings) == 4


def test_a_repeat_of_what_is_not_stored_is_a_bug_and_nothing_is_kept(database):
    with pytest.raises(KeyError):
        add(database, repeats=[Repeat(position=1, fingerprint=ONE)])
    with database.read() as transaction:
        assert transaction.papers.count() == 0
        assert transaction.listings.latest_new() is None
