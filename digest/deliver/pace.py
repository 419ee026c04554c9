"""When the next message may begin: so many within a period, and pauses for whoever asks for less. Pure.

A rate such as 600 a minute means: at most 600 are begun within any minute, wherever that minute begins.
What was begun before a restart counts as well; the caller reads it from the outbox.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from digest.model import Rate, require_utc

#: the key of a rate or pause for every other domain
OTHERS: Final = "*"

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
#: a moment so little before the latest one is the same moment, asked for by two at once
_SAME: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How fast messages may begin; `None` is as fast as can be."""

    whole: Rate | None = None
    #: domain, or `*` for each of the others → rate
    domains: Mapping[str, Rate] = field(default_factory=dict)

    def of(self, domain: str | None) -> Rate | None:
        """The rate of a recipient's domain; `None` is the whole."""
        if domain is None:
            return self.whole
        return self.domains.get(domain) or self.domains.get(OTHERS)

    @property
    def memory(self) -> timedelta:
        """How far back messages count: the longest period."""
        rates = [*self.domains.values(), *([self.whole] if self.whole else [])]
        return max((rate.period for rate in rates), default=timedelta(0))


def domain_of(recipient: str) -> str:
    """The domain of an address as rates name it: lower case, in its ASCII form where it has one."""
    domain = recipient.rpartition("@")[2].lower()
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


class Pacer:
    """Knows what was begun lately. Domains are as `domain_of` tells them; `None` stands for the whole.

    Moments may go back, as clocks do: then everything noted later counts as begun at that moment, so
    that nobody waits for longer than one period, or one pause.
    """

    def __init__(self, limits: Limits, history: Iterable[tuple[str, datetime]] = ()) -> None:
        """`history`: domain and moment of what was begun within `limits.memory`, in any order."""
        self._limits = limits
        self._begun: dict[str | None, deque[datetime]] = {}
        self._pauses: dict[str | None, _Pause] = {}
        self._latest: datetime | None = None
        for domain, moment in sorted(history, key=lambda entry: entry[1]):
            self.note(domain, moment)

    def free_at(self, domain: str | None, now: datetime) -> datetime:
        """When the next message to `domain` may begin, as far as that domain is asked: `now` or later."""
        self._go_to(now)
        pause = self._pauses.get(domain)
        free = max(now, pause.until) if pause else now
        rate, begun = self._limits.of(domain), self._begun.get(domain)
        if rate is None or begun is None or len(begun) < rate.count:
            return free
        return max(free, begun[0] + rate.period)

    def note(self, domain: str, now: datetime) -> None:
        """A message to `domain` begins."""
        self._go_to(now)
        for key in (None, domain):
            if rate := self._limits.of(key):
                begun = self._begun.setdefault(key, deque(maxlen=rate.count))
                begun.append(max(now, begun[-1]) if begun else now)

    def pause(self, domain: str | None, until: datetime) -> None:
        """Begin nothing to `domain` before `until`; a longer pause stays."""
        before = self._pauses.get(domain)
        if before is None or before.until < until:
            self._pauses[domain] = _Pause(until=until, strikes=before.strikes if before else 0)

    def throttled(self, domain: str | None, now: datetime) -> datetime:
        """The domain asked for less: until when nothing begins. Each time it takes twice as long.

        What is told during a pause, by messages that were on their way already, does not count.
        """
        self._go_to(now)
        before = self._pauses.get(domain)
        if before is not None and now < before.until:
            return before.until
        strikes = before.strikes + 1 if before else 1
        until = now + min(_FIRST_PAUSE * (1 << min(strikes - 1, 32)), _LONGEST_PAUSE)
        self._pauses[domain] = _Pause(until=until, strikes=strikes)
        return until

    def went_well(self, domain: str | None, now: datetime) -> None:
        """A message was taken after the last pause: the next one is short again."""
        self._go_to(now)
        before = self._pauses.get(domain)
        if before is not None and now >= before.until:
            del self._pauses[domain]

    def _go_to(self, now: datetime) -> None:
        require_utc(now)
        if self._latest is not None and now < self._latest - _SAME:
            self._go_back(self._latest - now, now)
            self._latest = now
        self._latest = max(now, self._latest or now)

    def _go_back(self, by: timedelta, now: datetime) -> None:
        for key, begun in self._begun.items():
            self._begun[key] = deque((min(moment, now) for moment in begun), maxlen=begun.maxlen)
        for domain, pause in self._pauses.items():
            self._pauses[domain] = _Pause(until=pause.until - by, strikes=pause.strikes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause:
    until: datetime
    #: how often the domain asked for less
    strikes: int
