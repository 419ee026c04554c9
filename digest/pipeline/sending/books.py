"""The database's side of sending: one thread, and commits that serve several lanes at once.

A lane waits until what it wrote is committed. While one commit is on its way to the disk the lanes
gather for the next: with many lanes a commit costs each of them little, and no lane runs ahead of it.
What was claimed is unpacked in a thread beside that one: no commit has to wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Final, TypeVar

from digest.deliver import RetryPolicy, next_step, too_late
from digest.errors import StoreError
from digest.model import Delivery, DeliveryState, Letter, Outcome, OutcomeKind, Step, SubscriberStatus
from digest.pipeline.ports import Clock, Store
from digest.pipeline.returning.refusing import note_refusal
from digest.pipeline.returning.report import ReturnedMail
from digest.pipeline.sending.report import Tally
from digest.returns import ReturnPolicy
from digest.store import PackedLetter, Transaction

#: after this long a claim may be taken over, should the lock beside the database ever be gone
_LEASE = timedelta(minutes=30)
#: waits before a result is written again that could not be written, in seconds
PATIENCE = (1.0, 2.0, 4.0, 8.0, 15.0)
#: where a commit served so many lanes in so few seconds, the next one waits a moment for more of them: most
#: of its work is the same for one and for many. During a slow one they gather anyway.
_CROWD: Final = 8
_QUICK: Final = 0.005
_MOMENT: Final = 0.001
_LEFT = "the subscriber left before it was sent"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A claimed message."""

    delivery: Delivery
    letter: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An attempt that is over."""

    delivery: Delivery
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    ended: tuple[Ended, ...]
    begin: Delivery | None
    future: asyncio.Future[bool]


class Books:
    """Everything that sending reads and writes, in the order in which it was asked for."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        policy: RetryPolicy,
        worker: str,
        tally: Tally,
        returns: ReturnPolicy | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._worker = worker
        self._tally = tally
        self._returns = returns
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
        self._unpacking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="unpacking")
        self._waiting: list[_Entry] = []
        self._committing: asyncio.Task[None] | None = None
        #: how long the next commit waits for more lanes
        self._gathering = 0.0
        self._hurry = Event()

    def hurry(self) -> None:
        """Wait no longer for a disk or a lock: try once more, and give up."""
        self._hurry.set()

    def close(self) -> None:
        """End the threads, once they have done what they were asked for."""
        self.hurry()
        self._thread.shutdown()
        self._unpacking.shutdown()

    async def claim(self, limit: int) -> list[InHand]:
        """Take up to `limit` messages whose turn has come; empty when there are none."""
        packed = await self._in_thread(lambda: self._claim(limit))
        found = await self._in_thread(lambda: [one.unpacked() for one in packed], self._unpacking)
        both = [(one.delivery, letter) for one, letter in zip(packed, found, strict=True)]
        # should this fail, the next run finds all of them claimed and untried
        if broken := [(d, _unreadable(d, error)) for d, error in both if isinstance(error, StoreError)]:
            await self._in_thread(lambda: self._refuse(broken))
        return [InHand(delivery=d, letter=letter) for d, letter in both if isinstance(letter, Letter)]

    async def release(self, held: Sequence[InHand], next_attempt: datetime | None = None) -> None:
        """Give messages back untried, to come again at a moment where one is given."""
        if held:
            await self._in_thread(lambda: self._release([h.delivery for h in held], next_attempt))

    async def write(self, *ended: Ended, begin: InHand | None = None) -> bool:
        """Commit what ended, and that `begin` is being transmitted; whether it may be.

        It may not when its reader left meanwhile or it has become too old: that is its end then.
        """
        return await self.enter(*ended, begin=begin)

    def enter(self, *ended: Ended, begin: InHand | None = None) -> asyncio.Future[bool]:
        """As `write`, for whoever has something else to wait for first."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Entry(ended=ended, begin=begin.delivery if begin else None, future=future))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        return future

    # ── gathering ─────────────────────────────────────────────────────────────────────────────

    async def _commit_all(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            while self._waiting:
                # lanes that are ready in this very round come along in any case
                await asyncio.sleep(self._gathering)
                entries, self._waiting = self._waiting, []
                slow = clock() + _QUICK
                await self._commit_for(entries)
                self._gathering = _MOMENT if len(entries) >= _CROWD and clock() < slow else 0.0
        finally:
            self._committing = None

    async def _commit_for(self, entries: Sequence[_Entry]) -> None:
        try:
            may = await self._in_thread(lambda: self._commit_patiently(entries))
        except BaseException as error:  # noqa: BLE001 - handed on to everybody who waits for it
            for entry in entries:
                if not entry.future.done():
                    entry.future.set_exception(error)
            return
        for entry in entries:
            if not entry.future.done():
                entry.future.set_result(entry.begin is not None and entry.begin.id in may)

    async def _in_thread(
        self, work: Callable[[], Answer], thread: ThreadPoolExecutor | None = None
    ) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(thread or self._thread, work)

    # ── in the thread ─────────────────────────────────────────────────────────────────────────

    def _claim(self, limit: int) -> list[PackedLetter]:
        now = self._clock()
        with self._store.write() as transaction:
            outbox = transaction.outbox
            taken = outbox.letters(outbox.claim(now, limit, worker=self._worker, lease=_LEASE))
            generation = transaction.instance.advance() if taken else None
        if generation is not None:
            self._store.note_generation(generation)
        return taken

    def _refuse(self, broken: Sequence[tuple[Delivery, Step]]) -> None:
        with self._store.write() as transaction:
            transaction.outbox.settle(broken, self._clock())
        self._note(broken)

    def _release(self, deliveries: Sequence[Delivery], next_attempt: datetime | None) -> None:
        with self._store.write() as transaction:
            transaction.outbox.release(deliveries, self._clock(), next_attempt=next_attempt)

    def _commit_patiently(self, entries: Sequence[_Entry]) -> set[int]:
        """Commit; where a result would be lost, try again for a while: a full disk may be emptied."""
        waits = PATIENCE if any(entry.ended for entry in entries) else ()
        for wait in waits:
            try:
                return self._commit(entries)
            except StoreError:
                if self._hurry.wait(wait):
                    break
        return self._commit(entries)

    def _commit(self, entries: Sequence[_Entry]) -> set[int]:
        now = self._clock()
        ended = [one for entry in entries for one in entry.ended]
        steps = [(e.delivery, next_step(e.delivery, e.outcome, now, policy=self._policy)) for e in ended]
        beginning = [entry.begin for entry in entries if entry.begin is not None]
        with self._store.write() as transaction:
            unsent = self._unsent(transaction, beginning, now)
            transaction.outbox.settle([*steps, *unsent], now)
            removed = self._refusals(transaction, ended, now)
            stopped = {delivery.id for delivery, _ in unsent}
            may = [d for d in beginning if d.id not in stopped]
            transaction.outbox.begin(may, now)
            generation = transaction.instance.advance()
        self._store.note_generation(generation, quickly=True)
        for one, (_, step) in zip(ended, steps, strict=True):
            detail = None if one.outcome.kind is OutcomeKind.ACCEPTED else one.outcome.detail
            self._tally.add(one.delivery, step.state, detail)
        self._note(unsent)
        self._tally.removed += removed
        return {d.id for d in may}

    def _refusals(
        self, transaction: Transaction, ended: Sequence[Ended], now: datetime
    ) -> list[ReturnedMail]:
        """Readers whose address the server knows to be none: their mails end here."""
        if self._returns is None:
            return []
        noted = [
            note_refusal(transaction, e.delivery, e.outcome, now=now, policy=self._returns) for e in ended
        ]
        return [mail for mail in noted if mail is not None and mail.became is not None]

    def _unsent(
        self, transaction: Transaction, beginning: Sequence[Delivery], now: datetime
    ) -> list[tuple[Delivery, Step]]:
        """Those that are not sent after all: asked in the transaction that would let them go."""
        found: list[tuple[Delivery, Step]] = []
        statuses = transaction.outbox.recipient_statuses(beginning)
        for delivery in beginning:
            if statuses.get(delivery.id) != SubscriberStatus.ACTIVE:
                found.append((delivery, _without_attempt(delivery, DeliveryState.SUPPRESSED, _LEFT)))
            elif late := too_late(delivery, now, policy=self._policy):
                found.append((delivery, late))
        return found

    def _note(self, steps: Sequence[tuple[Delivery, Step]]) -> None:
        for delivery, step in steps:
            self._tally.add(delivery, step.state, step.last_error)


def _unreadable(delivery: Delivery, error: StoreError) -> Step:
    # one damaged message never holds up the others
    return _without_attempt(delivery, DeliveryState.REFUSED, str(error))


def _without_attempt(delivery: Delivery, state: DeliveryState, why: str) -> Step:
    return Step(state=state, attempts=delivery.attempts, last_error=why)
