"""The messages whose turn has come, handed out one after another and no faster than the limits allow."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from digest.deliver import Pacer, domain_of
from digest.errors import DigestError
from digest.model import Outcome, OutcomeKind
from digest.pipeline.ports import Clock
from digest.pipeline.sending.books import Books, InHand

#: claimed at once: few enough to hold in memory, enough that claiming costs little
_CLAIMED: Final = 100
#: a wait longer than this is left to a later run
_LONGEST_WAIT: Final = timedelta(seconds=30)
_ASKED_IN_EARNEST: Final = 2
#: how often a wait looks whether it is told to end, in seconds
_GLANCE: Final = 0.2


class Feed:
    """Claims messages ahead of the lanes, and takes back what they did not try."""

    def __init__(self, books: Books, pacer: Pacer, *, clock: Clock, stopping: Callable[[], bool]) -> None:
        self._books = books
        self._pacer = pacer
        self._clock = clock
        self._stopping = stopping
        self._ready: deque[InHand] = deque()
        #: messages whose domain has to wait a little: when, a number for the order, the message
        self._aside: list[tuple[datetime, int, InHand]] = []
        self._claiming: asyncio.Task[None] | None = None
        #: nothing more is due, as far as the last claim saw
        self._dry = False
        #: why no more can be claimed: told once what is at hand is used up
        self._trouble: DigestError | None = None
        self._closed = False
        #: how often the server asked for fewer messages since it last took one
        self._asked = 0
        #: until when the limits allow nothing more, where that ended the handing out
        self.paced_until: datetime | None = None
        #: why the server is left alone for now, where it asked for that
        self.throttled: str | None = None

    def at_hand(self) -> InHand | None:
        """The next message where one may go at once; `None` where one would have to wait or stop."""
        now = self._clock()
        if self.over:
            return None
        # also where the limits allow none now: how long it takes is known only with something at hand
        self._claim_ahead()
        if self._pacer.free_at(None, now) > now:
            return None
        if self._aside and self._aside[0][0] <= now:
            self._ready.appendleft(heapq.heappop(self._aside)[2])
        while self._ready:
            held = self._ready.popleft()
            domain = domain_of(held.letter.recipient)
            free = self._pacer.free_at(domain, now)
            if free <= now:
                self._pacer.note(domain, now)
                return held
            heapq.heappush(self._aside, (free, held.delivery.id, held))
            self._claim_ahead()
        return None

    async def next(self) -> InHand | None:
        """The next message; `None` when nothing is due any more, or what is left has to wait for long.

        Raises what kept more messages from being claimed.
        """
        while not self.over:
            if found := self.at_hand():
                return found
            await self._put_off()
            if self._trouble is not None and not self._ready:
                raise self._trouble
            if self._claiming is not None and not self._ready:
                await asyncio.shield(self._claiming)
            elif (free := self._free_at()) is None:
                return None
            else:
                await self._wait_until(free)
        return None

    def give_back(self, held: InHand) -> None:
        """Take a message back that was not tried: another lane will have it."""
        self._ready.appendleft(held)

    def heed(self, held: InHand, outcome: Outcome) -> None:
        """Slow down where the server asked for fewer messages.

        A domain is left alone for a while. The server itself is, for this run, once it has asked twice
        without taking a message in between: once may be for one odd message's sake.
        """
        if outcome.at_recipient:
            domain, now = domain_of(held.letter.recipient), self._clock()
            (self._pacer.throttled if outcome.throttled else self._pacer.went_well)(domain, now)
        elif outcome.kind is OutcomeKind.ACCEPTED:
            self._asked = 0
        elif outcome.throttled:
            self._asked += 1
            if self._asked == _ASKED_IN_EARNEST:
                self.throttled = outcome.detail
                self.close()

    @property
    def over(self) -> bool:
        """Whether nothing more is to be begun, not even what was handed out already."""
        return self._closed or self._stopping()

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True

    async def put_away(self) -> bool:
        """Give everything that nobody took back to the outbox; whether something is left there."""
        if self._claiming is not None:
            await self._claiming
        left = [*self._ready, *(held for _, _, held in self._aside)]
        self._ready.clear()
        self._aside.clear()
        await self._books.release(left)
        return bool(left) or not self._dry

    # ── waiting ───────────────────────────────────────────────────────────────────────────────

    def _free_at(self) -> datetime | None:
        """When something may go; `None` where nothing is there."""
        moments = [when for when, _, _ in self._aside[:1]]
        if self._ready:
            moments.append(self._clock())
        return max(self._pacer.free_at(None, self._clock()), min(moments)) if moments else None

    async def _wait_until(self, free: datetime) -> None:
        left = free - self._clock()
        if left > _LONGEST_WAIT:
            self.paced_until = free
            self.close()
        else:
            await asyncio.sleep(min(max(left.total_seconds(), 0.0), _GLANCE))

    async def _put_off(self) -> None:
        """Give back what has to wait for long because of its domain, to come again then."""
        horizon = self._clock() + _LONGEST_WAIT
        later = [(when, held) for when, _, held in self._aside if when > horizon]
        if later:
            self._aside = [entry for entry in self._aside if entry[0] <= horizon]
            heapq.heapify(self._aside)
            for when in sorted({when for when, _ in later}):
                await self._books.release([held for at, held in later if at == when], when)

    def _claim_ahead(self) -> None:
        room = len(self._ready) < _CLAIMED // 2 and len(self._aside) < 10 * _CLAIMED
        used_up = self._dry or self._trouble is not None
        if self._claiming is None and room and not used_up:
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
