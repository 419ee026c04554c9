"""The nouns of the house: frozen values that every room knows. Imports nothing of ours.

Words are explained in `docs/glossary.md`. Every `datetime` here is aware and in UTC; a naive one
is refused where it enters (`require_utc`). Dates are calendar days without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias


def require_utc(moment: datetime) -> datetime:
    """Return `moment` unchanged, or raise `ValueError` when it is naive or not in UTC."""
    if moment.tzinfo is None or moment.utcoffset() != timedelta(0):
        raise ValueError(f"expected an aware datetime in UTC, got {moment!r}")
    return moment


# ── papers ────────────────────────────────────────────────────────────────────────────────────


PaperKey: TypeAlias = str
"""A paper's canonical name: `arxiv:2501.01234`, `doi:10.1000/x`, `title:1:evtexture++`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is known of one paper. Unknown is `None` (or empty), never a guess."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    #: some listings give only the number of authors
    author_count: int | None = None
    organization: str | None = None
    #: without version: `2501.01234` or `cs/0501001`
    arxiv_id: str | None = None
    doi: str | None = None
    url: str | None = None
    code_url: str | None = None
    stars: int | None = None
    upvotes: int | None = None
    comments: int | None = None
    keywords: tuple[str, ...] = ()
    #: one sentence by somebody else, where the source has one
    summary: str | None = None
    #: the paper's own date
    published: date | None = None
    #: the day it appeared in a listing
    listed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPaper:
    """A paper with its place in the archive. `id` is never rewritten and never reused."""

    id: int
    paper: Paper
    keys: tuple[PaperKey, ...]
    #: when our clock first saw it in any listing
    first_seen: datetime
    #: how many different listings hold it
    listings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One appearance of a paper in one listing."""

    source: str
    day: date
    #: place in the listing, from 1
    position: int
    seen_at: datetime


# ── reading ───────────────────────────────────────────────────────────────────────────────────


class Severity(StrEnum):
    """How much a problem cost."""

    #: worth knowing, nothing was lost
    NOTE = "note"
    #: one or more records were lost, the others were kept
    LOST = "lost"
    #: nothing could be read at all
    FATAL = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding about input: a value that travels beside the result, not an exception."""

    #: file and line or record, such as `monday.txt:12`
    where: str
    what: str
    severity: Severity


class Health(StrEnum):
    """What state a source is in; a quiet day, a partial listing and a broken source differ."""

    OK = "ok"
    QUIET = "quiet"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where listings come from: a folder, a file or a glob, under the name that reports use."""

    name: str
    location: str
    #: a file changed more lately than this many seconds waits for the next run; 0 reads at once
    settle_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One paper as it stands in a listing, with the source's own text kept."""

    #: from 1
    position: int
    #: line of the title in the file, from 1
    line: int
    raw_title: str
    raw_abstract: str
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One reading of one file or answer: the records, and what was wrong with the rest."""

    #: what the operator calls it: a file name or URL
    name: str
    #: the wire shape it was read as, or `unknown`
    format: str
    #: SHA-256 of the bytes, hexadecimal
    fingerprint: str
    #: raised whenever a reader would read the same bytes differently
    reader_version: int
    #: the page's date as printed, such as `Mar 12`
    day_label: str | None
    #: the page's date resolved to a year, never in the future
    day: date | None
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    health: Health

    @property
    def lost_records(self) -> bool:
        """Whether something in these bytes could not be read."""
        return any(p.severity is not Severity.NOTE for p in self.problems)


# ── readers ───────────────────────────────────────────────────────────────────────────────────


class Field(StrEnum):
    """Where an interest looks, and where evidence was found."""

    ANYWHERE = "anywhere"
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHOR = "author"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """A keyword or phrase that a subscriber wants, or with a negative weight does not want."""

    text: str
    #: 1 is ordinary, 2 counts double, negative mutes
    weight: float = 1.0
    field: Field = Field.ANYWHERE

    @property
    def muted(self) -> bool:
        """Whether papers holding this are pushed out instead of picked."""
        return self.weight < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What ranking may know of a subscriber."""

    interests: tuple[Interest, ...] = ()
    #: words learned from feedback with their weights
    learned: tuple[tuple[str, float], ...] = ()
    #: papers sent lately, newest first
    sent_lately: tuple[Paper, ...] = ()


class Frequency(StrEnum):
    """How often a subscriber gets an issue."""

    DAY = "day"
    WEEKDAY = "weekday"
    WEEK = "week"
    MONTH = "month"


class Format(StrEnum):
    """By which way a subscriber reads."""

    MAIL = "mail"
    FEED = "feed"
    BOTH = "both"


class WhenEmpty(StrEnum):
    """What a subscriber gets on a day with nothing above their line."""

    SKIP = "skip"
    SAY = "say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How and when a subscriber wants the digest."""

    format: Format = Format.MAIL
    frequency: Frequency = Frequency.DAY
    #: local time of day
    at: time = time(7, 0)
    #: IANA name
    time_zone: str = "UTC"
    #: for `week`: 0 is Monday
    weekday: int = 0
    #: for `month`: 1 to 28
    month_day: int = 1
    #: how many picks one issue holds at most
    limit: int = 12
    when_empty: WhenEmpty = WhenEmpty.SKIP
    #: how many papers the section Trending shows; 0 leaves it out
    trending: int = 3
    #: how many titles the section Also new shows; 0 leaves it out
    also_new: int = 40


class SubscriberStatus(StrEnum):
    """Whether a subscriber gets anything."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Origin(StrEnum):
    """Who looks after a subscriber's entry."""

    COMMAND = "command"
    CONFIG = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who reads. Without an address they read by feed only."""

    id: int
    #: unique; the address where no other name was given
    name: str
    address: str | None
    status: SubscriberStatus
    preferences: Preferences
    interests: tuple[Interest, ...]
    #: unguessable part of the personal feed's path
    feed_token: str
    origin: Origin
    created_at: datetime

    @property
    def by_mail(self) -> bool:
        """Whether issues go out as mail."""
        return self.address is not None and self.preferences.format is not Format.FEED

    @property
    def by_feed(self) -> bool:
        """Whether issues appear in a personal feed."""
        return self.preferences.format is not Format.MAIL

    @property
    def reader(self) -> Reader:
        """What ranking may know of this subscriber."""
        return Reader(interests=self.interests)


# ── ranking ───────────────────────────────────────────────────────────────────────────────────


Span: TypeAlias = tuple[int, int]
"""Start and end of matched characters in the text of a field, end exclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a score. The points of all reasons of a match add up to its score."""

    interest: Interest
    field: Field
    #: the matched words as they stand in the paper
    words: tuple[str, ...]
    #: what this reason contributes, on the scale of the score
    points: float
    #: where the words stand in that field's text (for authors: in the names joined by `, `)
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A paper with its score for one reader, 0 to 100, and the reasons."""

    paper: KnownPaper
    score: float
    evidence: tuple[Evidence, ...] = ()

    @property
    def interest(self) -> Interest | None:
        """The interest that carries most of the score."""
        best: dict[Interest, float] = {}
        for reason in self.evidence:
            best[reason.interest] = best.get(reason.interest, 0.0) + reason.points
        return max(best, key=lambda i: (best[i], i.text), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one issue takes of a reader's matches."""

    #: above the line and within the limit, best first
    picks: tuple[Match, ...]
    #: above the line, left out by the limit, best first
    cut: tuple[Match, ...]


# ── issues ────────────────────────────────────────────────────────────────────────────────────


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


# ── delivery ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A finished mail: `data` is what goes over the wire, byte for byte, with CR LF lines."""

    #: with its angle brackets
    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    data: bytes


class DeliveryState(StrEnum):
    """Where a message is. The nine states add up to the messages ever frozen."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way."""

    id: int
    subscriber_id: int
    edition: str
    message_id: str
    sender: str
    recipient: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt: datetime
    expires_at: datetime
    last_error: str | None = None
    #: what the accepting server said, with its queue id
    queue_id: str | None = None


class OutcomeKind(StrEnum):
    """How one attempt to hand over a message ended."""

    ACCEPTED = "accepted"
    #: 4xx, or no connection: try again later
    TRANSIENT = "transient"
    #: 5xx: trying again would not help
    PERMANENT = "permanent"
    #: the connection died after the message was on its way
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a sender says about one attempt."""

    kind: OutcomeKind
    #: the server's words, or the error's
    detail: str
    #: three-digit SMTP reply code where there is one
    code: int | None = None
    #: whether the way out itself is down, so that other messages would fail likewise
    connection_lost: bool = field(default=False)
