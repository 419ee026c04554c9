"""What the front desk can do: open links, show pages, and say when a run is wanted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from digest import config, render, store, tokens
from digest.errors import StoreError, UsageError
from digest.frontdesk.waking import wake_after

#: seconds that a writer waits for another one: people and their providers wait no longer, and what
#: is to stop within fifteen seconds may not
PATIENCE = 10.0


class FrontDesk:
    """digest as `config.yaml` describes it, as far as it stays between runs. Threads may share it."""

    def __init__(self, settings: config.Settings, *, config_path: Path, patience: float = PATIENCE) -> None:
        self.config_path = config_path.absolute()
        self.settings = settings
        self._database = store.Database(settings.database, busy_timeout=patience)

    @classmethod
    def open(cls, path: Path, *, environ: Mapping[str, str] = os.environ) -> FrontDesk:
        """The desk that `path` describes; raises `ConfigError` with every mistake in it."""
        return cls(config.load(path, environ), config_path=path)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # ── links ─────────────────────────────────────────────────────────────────────────────────

    def is_genuine(self, token: str) -> bool:
        """Whether `token` is one of our unsubscribe links'; raises `StoreError` while nobody can say."""
        return self._subscriber_of(token) is not None

    def unsubscribe(self, token: str, *, reason: str, now: datetime) -> bool:
        """Send whoever the link was made for nothing more, from here on; `False` for a link that is not ours.

        One transaction of its own, also while a run is at work: the outbox asks for the status right
        before each mail. Somebody who left before or is forgotten counts as done. Raises `StoreError`.
        """
        subscriber_id = self._subscriber_of(token)
        if subscriber_id is None:
            return False
        with self._database.write() as transaction:
            transaction.subscribers.unsubscribe(subscriber_id, reason=reason, now=now)
        return True

    def _subscriber_of(self, token: str) -> int | None:
        self._require_ready()
        with self._database.read() as transaction:
            keys = tokens.KeyRing.of(transaction.instance.secrets())
        return tokens.verify(token, tokens.Purpose.UNSUBSCRIBE, keys)

    def _require_ready(self) -> None:
        if not self._database.is_ready():
            raise StoreError(f"{self.settings.database} is not ready; the first run makes it so")

    def pages(self) -> render.WebPages:
        """The pages that links open; raises `RenderError` for a template of the operator's that is broken."""
        folder, mail = self.settings.templates, self.settings.mail
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{self.config_path}: templates: there is no folder {folder}")
        contact = None if mail.unsubscribe_address.endswith("@localhost") else mail.unsubscribe_address
        return render.web_pages(render.Templates(folder), title=mail.title, contact=contact)

    @property
    def prefix(self) -> str:
        """The path under which the public reaches the links, without a final slash; often empty."""
        return unquote(urlsplit(self.settings.mail.base_url or "").path).rstrip("/")

    # ── runs ──────────────────────────────────────────────────────────────────────────────────

    @property
    def inboxes(self) -> list[Path]:
        """The folders among the places, whether or not they are there yet."""
        return [path for path in self.places if not path.is_file()]

    @property
    def places(self) -> list[Path]:
        """Where files come from: files, folders and globs; and where mails come back to on this machine."""
        maildir = self.settings.mail.mailbox.maildir
        found = [source.path for source in self.settings.sources if source.path]
        return [*found, maildir / "new"] if maildir else found

    @property
    def settling(self) -> float:
        """Seconds after its last change at which a file of any source may be read."""
        return max((s.settle.total_seconds() for s in self.settings.sources if s.path), default=0.0)

    def wake_after(self, moment: datetime) -> datetime | None:
        """The first moment later than this one at which a run has something to do by the clock alone.

        In the past where something is left to do. Raises `StoreError`.
        """
        self._require_ready()
        with self._database.read() as transaction:
            return wake_after(transaction, moment, wait_until=self.settings.schedule.wait_until)

    def last_writer(self) -> store.Holder | None:
        """Which process wrote last, of those that take the lock: every command that writes does."""
        path = self.settings.database
        return store.last_holder(path.with_name(path.name + ".lock"))
