"""A mail server as a way out."""

from __future__ import annotations

import ssl

from digest.deliver.smtp.lane import SmtpLane
from digest.deliver.smtp.session import Session, open_session, trust
from digest.deliver.smtp.settings import Security, SmtpSettings


class SmtpSender:
    """A `Sender` over SMTP; each lane is one connection, opened when first needed and kept."""

    repeatable = False

    def __init__(self, settings: SmtpSettings) -> None:
        self.lanes = settings.connections
        self._settings = settings
        self._context: ssl.SSLContext | None = None

    def lane(self) -> SmtpLane:
        """A new lane; nothing is opened before its first letter."""
        return SmtpLane(self._settings, self._open)

    def close(self) -> None:
        """Lanes share nothing that is held open."""

    async def _open(self) -> Session:
        if self._context is None and self._settings.security is not Security.NONE:
            self._context = trust(verify=self._settings.verify)
        return await open_session(self._settings, self._context)
