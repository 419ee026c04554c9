"""What a run makes of each source: captures from what was read, judged against earlier ones."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from digest.model import Health, Source
from digest.pipeline import ingest
from digest.pipeline.judging import digest_of, tail_of

DAY = timedelta(days=1)
#: Wednesday
TODAY = date(2026, 10, 21)


def listing(*numbers):
    """A page of papers, each with a title and an abstract of its own."""
    papers = "".join(
        f"Study Number {n} of Machine Speech\n\nWe study speech number {n}. It works well in every test.\n\n"
        for n in numbers
    )
    return f"Daily Papers\n\nby AK and the research community\n\n{papers}"


def moment(day, hour=20):
    return datetime.combine(day, time(hour), UTC)


class Place:
    """A source in a temporary folder, looked at day by day."""

    def __init__(self, database, location):
        self.database, self.location = database, location

    def look(self, day, hour=20):
        source = Source(name="daily", location=str(self.location))
        report = ingest(self.database, [source], now=moment(day, hour))
        return [(one.verdict.health, one.verdict.what) for one in report.verdicts]

    def captures(self):
        with self.database.read() as transaction:
            return transaction.captures.between(moment(TODAY) - 99 * DAY, moment(TODAY) + 99 * DAY)


class Page(Place):
    """One file that is written anew each time."""

    def show(self, text, day, hour=20):
        self.location.write_text(text)
        return self.look(day, hour)


class Folder(Place):
    """A folder that gets more and more files."""

    def put(self, name, text):
        (self.location / name).write_text(text)


@pytest.fixture
def a_page(database, tmp_path):
    return Page(database, tmp_path / "page.txt")


@pytest.fixture
def a_folder(database, tmp_path):
    (tmp_path / "inbox").mkdir()
    return Folder(database, tmp_path / "inbox")


def working_days(count, before=TODAY):
    days = [before - n * DAY for n in range(1, 2 * count + 7)]
    return sorted(d for d in days if d.weekday() < 5)[-count:]


def numbers(day, count=20):
    """Papers that no other day has."""
    return range(day.toordinal() * 100, day.toordinal() * 100 + count)


def test_the_same_papers_in_any_order_have_the_same_digest_and_none_have_none():
    assert digest_of({3, 1, 2}) == digest_of([2, 3, 1]) != digest_of([1, 2])
    assert digest_of([]) == ""


def test_the_end_of_a_listing_is_known_where_every_paper_tells_its_upvotes():
    assert tail_of([90, 4, 0, 30, 2, 8, 12, 5, 7, 60]) == 1.0
    assert tail_of([3]) == 3.0
    assert tail_of([3, None]) is None
    assert tail_of([]) is None


def test_a_page_that_loses_its_tongue_is_broken_and_what_it_said_yesterday_stays(a_page):
    yesterday = TODAY - DAY
    assert a_page.show(listing(*numbers(yesterday)), yesterday) == [(Health.OK, "20 papers")]

    ((health, what),) = a_page.show("503 Service Unavailable\n", TODAY)

    assert health is Health.BROKEN
    assert "page.txt: no listing of papers" in what
    with a_page.database.read() as transaction:
        assert transaction.papers.count() == 20


def test_a_page_with_far_fewer_papers_than_usual_is_partial(a_page):
    for day in working_days(10):
        assert a_page.show(listing(*numbers(day)), day)[0][0] is Health.OK

    assert a_page.show(listing(*numbers(TODAY, 5)), TODAY) == [
        (Health.PARTIAL, "5 papers; on 8 of the last 10 working days there were 20")
    ]


def test_a_page_that_shrinks_within_a_day_is_partial(a_page):
    a_page.show(listing(*numbers(TODAY)), TODAY, hour=8)

    ((health, what),) = a_page.show(listing(*numbers(TODAY, 9)), TODAY, hour=12)

    assert (health, what) == (
        Health.PARTIAL,
        "9 papers; there were 20 of Wed 21 Oct when it was read at 08:00 UTC on Wed 21 Oct",
    )


@pytest.mark.parametrize("same_bytes", [True, False])
def test_yesterday_s_page_is_stale_today_whatever_its_bytes(a_page, same_bytes):
    for day in working_days(10):
        a_page.show(listing(*numbers(day)), day)
    last = list(numbers(TODAY - DAY))

    shown = a_page.show(listing(*(last if same_bytes else reversed(last))), TODAY)

    assert shown == [
        (
            Health.STALE,
            "the same 20 papers as on Tue 20 Oct; until then something new came on 10 of 10 working days",
        )
    ]


def test_the_same_look_is_noted_once_a_day(a_page):
    for hour in (6, 7, 8):
        a_page.show(listing(*numbers(TODAY)), TODAY, hour)

    (one,) = a_page.captures()
    assert (one.capture.since, one.capture.until) == (moment(TODAY, 6), moment(TODAY, 8))


def test_two_files_of_a_day_in_a_folder_are_one_listing(a_folder):
    a_folder.put("a.txt", listing(*numbers(TODAY)))
    a_folder.look(TODAY, 8)
    a_folder.put("b.txt", listing(*range(3)))

    assert a_folder.look(TODAY, 12) == [(Health.OK, "23 papers")]


def test_a_folder_whose_files_were_moved_away_still_shows_today_s_listing(a_folder):
    a_folder.put("a.txt", listing(*numbers(TODAY)))
    a_folder.look(TODAY, 8)
    (a_folder.location / "a.txt").unlink()

    assert a_folder.look(TODAY, 12) == [(Health.OK, "20 papers")]


def test_a_folder_that_gets_no_more_files_is_stale_on_the_third_working_day(a_folder):
    for day in working_days(6):
        a_folder.put(f"{day}.txt", listing(*numbers(day)))
        a_folder.look(day)

    found = [a_folder.look(TODAY + n * DAY)[0] for n in range(3)]

    assert [health for health, _ in found] == [Health.QUIET, Health.QUIET, Health.STALE]
    assert found[-1][1].startswith("no file with new papers since Tue 20 Oct for 3 working days")


def test_a_broken_file_does_not_hide_what_the_others_brought(a_folder):
    a_folder.put("bad.txt", "Dear diary, today nothing happened at all.\n" * 9)
    a_folder.put("good.txt", listing(*numbers(TODAY)))

    assert [health for health, _ in a_folder.look(TODAY)] == [Health.OK, Health.BROKEN]


def test_an_empty_new_folder_is_quiet(a_folder):
    assert a_folder.look(TODAY) == [(Health.QUIET, "no file was there to read")]


def test_a_folder_that_is_not_there_is_broken(database, tmp_path):
    ((health, what),) = Place(database, tmp_path / "missing").look(TODAY)

    assert health is Health.BROKEN
    assert "no such file or folder" in what


def test_an_archive_read_at_once_is_no_alarm_however_odd_its_days_are(a_folder):
    for n, day in enumerate(working_days(30)):
        text = listing(*numbers(day, 1 if n == 20 else 20))
        a_folder.put(f"{day}.txt", text.replace("Daily Papers\n", f"Daily Papers\n\n{day:%b} {day.day}\n"))

    shown = a_folder.look(TODAY)

    assert {health for health, _ in shown} == {Health.OK}
