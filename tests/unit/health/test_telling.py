"""What a reader hears of a source: the state that it is left in."""

from datetime import timedelta

from digest.health import notes
from digest.model import Capture, Health, Judged, Verdict
from tests.builders import NOON

HOUR = timedelta(hours=1)


def judged(health, hours=0, *, source="daily", days=0, papers=30, what="why"):
    moment = NOON + hours * HOUR
    day = (NOON - timedelta(days=days)).date()
    capture = Capture(source=source, day=day, since=moment, until=moment, papers=papers)
    return Judged(capture=capture, verdict=Verdict(health=health, what=what))


def told(*looks):
    return [(n.source, n.health) for n in notes(looks)]


def test_what_is_fine_or_quiet_is_nothing_to_tell():
    assert told(judged(Health.OK), judged(Health.QUIET, 1)) == []


def test_a_page_that_could_be_read_again_is_forgiven():
    assert told(judged(Health.BROKEN, papers=0), judged(Health.QUIET, 1)) == []
    assert told(judged(Health.BROKEN, papers=0), judged(Health.BROKEN, 1, papers=0, what="again")) == [
        ("daily", Health.BROKEN)
    ]


def test_a_broken_file_beside_a_good_one_of_the_same_run_is_told():
    assert told(judged(Health.BROKEN, papers=0), judged(Health.OK)) == [("daily", Health.BROKEN)]


def test_a_broken_page_after_a_good_one_is_told():
    assert told(judged(Health.OK), judged(Health.BROKEN, 1, papers=0)) == [("daily", Health.BROKEN)]


def test_a_partial_listing_stays_partial_until_its_own_day_is_read_whole():
    partial = judged(Health.PARTIAL, days=1)

    assert told(partial, judged(Health.OK, 1)) == [("daily", Health.PARTIAL)]
    assert told(partial, judged(Health.OK, 1, days=1)) == []


def test_a_stale_page_is_told_until_something_new_comes_and_a_weekend_is_nothing_new():
    stale = judged(Health.STALE, days=1)

    assert told(stale, judged(Health.QUIET, 1)) == [("daily", Health.STALE)]
    assert told(stale, judged(Health.OK, 1)) == []


def test_each_source_has_one_note_with_the_worst_that_is_left():
    found = notes(
        [
            judged(Health.PARTIAL, source="b", days=1),
            judged(Health.STALE, source="a"),
            judged(Health.BROKEN, 1, source="b", papers=0, what="HTTP status 500"),
        ]
    )

    assert [(n.source, n.health, n.what) for n in found] == [
        ("b", Health.BROKEN, "HTTP status 500"),
        ("a", Health.STALE, "why"),
    ]


def test_readers_hear_where_and_why_and_only_the_operator_what_to_do():
    (note,) = notes(
        [judged(Health.BROKEN, papers=0, what="a.txt: no listing: looked for a header: or titles")]
    )

    assert note.what == "a.txt: no listing"
