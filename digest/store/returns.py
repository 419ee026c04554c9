"""What came back for whom: each mail and each refusal once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, and_, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from digest.model import BOUNCES, PastReturn, ReturnKind, SubscriberStatus
from digest.store.delivery_tables import DELIVERY, RETURN
from digest.store.tables import ISSUE, SUBSCRIBER

#: stands in front of what is kept of a forgotten person who complained
_SUPPRESSED = "suppressed:"


class ReturnBook:
    """Returns, by what brought them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_known(self, fingerprint: str) -> bool:
        """Whether this mail or refusal was counted before."""
        return self._connection.scalar(select(exists().where(RETURN.c.fingerprint == fingerprint))) or False

    def note(
        self,
        fingerprint: str,
        kind: ReturnKind,
        *,
        subscriber_id: int | None = None,
        delivery_id: int | None = None,
        status: str | None = None,
        detail: str = "",
        now: datetime,
    ) -> bool:
        """Keep a return; `False` where it is kept already."""
        row = {
            "fingerprint": fingerprint,
            "subscriber_id": subscriber_id,
            "delivery_id": delivery_id,
            "kind": kind.value,
            "status": status,
            "detail": detail,
            "received_at": now,
        }
        done = self._connection.execute(upsert(RETURN).values(row).on_conflict_do_nothing())
        return done.rowcount == 1

    def of(self, subscriber_id: int, since: datetime) -> list[PastReturn]:
        """A subscriber's returns since a moment, oldest first."""
        query = (
            select(RETURN.c.kind, RETURN.c.received_at)
            .where(RETURN.c.subscriber_id == subscriber_id, RETURN.c.received_at >= since)
            .order_by(RETURN.c.received_at)
        )
        return [
            PastReturn(kind=ReturnKind(row.kind), received_at=row.received_at)
            for row in self._connection.execute(query)
        ]

    def arrived(self, subscriber_id: int, before: datetime) -> datetime | None:
        """When the latest mail that was taken before a moment, and never came back, was taken."""
        came_back = select(RETURN.c.delivery_id).where(
            RETURN.c.subscriber_id == subscriber_id,
            RETURN.c.delivery_id.is_not(None),
            RETURN.c.kind.in_([kind.value for kind in BOUNCES]),
        )
        query = _handed_over(subscriber_id).where(
            DELIVERY.c.accepted_at <= before, DELIVERY.c.id.not_in(came_back)
        )
        row = self._connection.execute(query.limit(1)).first()
        return row.accepted_at if row else None

    def delivery_of(self, message_ids: Sequence[str]) -> tuple[int, int] | None:
        """Delivery and subscriber of the first of our mails among these Message-IDs."""
        query = select(DELIVERY.c.id, DELIVERY.c.subscriber_id).where(DELIVERY.c.message_id.in_(message_ids))
        row = self._connection.execute(query.limit(1)).first() if message_ids else None
        return (row.id, row.subscriber_id) if row else None

    def latest_delivery(self, subscriber_id: int) -> int | None:
        """The mail to a subscriber that was handed over last: what a bounce without a Message-ID is about."""
        row = self._connection.execute(_handed_over(subscriber_id).limit(1)).first()
        return row.id if row else None

    def forgive(self, subscriber_id: int) -> None:
        """Let earlier returns count no more for a subscriber who comes back."""
        mine = update(RETURN).where(RETURN.c.subscriber_id == subscriber_id)
        self._connection.execute(mine.values(subscriber_id=None, delivery_id=None))

    def bounced_since(self, moment: datetime) -> int:
        """How many subscribers bounces removed since a moment."""
        query = select(func.count()).where(
            SUBSCRIBER.c.status == SubscriberStatus.BOUNCED.value, SUBSCRIBER.c.status_changed_at >= moment
        )
        return self._connection.scalar(query) or 0

    def counts(self, since: datetime) -> dict[ReturnKind, int]:
        """How many returns of each kind there were since a moment; kinds without any are left out."""
        rows = self._connection.execute(
            select(RETURN.c.kind, func.count())
            .where(RETURN.c.received_at >= since, RETURN.c.fingerprint.not_like(f"{_SUPPRESSED}%"))
            .group_by(RETURN.c.kind)
        )
        return {ReturnKind(row.kind): row[1] for row in rows}

    def drop(self, before: datetime) -> None:
        """Let go of returns older than a moment; who complained and was forgotten stays suppressed."""
        old = and_(RETURN.c.received_at < before, RETURN.c.fingerprint.not_like(f"{_SUPPRESSED}%"))
        self._connection.execute(delete(RETURN).where(old))

    def suppress(self, digest: str, *, since: datetime) -> None:
        """Remember that whoever has the address with this keyed digest complained."""
        self.note(_SUPPRESSED + digest, ReturnKind.COMPLAINT, now=since)

    def is_suppressed(self, digest: str) -> bool:
        """Whether the address with this keyed digest belongs to somebody who complained."""
        return self.is_known(_SUPPRESSED + digest)

    def unsuppress(self, digest: str) -> None:
        """Forget that complaint, on the operator's word."""
        self._connection.execute(delete(RETURN).where(RETURN.c.fingerprint == _SUPPRESSED + digest))


def _handed_over(subscriber_id: int) -> Select[int, datetime | None]:
    """Mails to a subscriber that a server took, the latest edition first; found by the index of issues."""
    return (
        select(DELIVERY.c.id, DELIVERY.c.accepted_at)
        .join(ISSUE, ISSUE.c.id == DELIVERY.c.issue_id)
        .where(ISSUE.c.subscriber_id == subscriber_id, DELIVERY.c.accepted_at.is_not(None))
        .order_by(ISSUE.c.edition.desc())
    )
