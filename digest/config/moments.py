"""Times of day, days, durations and rates as people write them."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Final

from digest.errors import UsageError
from digest.model import Frequency, Rate

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_SPAN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([smhd])", re.ASCII)
_RATE = re.compile(r"([0-9]{1,7})\s*/\s*([smhd])", re.ASCII)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
#: of what is counted in one period
_MOST: Final = 1_000_000


def parse_at(text: str) -> time:
    """The time of day that `text` names: `07:00`, 24 hours, without seconds. Raises `UsageError`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise UsageError(f'"{text}" is not a time of day from 00:00 to 23:59, such as 07:00')
    return time(int(found[1]), int(found[2]))


def parse_day(value: str | int) -> str | int:
    """A day of the week (`mon` to `sun`) or of the month (1 to 28) from its usual spellings.

    28 is the last day that every month has. Raises `UsageError`.
    """
    text = str(value).strip().lower()
    if text in WEEKDAYS:
        return text
    if text in _LONG:
        return WEEKDAYS[_LONG.index(text)]
    if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 28:
        return int(text)
    raise UsageError(f'"{value}" is neither a day of the week (mon to sun) nor of the month (1 to 28)')


def parse_on(every: Frequency, on: str | int | None) -> tuple[int, int]:
    """The weekday (0 is Monday) and the day of the month (1 to 28) that `on` asks for.

    `every: week` takes a day of the week (default Monday), `every: month` a day of the month
    (default the first); the others take none. Raises `UsageError`.
    """
    if on is None:
        return 0, 1
    day = parse_day(on)
    if every is Frequency.WEEK:
        if isinstance(day, int):
            raise UsageError(f"every week needs a day of the week (mon to sun), not {day}")
        return WEEKDAYS.index(day), 1
    if every is Frequency.MONTH:
        if isinstance(day, str):
            raise UsageError(f"every month needs a day of the month (1 to 28), not {day}")
        return 0, day
    raise UsageError(
        f"a chosen day ({day}) goes with every week or every month, not with every {every.value}"
    )


def parse_duration(text: str) -> timedelta:
    """The span that `text` names: `10s`, `30m`, `6h`, `3d`. Raises `UsageError`."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f'"{text}" is not a duration such as 10s, 30m, 6h or 3d')
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]])


def format_duration(span: timedelta) -> str:
    """`span` in the largest unit that names it whole: `24h` stays `24h`, 72 hours become `3d`."""
    seconds = span.total_seconds()
    for unit in ("d", "h", "m"):
        count, rest = divmod(seconds, _UNITS[unit])
        # a single day is told in hours
        if not rest and count > (1 if unit == "d" else 0):
            return f"{count:.0f}{unit}"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


def parse_rate(text: str) -> Rate:
    """The rate that `text` names: `10/s`, `600/m`, `2000/h`, `50000/d`. Raises `UsageError`."""
    found = _RATE.fullmatch(text.strip())
    if found is None or not 1 <= int(found[1]) <= _MOST:
        raise UsageError(
            f'"{text}" is not a rate such as 10/s, 600/m, 2000/h or 50000/d (up to {_MOST} a second, minute, '
            "hour or day)"
        )
    return Rate(count=int(found[1]), period=timedelta(seconds=_UNITS[found[2]]))
