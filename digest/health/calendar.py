"""Days on which less comes, or nothing: weekends, holidays and the days after them.

Holidays are those on which arXiv announces nothing; listings of papers are thin on the next day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_weekend(day: date) -> bool:
    """Whether `day` is a Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


def rest(day: date) -> str | None:
    """Why little or nothing is expected on `day`, such as `a Saturday`; `None` for a working day."""
    if is_weekend(day):
        return f"a {weekday(day)}"
    if name := _holidays(day.year).get(day):
        return name
    before = day - _DAY
    while is_weekend(before) and before not in _holidays(before.year):
        before -= _DAY
    name = _holidays(before.year).get(before)
    return f"the working day after {name}" if name else None


@lru_cache(maxsize=16)
def _holidays(year: int) -> dict[date, str]:
    memorial = date(year, 5, 31)
    thanksgiving = _nth(year, 11, weekday=3, count=4)
    return {
        **{date(year, 12, day): "the end of the year" for day in range(24, 32)},
        date(year, 1, 1): "New Year's Day",
        date(year, 1, 2): "the day after New Year's Day",
        _nth(year, 1, weekday=0, count=3): "Martin Luther King Day",
        memorial - memorial.weekday() * _DAY: "Memorial Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        _nth(year, 9, weekday=0, count=1): "Labor Day",
        thanksgiving: "Thanksgiving",
        thanksgiving + _DAY: "the day after Thanksgiving",
    }


def _nth(year: int, month: int, *, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1)) * _DAY


def named(day: date) -> str:
    """A day as people say it: `Tue 17 Nov`."""
    return f"{weekday(day)[:3]} {day.day} {_MONTHS[day.month - 1]}"


def weekday(day: date) -> str:
    """Such as `Tuesday`, whatever the locale."""
    return _DAYS[day.weekday()]
