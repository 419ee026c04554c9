"""One mail from a pipe, as Postfix and `.forward` hand them over.

Whoever pipes keeps the mail until the program ends well. What was not understood must then lie
somewhere: it is written to a folder before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digest.errors import MailboxError
from digest.model import Incoming


class PipedMailbox:
    """Standard input, as a mailbox of one mail."""

    def __init__(
        self, stream: BinaryIO | None, *, keep: Path, longest: int, envelope: str | None = None
    ) -> None:
        """`keep` is the folder for what a person has to read; `envelope` whom the mail was for."""
        self._stream = stream
        self._keep = keep
        self._longest = longest
        self._envelope = envelope
        self._head = b""

    def mails(self) -> Iterator[Incoming]:
        """See `ports.Mailbox`."""
        if self._stream is None:
            raise MailboxError("standard input is closed: no mail came")
        try:
            self._head = self._stream.read(self._longest)
        except OSError as error:
            raise MailboxError(f"cannot read the mail from standard input: {error.strerror}") from error
        if self._head:
            # what follows is not looked at, so that its length is not known
            size = len(self._head)
            yield Incoming(place="standard input", head=self._head, size=size, envelope=self._envelope)

    def put_away(self, mail: Incoming, *, understood: bool) -> None:  # noqa: ARG002 - there is only one
        """Let go of the mail, or write it to the folder; whoever pipes is not left with half of it."""
        try:
            if understood:
                self._drain()
            else:
                self._write()
        except OSError as error:
            raise MailboxError(f"cannot keep the mail in {self._keep}: {error.strerror}") from error

    def _drain(self) -> None:
        while self._stream and self._stream.read(1 << 20):
            pass

    def _write(self) -> None:
        self._keep.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(self._head).hexdigest()[:32]
        path, unfinished = self._keep / f"{name}.eml", self._keep / f".{name}.part"
        # whoever pipes may send the same mail again: it stays one file
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(self._head)
            if self._stream:
                shutil.copyfileobj(self._stream, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        descriptor = os.open(self._keep, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """See `ports.Mailbox`."""
