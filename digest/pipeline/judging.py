"""After a run: what each source showed, and what state that means it is in."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from digest import health
from digest.model import Capture, Health, Judged, Listing, Problem, Severity, Source
from digest.store import Transaction

#: of an archive of old dumps read at once, the newest days are judged
_MOST_DAYS = 120


class Read(Protocol):
    """One file or answer that was read."""

    @property
    def listing(self) -> Listing:
        """What it holds."""

    @property
    def listing_id(self) -> int | None:
        """Where that is stored; `None` where there was nothing to store."""

    @property
    def seen_before(self) -> bool:
        """Whether these bytes had been read before."""

    @property
    def day(self) -> date:
        """The day it counts for."""


def judge_source(
    transaction: Transaction, source: Source, reads: Sequence[Read], now: datetime
) -> list[Judged]:
    """Judge and note what a source showed in a run: each day that something new came for, or the newest."""
    look = _Look(transaction, source, now, adds=not _is_page(transaction, source, reads))
    found = []
    history = transaction.captures.history(source.name, now - health.HISTORY)
    for capture in look.captures(reads):
        judged = Judged(capture=capture, verdict=health.judge(capture, history))
        transaction.captures.note(judged)
        history.append(capture)
        found.append(judged)
    return found


def judge_unchanged(transaction: Transaction, source: Source, now: datetime) -> list[Judged]:
    """Judge and note a look at an address that still shows what could be read of it last."""
    history = transaction.captures.history(source.name, now - health.HISTORY)
    readable = [capture for capture in history if capture.unreadable is None]
    if not readable:
        return []
    capture = replace(readable[-1], since=now, until=now)
    judged = Judged(capture=capture, verdict=health.judge(capture, history))
    transaction.captures.note(judged)
    return [judged]


def _is_page(transaction: Transaction, source: Source, reads: Sequence[Read]) -> bool:
    """Whether each look shows a source's whole listing: an address, or one file that is written anew."""
    if source.is_url:
        return True
    names = {read.listing.name for read in reads} | transaction.captures.names_of(source.name)
    return len(names) == 1 and Path(source.location).is_file()


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one source."""

    transaction: Transaction
    source: Source
    now: datetime
    adds: bool

    def captures(self, reads: Sequence[Read]) -> list[Capture]:
        """What the look showed, the oldest day first; what could not be read is a capture of its own."""
        broken = [r.listing for r in reads if r.listing.health is Health.BROKEN]
        readable = [r for r in reads if r.listing.health is not Health.BROKEN]
        found = [self._of_day(day, reads_of) for day, reads_of in sorted(self._by_day(readable).items())]
        if broken:
            found.append(self._capture(self.now.date(), unreadable=_first_of(broken, Severity.FATAL)))
        elif not found:
            found.append(self._capture(self._day_of_nothing(readable)))
        return found

    def _by_day(self, reads: Iterable[Read]) -> dict[date, list[Read]]:
        """The reads that tell something, by the day they were stored for: new ones, or else the newest."""
        # the same bytes may come twice in a run: what says that they are new comes last
        known_first = sorted(reads, key=lambda read: not read.seen_before)
        stored = {r.listing_id: r for r in known_first if r.listing_id is not None}
        days: dict[date, list[Read]] = defaultdict(list)
        told: set[date] = set()
        for listing_id, day in self.transaction.captures.days_of(stored).items():
            read = stored[listing_id]
            days[day].append(read)
            if not read.seen_before:
                told.add(day)
        newest = self.transaction.captures.newest_day(self.source.name) if self.adds else None
        newest = max(filter(None, (newest, *days)), default=None)
        if newest is not None and not told:
            told = {newest}
        return {day: days.get(day, []) for day in sorted(told)[-_MOST_DAYS:]}

    def _of_day(self, day: date, reads: Sequence[Read]) -> Capture:
        here = [r.listing_id for r in reads if r.listing_id is not None]
        whole = self.transaction.captures.papers_in(self.source.name, day, here)
        papers = whole if self.adds else self.transaction.captures.papers_in(None, day, here)
        upvotes = [count for read in reads for count in read.listing.upvotes]
        return self._capture(
            day,
            papers=papers,
            missing=len(whole - papers),
            tail=tail_of(upvotes),
            lost=_first_of([r.listing for r in reads], Severity.LOST),
        )

    def _capture(
        self,
        day: date,
        *,
        papers: Collection[int] = (),
        missing: int = 0,
        tail: float | None = None,
        unreadable: str | None = None,
        lost: str | None = None,
    ) -> Capture:
        return Capture(
            source=self.source.name,
            day=day,
            since=self.now,
            until=self.now,
            papers=len(papers),
            digest=digest_of(papers),
            tail=tail,
            missing=missing,
            adds=self.adds,
            unreadable=unreadable,
            lost=lost,
        )

    def _day_of_nothing(self, reads: Sequence[Read]) -> date:
        return max((r.listing.day for r in reads if r.listing.day), default=self.now.date())


def digest_of(papers: Iterable[int]) -> str:
    """A name for a set of papers; empty for none."""
    ids = " ".join(map(str, sorted(papers)))
    return hashlib.blake2b(ids.encode(), digest_size=16).hexdigest() if ids else ""


def tail_of(upvotes: Sequence[int | None]) -> float | None:
    """Mean upvotes of the least liked fifth; `None` where not every paper tells."""
    known = sorted(n for n in upvotes if n is not None)
    if not known or len(known) < len(upvotes):
        return None
    lowest = known[: max(1, round(len(known) / 5))]
    return sum(lowest) / len(lowest)


def _first_of(listings: Iterable[Listing], severity: Severity) -> str | None:
    problems: list[Problem] = [p for one in listings for p in one.problems if p.severity is severity]
    if not problems:
        return None
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].where}: {problems[0].what}{more}"
