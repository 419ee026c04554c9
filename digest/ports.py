"""The ways out and in that the pipeline asks for; the app supplies them. See also `pipeline/ports.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from digest.model import Incoming, Letter, Outcome


class Lane(Protocol):
    """One connection of a way out: hands over one letter after another.

    A letter is offered, and then transmitted or withdrawn. Foreseeable failures are outcomes, not
    errors. After an outcome with `connection_lost` the lane is not used again.
    """

    async def offer(self, letter: Letter) -> Outcome | None:
        """Come as far as can be without the message itself; `None` when it may be transmitted.

        Whatever happens here, nothing of the message has left.
        """

    async def transmit(self, letter: Letter, then: Letter | None) -> Outcome:
        """Hand over the letter that was offered last, byte for byte.

        `then` is the one that will be offered next: a lane may send its envelope along.
        """

    async def withdraw(self) -> None:
        """Take the offer back: the letter is not to be sent after all."""

    async def close(self) -> None:
        """Let go of the connection; never raises, may be called again."""


class Sender(Protocol):
    """A way out for finished messages."""

    #: whether handing the same message over twice leaves one message (a folder of files does)
    repeatable: bool
    #: how many lanes may be open at once
    lanes: int

    def lane(self) -> Lane:
        """A new lane; nothing is opened before its first letter."""

    def close(self) -> None:
        """Let go of what lanes share; never raises."""


class Mailbox(Protocol):
    """A place that mails come back to. Nothing in it is ever deleted."""

    def mails(self) -> Iterator[Incoming]:
        """The mails that nobody here has looked at yet, oldest first; raises `MailboxError`."""

    def put_away(self, mail: Incoming, *, understood: bool) -> None:
        """Remember that a mail was looked at; what was not understood stays for a person.

        Raises `MailboxError`.
        """

    def close(self) -> None:
        """Let go of the mailbox; never raises, may be called again."""
