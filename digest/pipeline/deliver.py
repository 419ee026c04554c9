"""Deliver: hand over what the outbox holds.

`transmitting` is committed before the first byte of a message leaves. A message found in that state
later was cut off in between: it may or may not have arrived, and is in doubt, unless sending it
twice leaves one message. Whatever else is found in some worker's hands is provably unsent.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime

from digest.deliver import Limits, Pacer, RetryPolicy, cut_off, domain_of
from digest.model import Delivery, DeliveryState, Step
from digest.pipeline.ports import Clock, Progress, Store, silent
from digest.pipeline.sending.books import Books
from digest.pipeline.sending.feed import Feed
from digest.pipeline.sending.lanes import Lanes
from digest.pipeline.sending.report import DeliverReport, Tally
from digest.ports import Sender

#: how long a message on its way may take when sending is told to end, in seconds
GRACE = 10.0
_RESTORED = (
    "the database is older than what was sent from it: it was restored from a copy, and nobody knows whether "
    "this message went out since; settle it with digest settle"
)


def deliver(
    store: Store,
    sender: Sender,
    *,
    clock: Clock,
    policy: RetryPolicy | None = None,
    limits: Limits | None = None,
    stopping: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
    progress: Progress = silent,
) -> DeliverReport:
    """Send every message whose turn has come; stop when the way out itself is down.

    `clock` tells the present moment again and again: sending may take hours. Once `stopping` says
    so nothing more is begun; what is on its way is finished, or is in doubt after `grace` seconds.
    What `limits` do not allow within half a minute is left to a later run.
    The caller holds the lock: whatever other workers have in hand was left behind by dead ones.
    """
    policy = policy or RetryPolicy()
    tally = Tally()
    worker = _worker_name()
    _settle_left_behind(store, clock(), worker, policy, tally, repeatable=sender.repeatable)
    with store.read() as transaction:
        due = transaction.outbox.count_due(clock())
    if due:
        progress("sending", 0, due)
        books = Books(store, clock=clock, policy=policy, worker=worker, tally=tally)
        feed = Feed(books, _pacer(store, limits or Limits(), clock()), clock=clock, stopping=stopping)
        sent = _Counter(due, progress)
        lanes = Lanes(sender, feed, books, stopping=stopping, grace=grace, sent=sent)
        try:
            tally.stopped = asyncio.run(_send(lanes, feed))
        finally:
            books.close()
        tally.paced_until = feed.paced_until
    return tally.report(interrupted=stopping())


async def _send(lanes: Lanes, feed: Feed) -> str | None:
    """Send; why that stopped before the end, if it did."""
    try:
        await lanes.send_all()
    except Exception:
        await feed.put_away()
        raise
    left = await feed.put_away()
    return (lanes.lost or feed.throttled) if left else None


def _pacer(store: Store, limits: Limits, now: datetime) -> Pacer:
    """What was begun before counts as well, whoever began it."""
    with store.read() as transaction:
        recent = transaction.outbox.recent(now - limits.memory) if limits.memory else []
    return Pacer(limits, ((domain_of(recipient), moment) for recipient, moment in recent))


class _Counter:
    """Tells how many messages are done."""

    def __init__(self, due: int, progress: Progress) -> None:
        self._due = due
        self._done = 0
        self._progress = progress

    def __call__(self) -> None:
        self._done += 1
        self._progress("sending", self._done, max(self._due, self._done))


def _settle_left_behind(
    store: Store, now: datetime, worker: str, policy: RetryPolicy, tally: Tally, *, repeatable: bool
) -> None:
    """Release what dead workers claimed, settle what they were transmitting; doubt all in a restored copy."""
    noted = store.generation_noted()
    with store.read() as transaction:
        left = transaction.outbox.others(worker)
        restored = noted is not None and noted > transaction.instance.generation()
        waiting = transaction.outbox.waiting() if restored else []
    if not left and not restored:
        return
    claimed = [d for d in left if d.state is DeliveryState.CLAIMED]
    cut = [d for d in left if d.state is DeliveryState.TRANSMITTING]
    if restored:
        steps = [(d, _doubtful(d)) for d in (*waiting, *cut)]
    else:
        steps = [(d, cut_off(d, now, policy=policy, repeatable=repeatable)) for d in cut]
    with store.write() as transaction:
        transaction.outbox.release(claimed, now)
        transaction.outbox.settle(steps, now)
        if restored:
            transaction.instance.set_generation(noted or 0)
    for delivery, step in steps:
        if step.state is DeliveryState.IN_DOUBT:
            tally.add(delivery, step.state, step.last_error)


def _doubtful(delivery: Delivery) -> Step:
    return Step(state=DeliveryState.IN_DOUBT, attempts=delivery.attempts, last_error=_RESTORED)


def _worker_name() -> str:
    # a number of its own as well: process numbers come again
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
