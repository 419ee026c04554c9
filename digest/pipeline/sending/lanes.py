"""Lanes at work: each hands over one message after another and waits for every commit.

The order of things on one lane: offer (nothing of the message leaves), commit `transmitting`, transmit,
commit the result. Where the next offer is answered at once, one commit holds a result and the next
`transmitting`. So a killed process leaves at most one message in doubt for each lane.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from digest.model import Outcome, OutcomeKind
from digest.pipeline.sending.books import Books, Ended, InHand
from digest.pipeline.sending.feed import Feed
from digest.ports import Lane, Sender

#: how long an offer may take before the result of the message before it is committed alone, in seconds
_PROMPT = 0.02
#: how often it is looked whether sending is to end, in seconds
_GLANCE = 0.1
_CUT_OFFER = Outcome(kind=OutcomeKind.TRANSIENT, detail="stopped", connection_lost=True)
_CUT = Outcome(kind=OutcomeKind.UNKNOWN, detail="stopped before the server's answer", connection_lost=True)

#: what works on one lane
_Worker: TypeAlias = asyncio.Task[Any]
_Result = TypeVar("_Result", Outcome, Outcome | None)


class Lanes:
    """All lanes of one sender, and what they share."""

    def __init__(
        self,
        sender: Sender,
        feed: Feed,
        books: Books,
        *,
        stopping: Callable[[], bool],
        grace: float,
        sent: Callable[[], None],
    ) -> None:
        """`grace`: how many seconds a message on its way has left when `stopping` turns true."""
        self.feed = feed
        self.books = books
        self.sent = sent
        #: why the latest lost lane was lost
        self.lost: str | None = None
        self._sender = sender
        self.stopping = stopping
        self._grace = grace
        #: set once the server let somebody through, and at the end: only then do others follow
        self._open = asyncio.Event()
        self._over = False
        self._working = 0
        #: workers that wait for an offer, for the end of a transmission
        self._offering: set[_Worker] = set()
        self._transmitting: set[_Worker] = set()
        #: how often each was told that its operation is cut off because it is time to stop
        self._cut: Counter[_Worker] = Counter()

    async def send_all(self) -> None:
        """Send until nothing is left, the server cannot be used, or it is time to stop."""
        watch = asyncio.create_task(self._cut_the_late())
        workers = [self._worker(first=number == 0) for number in range(self._sender.lanes)]
        try:
            ends = await asyncio.gather(*workers, return_exceptions=True)
        finally:
            watch.cancel()
        for end in ends:
            if end is not None:
                raise end

    def got_through(self) -> None:
        """The server let a message through: others may follow."""
        self._open.set()

    def lose(self, outcome: Outcome) -> bool:
        """A worker ends because its lane was lost; whether it was the last one."""
        if outcome is not _CUT_OFFER:  # that was us
            self.lost = outcome.detail
        self._leave()
        return self._over

    async def offer(self, offer: Awaitable[Outcome | None]) -> Outcome | None:
        """Wait for an offer, cut off as soon as it is time to stop: nothing is lost by that."""
        return await self._unless_cut(offer, self._offering, _CUT_OFFER)

    async def transmit(self, transmission: Awaitable[Outcome]) -> Outcome:
        """Wait for a transmission, cut off when it is late at the end."""
        return await self._unless_cut(transmission, self._transmitting, _CUT)

    async def _unless_cut(
        self, operation: Awaitable[_Result], among: set[_Worker], when_cut: _Result
    ) -> _Result:
        worker = asyncio.current_task()
        assert worker is not None  # noqa: S101 - for the type checker
        among.add(worker)
        try:
            return await operation
        except asyncio.CancelledError:
            if worker.cancelling() > self._cut[worker]:
                raise  # all of it ends at once: the next run finds how far this one came
            return when_cut
        finally:
            among.discard(worker)
            for _ in range(self._cut.pop(worker, 0)):
                worker.uncancel()

    async def _worker(self, *, first: bool) -> None:
        if not first:
            await self._open.wait()
        if self._over:
            return
        self._working += 1
        try:
            while await _Work(self, self._sender.lane()).to_its_end():
                pass
        except BaseException:
            self.feed.close()
            self._leave()
            raise

    def _leave(self) -> None:
        self._working -= 1
        if self._working == 0:
            self._over = True
            self._open.set()

    def finish(self) -> None:
        """A worker ends because nothing is left for it."""
        self._leave()

    async def _cut_the_late(self) -> None:
        late: float | None = None
        while True:
            await asyncio.sleep(_GLANCE)
            if self.stopping():
                late = late or time.monotonic() + self._grace
                self._cut_off(self._offering)
                if time.monotonic() >= late:
                    self.books.hurry()
                    self._cut_off(self._transmitting)

    def _cut_off(self, workers: Iterable[_Worker]) -> None:
        for worker in workers:
            self._cut[worker] += 1
            worker.cancel()


class _Work:
    """What one lane does from its first message to its last."""

    def __init__(self, lanes: Lanes, lane: Lane) -> None:
        self._lanes = lanes
        self._lane = lane
        #: a message taken from the feed with which nothing was begun
        self._held: InHand | None = None
        #: a result that is not committed yet
        self._ended: Ended | None = None
        #: the commit of one that waits for no offer any more
        self._settling: asyncio.Future[bool] | None = None
        self._accepted = 0
        self._lost = False

    async def to_its_end(self) -> bool:
        """Work until nothing is left or the lane is lost; whether a new lane should go on in its place."""
        try:
            while not (self._lost or self._lanes.feed.over) and await self._has_next():
                await self._deal_with_next()
            await self._settle()
            if not self._lost:
                self._lanes.finish()
            return self._lost and self._accepted > 0
        finally:
            if self._held is not None:
                self._lanes.feed.give_back(self._held)
            await self._lane.close()

    async def _has_next(self) -> bool:
        self._held = self._held or self._lanes.feed.at_hand()
        if self._held is None:
            await self._settle()  # the wait may be long
            self._held = await self._lanes.feed.next()
        return self._held is not None

    async def _deal_with_next(self) -> None:
        held = self._held
        assert held is not None  # noqa: S101 - for the type checker
        refused = await self._offer(held)
        if refused is not None:
            await self._refused(held, refused)
            return
        self._lanes.got_through()
        ended, self._ended, self._held = self._ended, None, None
        if await self._lanes.books.write(*_some(ended), begin=held):
            await self._transmit(held)
        else:
            await self._lane.withdraw()

    async def _offer(self, held: InHand) -> Outcome | None:
        if self._ended is None:
            return await self._lanes.offer(self._lane.offer(held.letter))
        alarm = asyncio.get_running_loop().call_later(_PROMPT, self._settle_meanwhile)
        try:
            outcome = await self._lanes.offer(self._lane.offer(held.letter))
        finally:
            alarm.cancel()
        if self._settling is not None:
            settling, self._settling = self._settling, None
            await settling
        return outcome

    async def _refused(self, held: InHand, outcome: Outcome) -> None:
        if outcome is not _CUT_OFFER:
            self._lanes.feed.heed(held, outcome)
        if not outcome.connection_lost:
            self._held = None
            ended, self._ended = self._ended, None
            await self._lanes.books.write(*_some(ended), Ended(delivery=held.delivery, outcome=outcome))
            return
        self._lost = True
        await self._settle()
        if self._accepted > 0:
            return  # a new lane will have it
        if self._lanes.lose(outcome) and outcome is not _CUT_OFFER:
            # nobody is left to try it
            self._held = None
            await self._lanes.books.write(Ended(delivery=held.delivery, outcome=outcome))

    async def _transmit(self, held: InHand) -> None:
        self._held = self._lanes.feed.at_hand()
        then = self._held.letter if self._held else None
        outcome = await self._lanes.transmit(self._lane.transmit(held.letter, then))
        self._ended = Ended(delivery=held.delivery, outcome=outcome)
        self._lanes.feed.heed(held, outcome)
        self._accepted += outcome.kind is OutcomeKind.ACCEPTED
        self._lanes.sent()
        if outcome.connection_lost:
            self._lost = True
            await self._settle()
            if self._accepted == 0:
                self._lanes.lose(outcome)

    async def _settle(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            await self._lanes.books.write(ended)

    def _settle_meanwhile(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            self._settling = self._lanes.books.enter(ended)


def _some(ended: Ended | None) -> tuple[Ended, ...]:
    return () if ended is None else (ended,)
