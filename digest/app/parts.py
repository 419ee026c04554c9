"""The parts that settings describe: sources, templates, the house, the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TextIO

from digest import __version__, config, deliver, pipeline, render, returns, store
from digest.app import returning, ways
from digest.days import check_day
from digest.deliver import Limits, RetryPolicy
from digest.errors import UsageError
from digest.issue import Rules
from digest.model import Source, require_utc
from digest.pipeline import subscribing
from digest.ports import Mailbox, Sender
from digest.sources import WebSettings, shown_url, user_agent, wrong_with_url

#: the folder beside a file into which it is moved when it was read, where that is wanted
SHELF = "read"


class Parts:
    """What is built from the settings, each when it is first asked for."""

    def __init__(self, settings: config.Settings, *, now: datetime, config_path: Path) -> None:
        self.settings = settings
        self.now = require_utc(now)
        self.config_path = config_path

    @property
    def sources(self) -> list[Source]:
        """The configured sources."""
        return [
            Source(
                name=s.name,
                location=s.url or str(s.path),
                settle_seconds=s.settle.total_seconds(),
                shelf=SHELF if s.after_reading is config.AfterReading.MOVE else None,
                every_seconds=s.every.total_seconds(),
                allow_hosts=s.allow_hosts,
            )
            for s in self.settings.sources
        ]

    @property
    def settling(self) -> float:
        """Seconds after its last change at which a file of any source may be read."""
        return max((s.settle.total_seconds() for s in self.settings.sources if s.path), default=0.0)

    @property
    def inboxes(self) -> list[Path]:
        """The folders among the sources: what `serve` watches."""
        return [s.path for s in self.settings.sources if s.path and not s.path.is_file()]

    @cached_property
    def web(self) -> WebSettings:
        """How web servers are asked."""
        fetch, mail = self.settings.fetch, self.settings.mail
        # until it is set nobody can write to it
        ours = None if mail.from_address.endswith("@localhost") else mail.from_address
        return WebSettings(
            user_agent=user_agent(__version__, fetch.contact or ours),
            seconds=fetch.timeout.total_seconds(),
            max_bytes=fetch.max_size * 1024 * 1024,
            delay=fetch.delay.total_seconds(),
        )

    def outlook(self, transaction: store.Transaction) -> list[pipeline.Outlook]:
        """When each configured address is asked next."""
        return [pipeline.outlook(transaction, s, now=self.now) for s in self.sources if s.is_url]

    def _source_of(self, place: Path | str) -> Source:
        """The source that a path or address on the command line belongs to; others are one of their own."""
        if isinstance(place, str):
            return self._source_at(place)
        if place == Path("-"):
            return Source(name="standard input", location="-")
        whole = place.absolute()
        for source in self.settings.sources:
            if source.path and (whole == source.path or source.path in whole.parents):
                return Source(name=source.name, location=str(whole))
        return Source(name="files", location=str(whole))

    def _source_at(self, url: str) -> Source:
        if why := wrong_with_url(url):
            raise UsageError(f"{shown_url(url)}: {why}")
        check_day(url)
        for source in self.sources:
            if source.location == url:
                return replace(source, every_seconds=0.0)
        return Source(name="web", location=url)

    @cached_property
    def templates(self) -> render.Templates:
        """The packaged templates, and the operator's where there are any."""
        folder = self.settings.templates
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{self.config_path}: templates: there is no folder {folder}")
        return render.Templates(folder)

    def house(self, where: pipeline.Store) -> pipeline.House:
        """What the operator decided about issues and their looks."""
        with where.read() as transaction:
            instance = transaction.instance.get()
        return self.house_of(instance)

    def house_of(self, instance: store.Instance | None) -> pipeline.House:
        """The same, for a database that is open already."""
        settings = self.settings
        return pipeline.House(
            rules=Rules(catch_up=settings.schedule.catch_up, wait_until=settings.schedule.wait_until),
            line=settings.ranking.line,
            popularity=settings.ranking.popularity,
            trending=settings.ranking.sections.trending,
            also_new=settings.ranking.sections.also_new,
            processes=settings.schedule.processes,
            templates=self.templates,
            render=render.RenderSettings(
                title=settings.mail.title,
                search_url=settings.links.search_url,
                site_url=settings.output.base_url,
                tag_prefix=_tag_prefix(instance),
            ),
            mail=pipeline.MailIdentity(
                from_address=settings.mail.from_address,
                from_name=settings.mail.from_name,
                title=settings.mail.title,
                list_id=settings.mail.list_id,
                unsubscribe_address=settings.mail.unsubscribe_address,
                base_url=settings.mail.base_url,
                bounce_address=settings.mail.bounce_address,
                signers=self.signers,
                expire_after=settings.mail.expire_after,
            ),
        )

    @cached_property
    def signers(self) -> tuple[deliver.Signer, ...]:
        """What mails are signed with; nothing where no key is set."""
        mail = self.settings.mail
        domain = config.ascii_host(mail.dkim.domain or mail.from_address.rpartition("@")[2])
        return tuple(
            deliver.Signer(domain=domain, selector=selector, key=config.read_key(path, kind))
            for _name, path, kind, selector in mail.dkim.keys
        )

    @property
    def return_policy(self) -> returns.ReturnPolicy:
        """When what comes back removes a reader."""
        bounces = self.settings.mail.bounces
        return returns.ReturnPolicy(hard=bounces.hard, soft_days=bounces.soft_days)

    def mailbox(self, *, look_only: bool = False) -> Mailbox | None:
        """The configured mailbox, `None` where there is none; raises `MailboxError` for half a login."""
        return returning.mailbox_of(self.settings.mail.mailbox, now=self.now, look_only=look_only)

    def sender(self, stream: TextIO | None = None) -> Sender:
        """The way out; `stream` prints instead."""
        return ways.sender(self.settings.mail, stream)

    @property
    def limits(self) -> Limits:
        """How fast mails may begin."""
        return ways.limits(self.settings.mail)

    @property
    def sends_repeatably(self) -> bool:
        """Whether handing the same mail over twice leaves one; not where the way out lacks its password."""
        try:
            sender = self.sender()
        except UsageError:
            return False
        sender.close()
        return sender.repeatable

    @property
    def retry_policy(self) -> RetryPolicy:
        """How long to wait between attempts, and what becomes of a mail whose answer was lost."""
        return RetryPolicy(in_doubt=self.settings.mail.in_doubt)

    def _wish(self, chosen: config.SubscriberSettings) -> subscribing.Wish:
        return wish_of(chosen, self.settings.defaults, self.settings.ranking.sections)


def wish_of(
    chosen: config.SubscriberSettings, defaults: config.DefaultSettings, sections: config.SectionSettings
) -> subscribing.Wish:
    """A configured or commanded subscriber as the pipeline wants it."""
    return subscribing.Wish(
        name=chosen.label,
        address=chosen.address,
        preferences=config.subscriber_preferences(chosen, defaults, sections),
        interests=chosen.all_interests,
    )


def _tag_prefix(instance: store.Instance | None) -> str:
    """Where this database's permanent feed ids live: made when it was, and never changed (RFC 4151)."""
    if instance is None:
        return "tag:digest.invalid,2026:"
    return f"tag:{instance.uuid}.digest.invalid,{instance.created_at:%Y-%m-%d}:"
