"""A way out that takes whole messages at once, such as a folder, as a `Sender` with one lane."""

from __future__ import annotations

import asyncio
from typing import Protocol

from digest.model import Letter, Outcome


class Taker(Protocol):
    """What takes a whole message in one step."""

    repeatable: bool

    def send(self, sender: str, recipient: str, data: bytes, message_id: str) -> Outcome:
        """Take one message, byte for byte; foreseeable failures are outcomes, not errors."""

    def close(self) -> None:
        """Let go of what is held open; never raises."""


class OneByOne:
    """A `Sender` around a `Taker`; see `digest.ports.Sender`."""

    lanes = 1

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self.repeatable = taker.repeatable

    def lane(self) -> _Lane:
        """The only lane."""
        return _Lane(self._taker)

    def close(self) -> None:
        """Close the taker."""
        self._taker.close()


class _Lane:
    def __init__(self, taker: Taker) -> None:
        self._taker = taker

    async def offer(self, letter: Letter) -> Outcome | None:  # noqa: ARG002 - the protocol has it
        """Nothing can be asked beforehand."""
        return None

    async def transmit(self, letter: Letter, then: Letter | None) -> Outcome:  # noqa: ARG002 - the protocol has it
        """Hand the whole message over, beside whatever else goes on."""
        return await asyncio.to_thread(
            self._taker.send, letter.sender, letter.recipient, letter.data, letter.message_id
        )

    async def withdraw(self) -> None:
        """Nothing was asked."""

    async def close(self) -> None:
        """The taker is closed by its sender."""
