"""Captures: what looks at a source showed, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from digest.model.listings import Health
from digest.model.utc import require_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What looks at a source showed on one UTC day, as long as they showed the same."""

    source: str
    #: the day that the listing counts for; the day of the look where nothing could be read
    day: date
    #: the first and the last look that showed this, on one UTC day
    since: datetime
    until: datetime
    #: how many papers the listing holds
    papers: int = 0
    #: names the set of papers, whatever their order and counts; empty where there is none
    digest: str = ""
    #: mean upvotes of the least liked fifth; `None` where not every paper tells
    tail: float | None = None
    #: papers of this day that an earlier look held and this one lacks
    missing: int = 0
    #: whether files are added, as in a folder; a page shows its whole listing each time
    adds: bool = False
    #: why nothing could be read
    unreadable: str | None = None
    #: which records could not be read
    lost: str | None = None

    def __post_init__(self) -> None:
        require_utc(self.since)
        require_utc(self.until)

    @property
    def seen_on(self) -> date:
        """The UTC day of the look."""
        return self.since.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What state a source is in, and the numbers that say so."""

    health: Health
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A capture with its verdict."""

    capture: Capture
    verdict: Verdict
