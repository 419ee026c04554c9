"""What dead workers left, and what a restored database has forgotten."""

from __future__ import annotations

from datetime import datetime

from digest.deliver import RetryPolicy, cut_off
from digest.model import Delivery, DeliveryState, Step
from digest.pipeline.ports import Store

#: why a message of a restored database is in doubt
RESTORED = (
    "the database is older than what was sent from it: it was restored from a copy, and nobody knows whether "
    "this message went out since; settle it with digest reconcile or digest settle"
)


def settle_left_behind(
    store: Store, now: datetime, *, policy: RetryPolicy, repeatable: bool, worker: str = ""
) -> list[tuple[Delivery, Step]]:
    """Settle what others than `worker` had in hand; those that were cut off or are in doubt for it.

    The caller holds the lock, so that nobody else is at work. Where the database was restored from a
    copy, everything that it would send is in doubt.
    """
    with store.read() as transaction:
        left = transaction.outbox.others(worker)
        restored = _is_restored(store, transaction.instance.generation())
        waiting = transaction.outbox.waiting() if restored else []
    if not left and not restored:
        return []
    claimed = [d for d in left if d.state is DeliveryState.CLAIMED]
    cut = [d for d in left if d.state is DeliveryState.TRANSMITTING]
    steps = [(d, cut_off(d, now, policy=policy, repeatable=repeatable)) for d in cut]
    with store.write() as transaction:
        transaction.outbox.release(claimed, now)
        transaction.outbox.settle(steps, now)
        if restored:
            doubts = [(d, _doubtful(d)) for d in waiting]
            steps += doubts
            transaction.outbox.settle(doubts, now)
            transaction.instance.set_generation(store.generation_noted() or 0)
    return steps


def _doubtful(delivery: Delivery) -> Step:
    return Step(state=DeliveryState.IN_DOUBT, attempts=delivery.attempts, last_error=RESTORED)


def _is_restored(store: Store, generation: int) -> bool:
    noted = store.generation_noted()
    return noted is not None and noted > generation
