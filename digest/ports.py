"""The way out that the pipeline asks for; `app.py` supplies it. See `pipeline/ports.py` for the rest."""

from __future__ import annotations

from typing import Protocol

from digest.model import Outcome


class Sender(Protocol):
    """A way out for finished messages."""

    #: whether handing the same message over twice leaves one message (a folder of files does)
    repeatable: bool

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:
        """Hand over one message, byte for byte; foreseeable failures are outcomes, not errors."""

    def close(self) -> None:
        """Let go of connections; never raises."""
