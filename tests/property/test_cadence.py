from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cadence import NotDue, Scheduled, check_time_zone, due, following, latest, moment, scheduled_on
from digest.model import Frequency, Preferences

# the first look at a zone reads a file
unhurried = settings(deadline=None)

ZONES = sorted(zone for zone in available_timezones() if check_time_zone(zone) is None)
# zones with unusual jumps come up more often than one in six hundred
ODD = [
    "Africa/Cairo",
    "America/New_York",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
]

zones = st.sampled_from(ODD) | st.sampled_from(ZONES)
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
wanted = st.builds(
    Preferences,
    frequency=st.sampled_from(Frequency),
    at=minutes,
    time_zone=zones,
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 28),
)
days = st.dates(date(2000, 1, 1), date(2037, 12, 1))
moments = st.integers(0, 1_199_000_000).map(lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


@unhurried
@given(wanted, days)
def test_each_scheduled_day_has_exactly_one_moment_and_that_moment_leads_back_to_it(preferences, start):
    scheduled = [d for n in range(70) if scheduled_on(d := start + timedelta(days=n), preferences)]
    times = [moment(day, preferences) for day in scheduled]
    assert all(earlier < later for earlier, later in pairwise(times))
    for day, when in zip(scheduled, times, strict=True):
        assert latest(preferences, when) == Scheduled(day=day, moment=when)


@unhurried
@given(wanted, days)
def test_a_moment_is_the_wanted_local_time_or_later_by_a_jump(preferences, day):
    if not scheduled_on(day, preferences):
        return
    local = moment(day, preferences).astimezone(ZoneInfo(preferences.time_zone)).replace(tzinfo=None)
    late = local - datetime.combine(day, preferences.at)
    assert timedelta(0) <= late <= timedelta(hours=2)


@unhurried
@given(wanted, moments)
def test_now_lies_between_the_latest_and_the_following_with_nothing_scheduled_between(preferences, now):
    before, after = latest(preferences, now), following(preferences, now)
    assert before.moment <= now < after.moment
    assert following(preferences, before.moment) == after
    assert latest(preferences, after.moment) == after
    assert latest(preferences, after.moment - timedelta(microseconds=1)) == before


@unhurried
@given(wanted, moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_time_never_runs_backwards(preferences, now, step):
    assert latest(preferences, now).moment <= latest(preferences, now + step).moment
    assert latest(preferences, now).day <= latest(preferences, now + step).day


@unhurried
@given(wanted, moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_is_due_is_past_recent_and_due_only_once(preferences, now, catch_up):
    answer = due(preferences, now, settled=(), catch_up=catch_up)
    if isinstance(answer, NotDue):
        assert now - latest(preferences, now).moment > catch_up
        assert answer.next.moment > now
        return
    assert now - catch_up <= answer.moment <= now
    assert isinstance(due(preferences, now, settled={answer.day}, catch_up=catch_up), NotDue)


@unhurried
@given(wanted, moments, st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_ticks_at_any_distance_settle_each_day_at_most_once(preferences, now, hours):
    settled = []
    for gap in hours:
        now += timedelta(hours=gap)
        answer = due(preferences, now, settled=settled, catch_up=timedelta(hours=24))
        if isinstance(answer, Scheduled):
            assert answer.day not in settled
            settled.append(answer.day)
    assert settled == sorted(settled)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=80))
def test_any_name_of_a_zone_is_known_or_a_problem(name):
    problem = check_time_zone(name)
    assert problem is None or problem.isprintable()
