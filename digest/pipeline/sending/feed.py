"""The messages whose turn has come, handed out one after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from digest.errors import DigestError
from digest.pipeline.sending.books import Books, InHand

#: claimed at once: few enough to hold in memory, enough that claiming costs little
_CLAIMED = 100


class Feed:
    """Claims messages ahead of the lanes, and takes back what they did not try."""

    def __init__(self, books: Books, *, stopping: Callable[[], bool]) -> None:
        self._books = books
        self._stopping = stopping
        self._ready: deque[InHand] = deque()
        self._claiming: asyncio.Task[None] | None = None
        #: nothing more is due, as far as the last claim saw
        self._dry = False
        #: why no more can be claimed: told once what is at hand is used up
        self._trouble: DigestError | None = None
        self._closed = False

    def at_hand(self) -> InHand | None:
        """The next message where one is there already; `None` where one would have to wait or stop."""
        if self._closed or self._stopping():
            return None
        self._claim_ahead()
        return self._ready.popleft() if self._ready else None

    async def next(self) -> InHand | None:
        """The next message; `None` when nothing is due any more or sending is to end.

        Raises what kept more messages from being claimed.
        """
        while not (self._closed or self._stopping()):
            if found := self.at_hand():
                return found
            if self._trouble is not None:
                raise self._trouble
            if self._claiming is None:
                return None
            await asyncio.shield(self._claiming)
        return None

    def give_back(self, held: InHand) -> None:
        """Take a message back that was not tried: another lane will have it."""
        self._ready.appendleft(held)

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True

    async def put_away(self) -> bool:
        """Give everything that nobody took back to the outbox; whether something is left there."""
        if self._claiming is not None:
            await self._claiming
        left, self._ready = list(self._ready), deque()
        await self._books.release(left)
        return bool(left) or not self._dry

    def _claim_ahead(self) -> None:
        enough = self._dry or self._trouble is not None or len(self._ready) >= _CLAIMED // 2
        if self._claiming is None and not enough:
            self._claiming = asyncio.create_task(self._claim())

    async def _claim(self) -> None:
        try:
            found = await self._books.claim(_CLAIMED)
            self._ready.extend(found)
            self._dry = not found
        except DigestError as error:
            self._trouble = error
        finally:
            self._claiming = None
