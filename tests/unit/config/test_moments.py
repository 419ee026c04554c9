from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import format_duration, parse_at, parse_day, parse_duration, parse_on
from digest.config.moments import parse_rate
from digest.errors import UsageError
from digest.model import Frequency, Rate


@pytest.mark.parametrize(
    ("text", "moment"),
    [("07:00", time(7)), ("7:00", time(7)), (" 23:59 ", time(23, 59)), ("00:00", time(0))],
)
def test_times_of_day_are_read(text, moment):
    assert parse_at(text) == moment


@pytest.mark.parametrize(
    "text", ["", "7", "700", "24:00", "12:60", "7:5", "07:00:00", "7 am", "٠٧:٠٠", "-1:00"]
)
def test_other_times_are_refused_with_an_example(text):
    with pytest.raises(UsageError, match="such as 07:00"):
        parse_at(text)


@pytest.mark.parametrize(
    ("value", "day"), [("fri", "fri"), ("Friday", "fri"), (" MON ", "mon"), (1, 1), ("28", 28)]
)
def test_days_are_read(value, day):
    assert parse_day(value) == day


@pytest.mark.parametrize("value", ["", "f", "freitag", 0, 29, "-1", "1.5", "٣", "9" * 5000])
def test_other_days_are_refused(value):
    with pytest.raises(UsageError, match="mon to sun"):
        parse_day(value)


@pytest.mark.parametrize(
    ("every", "on", "expected"),
    [
        (Frequency.DAY, None, (0, 1)),
        (Frequency.WEEK, None, (0, 1)),
        (Frequency.WEEK, "sun", (6, 1)),
        (Frequency.MONTH, 28, (0, 28)),
        (Frequency.MONTH, "15", (0, 15)),
    ],
)
def test_a_day_goes_with_its_frequency(every, on, expected):
    assert parse_on(every, on) == expected


@pytest.mark.parametrize(
    ("every", "on", "why"),
    [
        (Frequency.DAY, "fri", "not with every day"),
        (Frequency.WEEKDAY, "fri", "not with every weekday"),
        (Frequency.WEEK, 5, "day of the week"),
        (Frequency.MONTH, "fri", "day of the month"),
    ],
)
def test_a_day_that_does_not_fit_is_refused(every, on, why):
    with pytest.raises(UsageError) as caught:
        parse_on(every, on)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("10s", timedelta(seconds=10)),
        ("30m", timedelta(minutes=30)),
        ("6h", timedelta(hours=6)),
        ("3d", timedelta(days=3)),
        ("1.5 h", timedelta(minutes=90)),
    ],
)
def test_durations_are_read(text, span):
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "10", "h", "-1h", "1w", "6 hours", "1e3s", "9" * 400 + "d"])
def test_other_durations_are_refused(text):
    with pytest.raises(UsageError, match="such as 10s, 30m, 6h or 3d"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=400 * 86400))
def test_a_duration_is_read_back(seconds):
    span = timedelta(seconds=seconds)
    assert parse_duration(format_duration(span)) == span


def test_a_day_is_written_in_hours():
    assert format_duration(timedelta(hours=24)) == "24h"
    assert format_duration(timedelta(hours=72)) == "3d"


@pytest.mark.parametrize(
    ("text", "count", "period"),
    [
        ("10/s", 10, timedelta(seconds=1)),
        ("600 / m", 600, timedelta(minutes=1)),
        (" 2000/h ", 2000, timedelta(hours=1)),
        ("1000000/d", 1_000_000, timedelta(days=1)),
    ],
)
def test_rates_are_read(text, count, period):
    assert parse_rate(text) == Rate(count=count, period=period)


@pytest.mark.parametrize(
    "text", ["", "10", "0/s", "-1/s", "1.5/s", "1000001/d", "10/w", "10/sec", "/s", "9" * 400 + "/s"]
)
def test_other_rates_are_refused(text):
    with pytest.raises(UsageError, match="such as 10/s, 600/m, 2000/h or 50000/d"):
        parse_rate(text)
