"""The app: what the edges call. Each method is one use case with its parts put in.

One clock reading serves a whole command: `App.now` is fixed when the app is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, TextIO

from digest import config, exits, maillog, pipeline, store
from digest.app.parts import Parts
from digest.app.report import RunReport
from digest.elapsed import Elapsed
from digest.errors import DigestError, MailboxError
from digest.monitor import ping
from digest.pipeline import subscribing
from digest.ports import Mailbox
from digest.stopping import Stop

#: how long a writing command waits for another one, in seconds
LOCK_WAIT = 30.0


class App(Parts):
    """digest, put together as `config.yaml` says."""

    def __init__(self, settings: config.Settings, *, now: datetime, config_path: Path) -> None:
        super().__init__(settings, now=now, config_path=config_path)
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

    def read_mailbox(
        self,
        where: pipeline.Store,
        *,
        box: Mailbox | None = None,
        many: bool = False,
        progress: pipeline.Progress = pipeline.silent,
    ) -> pipeline.ReturnReport:
        """Take back what came to `box`, or to the configured mailbox where none is given.

        A mailbox that cannot be read is a problem in the report and stops nothing. In a rehearsal it
        stays as it is.
        """
        try:
            opened = box or self.mailbox(look_only=not where.lasting)
        except MailboxError as error:
            return pipeline.ReturnReport(problem=str(error))
        if opened is None:
            return pipeline.ReturnReport()
        try:
            return pipeline.take_back(
                where, opened, now=self.now, policy=self.return_policy, many=many, progress=progress
            )
        finally:
            opened.close()

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
        stop: Stop | None = None,
        progress: pipeline.Progress = pipeline.silent,
    ) -> pipeline.DeliverReport:
        """Send what is in the outbox; to a `console` instead where one is given."""
        sender = self.sender(console)
        try:
            with (stop or Stop()).gently() as stopping:
                return pipeline.deliver(
                    where,
                    sender,
                    clock=Elapsed(self.now),
                    policy=self.retry_policy,
                    limits=self.limits,
                    returns=self.return_policy,
                    stopping=stopping,
                    keep=self.settings.mail.keep,
                    progress=progress,
                )
        finally:
            sender.close()

    def resend(
        self, where: pipeline.Store, edition: date, *, recipients: Sequence[str], in_doubt: bool
    ) -> pipeline.settling.ResendReport:
        """Put the mails of an edition that did not reach their readers into the outbox again."""
        self._note_left_behind(where)
        return pipeline.settling.resend(
            where,
            edition,
            recipients=recipients,
            in_doubt=in_doubt,
            now=self.now,
            expire_after=self.settings.mail.expire_after,
        )

    def settle(
        self, where: pipeline.Store, edition: date | None, *, arrived: bool, recipients: Sequence[str]
    ) -> pipeline.settling.SettleReport:
        """Take the operator's word for mails in doubt; `None` is every edition."""
        self._note_left_behind(where)
        return pipeline.settling.settle(
            where, edition, arrived=arrived, recipients=recipients, now=self.now, policy=self.retry_policy
        )

    def consult(self, logs: Sequence[maillog.Log], zone: tzinfo | None) -> pipeline.reconciling.Consulted:
        """Read the mail server's logs for mails that may be in doubt; nothing is written or held up."""
        if self.database.is_ready():
            return pipeline.reconciling.consult(self.database, logs, now=self.now, zone=zone)
        with self.rehearsing() as rehearsal:
            return pipeline.reconciling.consult(rehearsal, logs, now=self.now, zone=zone)

    def reconcile(
        self, where: pipeline.Store, consulted: pipeline.reconciling.Consulted
    ) -> pipeline.reconciling.ReconcileReport:
        """Settle the mails in doubt of which those logs say enough."""
        self._note_left_behind(where)
        return pipeline.reconciling.reconcile(where, consulted, now=self.now, policy=self.retry_policy)

    def _note_left_behind(self, where: pipeline.Store) -> None:
        """A run that was killed left doubts, which nobody has written down until the next one."""
        pipeline.settle_left_behind(
            where, self.now, policy=self.retry_policy, repeatable=self.sends_repeatably
        )

    def run(
        self,
        where: pipeline.Store,
        *,
        rehearse: bool,
        stop: Stop | None = None,
        progress: pipeline.Progress = pipeline.silent,
    ) -> RunReport:
        """Everything in order; a rehearsal writes no file and sends nothing."""
        self.sender().close()  # what is wrong with the way out is said before anything is done
        # first of all, so that who asked to leave is sent nothing more
        returned = None if rehearse else self.read_mailbox(where, progress=progress)
        ingest = self.ingest(where, rehearse=rehearse, progress=progress)
        publish = self.publish(where, progress=progress)
        return RunReport(
            returned=returned,
            ingest=ingest,
            publish=publish,
            output=None if rehearse else self._try_output(where, progress),
            deliver=None if rehearse else self.deliver(where, stop=stop, progress=progress),
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
