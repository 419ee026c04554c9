"""Readers: what subscribers want, and how and when they want it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from digest.model.papers import Paper


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
    #: `None`: its words count alone too, and related ones; 0: only the phrase as written counts; more: only
    #: all its words together, in any order, with at most so many others between them
    within: int | None = None

    @property
    def muted(self) -> bool:
        """Whether papers holding this are pushed out instead of picked."""
        return self.weight < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What ranking may know of a subscriber."""

    interests: tuple[Interest, ...] = ()
    #: what was learned from feedback, as the ranker packed it
    learned: bytes | None = None
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
    #: why the status is what it is, where the person or their mail server decided so
    status_reason: str | None = None

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
        """What ranking may know of this subscriber without looking into the store."""
        return Reader(interests=self.interests)
