from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import cadence
from digest.frontdesk.waking import wake_after
from digest.model import Frequency, Origin, Preferences
from digest.store import Database
from tests.outbox import put_message, put_person

SIX_HOURS = timedelta(hours=6)
#: a Thursday
MORNING = datetime(2026, 11, 26, 5, tzinfo=UTC)


@pytest.fixture
def database():
    found = Database(None)
    found.prepare()
    yield found
    found.close()


def join(transaction, number, **preferences):
    return transaction.subscribers.add(
        name=f"reader {number}",
        address=None,
        preferences=Preferences(**preferences),
        interests=(),
        feed_token=str(number),
        origin=Origin.COMMAND,
        created_at=MORNING,
    )


def wakes(database, after, wait_until=SIX_HOURS):
    with database.read() as transaction:
        return wake_after(transaction, after, wait_until=wait_until)


def at(hour, minute=0, days=0):
    return MORNING.replace(hour=hour, minute=minute) + timedelta(days=days)


def test_with_nobody_and_nothing_there_is_no_moment(database):
    assert wakes(database, MORNING) is None


def test_the_next_readers_hour_is_the_moment(database):
    with database.write() as transaction:
        join(transaction, 1, at=time(7))
        join(transaction, 2, at=time(6, 30))
    assert wakes(database, at(5, 59), timedelta(0)) == at(6, 30)
    assert wakes(database, at(6, 30), timedelta(0)) == at(7)
    assert wakes(database, at(7), timedelta(0)) == at(6, 30, days=1)


def test_the_end_of_waiting_for_something_new_is_a_moment_too(database):
    with database.write() as transaction:
        join(transaction, 1, at=time(7))
    assert wakes(database, at(8)) == at(13)
    assert wakes(database, at(13)) == at(7, days=1)


def test_who_left_wakes_nobody(database):
    with database.write() as transaction:
        one = join(transaction, 1)
        transaction.subscribers.unsubscribe(one.id, reason="page", now=MORNING)
    assert wakes(database, MORNING) is None


def test_a_message_that_waits_has_its_moment_and_one_that_is_late_one_in_the_past(database):
    with database.write() as transaction:
        person = put_person(transaction, 1)
        transaction.subscribers.unsubscribe(person.id, reason="page", now=MORNING)
        put_message(transaction, person, 1, now=at(9))
    assert wakes(database, at(5)) == wakes(database, at(10)) == at(9)


preferences = st.builds(
    Preferences,
    frequency=st.sampled_from(Frequency),
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 28),
)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MORNING + timedelta(minutes=minutes))


@given(st.lists(preferences, min_size=1, max_size=3), moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_before_the_moment_nobody_becomes_due_and_no_wait_ends(wishes, after, length):
    database = Database(None)
    database.prepare()
    with database.write() as transaction:
        for number, wish in enumerate(wishes):
            join(transaction, number, **{f: getattr(wish, f) for f in Preferences.__dataclass_fields__})
    wake = wakes(database, after, SIX_HOURS)
    database.close()
    now = min(after + length, wake - timedelta(seconds=1))
    for wish in wishes:
        assert cadence.latest(wish, now) == cadence.latest(wish, after) or now < after
        deadline = cadence.quiet_deadline(cadence.latest(wish, after), SIX_HOURS)
        assert (deadline <= now) == (deadline <= after)
