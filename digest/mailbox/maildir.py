"""A Maildir on this machine: `new/` is read, nothing is deleted.

What was understood goes to the folder `.digest.done` inside, marked as seen. What was not goes to
`cur/`, unread: there every mail program shows it as a new mail of the inbox, and it is not read here
a second time. Both are renames within one Maildir, so that no mail is ever in two places or in none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from digest.errors import MailboxError
from digest.model import Incoming

#: a folder as Maildir++ has them: mail programs show it as `digest/done`
DONE: Final = ".digest.done"


class MaildirMailbox:
    """The Maildir at a path, of which nobody else reads `new/`."""

    def __init__(self, path: Path, *, longest: int) -> None:
        """Name the Maildir; of each mail `longest` bytes are looked at."""
        self._path = path
        self._longest = longest

    def mails(self) -> Iterator[Incoming]:
        """See `ports.Mailbox`."""
        try:
            names = sorted(e.name for e in os.scandir(self._path / "new") if _is_mail(e))
        except OSError as error:
            advice = "a Maildir is a folder with new/, cur/ and tmp/ inside"
            raise MailboxError(f"cannot read the Maildir {self._path}: {error.strerror}; {advice}") from error
        for name in names:
            found = self._read(name)
            if found is not None:
                yield found

    def _read(self, name: str) -> Incoming | None:
        path = self._path / "new" / name
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                head = file.read(self._longest)
                size = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return None  # a mail program took it in the meantime
        except OSError as error:
            raise MailboxError(f"cannot read the mail {path}: {error.strerror}") from error
        return Incoming(place=f"new/{name}", head=head, size=size)

    def put_away(self, mail: Incoming, *, understood: bool) -> None:
        """See `ports.Mailbox`."""
        name = mail.place.removeprefix("new/")
        source = self._path / "new" / name
        try:
            folder = self._done() if understood else self._path / "cur"
            target = _free(folder, name, ":2,S" if understood else ":2,")
            source.rename(target)
        except FileNotFoundError:
            if source.exists():
                raise MailboxError(f"the Maildir {self._path} has no folder cur") from None
        except OSError as error:
            raise MailboxError(f"cannot move the mail {source}: {error.strerror}") from error

    def _done(self) -> Path:
        folder = self._path / DONE
        if not folder.is_dir():
            for part in ("tmp", "new", "cur"):
                (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / "maildirfolder").touch(mode=0o600)
        return folder / "cur"

    def close(self) -> None:
        """See `ports.Mailbox`."""


def _is_mail(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)


def _free(folder: Path, name: str, flags: str) -> Path:
    """A name in `folder` that nothing has: a rename would write over it."""
    base = name.partition(":")[0]
    path = folder / f"{base}{flags}"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{base},{number}{flags}"
    return path
