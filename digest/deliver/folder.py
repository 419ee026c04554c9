"""Put messages into a folder as `.eml` files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from digest import files
from digest.deliver.dated import written_at
from digest.model import Outcome, OutcomeKind

_UNSAFE = re.compile(r"[^A-Za-z0-9@.+_-]+", re.ASCII)
_LONGEST_NAME = 120


class FolderSender:
    """A `Sender` that writes `2026-11-20 vision@reader.example 1f3a5b7c.eml` into one folder.

    The date is the message's own; the end of the name comes from the Message-ID, so that the same
    message written again replaces itself: sending twice leaves one file. A file is there whole or
    not at all, and on disk before it counts as accepted.
    """

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:  # noqa: ARG002 - the protocol has it
        """Write one message, byte for byte; see `digest.ports.Sender`."""
        name = file_name(recipient, data, message_id)
        try:
            files.write(self._folder / name, data, mode=0o600)
        except OSError as error:
            why = f"cannot write into {self._folder}: {error.strerror} (is it yours, with space left?)"
            return Outcome(kind=OutcomeKind.TRANSIENT, detail=why, connection_lost=True)
        return Outcome(kind=OutcomeKind.ACCEPTED, detail=name)

    def close(self) -> None:
        """Nothing is held open."""


def file_name(recipient: str, data: bytes, message_id: str) -> str:
    """A readable name that is safe on any file system and differs for every Message-ID."""
    who = _UNSAFE.sub("_", recipient)[:_LONGEST_NAME] or "_"
    mark = hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_day(data)} {who} {mark}.eml"


def _day(data: bytes) -> str:
    """The day of the message's Date header in its own zone, or `undated`."""
    moment = written_at(data)
    return moment.date().isoformat() if moment else "undated"
