"""What moment a line's stamp means. The traditional one names no year and no time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_MONTHS: Final = (
    b"Jan",
    b"Feb",
    b"Mar",
    b"Apr",
    b"May",
    b"Jun",
    b"Jul",
    b"Aug",
    b"Sep",
    b"Oct",
    b"Nov",
    b"Dec",
)
#: a server's clock may be ahead of ours by less
_AHEAD: Final = timedelta(days=1)
#: the longest time without a 29 February
_YEARS: Final = 9


class Stamps:
    """Reads stamps as seen from `now`: a day without a year is the latest one that is not ahead of it."""

    def __init__(self, now: datetime, zone: tzinfo | None = None) -> None:
        """`zone`: whose clock stamps without one show; this machine's where not given."""
        self.now = now
        self._zone = zone

    def moment(self, stamp: bytes, *, later: bool = False) -> datetime | None:
        """The moment in UTC, `None` where there is no such date.

        Of the two moments that a local time means when clocks are set back, the first, or the `later` one.
        """
        try:
            if stamp[:1].isdigit():
                return self._in_utc(datetime.fromisoformat(stamp.decode("ascii")), later)
            return self._without_year(stamp, later)
        except (ValueError, OverflowError):
            return None

    def _without_year(self, stamp: bytes, later: bool) -> datetime | None:
        month = _MONTHS.index(stamp[:3]) + 1
        day, hour, minute, second = int(stamp[4:6]), int(stamp[7:9]), int(stamp[10:12]), int(stamp[13:15])
        for year in range(self.now.year + 1, self.now.year - _YEARS, -1):
            try:
                found = self._in_utc(datetime(year, month, day, hour, minute, min(second, 59)), later)  # noqa: DTZ001 - its zone comes next
            except ValueError:
                continue  # a 29 February of another year
            if found <= self.now + _AHEAD:
                return found
        return None

    def _in_utc(self, moment: datetime, later: bool) -> datetime:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone, fold=int(later))
        return moment.astimezone(UTC)
