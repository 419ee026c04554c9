from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import FetchOutcome, FetchState, Validators
from digest.sources.fetch.answers import Failed, Failure, Fetched
from digest.sources.fetch.outcome import (
    begun,
    failed,
    host_after,
    retry_moment,
    state_after_reading,
    unchanged,
)
from digest.sources.fetch.plan import Request
from tests.builders import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://x.example/rss"
KNOWN = Validators(url=URL, etag='"a"', reader_version=1)
REQUEST = Request(source="feed", url=URL, first=URL, why="never asked before")
GOOD = FetchState(
    source="feed",
    url=URL,
    asked_at=NOON - DAY,
    outcome=FetchOutcome.FETCHED,
    succeeded_at=NOON - DAY,
    validators=KNOWN,
    moved_to="https://y.example/rss",
    listings=("a",),
)


def no(status=None, retry_after=None, kind=Failure.STATUS):
    return Failed(kind=kind, what="no", host="x.example", status=status, retry_after=retry_after)


def read(state, readable=True, **facts):
    answer = Fetched(data=b"x", url=URL, **facts)
    return state_after_reading(state, answer, NOON, readable=readable, listings=["b"], reader_version=1)


def test_a_request_under_way_is_a_failure_until_more_is_known():
    first = begun(REQUEST, None, NOON)
    assert (first.outcome, first.failures, first.asked_at) == (FetchOutcome.ASKED, 1, NOON)
    again = begun(REQUEST, GOOD, NOON)
    assert (again.failures, again.validators, again.succeeded_at) == (1, KNOWN, NOON - DAY)
    assert begun(REQUEST, again, NOON).failures == 2


def test_a_good_answer_forgets_failures_and_keeps_its_validators_as_they_are():
    after = read(begun(REQUEST, GOOD, NOON), etag='W/"b "', last_modified="yesterday, perhaps")
    assert (after.outcome, after.failures, after.succeeded_at) == (FetchOutcome.FETCHED, 0, NOON)
    assert after.validators == Validators(
        url=URL, etag='W/"b "', last_modified="yesterday, perhaps", reader_version=1
    )
    assert after.listings == ("b",)
    assert after.moved_to == GOOD.moved_to


def test_an_answer_without_validators_leaves_none_behind():
    assert read(begun(REQUEST, GOOD, NOON)).validators is None


def test_what_could_not_be_read_is_not_vouched_for():
    after = read(begun(REQUEST, GOOD, NOON), readable=False, etag='"login"')
    assert (after.outcome, after.failures, after.validators) == (FetchOutcome.FAILED, 1, KNOWN)
    assert (after.moved_to, after.listings) == (None, ("a",))


def test_unchanged_is_as_good_as_an_answer():
    after = unchanged(begun(REQUEST, GOOD, NOON), None, NOON)
    assert (after.outcome, after.failures, after.succeeded_at) == (FetchOutcome.UNCHANGED, 0, NOON)
    assert (after.validators, after.moved_to, after.listings) == (KNOWN, GOOD.moved_to, ("a",))


def test_a_failure_keeps_what_is_known_and_forgets_where_it_moved_to():
    after = failed(begun(REQUEST, GOOD, NOON), no(500), NOON)
    assert (after.outcome, after.validators, after.moved_to) == (FetchOutcome.FAILED, KNOWN, None)
    assert after.not_before is None


def test_what_is_gone_is_left_alone_for_a_week_and_a_day_s_page_is_just_not_there():
    gone = failed(begun(REQUEST, GOOD, NOON), no(410), NOON)
    assert (gone.outcome, gone.not_before) == (FetchOutcome.GONE, NOON + 7 * DAY)
    page = FetchState(source="feed", url=URL, asked_at=NOON, day=NOON.date())
    for status in (404, 410):
        assert failed(page, no(status), NOON).outcome is FetchOutcome.ABSENT
        assert failed(page, no(status), NOON).not_before is None


@pytest.mark.parametrize(
    ("answer", "until", "alone"),
    [
        (no(429, "90"), 90, 90),
        (no(503, "90"), 90, 90),
        (no(503, "Fri, 20 Nov 2026 12:30:00 GMT"), 1800, 1800),
        (no(503, "999999999"), 86400, 86400),
        (no(503, "Fri, 31 Dec 9999 23:59:59 GMT"), 86400, 86400),
        (no(429, "-5"), None, 600),
        (no(429, "Fri, 20 Nov 2020 12:30:00 GMT"), None, 600),
        (no(429), None, 600),
        (no(503), None, None),
        (no(500, "90"), None, None),
        (no(404), None, None),
        (no(kind=Failure.UNREACHABLE), None, 600),
        (no(kind=Failure.BROKEN), None, None),
        (no(kind=Failure.REFUSED), None, None),
    ],
)
def test_how_long_an_address_and_its_host_are_left_alone(answer, until, alone):
    def seconds(count):
        return None if count is None else NOON + timedelta(seconds=count)

    assert failed(begun(REQUEST, None, NOON), answer, NOON).not_before == seconds(until)
    assert host_after(answer, NOON).not_before == seconds(alone)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" 120 ", NOON + 2 * MINUTE),
        ("0", NOON),
        ("Fri, 20 Nov 2026 13:00:00 GMT", NOON + HOUR),
        ("Friday, 20-Nov-26 13:00:00 GMT", NOON + HOUR),
        ("Fri Nov 20 13:00:00 2026", NOON + HOUR),
        ("Fri, 20 Nov 2026 13:00:00 +0100", None),
        ("1e9", None),
        ("²", None),
        ("", None),
        ("soon", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text, moment):
    assert retry_moment(text, NOON) == moment


@given(st.text(max_size=60))
def test_no_retry_after_upsets(text):
    found = retry_moment(text, NOON)
    assert found is None or found >= NOON
