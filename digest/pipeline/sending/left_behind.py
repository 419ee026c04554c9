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
    noted = store.generation_noted()
    with store.read() as transaction:
        left = transaction.outbox.others(worker)
        restored = noted is not None and noted > transaction.instance.generation()
        waiting = transaction.outbox.waiting() if restored else []
    if not left and not restored:
        return []
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
    return steps


def _doubtful(delivery: Delivery) -> Step:
    return Step(state=DeliveryState.IN_DOUBT, attempts=delivery.attempts, last_error=RESTORED)
