"""Mails that somebody saved as files: they are read and stay where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from digest.errors import MailboxError
from digest.model import Incoming


class FilesMailbox:
    """One mail in each file."""

    def __init__(self, paths: Sequence[Path], *, longest: int, envelope: str | None = None) -> None:
        """Name the files; of each `longest` bytes are looked at."""
        self._paths = paths
        self._longest = longest
        self._envelope = envelope

    def mails(self) -> Iterator[Incoming]:
        """See `ports.Mailbox`."""
        for path in self._paths:
            try:
                with path.open("rb") as file:
                    head = file.read(self._longest)
                    size = path.stat().st_size
            except OSError as error:
                raise MailboxError(f"cannot read {path}: {error.strerror}") from error
            yield Incoming(place=str(path), head=head, size=size, envelope=self._envelope)

    def put_away(self, mail: Incoming, *, understood: bool) -> None:
        """Leave the file as it is."""

    def close(self) -> None:
        """See `ports.Mailbox`."""
