"""Refusals at RCPT while sending: the receiving server says at once what a bounce would say later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from digest import returns
from digest.model import Delivery, Outcome, OutcomeKind, Returned, SubscriberStatus
from digest.pipeline.returning.proving import Proven
from digest.pipeline.returning.report import ReturnedMail
from digest.pipeline.returning.taking import apply, verdict_on, would_be_too_many
from digest.store import Transaction


def note_refusal(
    transaction: Transaction,
    delivery: Delivery,
    outcome: Outcome,
    *,
    now: datetime,
    policy: returns.ReturnPolicy,
) -> ReturnedMail | None:
    """Count a delivery that the server refused for good at RCPT, and do what follows for its reader.

    `None` for every other outcome, at the cost of a comparison. Policy (5.7.x) and what is refused
    after DATA never count against a reader. Nothing is done beyond what removes too many readers in
    a day. Belongs into the transaction that settles the delivery.
    """
    if outcome.kind is not OutcomeKind.PERMANENT or not outcome.at_recipient or outcome.code is None:
        return None
    subscriber = transaction.subscribers.get(delivery.subscriber_id)
    if subscriber is None or subscriber.status is not SubscriberStatus.ACTIVE:
        return None
    kind = returns.severity(outcome.status, outcome.code, outcome.detail)
    said = Returned(kind=kind, status=outcome.status, recipient=delivery.recipient)
    proven = Proven(subscriber=subscriber, delivery_id=delivery.id)
    kind = returns.counts_as(said, subscriber)
    verdict = verdict_on(transaction, kind, proven, status=outcome.status, now=now, policy=policy)
    fingerprint = f"delivery {delivery.id}"
    new = transaction.returns.note(
        fingerprint,
        kind,
        subscriber_id=subscriber.id,
        delivery_id=delivery.id,
        status=outcome.status,
        detail=outcome.detail,
        now=now,
    )
    found = ReturnedMail(
        place=fingerprint,
        kind=kind,
        recipient=delivery.recipient,
        status=outcome.status,
        detail=outcome.detail,
        proven=True,
        again=not new,
        why=verdict.reason,
    )
    if not new or verdict.status is None:
        return found
    return _remove(transaction, found, subscriber.id, verdict, now)


def _remove(
    transaction: Transaction, found: ReturnedMail, subscriber_id: int, verdict: returns.Verdict, now: datetime
) -> ReturnedMail:
    if would_be_too_many(transaction, 1, now):
        return replace(found, held=True, why="too many at once")
    apply(transaction, subscriber_id, verdict, now)
    return replace(found, became=verdict.status)
