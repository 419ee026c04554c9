"""Put messages into a mailbox of this machine, a Maildir."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import Final

from digest import files
from digest.deliver.dated import written_at
from digest.deliver.lines import line_flaw, with_lf
from digest.deliver.replies import refused
from digest.model import Outcome, OutcomeKind

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+", re.ASCII)
_FOLDERS: Final = ("tmp", "new", "cur")


class MaildirSender:
    """A `Taker` that puts messages into `new`, lines ending in LF as mail programs expect.

    A file's name has the three parts of every Maildir: the message's own second, what makes it unique
    and the host, here a digest of the Message-ID and its domain. So the same message written again
    finds itself in `new`, or in `cur` once it was looked at, and is not written twice. A file is there
    whole or not at all, and on disk before it counts as accepted.
    """

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:  # noqa: ARG002 - the protocol has it
        """Write one message; see `Taker`."""
        if flaw := line_flaw(data):
            return refused(flaw)
        name = file_name(data, message_id)
        try:
            self._put(name, with_lf(data))
        except OSError as error:
            why = f"cannot write into {self._folder}: {error.strerror} (is it yours, with space left?)"
            return Outcome(kind=OutcomeKind.TRANSIENT, detail=why, connection_lost=True)
        return Outcome(kind=OutcomeKind.ACCEPTED, detail=name)

    def close(self) -> None:
        """Nothing is held open."""

    def _put(self, name: str, data: bytes) -> None:
        for part in _FOLDERS:
            (self._folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._was_read(name):
            return
        unfinished, new = self._folder / "tmp" / name, self._folder / "new" / name
        files.write(unfinished, data, mode=0o600)
        try:
            os.link(unfinished, new)
        except FileExistsError:
            return
        finally:
            unfinished.unlink()
        if self._was_read(name):
            # a mail program took it from `new` to `cur` while we looked
            with contextlib.suppress(FileNotFoundError):
                new.unlink()
        files.flush_folder(new.parent)

    def _was_read(self, name: str) -> bool:
        with os.scandir(self._folder / "cur") as entries:
            return any(entry.name == name or entry.name.startswith(f"{name}:") for entry in entries)


def file_name(data: bytes, message_id: str) -> str:
    """The same name whenever the same message is written; another one for every other Message-ID."""
    mark = hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    host = _UNSAFE.sub("_", message_id.rpartition("@")[2].rstrip(">"))[:100].strip(".") or "localhost"
    return f"{_second(data)}.M{mark}.{host}"


def _second(data: bytes) -> int:
    """The second of the message's Date header since 1970; 0 where there is none."""
    moment = written_at(data)
    try:
        return max(0, int(moment.timestamp())) if moment else 0
    except ArithmeticError:
        return 0  # in a zone that leads out of the calendar
