"""Looks at sources, and what was made of them."""

from datetime import timedelta

from digest.model import Capture, Health, Judged, Verdict
from tests.builders import NOON, paper
from tests.listings import add

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def judged(at=NOON, *, health=Health.OK, what="30 papers", source="daily", **facts):
    values = {"day": at.date(), "papers": 30, "digest": "a", "tail": 1.5}
    capture = Capture(source=source, since=at, until=at, **(values | facts))
    return Judged(capture=capture, verdict=Verdict(health=health, what=what))


def note(database, *looks):
    with database.write() as transaction:
        for look in looks:
            transaction.captures.note(look)


def between(database, after=NOON - 99 * DAY, until=NOON + 99 * DAY):
    with database.read() as transaction:
        return transaction.captures.between(after, until)


def test_a_look_comes_back_as_it_was_noted(database):
    look = judged()
    note(database, look)

    assert between(database) == [look]


def test_looks_that_show_the_same_on_one_day_are_one_and_on_the_next_day_another(database):
    note(database, judged(), judged(NOON + HOUR), judged(NOON + DAY))

    assert [(j.capture.since, j.capture.until) for j in between(database)] == [
        (NOON, NOON + HOUR),
        (NOON + DAY, NOON + DAY),
    ]


def test_another_content_or_verdict_is_a_look_of_its_own(database):
    note(
        database,
        judged(),
        judged(NOON + HOUR, digest="b"),
        judged(NOON + 2 * HOUR, health=Health.STALE),
        judged(NOON + 3 * HOUR, day=(NOON - DAY).date()),
    )

    assert len(between(database)) == 4


def test_what_could_not_be_read_says_so_when_it_comes_back_in_the_history(database):
    broken = judged(health=Health.BROKEN, what="no listing", papers=0, digest="", unreadable="no listing")
    note(database, broken, judged(NOON + HOUR), judged(source="other"))

    with database.read() as transaction:
        history = transaction.captures.history("daily", NOON - DAY)
        assert [c.unreadable for c in history] == ["no listing", None]
        assert transaction.captures.history("daily", NOON + HOUR) == []


def test_only_looks_of_a_period_are_found_also_those_that_reach_into_it(database):
    note(database, judged(NOON - DAY), judged(), judged(NOON + 2 * HOUR), judged(NOON + DAY))

    found = between(database, NOON + HOUR, NOON + 3 * HOUR)

    assert [j.capture.until for j in found] == [NOON + 2 * HOUR]


def test_the_state_of_a_source_is_the_worst_verdict_of_its_last_look(database):
    note(
        database,
        judged(health=Health.STALE),
        judged(NOON + HOUR, health=Health.BROKEN, what="no listing", unreadable="no listing"),
        judged(NOON + HOUR),
        judged(source="other", health=Health.QUIET, what="nothing"),
    )

    with database.read() as transaction:
        assert transaction.captures.latest() == {
            "daily": Verdict(health=Health.BROKEN, what="no listing"),
            "other": Verdict(health=Health.QUIET, what="nothing"),
        }


def test_what_the_listings_of_a_source_hold(database):
    a, b, c = paper("A"), paper("B"), paper("C")
    add(database, a, b, name="one.txt")
    add(database, b, c, name="two.txt")
    add(database, c, now=NOON + DAY, name="three.txt")
    add(database, paper("D"), source="other", name="four.txt")

    with database.read() as transaction:
        book, today = transaction.captures, NOON.date()
        assert len(book.papers_in("dumps", today, [])) == 3
        assert len(book.papers_in(None, today, [1])) == 2
        assert len(book.papers_in("dumps", today, [4])) == 4
        assert book.newest_day("dumps") == (NOON + DAY).date()
        assert book.newest_day("nobody") is None
        assert book.days_of([1, 3]) == {1: today, 3: (NOON + DAY).date()}
        assert book.names_of("dumps") == {"one.txt", "two.txt", "three.txt"}
