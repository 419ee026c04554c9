from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import FetchOutcome, FetchState, HostState, Source, Validators
from digest.sources.fetch.plan import is_missed, plan, turn
from tests.builders import NOON

#: a Friday
TODAY = NOON.date()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://x.example/rss"
DAILY = "https://x.example/{day}"


def source(location=URL, every=HOUR):
    return Source(name="feed", location=location, every_seconds=every.total_seconds())


def state(url=URL, ago=HOUR, **facts):
    values = {"source": "feed", "url": url, "asked_at": NOON - ago, "outcome": FetchOutcome.FETCHED}
    return FetchState(**(values | facts))


def page_of(days_ago, ago=HOUR, ok=True, **facts):
    """The state of a day's page, asked for so long ago."""
    day = TODAY - days_ago * DAY
    done = {"succeeded_at": NOON - ago} if ok else {"outcome": FetchOutcome.FAILED, "failures": 1}
    return state(f"https://x.example/{day}", ago, day=day, **(done | facts))


def planned(wanted, *states, now=NOON):
    return plan(wanted, states, now=now, reader_version=1)


def days(found):
    return [(TODAY - request.day).days for request in found.requests]


# ── one address ───────────────────────────────────────────────────────────────────────────────


def test_what_was_never_asked_is_asked_now():
    found = planned(source())
    assert [(r.url, r.first, r.day, r.validators) for r in found.requests] == [(URL, URL, None, None)]
    assert found.waits == ()


@pytest.mark.parametrize(
    ("every", "ago", "asked"),
    [
        (HOUR, HOUR, True),
        (HOUR, 54 * MINUTE, True),
        (HOUR, 53 * MINUTE, False),
        (DAY, DAY - 10 * MINUTE, True),
        (DAY, DAY - 11 * MINUTE, False),
        (MINUTE, MINUTE, True),
        (0 * MINUTE, 0 * MINUTE, True),
    ],
)
def test_an_address_waits_its_interval_and_a_run_a_little_early_counts(every, ago, asked):
    found = planned(source(every=every), state(ago=ago))
    assert (len(found.requests), len(found.waits)) == (asked, not asked)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (10**6, 60)])
def test_after_a_failure_it_is_asked_sooner_and_then_ever_later_up_to_its_interval(failures, minutes):
    (wait,) = planned(source(), state(ago=MINUTE, failures=failures)).waits
    assert wait.until == NOON - MINUTE + minutes * MINUTE
    assert "failed" in wait.why


def test_a_short_interval_is_not_made_longer_by_failures():
    assert planned(source(every=5 * MINUTE), state(ago=5 * MINUTE, failures=9)).requests


def test_a_request_that_was_cut_off_counts_as_a_failure_and_not_as_an_answer():
    cut_off = state(ago=9 * MINUTE, outcome=FetchOutcome.ASKED, failures=1)
    assert planned(source(), cut_off).waits[0].until == NOON + MINUTE
    assert planned(source(), cut_off, now=NOON + MINUTE).requests


def test_a_server_that_asked_to_wait_is_given_its_time():
    (wait,) = planned(source(), state(ago=2 * HOUR, not_before=NOON + 5 * HOUR)).waits
    assert (wait.until, wait.why) == (NOON + 5 * HOUR, "the server asked to wait")
    assert planned(source(), state(ago=2 * HOUR, not_before=NOON)).requests


def test_what_is_gone_is_left_alone_unless_somebody_asks_for_it():
    gone = state(ago=DAY, outcome=FetchOutcome.GONE, not_before=NOON + 6 * DAY, failures=1)
    assert planned(source(), gone).waits[0].until == NOON + 6 * DAY
    assert planned(source(every=0 * HOUR), gone).requests


def test_a_clock_that_was_set_back_keeps_nobody_waiting_longer_than_the_interval():
    (wait,) = planned(source(), state(ago=-400 * DAY)).waits
    assert wait.until == NOON + 54 * MINUTE


def test_validators_are_sent_until_another_reader_reads():
    known = Validators(url=URL, etag='"a"', reader_version=1)
    before = state(validators=known)
    assert planned(source(), before).requests[0].validators is known
    newer = plan(source(), [before], now=NOON, reader_version=2)
    assert newer.requests[0].validators is None


def test_what_moved_is_asked_where_it_is_now():
    (request,) = planned(source(), state(moved_to="https://y.example/rss")).requests
    assert (request.url, request.first) == (URL, "https://y.example/rss")


def test_states_of_an_address_that_stood_there_before_mean_nothing():
    assert planned(source(), state("https://old.example/", ago=MINUTE)).requests
    old = page_of(3)
    assert days(planned(source("https://new.example/{day}"), old)) == [0]


# ── a day in the address ──────────────────────────────────────────────────────────────────────


def test_a_new_source_begins_with_today():
    found = planned(source(DAILY))
    assert [(r.url, r.day) for r in found.requests] == [("https://x.example/2026-11-20", TODAY)]


def test_days_that_were_missed_are_made_up_for_oldest_first():
    assert days(planned(source(DAILY), page_of(3, ago=DAY))) == [2, 1, 0]


def test_seven_days_at_most_and_the_rest_is_told():
    found = planned(source(DAILY), page_of(12, ago=9 * DAY))
    assert days(found) == [6, 5, 4, 3, 2, 1, 0]
    assert found.given_up == (TODAY - 11 * DAY, TODAY - 7 * DAY)
    assert planned(source(DAILY), page_of(7, ago=5 * DAY)).given_up is None


def test_a_day_that_failed_is_asked_again_though_a_later_one_came():
    failed = page_of(2, ago=2 * HOUR, ok=False)
    assert days(planned(source(DAILY), page_of(3), failed, page_of(1), page_of(0))) == [2, 1, 0]
    assert days(planned(source(DAILY), page_of(3), failed, page_of(1), page_of(0, ago=MINUTE))) == [2, 1]


def test_a_page_is_asked_for_until_its_day_is_over_everywhere():
    morning = NOON - 6 * HOUR
    yesterday = page_of(1, ago=6 * HOUR)
    assert days(planned(source(DAILY), yesterday, now=morning + 2 * HOUR)) == [1, 0]
    # asked at noon of the day after, it is done with
    over = page_of(1, ago=0 * HOUR)
    assert days(planned(source(DAILY), over, now=NOON + HOUR)) == [0]


def test_a_page_that_is_not_there_is_done_with_when_its_day_is_over():
    gone = page_of(2, ago=HOUR, ok=False, outcome=FetchOutcome.ABSENT)
    early = page_of(1, ago=HOUR, ok=False, outcome=FetchOutcome.ABSENT)
    assert days(planned(source(DAILY), gone, early)) == [1, 0]


@pytest.mark.parametrize(
    ("day", "asked_at", "missed"),
    [
        (date(2026, 11, 19), datetime(2026, 11, 20, 12, tzinfo=UTC), True),
        (date(2026, 11, 19), datetime(2026, 11, 20, 11, 59, tzinfo=UTC), False),
        (date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC), False),
        (date(2026, 11, 21), datetime(2026, 11, 24, 12, tzinfo=UTC), False),
        (None, datetime(2026, 11, 24, 12, tzinfo=UTC), False),
    ],
)
def test_a_page_is_missed_on_weekdays_that_are_over(day, asked_at, missed):
    found = FetchState(
        source="feed", url=URL, day=day, asked_at=asked_at, outcome=FetchOutcome.ABSENT, failures=1
    )
    assert is_missed(found) is missed


def test_days_of_the_future_count_for_nothing():
    assert days(planned(source(DAILY), page_of(-3))) == [0]


# ── the turn of a host ────────────────────────────────────────────────────────────────────────

DELAY = timedelta(seconds=3)


def test_a_host_is_asked_at_once_the_first_time_and_then_after_the_delay():
    assert turn(None, NOON, DELAY) == NOON
    assert turn(HostState(host="x", asked_at=NOON), NOON, DELAY) == NOON + DELAY
    assert turn(HostState(host="x", asked_at=NOON - DAY), NOON, DELAY) == NOON


def test_a_host_that_wants_to_be_left_alone_is():
    busy = HostState(host="x", asked_at=NOON - HOUR, not_before=NOON + HOUR)
    assert turn(busy, NOON, DELAY) == NOON + HOUR


def test_a_host_asked_in_the_future_is_asked_after_the_delay():
    assert turn(HostState(host="x", asked_at=NOON + DAY), NOON, DELAY) == NOON + DELAY
