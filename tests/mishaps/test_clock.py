"""The machine's clock is wrong, steps, and changes twice a year: each mail comes once, late at worst."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from digest import exits
from digest.model import DeliveryState
from tests.acceptance.mailbox import Newsroom, liked
from tests.mishaps.stage import MORNING, READERS, Stage, after, mail

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ── between runs ───────────────────────────────────────────────────────────────────────────────


def test_set_back_an_hour_mails_wait_until_it_is_as_late_again(stage):
    early = stage.deliver(after(hours=-1))

    assert (early.exit_code, stage.taken) == (exits.DONE, [])
    assert stage.states == {"queued": READERS}
    assert stage.deliver(after(minutes=1)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


def test_set_back_after_sending_nothing_is_sent_again(stage):
    stage.deliver()

    for minutes in (-60, -30, 0, 30):
        assert stage.run(after(minutes=minutes)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


def test_set_back_while_a_mail_is_put_off_it_waits_the_longer_and_comes_once(stage):
    port = stage.recorder.port
    stage.configure(smtp={"host": "127.0.0.1", "port": 1})
    assert stage.deliver().exit_code == exits.DELIVERY
    stage.configure(smtp={"host": "127.0.0.1", "port": port})

    stage.deliver(after(hours=-1))
    assert stage.taken == []
    assert stage.deliver(after(minutes=6)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


def test_set_forward_a_day_mails_still_go_within_the_hour_of_grace(stage):
    assert stage.deliver(after(days=1, minutes=59)).exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}


def test_set_forward_further_they_are_too_old_to_be_news_and_it_is_said(stage):
    report = stage.deliver(after(days=1, minutes=61))

    assert report.exit_code == exits.DELIVERY
    assert len(report.problem_lines) == READERS
    assert all("expired: not handed over by 2026-11-17 08:00" in line for line in report.problem_lines)
    assert stage.states == {"expired": READERS}
    assert stage.deliver().exit_code == exits.DONE  # the clock is right again: it stays so
    assert stage.taken == []


def test_a_day_ahead_and_right_again_brings_one_issue_for_each_date(stage):
    stage.run()
    ahead = stage.run(after(days=1), liked(10))
    assert ahead.deliver.count(DeliveryState.ACCEPTED) == READERS

    for hours in (1, 8, 20, 24):  # right again, until the date that was ahead
        assert stage.run(after(hours=hours), liked(20 + hours)).exit_code == exits.DONE
    assert stage.states == {"accepted": 2 * READERS}

    stage.run(after(days=2), liked(60))
    assert stage.states == {"accepted": 3 * READERS}
    assert editions(stage) == {MORNING.date() + n * DAY: READERS for n in range(3)}


@pytest.mark.parametrize("ahead", [1, 20])
def test_mails_sent_by_a_clock_that_was_ahead_hold_up_others_for_an_hour_at_most(stage, ahead):
    stage.configure(rate=f"{READERS // 2}/d")
    stage.deliver(after(hours=ahead))
    assert stage.states == {"accepted": READERS // 2, "queued": READERS // 2}
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        connection.execute("UPDATE delivery SET expires_at = '2026-11-20 00:00:00.000000'")

    held = stage.deliver(after(minutes=1))  # right again
    if ahead == 1:
        assert held.paced_until >= after(days=1)
        stage.deliver(after(days=1, hours=ahead, minutes=1))
    assert stage.states == {"accepted": READERS}


# ── while mails go out ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", [-HOUR, DAY], ids=["an hour back", "a day forward"])
def test_a_clock_that_steps_while_mails_go_out_changes_nothing(stage, step):
    with time_machine.travel(MORNING) as clock:
        stage.recorder.after_taking = lambda number: number == 2 and clock.shift(step)

        report = stage.deliver(datetime.now(UTC))

        assert abs(datetime.now(UTC) - MORNING) >= HOUR / 2
    assert report.exit_code == exits.DONE
    assert stage.states == {"accepted": READERS}
    with closing(sqlite3.connect(stage.database)) as connection:
        query = "SELECT transmitted_at, accepted_at FROM delivery ORDER BY id"
        moments = [datetime.fromisoformat(text) for row in connection.execute(query) for text in row]
    assert moments == sorted(moments)
    assert all(MORNING.replace(tzinfo=None) <= m < after(minutes=10).replace(tzinfo=None) for m in moments)


# ── the clock changes of the year ──────────────────────────────────────────────────────────────

CHANGES = [
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Berlin", date(2027, 3, 28)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/New_York", date(2027, 3, 14)),
]
#: local hours: those that the clocks leave out or repeat, and their neighbours
HOURS = ("00:30", "01:30", "02:30", "03:00")


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_by_mail_each_local_date_brings_one_issue(tmp_path, recorder, zone, change):
    room = Newsroom(tmp_path / "room", mail=mail(recorder.port))
    stage = Stage(None, room.folder, recorder, room=room)
    days = [change - DAY, change, change + DAY]
    midnight = datetime.combine(days[0], datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    for hour in HOURS:
        room.join(midnight - DAY, name_of(hour), at=hour, time_zone=zone)
    # hourly through the night of the change, and once in the other two: cron's runs from 0 to 24 h
    for tick in (4, *range(24, 31), 53):
        ran = stage.run(midnight + tick * HOUR + timedelta(minutes=30), liked(tick))
        assert ran.exit_code == exits.DONE

    assert editions(stage) == {day: len(HOURS) for day in days}
    assert stage.states == {"accepted": len(HOURS) * len(days)}
    for hour in HOURS:
        assert stage.taken.count(f"{name_of(hour)}@reader.example") == len(days)


def name_of(hour):
    return "h" + hour.replace(":", "")


def editions(stage):
    """Date → how many mails of it were accepted."""
    with closing(sqlite3.connect(stage.database)) as connection:
        query = "SELECT edition, count(*) FROM delivery WHERE state = 'accepted' GROUP BY edition"
        return {date.fromisoformat(day): count for day, count in connection.execute(query)}
