from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from digest.maillog import Coverage, Stamps
from digest.maillog.lines import dropped, parse, queued
from tests.builders import NOON

TEXT = b"1FC8020C44A: removed"


@pytest.mark.parametrize(
    "line",
    [
        b"Nov 20 07:00:01 mx postfix/qmgr[50]: " + TEXT,
        b"Nov  2 07:00:01 mx postfix/qmgr[50]: " + TEXT,
        b"Nov 20 07:00:01.123456 mx postfix/qmgr[50]: " + TEXT,
        b"<22>Nov 20 07:00:01 mx postfix/qmgr[50]: " + TEXT,
        b"2026-11-20T07:00:01+0100 mx postfix/qmgr[50]: " + TEXT,
        b"2026-11-20T07:00:01.5Z mx postfix/qmgr[50]: " + TEXT,
        b"<22>1 2026-11-20T07:00:01Z mx postfix/qmgr 50 - - " + TEXT,
        b'<22>1 2026-11-20T07:00:01Z mx postfix/qmgr 50 ID [a b="c"][d e="f"] \xef\xbb\xbf' + TEXT,
        b"Nov 20 07:00:01 mx mail.info postfix/qmgr[50]: " + TEXT,
    ],
)
def test_every_form_of_a_line_has_the_same_parts(line):
    found = parse(line)

    assert (found.server, found.program, found.process) == ((b"mx", b"postfix"), b"qmgr", b"50")
    assert queued(found.text) == (b"1FC8020C44A", b"removed")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"Nov 20 07:00:01",
        b"Nov 20 07:00:01 mx kernel: postfix/qmgr[50]: " + TEXT,
        b"Nov 20 07:00:01 mx sshd[3]: Invalid user postfix/qmgr[50]: " + TEXT,
        b" Nov 20 07:00:01 mx postfix/qmgr[50]: " + TEXT,
        b"x Nov 20 07:00:01 mx postfix/qmgr[50]: " + TEXT,
        b"2026-11-20 07:00:01 1kq1Zx-0001Ab-Cd Completed",
    ],
)
def test_other_lines_are_passed_over(line):
    assert parse(line) is None


def test_a_service_with_a_name_of_its_own_belongs_to_its_instance():
    found = parse(b"Nov 20 07:00:01 mx postfix-out/submission/smtpd[7]: x")

    assert (found.server, found.program) == ((b"mx", b"postfix-out"), b"smtpd")


@pytest.mark.parametrize(
    "text", [b"warning: something", b"statistics: x", b"NOQUEUE: reject: x", b"connect from x", b"Table: x"]
)
def test_a_word_is_no_queue_id(text):
    assert queued(text) is None


def test_a_log_says_of_itself_that_lines_are_missing():
    assert dropped(b"Nov 20 07:00:01 mx rsyslogd: imuxsock lost 211 messages from pid 7 due to rate-limiting")
    assert dropped(
        b"2026-11-20T07:00:01Z mx systemd-journald[9]: Suppressed 17 messages from postfix.service"
    )
    assert not dropped(b"Nov 20 07:00:01 mx postfix/cleanup[7]: warning: header Subject: rate-limiting")


# ── moments ───────────────────────────────────────────────────────────────────────────────────


def test_a_day_without_a_year_is_the_latest_one_that_is_not_ahead():
    stamps = Stamps(datetime(2027, 1, 1, 0, 30, tzinfo=UTC), UTC)

    assert stamps.moment(b"Dec 31 23:59:58") == datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC)
    assert stamps.moment(b"Jan  1 00:10:00") == datetime(2027, 1, 1, 0, 10, tzinfo=UTC)
    # a clock that is ahead by some hours
    assert stamps.moment(b"Jan  1 09:00:00") == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert stamps.moment(b"Feb 29 09:00:00") == datetime(2024, 2, 29, 9, tzinfo=UTC)


def test_a_log_has_the_time_of_its_own_zone_and_where_clocks_are_set_back_two_moments():
    stamps = Stamps(NOON, ZoneInfo("Europe/Berlin"))

    assert stamps.moment(b"Nov 20 08:00:00") == datetime(2026, 11, 20, 7, tzinfo=UTC)
    first = stamps.moment(b"Oct 25 02:30:00")
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert stamps.moment(b"Oct 25 02:30:00", later=True) == first + timedelta(hours=1)
    east = datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=9)))
    assert stamps.moment(b"2026-11-20T08:00:00+09:00") == east


@pytest.mark.parametrize(
    "stamp", [b"Nov 31 07:00:00", b"Foo 20 07:00:00", b"2026-13-01T07:00:00Z", b"Nov 20 7"]
)
def test_a_stamp_that_is_no_moment_is_none(stamp):
    assert Stamps(NOON, UTC).moment(stamp) is None


# ── coverage ──────────────────────────────────────────────────────────────────────────────────


def at(hours, minutes=0):
    return NOON + timedelta(hours=hours, minutes=minutes)


def test_files_that_touch_are_one_log_in_whatever_order_they_come():
    coverage = Coverage()
    for start, end in ((2, 3), (0, 1), (1, 2)):
        coverage.add(at(start, 5), at(end))

    assert coverage.spans == [(at(0, 5), at(3))]
    assert coverage.lacks(at(0, 10), at(3)) is None


def test_a_log_is_silent_about_what_it_does_not_cover():
    coverage = Coverage()
    assert coverage.lacks(at(0), at(1)) == "the log has no line with a date"
    coverage.add(at(0), at(1))
    coverage.add(at(2), at(3))

    assert coverage.lacks(at(0), at(1)) is None
    assert "begins on 2026-11-20 12:00 UTC" in coverage.lacks(at(-1), at(1))
    assert "ends on 2026-11-20 15:00 UTC" in coverage.lacks(at(2), at(4))
    assert "gap" in coverage.lacks(at(0), at(3))


def test_where_lines_were_dropped_nothing_is_proved_and_elsewhere_it_is():
    coverage = Coverage()
    coverage.add(at(0), at(9))
    coverage.distrust(at(4))

    assert "lines are missing" in coverage.lacks(at(3), at(5))
    assert "lines are missing" in coverage.lacks(at(4, 10), at(5))
    assert coverage.lacks(at(1), at(2)) is None
    for _ in range(10_000):
        coverage.distrust(at(4))
    assert "lines are missing" in coverage.lacks(at(1), at(2))
