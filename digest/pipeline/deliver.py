"""Deliver: hand over what the outbox holds, one message after another.

`transmitting` is committed before the first byte of a message leaves. A message found in that state
later was cut off in between: it may or may not have arrived, and is in doubt, unless sending it
twice leaves one message.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from digest import exits
from digest.deliver import RetryPolicy, next_step, too_late
from digest.errors import StoreError
from digest.model import Delivery, DeliveryState, OutcomeKind, SubscriberStatus
from digest.pipeline.ports import Progress, Store, silent
from digest.ports import Sender
from digest.store import Transaction

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One message that was dealt with."""

    recipient: str
    edition: str
    state: DeliveryState
    #: the server's words where it was not accepted
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverReport:
    """What became of the messages whose turn it was."""

    deliveries: tuple[Delivered, ...]
    #: why sending stopped before the end, where it did
    stopped: str | None

    def count(self, state: DeliveryState) -> int:
        """How many messages ended in `state`."""
        return Counter(d.state for d in self.deliveries)[state]

    @property
    def failed(self) -> bool:
        """Whether some message failed or is in doubt, or the way out is down."""
        bad = (DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT, DeliveryState.EXPIRED)
        return self.stopped is not None or any(d.state in bad for d in self.deliveries)

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        return exits.DELIVERY if self.failed else exits.DONE

    @property
    def problem_lines(self) -> list[str]:
        """One line for each message that was not handed over, but should have been."""
        fine = (DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED)
        lines = [
            f"{d.recipient}, edition {d.edition}: {d.state.value.replace('_', ' ')}: {d.detail}"
            for d in self.deliveries
            if d.state not in fine
        ]
        return lines or ([f"sending stopped: {self.stopped}"] if self.stopped else [])


def deliver(
    store: Store,
    sender: Sender,
    *,
    now: datetime,
    policy: RetryPolicy | None = None,
    progress: Progress = silent,
) -> DeliverReport:
    """Send every message whose turn has come; stop when the way out itself is down."""
    done = _settle_cut_off(store, sender, now)
    stopped: str | None = None
    tried: set[int] = set()
    while stopped is None:
        with store.read() as transaction:
            due = [d for d in transaction.outbox.due(now, _AT_ONCE + len(tried)) if d.id not in tried]
        if not due:
            break
        for number, delivery in enumerate(due):
            progress("sending", number, len(due))
            tried.add(delivery.id)
            result, stopped = _send_one(store, sender, delivery, now, policy or RetryPolicy())
            if result is not None:
                done.append(result)
            if stopped is not None:
                break
    return DeliverReport(deliveries=tuple(done), stopped=stopped)


def _settle_cut_off(store: Store, sender: Sender, now: datetime) -> list[Delivered]:
    """Messages that an earlier run left in the middle: the lock says that no other run is at them."""
    with store.read() as transaction:
        left = transaction.outbox.in_state(DeliveryState.TRANSMITTING)
    if not left:
        return []
    with store.write() as transaction:
        if sender.repeatable:
            for delivery in left:
                transaction.outbox.mark(delivery, DeliveryState.QUEUED, now=now, next_attempt=now)
            return []
        reason = "the run that sent it was cut off before the server's answer"
        for delivery in left:
            transaction.outbox.mark(delivery, DeliveryState.IN_DOUBT, now=now, last_error=reason)
    return [_delivered(d, DeliveryState.IN_DOUBT, reason) for d in left]


def _send_one(
    store: Store, sender: Sender, delivery: Delivery, now: datetime, policy: RetryPolicy
) -> tuple[Delivered | None, str | None]:
    """Deal with one message; the second value says why nothing more can be sent, if so."""
    with store.write() as transaction:
        taken = _take(transaction, delivery, now, policy)
    if not isinstance(taken, bytes):
        return taken, None
    outcome = sender.send(delivery.sender, delivery.recipient, taken, delivery.message_id)
    step = next_step(delivery, outcome, now, policy=policy)
    with store.write() as transaction:
        transaction.outbox.mark(
            delivery,
            step.state,
            now=now,
            attempts=step.attempts,
            next_attempt=step.next_attempt,
            last_error=step.last_error,
            queue_id=step.queue_id,
        )
    detail = None if outcome.kind is OutcomeKind.ACCEPTED else outcome.detail
    return _delivered(delivery, step.state, detail), outcome.detail if outcome.connection_lost else None


def _take(
    transaction: Transaction, delivery: Delivery, now: datetime, policy: RetryPolicy
) -> bytes | Delivered | None:
    """The bytes to send, the end that the message came to unsent, or `None` where another run has it."""
    outbox = transaction.outbox
    if not outbox.claim(delivery, now):
        return None
    if outbox.recipient_status(delivery) != SubscriberStatus.ACTIVE:
        reason = "the subscriber left before it was sent"
        outbox.mark(delivery, DeliveryState.SUPPRESSED, now=now, last_error=reason)
        return _delivered(delivery, DeliveryState.SUPPRESSED, reason)
    late = too_late(delivery, now, policy=policy)
    if late is not None:
        outbox.mark(delivery, late.state, now=now, last_error=late.last_error)
        return _delivered(delivery, late.state, late.last_error)
    try:
        return outbox.data(delivery.id)
    except StoreError as error:  # one damaged message never holds up the others
        outbox.mark(delivery, DeliveryState.REFUSED, now=now, last_error=str(error))
        return _delivered(delivery, DeliveryState.REFUSED, str(error))


def _delivered(delivery: Delivery, state: DeliveryState, detail: str | None) -> Delivered:
    return Delivered(recipient=delivery.recipient, edition=delivery.edition, state=state, detail=detail)
