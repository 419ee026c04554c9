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
from datetime import datetime, timedelta

from digest.deliver import Limits, Pacer, RetryPolicy, domain_of
from digest.errors import StoreError
from digest.model import DeliveryState
from digest.pipeline.ports import Clock, Progress, Store, silent
from digest.pipeline.sending.alarms import alarms_of
from digest.pipeline.sending.books import Books
from digest.pipeline.sending.feed import Feed
from digest.pipeline.sending.lanes import Lanes
from digest.pipeline.sending.left_behind import settle_left_behind
from digest.pipeline.sending.report import DeliverReport, Tally
from digest.ports import Sender
from digest.returns import ReturnPolicy

#: how long a message on its way may take when sending is told to end, in seconds
GRACE = 10.0
#: what was begun later than so far in the future was noted while the clock was wrong: it would hold up
#: mails until that time has come
_AHEAD = timedelta(hours=1)
#: messages whose bytes are let go in one transaction
_DROPPED_AT_ONCE = 500


def deliver(
    store: Store,
    sender: Sender,
    *,
    clock: Clock,
    policy: RetryPolicy | None = None,
    limits: Limits | None = None,
    returns: ReturnPolicy | None = None,
    stopping: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
    keep: timedelta | None = None,
    progress: Progress = silent,
) -> DeliverReport:
    """Send every message whose turn has come; stop when the way out itself is down.

    `clock` tells the present moment again and again: sending may take hours. Once `stopping` says
    so nothing more is begun; what is on its way is finished, or is in doubt after `grace` seconds.
    What `limits` do not allow within half a minute is left to a later run.
    By `returns` a reader whose address is refused for good gets no more mails.
    The caller holds the lock: whatever other workers have in hand was left behind by dead ones.
    Bytes of what ended longer than `keep` ago are let go; at the end alarms are looked for.
    """
    policy = policy or RetryPolicy()
    tally = Tally()
    worker = _worker_name()
    for delivery, step in settle_left_behind(
        store, clock(), policy=policy, repeatable=sender.repeatable, worker=worker
    ):
        if step.state is DeliveryState.IN_DOUBT:
            tally.add(delivery, step.state, step.last_error)
    with store.read() as transaction:
        due = transaction.outbox.count_due(clock())
    if due:
        progress("sending", 0, due)
        books = Books(store, clock=clock, policy=policy, worker=worker, tally=tally, returns=returns)
        feed = Feed(books, _pacer(store, limits or Limits(), clock()), clock=clock, stopping=stopping)
        sent = _Counter(due, progress)
        lanes = Lanes(sender, feed, books, stopping=stopping, grace=grace, sent=sent)
        try:
            tally.stopped = asyncio.run(_send(lanes, feed))
        finally:
            books.close()
        tally.paced_until = feed.paced_until
    with store.read() as transaction:
        alarms = alarms_of(transaction, clock())
        left = transaction.outbox.count_due(clock()) > 0
    if keep is not None:
        alarms += _drop_bytes(store, clock(), keep, stopping)
    return tally.report(alarms=alarms, interrupted=left and stopping())


def _drop_bytes(
    store: Store, now: datetime, keep: timedelta, stopping: Callable[[], bool]
) -> tuple[str, ...]:
    """Let go of old bytes in many small transactions, so that nobody waits; what went wrong with that."""
    dropped = _DROPPED_AT_ONCE
    try:
        while dropped == _DROPPED_AT_ONCE and not stopping():
            with store.write() as transaction:
                dropped = transaction.outbox.drop_bytes(now - keep, now, limit=_DROPPED_AT_ONCE)
    except StoreError as error:
        # what was sent is noted, and its report must not be lost
        return (f"the bytes of old mails could not be let go: {error}",)
    return ()


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
    """What was begun before counts as well, whoever began it; not what a clock far ahead says of it."""
    with store.read() as transaction:
        recent = transaction.outbox.recent(now - limits.memory) if limits.memory else []
    believed = [(domain_of(recipient), moment) for recipient, moment in recent if moment <= now + _AHEAD]
    return Pacer(limits, believed)


class _Counter:
    """Tells how many messages are done."""

    def __init__(self, due: int, progress: Progress) -> None:
        self._due = due
        self._done = 0
        self._progress = progress

    def __call__(self) -> None:
        self._done += 1
        self._progress("sending", self._done, max(self._due, self._done))


def _worker_name() -> str:
    # a number of its own as well: process numbers come again
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
