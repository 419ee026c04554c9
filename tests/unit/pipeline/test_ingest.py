import os
from datetime import date, timedelta

import pytest

from digest.model import Health, Source
from digest.pipeline import ingest
from tests.builders import NOON
from tests.unit.pipeline.test_rank_files import IMAGES, SPEECH, page

DAY = timedelta(days=1)


# ── reading sources ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(folder, name, *papers, changed=NOON - DAY, text=None):
    path = folder / name
    path.write_text(page(*papers) if text is None else text)
    os.utime(path, (changed.timestamp(), changed.timestamp()))
    return path


def read(database, folder, now=NOON, settle=0.0, **choices):
    return ingest(
        database, [Source(name="inbox", location=str(folder), settle_seconds=settle)], now=now, **choices
    )


def readings(database):
    with database.read() as transaction:
        return transaction.listings.readings_between(NOON - 99 * DAY, NOON + 99 * DAY)


def test_new_papers_are_counted_and_known_ones_too(database, inbox):
    put(inbox, "a.txt", SPEECH)
    put(inbox, "b.txt", IMAGES, SPEECH)

    report = read(database, inbox)

    assert [(f.listing.name, f.new, f.known, f.seen_before) for f in report.files] == [
        ("a.txt", 1, 0, False),
        ("b.txt", 1, 1, False),
    ]
    assert (report.new, report.lost_records, report.waiting) == (2, False, ())


def test_the_same_bytes_under_another_name_are_passed_over_and_still_noted(database, inbox):
    put(inbox, "a.txt", SPEECH)
    read(database, inbox)
    (inbox / "a.txt").rename(inbox / "renamed.txt")

    report = read(database, inbox, now=NOON + DAY)

    assert [(f.new, f.known, f.seen_before) for f in report.files] == [(0, 1, True)]
    assert [(r.name, r.new, r.read_at) for r in readings(database)] == [
        ("a.txt", 1, NOON),
        ("renamed.txt", 0, NOON + DAY),
    ]
    with database.read() as transaction:
        assert transaction.papers.search()[0].known.listings == 1


def test_the_page_s_own_day_counts_then_the_given_one_then_the_day_of_reading(database, inbox):
    dated = put(inbox, "dated.txt", SPEECH)
    undated = put(inbox, "undated.txt", IMAGES)
    undated.write_text(undated.read_text().replace("Nov 19\n\n", ""))

    given = date(2025, 12, 24)
    assert [f.day for f in read(database, dated).files] == [date(2026, 11, 19)]
    assert [f.day for f in read(database, undated).files] == [NOON.date()]
    assert [f.day for f in read(database, inbox, day=given).files] == [date(2025, 11, 19), given]


def test_a_page_s_day_is_never_later_than_the_file(database, inbox):
    put(inbox, "old.txt", SPEECH, changed=NOON - 400 * DAY)

    assert [f.day for f in read(database, inbox).files] == [date(2024, 11, 19)]


def test_a_file_changed_just_now_waits(database, inbox):
    put(inbox, "done.txt", SPEECH)
    put(inbox, "growing.txt", IMAGES, changed=NOON - timedelta(seconds=5))

    report = read(database, inbox, settle=10)

    assert [p.name for p in report.waiting] == ["growing.txt"]
    assert [f.listing.name for f in report.files] == ["done.txt"]
    later = read(database, inbox, settle=10, now=NOON + timedelta(seconds=10))
    assert (later.waiting, later.new) == ((), 1)


def test_what_is_no_listing_stops_nothing_and_is_noted_without_papers(database, inbox):
    put(inbox, "a.txt", text="Dear diary, today nothing happened at all.\n" * 30)
    put(inbox, "b.txt", SPEECH)

    report = read(database, inbox)

    assert [f.lost_records for f in report.files] == [True, False]
    assert report.lost_records
    assert report.new == 1
    assert [(r.name, r.health, r.records) for r in readings(database)] == [
        ("a.txt", Health.BROKEN, 0),
        ("b.txt", Health.OK, 1),
    ]


def test_a_missing_place_is_a_problem_of_its_source(database, tmp_path):
    report = read(database, tmp_path / "missing")

    assert report.lost_records
    assert "missing" in report.problems[0].where
    assert [r.source for r in readings(database)] == ["inbox"]


def test_progress_ends_with_everything_done(database, inbox):
    put(inbox, "a.txt", SPEECH)
    put(inbox, "b.txt", IMAGES)
    steps = []
    read(database, inbox, progress=lambda *step: steps.append(step))

    assert steps == [("reading inbox", 0, 2), ("reading inbox", 1, 2), ("reading inbox", 2, 2)]
