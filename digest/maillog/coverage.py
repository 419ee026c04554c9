"""For which time a log would have shown a mail: only there its silence proves something. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

#: two files are one log when the second begins so soon after the first ends
_BRIDGED: Final = timedelta(minutes=10)
#: around a line that says that lines were dropped, this much is not trusted
_DISTRUSTED: Final = timedelta(minutes=15)
#: so many such lines are kept; beyond them the whole log is not trusted
_MOST_HOLES: Final = 10_000


@dataclass(slots=True)
class Coverage:
    """The times of a log, from file to file."""

    #: beginning and end of each part without a gap, oldest first
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: when lines were dropped
    holes: list[datetime] = field(default_factory=list)

    def add(self, start: datetime, end: datetime) -> None:
        """Note a file's first and last moment."""
        self.spans = list(_joined(sorted([*self.spans, (start, end)])))

    def distrust(self, moment: datetime) -> None:
        """Note that the log says of itself that lines are missing here."""
        if len(self.holes) < _MOST_HOLES:
            self.holes.append(moment)

    def lacks(self, start: datetime, end: datetime) -> str | None:
        """Why the log proves nothing about this time; `None` where it does."""
        if not self.spans:
            return "the log has no line with a date"
        if len(self.holes) >= _MOST_HOLES or any(
            start - _DISTRUSTED <= hole <= end + _DISTRUSTED for hole in self.holes
        ):
            return "the log says of itself that lines are missing there"
        if any(first <= start and end <= last for first, last in self.spans):
            return None
        first, last = self.spans[0][0], self.spans[-1][1]
        if start < first:
            return (
                f"the log begins on {first:%Y-%m-%d %H:%M} UTC, and must reach back to {start:%Y-%m-%d %H:%M}"
            )
        if end > last:
            return f"the log ends on {last:%Y-%m-%d %H:%M} UTC, and must reach {end:%Y-%m-%d %H:%M}"
        return f"the log has a gap between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC"


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Iterable[tuple[datetime, datetime]]:
    """`spans`, which are sorted, with those that touch made one."""
    waiting: tuple[datetime, datetime] | None = None
    for start, end in spans:
        if waiting is not None and start <= waiting[1] + _BRIDGED:
            waiting = waiting[0], max(waiting[1], end)
            continue
        if waiting is not None:
            yield waiting
        waiting = start, end
    if waiting is not None:
        yield waiting
