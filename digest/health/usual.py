"""What a source usually shows: how much, how often and by when.

Medians and trimmed ranges only, so that a few bad days among the last ten change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from digest.health.calendar import rest
from digest.model import Capture

Ordered = TypeVar("Ordered", int, timedelta)

#: how many days of one kind are looked back on
LAST = 10
#: the clock of a job that runs once a day is not exact
JITTER = timedelta(minutes=15)
#: how much later than usual a source may be while it is still looked at
PATIENCE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Range:
    """What `inner` of `days` days showed: the lowest and the highest of them are left out."""

    low: float
    high: float
    inner: int
    days: int


def trimmed(numbers: Collection[float]) -> Range:
    """The range of three or more `numbers` without the lowest and the highest."""
    inner = sorted(numbers)[1:-1]
    return Range(inner[0], inner[-1], len(inner), len(numbers))


def median(values: Iterable[Ordered]) -> Ordered:
    """The middle one of some values, the lower of two; `statistics` would cost a cold start too much."""
    ranked = sorted(values)
    return ranked[(len(ranked) - 1) // 2]


@dataclass(frozen=True, slots=True)
class Habit:
    """On how many of the last working days that a source was looked at it brought something new."""

    new: int
    days: int
    #: working days without anything new since
    silent: int

    @property
    def is_daily(self) -> bool:
        """Whether a working day without anything new is unusual."""
        return self.days >= 5 and self.new * 10 >= self.days * 7


class Past:
    """The captures of one source before a look, oldest first, sorted by what they say."""

    def __init__(self, history: Iterable[Capture], look: Capture) -> None:
        self._look = look
        self._known: set[str] = set()
        #: the first capture of each set of papers
        self.first: dict[str, Capture] = {}
        self._looks: dict[date, timedelta] = {}
        self._news: dict[date, timedelta] = {}
        self._of_day: dict[date, list[Capture]] = defaultdict(list)
        for capture in history:
            self._take(capture)

    def _take(self, capture: Capture) -> None:
        seen_on, known = capture.seen_on, capture.digest in self.first
        if capture.unreadable is None:
            last = self._looks.get(seen_on, timedelta())
            self._looks[seen_on] = max(last, _since_midnight(capture.until, seen_on))
        if not capture.digest:
            return
        if not known:
            self.first[capture.digest] = capture
            self._news.setdefault(seen_on, _since_midnight(capture.since, seen_on))
        if self.first[capture.digest].day == capture.day:
            self._of_day[capture.day].append(capture)

    def today(self) -> list[Capture]:
        """What earlier looks showed of the very day that is judged."""
        return self._of_day.get(self._look.day, [])

    def habit(self) -> Habit:
        """How regularly something new came until it last did, and how long nothing has come since.

        The day of the look counts as silent once nothing more is to be expected of it.
        """
        before = [day for day in sorted(self._looks) if day < self._look.seen_on and not rest(day)]
        last = max((day for day in self._news if day < self._look.seen_on), default=None)
        if last is None:
            return Habit(0, 0, 0)
        until = [day for day in before if day <= last][-LAST:]
        new = sum(day in self._news for day in until)
        silent = sum(day > last for day in before) + self.is_late()
        return Habit(new, len(until), silent)

    def is_late(self) -> bool:
        """Whether the look comes later on its day than something new usually does.

        A source that is looked at once a day is not waited for: that look is the day's last.
        """
        days = sorted(day for day in self._news if day < self._look.seen_on)[-LAST:]
        if not days:
            return False
        usual = max(self._news[day] for day in days) + PATIENCE
        last_look = median(self._looks[day] for day in days)
        return _since_midnight(self._look.until, self._look.seen_on) >= min(usual, last_look) - JITTER

    def comparable(self) -> list[date]:
        """The last working days that were seen when they were as old as the judged one is, oldest first."""
        return [day for day in self._working() if self.papers_by_now(day) is not None]

    def _working(self) -> list[date]:
        return [day for day in sorted(self._of_day) if day < self._look.day and not rest(day)]

    def papers_by_now(self, day: date) -> int | None:
        """How many papers `day` showed when it was as old as the judged day is now."""
        age = self.age + JITTER
        seen = [c.papers for c in self._of_day[day] if _since_midnight(c.since, day) <= age]
        return max(seen, default=None)

    def tail(self, day: date) -> float | None:
        """Upvotes at the end of a day's last listing."""
        return self._of_day[day][-1].tail

    @property
    def age(self) -> timedelta:
        """How long after the beginning of its day the judged listing was looked at."""
        return _since_midnight(self._look.until, self._look.day)

    def is_settled(self, days: Sequence[date]) -> bool:
        """Whether the judged day is as old as `days` were when nothing was added to them any more."""
        grown = sorted(self._full_at(day) for day in days)
        usual = grown[-2 if len(grown) > 2 else -1] + PATIENCE / 2
        last_look = median(_since_midnight(self._of_day[day][-1].until, day) for day in days)
        return self.age >= min(usual, last_look) - JITTER

    def _full_at(self, day: date) -> timedelta:
        most = max(c.papers for c in self._of_day[day])
        return min(_since_midnight(c.since, day) for c in self._of_day[day] if c.papers == most)


def _since_midnight(moment: datetime, day: date) -> timedelta:
    return moment - datetime.combine(day, time(), UTC)
