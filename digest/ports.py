"""The small protocols by which the pipeline asks for what it needs; `app.py` supplies them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model import Outcome


class Clock(Protocol):
    """The application's one clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class Sender(Protocol):
    """A way out for finished messages."""

    #: whether handing the same message over twice leaves one message (a folder of files does)
    repeatable: bool

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:
        """Hand over one message, byte for byte; foreseeable failures are outcomes, not errors."""

    def close(self) -> None:
        """Let go of connections; never raises."""
