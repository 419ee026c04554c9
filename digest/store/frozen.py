"""Messages as the outbox keeps them, and how many are put into it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects.sqlite import insert

from digest.model import DeliveryState, Message
from digest.packing import Packed, packed
from digest.store.bulk import insertion, next_ids
from digest.store.delivery_tables import DELIVERY, MESSAGE, RECIPIENTS
from digest.store.dictionaries import KeptDictionary
from digest.store.prepared import Prepared


class Frozen(NamedTuple):
    """A finished message with its bytes compressed. A tuple, which costs little to hand on."""

    subscriber_id: int
    edition: date
    message_id: str
    sender: str
    recipient: str
    subject: str
    packed: Packed
    #: the dictionary that it is packed with
    dictionary_id: int | None

    @classmethod
    def of(
        cls,
        message: Message,
        *,
        subscriber_id: int,
        edition: date,
        common: KeptDictionary | None = None,
    ) -> Frozen:
        """`message` as it is kept, packed with what it has in common with others."""
        return cls(
            subscriber_id=subscriber_id,
            edition=edition,
            message_id=message.message_id,
            sender=message.sender,
            recipient=message.recipient,
            subject=message.subject,
            packed=packed(message.data, common.dictionary if common else None),
            dictionary_id=common.id if common else None,
        )


_INSERT: Final = insertion(
    DELIVERY,
    *("id", "issue_id", "subscriber_id", "edition", "message_id", "sender", "recipient", "subject"),
    *("state", "attempts", "created_at", "updated_at", "next_attempt", "expires_at"),
)
_INSERT_BYTES: Final = insertion(MESSAGE, "delivery_id", "data", "sha256", "dictionary_id")


def _count() -> Prepared:
    row = insert(RECIPIENTS).values(edition=bindparam("day"), frozen=bindparam("count"))
    more = {"frozen": RECIPIENTS.c.frozen + row.excluded.frozen}
    return Prepared(row.on_conflict_do_update(index_elements=["edition"], set_=more), "day", "count")


_COUNT: Final = _count()


def put_frozen(
    connection: Connection,
    frozen: Sequence[tuple[int, Frozen]],
    *,
    now: datetime,
    expire_after: timedelta,
) -> range:
    """Freeze messages, each with its issue's id; the ids of their deliveries in order."""
    if not frozen:
        return range(0)
    ids = next_ids(connection, DELIVERY, len(frozen))
    common = (DeliveryState.QUEUED.value, 0, now, now, now, now + expire_after)
    numbered = [(number, issue_id, one) for number, (issue_id, one) in zip(ids, frozen, strict=True)]
    deliveries = [
        (
            *(number, issue_id, one.subscriber_id, one.edition),
            *(one.message_id, one.sender, one.recipient, one.subject),
            *common,
        )
        for number, issue_id, one in numbered
    ]
    _INSERT.run(connection, *deliveries)
    messages = [
        (number, one.packed["data"], one.packed["sha256"], one.dictionary_id) for number, _, one in numbered
    ]
    _INSERT_BYTES.run(connection, *messages)
    _COUNT.run(connection, *Counter(one.edition for _, one in frozen).items())
    return ids
