"""Rows of the outbox as nouns."""

from __future__ import annotations

from typing import Any

from digest.model import Delivery, DeliveryState


def delivery_of(row: Any) -> Delivery:  # noqa: ANN401 - a row with the columns of the delivery table
    """The delivery that a row holds."""
    return Delivery(
        id=row.id,
        subscriber_id=row.subscriber_id,
        edition=row.edition.isoformat(),
        message_id=row.message_id,
        sender=row.sender,
        recipient=row.recipient,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt=row.next_attempt,
        expires_at=row.expires_at,
        last_error=row.last_error,
        queue_id=row.queue_id,
        code=row.code,
        worker=row.worker,
        lease_until=row.lease_until,
        transmitted_at=row.transmitted_at,
        accepted_at=row.accepted_at,
        settled_by=row.settled_by,
    )
