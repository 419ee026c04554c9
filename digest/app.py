"""The only place that builds things: settings become an `App`, whose methods the edges call.

One clock reading serves a whole command: `App.now` is fixed when the app is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TextIO

from digest import __version__, config, deliver, exits, pipeline, render, store, ways
from digest.days import check_day
from digest.deliver import Limits
from digest.elapsed import Elapsed
from digest.errors import DigestError, UsageError
from digest.issue import Rules
from digest.model import DeliveryState, Severity, Source, require_utc
from digest.monitor import ping
from digest.pipeline import subscribing
from digest.ports import Sender
from digest.sources import WebSettings, shown_url, user_agent, wrong_with_url

#: how long a writing command waits for another one, in seconds
LOCK_WAIT = 30.0
#: the folder beside a file into which it is moved when it was read, where that is wanted
SHELF = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one whole run did."""

    ingest: pipeline.IngestReport
    publish: pipeline.PublishReport
    output: pipeline.OutputReport | None
    deliver: pipeline.DeliverReport | None

    def problem_lines(self) -> list[str]:
        """One line for each thing that went wrong; empty after a good run."""
        found = [
            p for p in (*self.ingest.problems, *self.publish.problems) if p.severity is not Severity.NOTE
        ]
        lines = [f"{p.where}: {p.what}" for p in found] + self.ingest.alarm_lines
        if self.output and self.output.problem:
            lines.append(self.output.problem)
        return lines + (self.deliver.problem_lines if self.deliver else [])

    @property
    def exit_code(self) -> int:
        """See `digest.exits`; failed deliveries come before lost records."""
        if self.output and self.output.problem:
            return exits.USAGE
        sent = self.deliver.exit_code if self.deliver else exits.DONE
        return sent or self.publish.exit_code or self.ingest.exit_code

    def summary(self) -> dict[str, int]:
        """The run in a few numbers."""
        return {
            "files": len(self.ingest.files),
            "new": self.ingest.new,
            "issues": len(self.publish.issues),
            "sent": self.deliver.count(DeliveryState.ACCEPTED) if self.deliver else 0,
            "problems": len(self.problem_lines()),
        }


class App:
    """digest, put together as `config.yaml` says."""

    def __init__(self, settings: config.Settings, *, now: datetime, config_path: Path) -> None:
        self.settings = settings
        self.now = require_utc(now)
        self.config_path = config_path
        self.database = store.Database(settings.database)

    @classmethod
    def open(cls, path: Path, *, now: datetime, environ: Mapping[str, str] = os.environ) -> App:
        """The app that `path` describes; raises `ConfigError` with every mistake in it."""
        return cls(config.load(path, environ), now=now, config_path=path)

    def at(self, now: datetime) -> App:
        """The same app at another moment."""
        return App(self.settings, now=now, config_path=self.config_path)

    # ── the store ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def writing(
        self, wait: float = LOCK_WAIT, progress: pipeline.Progress = pipeline.silent
    ) -> Iterator[store.Database]:
        """The database for a command that writes: alone, migrated, with the configured subscribers."""
        path = self.settings.database
        with store.lock(path.with_name(path.name + ".lock"), wait=wait):
            self.database.prepare(progress)
            self._settle_in(self.database)
            yield self.database

    @contextmanager
    def rehearsing(self) -> Iterator[store.Rehearsal]:
        """The same, but everything is undone at the end and no file is written."""
        with self.database.rehearsal() as rehearsal:
            self._settle_in(rehearsal)
            yield rehearsal

    @contextmanager
    def reading(self) -> Iterator[store.Transaction]:
        """One consistent view; before the first run it is an empty one."""
        if self.database.is_ready():
            with self.database.read() as transaction:
                yield transaction
        else:
            with self.rehearsing() as rehearsal, rehearsal.read() as transaction:
                yield transaction

    def _settle_in(self, where: pipeline.Store) -> None:
        with where.read() as transaction:
            named = transaction.instance.get() is not None
        if named and not self.settings.subscribers and not self._has_listed(where):
            return
        with where.write() as transaction:
            # asked again: another run may have named the database since
            if not named and transaction.instance.get() is None:
                transaction.instance.create(self.now)
            subscribing.apply_list(transaction, [self._wish(s) for s in self.settings.subscribers], self.now)

    @staticmethod
    def _has_listed(where: pipeline.Store) -> bool:
        with where.read() as transaction:
            return transaction.subscribers.has_listed()

    # ── use cases ─────────────────────────────────────────────────────────────────────────────

    def ingest(
        self,
        where: pipeline.Store,
        places: Sequence[Path | str] | None = None,
        *,
        day: date | None = None,
        rehearse: bool = False,
        standard_input: BinaryIO | None = None,
        progress: pipeline.Progress = pipeline.silent,
    ) -> pipeline.IngestReport:
        """Read `places` (paths, and addresses as text) at once, or the configured sources.

        The path `-` is `standard_input`. A rehearsal moves no file and asks no web server.
        """
        wanted = self.sources if places is None else [self._source_of(p) for p in dict.fromkeys(places)]
        if rehearse:
            wanted = [replace(source, shelf=None) for source in wanted]
        return pipeline.ingest(
            where,
            wanted,
            now=self.now,
            day=day,
            standard_input=standard_input,
            fetching=pipeline.Fetching(None if rehearse else self.web),
            whole=rehearse,
            progress=progress,
        )

    def publish(
        self, where: pipeline.Store, *, progress: pipeline.Progress = pipeline.silent
    ) -> pipeline.PublishReport:
        """Compose and freeze issues for whoever is due."""
        return pipeline.publish(where, self.house(where), now=self.now, progress=progress)

    def write_output(
        self, where: pipeline.Store, *, progress: pipeline.Progress = pipeline.silent
    ) -> pipeline.OutputReport:
        """Write feeds and pages."""
        house = self.house(where)
        output = pipeline.Output(
            folder=self.settings.output.folder,
            templates=house.templates,
            render=house.render,
            feeds=self.settings.feeds.enabled,
            days=self.settings.feeds.days,
            max_items=self.settings.feeds.max_items,
        )
        return pipeline.write_output(where, output, now=self.now, progress=progress)

    def deliver(
        self,
        where: pipeline.Store,
        *,
        console: TextIO | None = None,
        stopping: Callable[[], bool] = lambda: False,
        progress: pipeline.Progress = pipeline.silent,
    ) -> pipeline.DeliverReport:
        """Send what is in the outbox; to a `console` instead where one is given."""
        sender = self.sender(console)
        try:
            return pipeline.deliver(
                where,
                sender,
                clock=Elapsed(self.now),
                policy=deliver.RetryPolicy(in_doubt=self.settings.mail.in_doubt),
                stopping=stopping,
                progress=progress,
            )
        finally:
            sender.close()

    def run(
        self, where: pipeline.Store, *, rehearse: bool, progress: pipeline.Progress = pipeline.silent
    ) -> RunReport:
        """Everything in order; a rehearsal writes no file and sends nothing."""
        self.sender().close()  # what is wrong with the way out is said before anything is done
        ingest = self.ingest(where, rehearse=rehearse, progress=progress)
        publish = self.publish(where, progress=progress)
        return RunReport(
            ingest=ingest,
            publish=publish,
            output=None if rehearse else self._try_output(where, progress),
            deliver=None if rehearse else self.deliver(where, progress=progress),
        )

    def _try_output(self, where: pipeline.Store, progress: pipeline.Progress) -> pipeline.OutputReport:
        """Write feeds and pages; when that fails the mails go out all the same."""
        try:
            return self.write_output(where, progress=progress)
        except DigestError as error:
            return pipeline.OutputReport(files=0, written=0, problem=str(error))

    def close_run(self, where: pipeline.Store, report: RunReport, *, finished: datetime) -> list[str]:
        """Note a run for `status` and tell the monitor of a good one; what went wrong with that."""
        run = store.Run(
            command="run",
            started_at=self.now,
            finished_at=finished,
            exit_code=report.exit_code,
            report=report.summary(),
        )
        with where.write() as transaction:
            transaction.runs.note(run)
        url = self.settings.schedule.ping_url
        trouble = ping(url) if url and report.exit_code == exits.DONE else None
        return [trouble] if trouble else []

    # ── parts ─────────────────────────────────────────────────────────────────────────────────

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
                expire_after=settings.mail.expire_after,
            ),
        )

    def sender(self, stream: TextIO | None = None) -> Sender:
        """The way out; `stream` prints instead."""
        return ways.sender(self.settings.mail, stream)

    @property
    def limits(self) -> Limits:
        """How fast mails may begin."""
        return ways.limits(self.settings.mail)

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
