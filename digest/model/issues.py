"""Issues: one subscriber's numbers, and the moments that brought none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.model.listings import Health
from digest.model.matches import Match
from digest.model.readers import Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What everybody's issues of one local date share."""

    day: date

    @property
    def key(self) -> str:
        """Such as `2026-11-22`."""
        return self.day.isoformat()


class SectionKind(StrEnum):
    """The parts of an issue, in this order."""

    FOR_YOU = "for_you"
    TRENDING = "trending"
    ALSO_NEW = "also_new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Papers under one heading; `heading` is the interest for a FOR_YOU section."""

    kind: SectionKind
    heading: str
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Where every listed paper went: `listed = sent_before + shown + below + cut`."""

    listed: int
    sent_before: int
    shown: int
    below: int
    cut: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Days since the last issue that brought nothing above the subscriber's line."""

    days: tuple[date, ...]
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """What a reader should know of a source that was not simply fine."""

    source: str
    health: Health
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One subscriber's number of an edition."""

    subscriber: Subscriber
    edition: Edition
    composed_at: datetime
    #: papers first seen after the first and not after the second moment
    period: tuple[datetime, datetime]
    sections: tuple[Section, ...]
    counts: Counts
    #: papers first seen at or after this moment carry the mark *new*
    new_since: datetime
    quiet: Quiet | None = None
    notes: tuple[SourceNote, ...] = ()

    def matches(self, kind: SectionKind) -> tuple[Match, ...]:
        """All matches under sections of one kind, in order."""
        return tuple(m for s in self.sections if s.kind is kind for m in s.matches)

    @property
    def shown(self) -> tuple[Match, ...]:
        """Every match in this issue, in order."""
        return tuple(m for s in self.sections for m in s.matches)


class SkipReason(StrEnum):
    """Why a due subscriber got no issue."""

    NOTHING_NEW = "nothing_new"
    NOTHING_FOR_YOU = "nothing_for_you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A due moment that brought no issue, and why."""

    subscriber: Subscriber
    edition: Edition
    composed_at: datetime
    reason: SkipReason
    #: papers new since the moment before this one
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What became of one due moment of a subscriber, as remembered."""

    edition: date
    composed_at: datetime
    #: `None` for an issue
    skipped: SkipReason | None
    listed: int
    #: the newest paper in the archive at that moment; later ones are new to the subscriber
    newest_paper: int
    #: ids of papers above the line that the limit left out, and when that first happened
    cut: tuple[tuple[int, datetime], ...] = ()
