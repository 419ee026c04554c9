"""Messages as the outbox keeps them, and how many are put into it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert

from digest.model import DeliveryState, Message
from digest.packing import Packed, packed
from digest.store.bulk import insert_all, next_ids, rows_of
from digest.store.delivery_tables import DELIVERY, MESSAGE, RECIPIENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A finished message with its bytes compressed."""

    subscriber_id: int
    edition: date
    message_id: str
    sender: str
    recipient: str
    subject: str
    packed: Packed

    @classmethod
    def of(
        cls, message: Message, *, subscriber_id: int, edition: date, finished: Packed | None = None
    ) -> Frozen:
        """`message` as it is kept; `finished` are its bytes where they were signed and packed elsewhere."""
        return cls(
            subscriber_id=subscriber_id,
            edition=edition,
            message_id=message.message_id,
            sender=message.sender,
            recipient=message.recipient,
            subject=message.subject,
            packed=finished or packed(message.data),
        )


def put_frozen(
    connection: Connection,
    frozen: Sequence[tuple[int, Frozen]],
    *,
    now: datetime,
    expire_after: timedelta,
) -> range:
    """Freeze messages, each with its issue's id; the ids of their deliveries in order."""
    ids = next_ids(connection, DELIVERY, len(frozen))
    common = {
        "state": DeliveryState.QUEUED.value,
        "attempts": 0,
        "created_at": now,
        "updated_at": now,
        "next_attempt": now,
        "expires_at": now + expire_after,
    }
    deliveries = [
        {
            **common,
            "id": number,
            "issue_id": issue_id,
            "subscriber_id": one.subscriber_id,
            "edition": one.edition,
            "message_id": one.message_id,
            "sender": one.sender,
            "recipient": one.recipient,
            "subject": one.subject,
        }
        for number, (issue_id, one) in zip(ids, frozen, strict=True)
    ]
    insert_all(connection, DELIVERY, rows_of(DELIVERY, deliveries))
    messages = [{"delivery_id": number, **one.packed} for number, (_, one) in zip(ids, frozen, strict=True)]
    insert_all(connection, MESSAGE, rows_of(MESSAGE, messages))
    for edition, count in Counter(one.edition for _, one in frozen).items():
        row = insert(RECIPIENTS).values(edition=edition, frozen=count)
        more = {"frozen": RECIPIENTS.c.frozen + row.excluded.frozen}
        connection.execute(row.on_conflict_do_update(index_elements=["edition"], set_=more))
    return ids
