"""Every error that digest raises on purpose.

    DigestError                 one base; `exit_code` is what the command line answers
    ├── UsageError         (2)  the command was called with something it cannot use
    │   ├── ConfigError    (2)  config.yaml holds mistakes: all of them, each with its place
    │   └── NotFoundError  (2)  a subscriber or paper that is not there
    ├── StoreError         (2)  the database cannot be opened, read or written
    ├── RenderError        (2)  a template is broken
    ├── MailboxError       (3)  the mailbox that mails come back to cannot be read
    ├── LockedError        (5)  another run holds the lock
    └── StoppedError     (130)  told to stop by Ctrl-C or SIGTERM

Findings about input are `model.Problem` values, not exceptions. Anything else that escapes is a
bug (exit code 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from digest import exits


class DigestError(Exception):
    """Base of all errors meant for a person: the message says what failed and what to do."""

    exit_code = exits.USAGE


class UsageError(DigestError):
    """The command was called with something it cannot use."""


class ConfigError(UsageError):
    """`config.yaml` holds mistakes; `problems` has one line for each, with its place."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        noun = "mistake" if len(self.problems) == 1 else "mistakes"
        lines = "\n".join(f"  - {p}" for p in self.problems)
        super().__init__(f"{path} holds {len(self.problems)} {noun}:\n{lines}")


class NotFoundError(UsageError):
    """Something named by the user is not there."""


class StoreError(DigestError):
    """The database cannot be opened, read or written."""


class RenderError(DigestError):
    """A template is broken; the message names the file and the line."""


class MailboxError(DigestError):
    """The mailbox that mails come back to cannot be read, or not be written to."""

    exit_code = exits.DELIVERY


class LockedError(DigestError):
    """Another run holds the lock."""

    exit_code = exits.LOCKED


class StoppedError(DigestError):
    """Told to stop by Ctrl-C or SIGTERM: what was under way was undone."""

    exit_code = exits.STOPPED
