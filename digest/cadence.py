"""Whether a subscriber is due, and when next: local days, time zones and clock changes.

An edition day is a local calendar date. Its scheduled moment is the local time of
`Preferences.at` on that day, given back in UTC:

- a time that the clocks jump over in spring moves forward by the length of the jump;
- a time that comes twice in autumn means its first occurrence;
- a date that a zone leaves out (Samoa, 30 December 2011) is no day at all.

Pure: `now` is always a parameter, aware and in UTC.
"""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from digest.errors import UsageError
from digest.model import Frequency, Preferences, require_utc

#: no schedule leaves a longer gap: a month, or a week whose day the zone left out
_LONGEST_GAP_DAYS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One scheduled moment."""

    #: the local date, which is the edition's day
    day: date
    #: UTC
    moment: datetime


class NotDueReason(StrEnum):
    """Why nothing is due now."""

    #: the latest scheduled day has its issue, or a recorded skip
    ALREADY = "already"
    #: the latest scheduled moment is older than may be caught up
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDue:
    """Nothing is due, why, and when it may be."""

    reason: NotDueReason
    next: Scheduled


def due(
    preferences: Preferences, now: datetime, *, settled: Collection[date], catch_up: timedelta
) -> Scheduled | NotDue:
    """The latest scheduled moment if it still wants an issue, or why it does not.

    `settled` holds the edition days that have an issue or a recorded skip. Older moments than the
    latest are never due: after an outage one issue covers the gap. Nor is a day before a settled one,
    to which the clock or an hour moved later came back. A moment exactly `catch_up` old is still due.
    """
    scheduled = latest(preferences, now)
    if any(day >= scheduled.day for day in settled):
        return NotDue(reason=NotDueReason.ALREADY, next=following(preferences, now))
    if now - scheduled.moment > catch_up:
        return NotDue(reason=NotDueReason.TOO_OLD, next=following(preferences, now))
    return scheduled


def latest(preferences: Preferences, now: datetime) -> Scheduled:
    """The latest scheduled moment not after `now`."""
    # One day ahead: where the clocks go back over midnight, tomorrow's moment may be past already.
    start = local_day(preferences, now) + timedelta(days=1)
    for scheduled in _schedule(preferences, start, step=-1):
        if scheduled.moment <= now:
            return scheduled
    raise _never(preferences)


def following(preferences: Preferences, now: datetime) -> Scheduled:
    """The first scheduled moment after `now`."""
    # One day back: where the clocks jump over midnight, yesterday's moment may have moved to today.
    start = local_day(preferences, now) - timedelta(days=1)
    for scheduled in _schedule(preferences, start, step=1):
        if scheduled.moment > now:
            return scheduled
    raise _never(preferences)


def scheduled_on(day: date, preferences: Preferences) -> bool:
    """Whether the subscriber wants an issue on this local day."""
    return _matches(day, preferences) and _exists(day, _zone(preferences.time_zone))


def moment(day: date, preferences: Preferences) -> datetime:
    """The scheduled time on this local day, in UTC, whether or not the day is scheduled."""
    # With fold=0 the first of two occurrences is meant, and in a gap the offset before the jump
    # counts, which moves the time forward by the length of the jump (PEP 495).
    wall = datetime.combine(day, preferences.at.replace(tzinfo=None, fold=0), _zone(preferences.time_zone))
    return wall.astimezone(UTC)


def local_day(preferences: Preferences, now: datetime) -> date:
    """The subscriber's date at this moment."""
    return require_utc(now).astimezone(_zone(preferences.time_zone)).date()


def quiet_deadline(scheduled: Scheduled, wait_until: timedelta) -> datetime:
    """Until when finding nothing new leaves the scheduled moment open, in UTC."""
    return scheduled.moment + wait_until


def check_time_zone(name: str) -> str | None:
    """What is wrong with a time zone's name, with names that may have been meant; or `None`."""
    if _load(name) is not None:
        return None
    close = _similar(name)
    hint = f"did you mean {' or '.join(close)}?" if close else "use a name such as Europe/Berlin or UTC"
    return f"unknown time zone {name[:60]!r}: {hint}"


def _schedule(preferences: Preferences, start: date, *, step: int) -> Iterator[Scheduled]:
    for distance in range(_LONGEST_GAP_DAYS):
        day = start + timedelta(days=step * distance)
        if scheduled_on(day, preferences):
            yield Scheduled(day=day, moment=moment(day, preferences))


def _matches(day: date, preferences: Preferences) -> bool:
    match preferences.frequency:
        case Frequency.DAY:
            return True
        case Frequency.WEEKDAY:
            return day.weekday() < 5
        case Frequency.WEEK:
            return day.weekday() == preferences.weekday
        case Frequency.MONTH:
            return day.day == preferences.month_day


def _exists(day: date, zone: zoneinfo.ZoneInfo) -> bool:
    """Whether any moment has this local date: a left-out day has neither its first nor its last."""
    ends = (datetime.combine(day, edge, zone) for edge in (time.min, time.max))
    return any(end.astimezone(UTC).astimezone(zone).date() == day for end in ends)


def _never(preferences: Preferences) -> ValueError:
    return ValueError(f"no day ever matches weekday {preferences.weekday}, month day {preferences.month_day}")


def _zone(name: str) -> zoneinfo.ZoneInfo:
    zone = _load(name)
    if zone is None:
        raise UsageError(check_time_zone(name))
    return zone


def _load(name: str) -> zoneinfo.ZoneInfo | None:
    # "right/" zones count leap seconds, "localtime" differs from machine to machine.
    if name.startswith("right/") or name == "localtime":
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None  # unknown, malformed, or a folder such as "Europe"


def _similar(name: str) -> list[str]:
    """Up to three known names close to `name`, by the whole name or by the city alone."""
    wanted = name[:60].strip().replace(" ", "_").casefold()
    if any(c.isdigit() for c in wanted):
        return []  # "UTC+2" resembles "UTC" and means something else
    known = sorted(zone for zone in zoneinfo.available_timezones() if _load(zone) is not None)
    spoken = {zone.rpartition("/")[2].casefold(): zone for zone in reversed(known)}
    spoken |= {zone.casefold(): zone for zone in known}
    if wanted in spoken:
        return [spoken[wanted]]
    close = difflib.get_close_matches(wanted, spoken, n=3, cutoff=0.75)
    return list(dict.fromkeys(spoken[c] for c in close))
