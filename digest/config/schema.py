"""What `config.yaml` may hold: frozen settings with their defaults.

Each class is one section. A key here is a key there; `docs/configuration.md` has the table. What
ties several keys together is checked in `rules.py`, so that all mistakes can be told at once.
"""

from __future__ import annotations

from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from digest.config.addresses import Listen
from digest.config.kinds import (
    Address,
    At,
    BaseUrl,
    Contact,
    Day,
    Interests,
    Line,
    ListenAt,
    Location,
    Mutes,
    Reaches,
    SearchUrl,
    SourceUrl,
    Switch,
    Url,
    Zone,
    between,
    number,
    one_of,
    sequence,
    whole,
)
from digest.config.mailing import MailSettings
from digest.config.part import DAY, SECOND, Part
from digest.model import Format, Frequency, Interest, WhenEmpty


class AfterReading(StrEnum):
    """What becomes of a file that was read."""

    LEAVE = "leave"
    MOVE = "move"


class SourceSettings(Part):
    """One place that dumps come from: a path or an address."""

    name: Line
    #: a file, or a folder that is an inbox
    path: Location | None = None
    #: an address on the web; `{day}` in it stands for the date
    url: SourceUrl | None = None
    #: how often the address is asked at most
    every: Annotated[timedelta, between(timedelta(minutes=1), 31 * DAY)] = timedelta(hours=1)
    #: hosts and networks that the address may lead to though they are not public
    allow_hosts: Reaches = ()
    #: a file changed more recently than this waits for the next run
    settle: Annotated[timedelta, between(timedelta(0), DAY)] = timedelta(seconds=10)
    #: `move` puts a file that was read into the folder `read` beside it
    after_reading: Annotated[AfterReading, one_of(AfterReading)] = AfterReading.LEAVE


class FetchSettings(Part):
    """How web servers are asked for the sources with an address."""

    #: whom the keeper of a server can write to; `mail.from_address` where not given
    contact: Contact | None = None
    #: for the whole answer, from the name to the last byte
    timeout: Annotated[timedelta, between(SECOND, timedelta(minutes=15))] = timedelta(minutes=1)
    #: of an answer, in megabytes
    max_size: Annotated[int, whole(1, 500)] = 32
    #: between two requests to the same host
    delay: Annotated[timedelta, between(timedelta(0), timedelta(minutes=1))] = timedelta(seconds=3)


class ScheduleSettings(Part):
    """When runs make up for lost time."""

    #: a scheduled moment older than this brings no issue any more
    catch_up: Annotated[timedelta, between(timedelta(minutes=1), 31 * DAY)] = timedelta(hours=24)
    #: how long a scheduled moment waits for something new
    wait_until: Annotated[timedelta, between(timedelta(0), 31 * DAY)] = timedelta(hours=6)
    #: that make issues for very many readers at once; 0: one for each processor
    processes: Annotated[int, whole(0, 64)] = 0
    #: called after a good run
    ping_url: Url | None = None


class DefaultSettings(Part):
    """What a subscriber gets who chose nothing else."""

    at: At = time(7, 0)
    time_zone: Zone = "UTC"
    every: Annotated[Frequency, one_of(Frequency)] = Frequency.DAY
    on: Day | None = None
    limit: Annotated[int, whole(1, 100)] = 12
    format: Annotated[Format, one_of(Format)] = Format.MAIL
    empty: Annotated[WhenEmpty, one_of(WhenEmpty)] = WhenEmpty.SKIP


class SectionSettings(Part):
    """How long the sections after *For you* are; 0 leaves one out."""

    trending: Annotated[int, whole(0, 50)] = 3
    also_new: Annotated[int, whole(0, 1000)] = 40


class RankingSettings(Part):
    """What reaches a reader."""

    #: score, 0 to 100, that a pick must reach
    line: Annotated[float, number(0, 100)] = 50.0
    #: the most points that upvotes and stars give in the order of picks
    popularity: Annotated[float, number(0, 10)] = 0.0
    sections: SectionSettings = SectionSettings()


class LinkSettings(Part):
    """Where titles without a link of their own lead."""

    search_url: SearchUrl = "https://huggingface.co/papers?q={query}"


class OutputSettings(Part):
    """Where feeds and pages are written."""

    folder: Location = Path("out")
    #: where a web server shows that folder
    base_url: BaseUrl | None = None


class FeedSettings(Part):
    """The feeds, public and personal."""

    enabled: Switch = True
    #: how many days back they reach
    days: Annotated[int, whole(1, 365)] = 14
    max_items: Annotated[int, whole(1, 5000)] = 300


class WebSettings(Part):
    """How `digest serve` answers."""

    listen: ListenAt = Listen("127.0.0.1", 8035)


class SubscriberSettings(Part):
    """One reader; what is not chosen here comes from `defaults`."""

    address: Address | None = None
    name: Line | None = None
    interests: Interests = ()
    mute: Mutes = ()
    at: At | None = None
    time_zone: Zone | None = None
    every: Annotated[Frequency, one_of(Frequency)] | None = None
    on: Day | None = None
    limit: Annotated[int, whole(1, 100)] | None = None
    format: Annotated[Format, one_of(Format)] | None = None
    empty: Annotated[WhenEmpty, one_of(WhenEmpty)] | None = None
    #: where the entry stands in the file, from 1; 0 where it does not come from one
    line: int = 0

    @property
    def label(self) -> str:
        """The subscriber's unique name: the given one, or else the address."""
        return self.name or self.address or ""

    @property
    def all_interests(self) -> tuple[Interest, ...]:
        """Interests, then what is muted (with negative weights); each once, the first one counting."""
        found: dict[tuple[object, ...], Interest] = {}
        for one in self.interests + self.mute:
            found.setdefault((one.text.casefold(), one.field, one.within, one.muted), one)
        return tuple(found.values())


class Settings(Part):
    """All of `config.yaml`, checked; after `load` every path is absolute."""

    database: Location = Path("digest.db")
    sources: Annotated[tuple[SourceSettings, ...], sequence] = (
        SourceSettings(name="inbox", path=Path("inbox")),
    )
    fetch: FetchSettings = FetchSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    defaults: DefaultSettings = DefaultSettings()
    ranking: RankingSettings = RankingSettings()
    links: LinkSettings = LinkSettings()
    #: a folder whose templates stand in for those of the program, file by file
    templates: Location | None = None
    output: OutputSettings = OutputSettings()
    feeds: FeedSettings = FeedSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    subscribers: Annotated[tuple[SubscriberSettings, ...], sequence] = ()
