from datetime import UTC, date, datetime, time, timedelta

import pytest

from digest.cadence import (
    NotDue,
    NotDueReason,
    Scheduled,
    check_time_zone,
    due,
    following,
    latest,
    moment,
    quiet_deadline,
    scheduled_on,
)
from digest.errors import UsageError
from digest.model import Frequency, Preferences

DAY = timedelta(hours=24)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(hour, minute=0, zone="UTC", **facts):
    return Preferences(at=time(hour, minute), time_zone=zone, **facts)


# ── moments and clock changes ──


@pytest.mark.parametrize(
    ("day", "wanted", "expected"),
    [
        (date(2026, 1, 15), at(7, 0, "Europe/Berlin"), "2026-01-15T06:00"),
        (date(2026, 7, 15), at(7, 0, "Europe/Berlin"), "2026-07-15T05:00"),
        (date(2026, 7, 15), at(7, 0, "Asia/Kathmandu"), "2026-07-15T01:15"),
        (date(2026, 7, 15), at(7, 0, "Pacific/Kiritimati"), "2026-07-14T17:00"),
    ],
)
def test_a_moment_is_the_local_time_in_utc(day, wanted, expected):
    assert moment(day, wanted) == utc(expected)
    assert moment(day, wanted).tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "wanted", "expected"),
    [
        # 02:00 becomes 03:00
        (date(2026, 3, 29), at(2, 30, "Europe/Berlin"), "2026-03-29T01:30"),
        (date(2026, 3, 8), at(2, 30, "America/New_York"), "2026-03-08T07:30"),
        # 02:00 becomes 02:30: the jump is half an hour
        (date(2026, 10, 4), at(2, 15, "Australia/Lord_Howe"), "2026-10-03T15:45"),
        # 00:00 becomes 01:00: midnight itself is missing
        (date(2026, 4, 24), at(0, 30, "Africa/Cairo"), "2026-04-23T22:30"),
    ],
)
def test_a_time_that_spring_leaves_out_moves_forward_by_the_jump(day, wanted, expected):
    assert moment(day, wanted) == utc(expected)


@pytest.mark.parametrize(
    ("day", "wanted", "expected"),
    [
        (date(2026, 10, 25), at(2, 30, "Europe/Berlin"), "2026-10-25T00:30"),
        (date(2026, 11, 1), at(1, 30, "America/New_York"), "2026-11-01T05:30"),
        (date(2026, 4, 5), at(1, 45, "Australia/Lord_Howe"), "2026-04-04T14:45"),
    ],
)
def test_a_time_that_autumn_repeats_means_the_first(day, wanted, expected):
    assert moment(day, wanted) == utc(expected)


def test_a_fold_or_zone_in_the_preferred_time_changes_nothing():
    plain = at(2, 30, "Europe/Berlin")
    odd = Preferences(at=time(2, 30, tzinfo=UTC, fold=1), time_zone="Europe/Berlin")
    assert moment(date(2026, 10, 25), odd) == moment(date(2026, 10, 25), plain)


def test_the_second_half_past_two_in_autumn_brings_no_second_issue():
    wanted = at(2, 30, "Europe/Berlin")
    second = utc("2026-10-25T01:30")
    assert latest(wanted, second).moment == utc("2026-10-25T00:30")
    assert isinstance(due(wanted, second, settled={date(2026, 10, 25)}, catch_up=DAY), NotDue)


def test_a_date_that_samoa_left_out_is_no_day():
    wanted = at(7, 0, "Pacific/Apia")
    assert not scheduled_on(date(2011, 12, 30), wanted)
    before, after = latest(wanted, utc("2011-12-30T16:59")), latest(wanted, utc("2011-12-30T17:00"))
    assert (before.day, after.day) == (date(2011, 12, 29), date(2011, 12, 31))
    assert following(wanted, before.moment) == after


def test_a_weekly_friday_that_samoa_left_out_waits_a_week():
    wanted = at(7, 0, "Pacific/Apia", frequency=Frequency.WEEK, weekday=4)
    assert following(wanted, utc("2011-12-25T00:00")).day == date(2012, 1, 6)


def test_a_gap_of_more_than_a_day_leaves_out_one_date_only():
    wanted = at(12, 0, "Pacific/Kiritimati")  # 1994-12-31 00:00 became 1995-01-01 00:40
    days = [scheduled_on(date(1994, 12, 30) + timedelta(days=n), wanted) for n in range(4)]
    assert days == [True, False, True, True]


def test_tomorrow_may_be_past_where_the_clock_went_back_over_midnight():
    wanted = at(0, 0, "America/St_Johns")
    # 2010-11-07 00:01 became 2010-11-06 23:01; this is the second 23:30
    now = utc("2010-11-07T03:00")
    assert latest(wanted, now) == Scheduled(day=date(2010, 11, 7), moment=utc("2010-11-07T02:30"))
    assert following(wanted, now).day == date(2010, 11, 8)


def test_yesterday_may_still_come_where_the_clock_jumped_over_midnight():
    wanted = at(23, 45, "America/Toronto")
    # 1919-03-30 23:30 became 1919-03-31 00:30; 23:45 moved to 00:45
    assert following(wanted, utc("1919-03-31T04:35")).day == date(1919, 3, 30)


# ── which days ──


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Preferences(), [16, 17, 18, 19, 20, 21, 22]),
        (Preferences(frequency=Frequency.WEEKDAY), [16, 17, 18, 19, 20]),
        (Preferences(frequency=Frequency.WEEK, weekday=0), [16]),
        (Preferences(frequency=Frequency.WEEK, weekday=6), [22]),
        (Preferences(frequency=Frequency.MONTH, month_day=18), [18]),
        (Preferences(frequency=Frequency.MONTH, month_day=1), []),
    ],
)
def test_a_frequency_picks_its_days_of_one_week(wanted, expected):
    # Monday 16 to Sunday 22 November 2026
    assert [d for d in range(16, 23) if scheduled_on(date(2026, 11, d), wanted)] == expected


def test_the_weekday_is_the_local_one():
    wanted = at(7, 0, "Pacific/Auckland", frequency=Frequency.WEEK, weekday=0)
    monday = latest(wanted, utc("2026-11-16T00:00"))
    assert monday == Scheduled(day=date(2026, 11, 16), moment=utc("2026-11-15T18:00"))


def test_a_leap_day_is_a_day():
    assert latest(Preferences(), utc("2028-02-29T08:00")).day == date(2028, 2, 29)
    assert following(Preferences(), utc("2028-02-28T08:00")).day == date(2028, 2, 29)
    assert following(Preferences(), utc("2027-02-28T08:00")).day == date(2027, 3, 1)


@pytest.mark.parametrize("month_day", [1, 15, 28])
def test_a_month_day_comes_twelve_times_a_year(month_day):
    wanted = at(7, 0, "Europe/Berlin", frequency=Frequency.MONTH, month_day=month_day)
    now, days = utc("2027-12-31T12:00"), []
    for _ in range(12):
        scheduled = following(wanted, now)
        days.append(scheduled.day)
        now = scheduled.moment
    assert days == [date(2028, month, month_day) for month in range(1, 13)]


def test_a_day_that_no_month_has_is_an_error_and_not_an_endless_search():
    with pytest.raises(ValueError, match="month day 0"):
        latest(Preferences(frequency=Frequency.MONTH, month_day=0), utc("2026-03-10T00:00"))
    with pytest.raises(ValueError, match="weekday 7"):
        following(Preferences(frequency=Frequency.WEEK, weekday=7), utc("2026-03-10T00:00"))


# ── due ──


def test_a_moment_is_due_from_its_very_second():
    just_before, exactly = utc("2026-11-20T06:59:59"), utc("2026-11-20T07:00")
    assert latest(at(7), just_before).day == date(2026, 11, 19)
    assert due(at(7), exactly, settled=(), catch_up=DAY) == Scheduled(day=date(2026, 11, 20), moment=exactly)


def test_a_settled_day_is_not_due_and_names_the_next():
    answer = due(at(7), utc("2026-11-20T09:00"), settled={date(2026, 11, 20)}, catch_up=DAY)
    assert answer == NotDue(
        reason=NotDueReason.ALREADY,
        next=Scheduled(day=date(2026, 11, 21), moment=utc("2026-11-21T07:00")),
    )


def test_a_missed_moment_is_caught_up_within_the_limit_only():
    wanted = at(7, frequency=Frequency.WEEK, weekday=4)
    friday = utc("2026-11-20T07:00")
    assert due(wanted, friday + DAY, settled=(), catch_up=DAY) == latest(wanted, friday)
    late = due(wanted, friday + DAY + timedelta(seconds=1), settled=(), catch_up=DAY)
    assert isinstance(late, NotDue)
    assert late.reason is NotDueReason.TOO_OLD
    assert late.next.day == date(2026, 11, 27)


def test_a_week_of_downtime_leaves_one_issue_due():
    now, settled = utc("2026-11-20T12:00"), {date(2026, 11, 12)}
    scheduled = due(at(7), now, settled=settled, catch_up=DAY)
    assert isinstance(scheduled, Scheduled)
    again = due(at(7), now, settled=settled | {scheduled.day}, catch_up=DAY)
    assert isinstance(again, NotDue)


def test_moving_the_hour_later_brings_no_second_issue_of_the_day():
    answer = due(at(9), utc("2026-11-20T09:30"), settled={date(2026, 11, 20)}, catch_up=DAY)
    assert isinstance(answer, NotDue)


def test_a_quiet_moment_stays_open_until_its_deadline():
    scheduled = latest(at(7), utc("2026-11-20T08:00"))
    assert quiet_deadline(scheduled, timedelta(hours=6)) == utc("2026-11-20T13:00")


@pytest.mark.parametrize("text", ["2026-11-20T07:00", "2026-11-20T07:00+01:00"])
def test_a_moment_that_is_not_utc_is_refused(text):
    now = datetime.fromisoformat(text)
    with pytest.raises(ValueError, match="UTC"):
        due(at(7), now, settled=(), catch_up=DAY)


# ── names of zones ──


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT-2"])
def test_a_known_zone_has_no_problem(name):
    assert check_time_zone(name) is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("europe/berlin", "did you mean Europe/Berlin?"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("New York", "did you mean America/New_York?"),
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("utc", "did you mean UTC?"),
        ("UTC+2", "use a name such as"),
        ("", "use a name such as"),
    ],
)
def test_an_unknown_zone_is_named_with_a_hint(name, hint):
    problem = check_time_zone(name)
    assert repr(name) in problem
    assert hint in problem


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "Europe",
        "a\0b",
        "x" * 9000,
        "right/UTC",
        "localtime",
        "\x1b[31m",
        ".",
    ],
)
def test_a_hostile_zone_is_a_short_printable_problem(name):
    problem = check_time_zone(name)
    assert problem.isprintable()
    assert len(problem) < 200


def test_a_stored_zone_that_is_unknown_is_an_error_with_the_hint():
    with pytest.raises(UsageError, match=r"Berln.*Europe/Berlin"):
        latest(at(7, zone="Europe/Berln"), utc("2026-11-20T07:00"))
