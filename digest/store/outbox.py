"""The outbox: frozen messages on their way. Delivery reads nothing else."""

from __future__ import annotations

import hashlib
import zlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from digest.errors import StoreError
from digest.model import Delivery, DeliveryState, Message
from digest.store.tables import DELIVERY, MESSAGE, SUBSCRIBER

_OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class Outbox:
    """Messages that were published, and what became of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(
        self,
        message: Message,
        *,
        issue_id: int,
        subscriber_id: int,
        edition: date,
        now: datetime,
        expire_after: timedelta,
    ) -> int:
        """Freeze a message: from here on its bytes never change."""
        delivery_id = self._connection.execute(
            insert(DELIVERY)
            .values(
                issue_id=issue_id,
                subscriber_id=subscriber_id,
                edition=edition,
                message_id=message.message_id,
                sender=message.sender,
                recipient=message.recipient,
                subject=message.subject,
                state=DeliveryState.QUEUED.value,
                attempts=0,
                created_at=now,
                updated_at=now,
                next_attempt=now,
                expires_at=now + expire_after,
            )
            .returning(DELIVERY.c.id)
        ).scalar_one()
        self._connection.execute(
            insert(MESSAGE).values(
                delivery_id=delivery_id,
                data=zlib.compress(message.data, 6),
                sha256=hashlib.sha256(message.data).hexdigest(),
            )
        )
        return delivery_id

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Messages whose turn has come, oldest first."""
        query = (
            _deliveries()
            .where(DELIVERY.c.state.in_([s.value for s in _OPEN]), DELIVERY.c.next_attempt <= now)
            .order_by(DELIVERY.c.next_attempt, DELIVERY.c.id)
            .limit(limit)
        )
        return self._load(query)

    def in_state(self, state: DeliveryState) -> list[Delivery]:
        """Messages in one state, oldest first."""
        return self._load(_deliveries().where(DELIVERY.c.state == state.value).order_by(DELIVERY.c.id))

    def of_issue(self, issue_id: int) -> Delivery | None:
        """The message of an issue, `None` for one that was for a feed only."""
        found = self._load(_deliveries().where(DELIVERY.c.issue_id == issue_id))
        return found[0] if found else None

    def subject(self, delivery_id: int) -> str:
        """The subject of a message."""
        found = self._connection.scalar(select(DELIVERY.c.subject).where(DELIVERY.c.id == delivery_id))
        return found or ""

    def data(self, delivery_id: int) -> bytes:
        """The frozen bytes, checked against the digest taken when they were frozen."""
        row = self._connection.execute(
            select(MESSAGE.c.data, MESSAGE.c.sha256).where(MESSAGE.c.delivery_id == delivery_id)
        ).first()
        if row is None:
            raise StoreError(f"the outbox holds no bytes for delivery {delivery_id}; it cannot be sent")
        try:
            data = zlib.decompress(row.data)
        except zlib.error as error:
            raise StoreError(f"the bytes of delivery {delivery_id} are damaged: {error}") from error
        if hashlib.sha256(data).hexdigest() != row.sha256:
            raise StoreError(f"the bytes of delivery {delivery_id} are not those that were frozen")
        return data

    def claim(self, delivery: Delivery, now: datetime) -> bool:
        """Make a message `transmitting`, unless another run took it since it was listed as due."""
        taken = self._connection.execute(
            update(DELIVERY)
            .where(
                DELIVERY.c.id == delivery.id,
                DELIVERY.c.state == delivery.state.value,
                DELIVERY.c.attempts == delivery.attempts,
            )
            .values(state=DeliveryState.TRANSMITTING.value, updated_at=now)
        )
        return taken.rowcount == 1

    def mark(
        self,
        delivery: Delivery,
        state: DeliveryState,
        *,
        now: datetime,
        attempts: int | None = None,
        next_attempt: datetime | None = None,
        last_error: str | None = None,
        queue_id: str | None = None,
    ) -> None:
        """Write a delivery's new state and what led to it."""
        self._connection.execute(
            update(DELIVERY)
            .where(DELIVERY.c.id == delivery.id)
            .values(
                state=state.value,
                updated_at=now,
                attempts=delivery.attempts if attempts is None else attempts,
                next_attempt=next_attempt or delivery.next_attempt,
                last_error=last_error,
                queue_id=queue_id,
            )
        )

    def recipient_status(self, delivery: Delivery) -> str | None:
        """The subscriber's present status, asked right before sending; `None` when forgotten."""
        return self._connection.scalar(
            select(SUBSCRIBER.c.status).where(SUBSCRIBER.c.id == delivery.subscriber_id)
        )

    def counts(self) -> dict[DeliveryState, int]:
        """How many messages are in each of the nine states."""
        rows = self._connection.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
        found = {DeliveryState(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in DeliveryState}

    def _load(self, query: Select[Any]) -> list[Delivery]:
        return [
            Delivery(
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
            )
            for row in self._connection.execute(query)
        ]


def _deliveries() -> Select[Any]:
    return select(DELIVERY)
