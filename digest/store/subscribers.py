"""Subscribers with their preferences and interests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import (
    Case,
    Column,
    Connection,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from digest.model import (
    Field,
    Format,
    Frequency,
    Interest,
    Origin,
    Preferences,
    Subscriber,
    SubscriberStatus,
    WhenEmpty,
)
from digest.store.chunks import chunks
from digest.store.delivery_tables import DELIVERY, MESSAGE, RECIPIENTS, RETURN
from digest.store.feedback_tables import FEEDBACK, LEARNED
from digest.store.prepared import Prepared
from digest.store.tables import INTEREST, ISSUE, LEDGER, SUBSCRIBER
from digest.store.together import list_of, listed


class SubscriberBook:
    """The people who read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Subscriber]:
        """Every subscriber, whatever their status, in the order they came."""
        return self._load(select(SUBSCRIBER).order_by(SUBSCRIBER.c.id))

    def active(self, *, after: int = 0, limit: int | None = None) -> list[Subscriber]:
        """Subscribers who get issues, those behind the id `after`, at most `limit`."""
        query = select(SUBSCRIBER).where(
            SUBSCRIBER.c.status == SubscriberStatus.ACTIVE, SUBSCRIBER.c.id > after
        )
        return self._load(query.order_by(SUBSCRIBER.c.id).limit(limit))

    def active_among(self, ids: Collection[int]) -> list[Subscriber]:
        """Those of some subscribers who get issues."""
        query = select(SUBSCRIBER).where(
            SUBSCRIBER.c.status == SubscriberStatus.ACTIVE, SUBSCRIBER.c.id.in_(ids)
        )
        return self._load(query.order_by(SUBSCRIBER.c.id))

    def still_active(self, ids: Collection[int]) -> set[int]:
        """The ids of those of some subscribers who get issues."""
        return set(_STILL_ACTIVE.run(self._connection, (list_of(ids),)).scalars())

    def find(self, name_or_address: str) -> Subscriber | None:
        """The subscriber with this address (in any case) or this name."""
        table = SUBSCRIBER
        wanted = or_(func.lower(table.c.address) == name_or_address.lower(), table.c.name == name_or_address)
        found = self._load(select(table).where(wanted).order_by(table.c.id))
        return found[0] if found else None

    def get(self, subscriber_id: int) -> Subscriber | None:
        """The subscriber with this number, whatever their status; `None` for who was forgotten."""
        found = self._load(select(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id))
        return found[0] if found else None

    def has_listed(self) -> bool:
        """Whether somebody is here because `config.yaml` listed them."""
        query = select(SUBSCRIBER.c.id).where(SUBSCRIBER.c.origin == Origin.CONFIG.value).limit(1)
        return self._connection.scalar(query) is not None

    def add(
        self,
        *,
        name: str,
        address: str | None,
        preferences: Preferences,
        interests: Sequence[Interest],
        feed_token: str,
        origin: Origin,
        created_at: datetime,
    ) -> Subscriber:
        """Store a new, active subscriber."""
        row = {
            "name": name,
            "address": address,
            "status": SubscriberStatus.ACTIVE.value,
            "preferences": _pack(preferences),
            "feed_token": feed_token,
            "origin": origin.value,
            "created_at": created_at,
        }
        new_id = self._connection.execute(
            insert(SUBSCRIBER).values(row).returning(SUBSCRIBER.c.id)
        ).scalar_one()
        self._write_interests(new_id, interests)
        return self._load(select(SUBSCRIBER).where(SUBSCRIBER.c.id == new_id))[0]

    def save(self, subscriber: Subscriber) -> None:
        """Write a subscriber's changed name, status, preferences, interests and origin.

        A status that changes here was decided by the operator, and the reason for the earlier one goes.
        """
        self._connection.execute(
            update(SUBSCRIBER)
            .where(SUBSCRIBER.c.id == subscriber.id)
            .values(
                name=subscriber.name,
                address=subscriber.address,
                status=subscriber.status.value,
                preferences=_pack(subscriber.preferences),
                origin=subscriber.origin.value,
                status_reason=_unless_changed(subscriber, SUBSCRIBER.c.status_reason),
                status_changed_at=_unless_changed(subscriber, SUBSCRIBER.c.status_changed_at),
            )
        )
        self._connection.execute(delete(INTEREST).where(INTEREST.c.subscriber_id == subscriber.id))
        self._write_interests(subscriber.id, subscriber.interests)

    def unsubscribe(self, subscriber_id: int, *, reason: str, now: datetime) -> bool:
        """Heed a person's own no; whether it changed anything.

        The first no stays with its moment, and a complaint, which lasts for good, stays one.
        """
        table, left = SUBSCRIBER, SubscriberStatus.UNSUBSCRIBED.value
        heeded = and_(table.c.status == left, table.c.status_reason.is_not(None))
        done = self._connection.execute(
            update(table)
            .where(table.c.id == subscriber_id, table.c.status != SubscriberStatus.COMPLAINED.value)
            .where(not_(heeded))
            .values(status=left, status_reason=reason, status_changed_at=now)
        )
        return done.rowcount == 1

    def stop(self, subscriber_id: int, status: SubscriberStatus, *, reason: str, now: datetime) -> None:
        """Send somebody nothing more because of what came back: `bounced` or `complained`."""
        stopped = update(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber_id)
        self._connection.execute(
            stopped.values(status=status.value, status_reason=reason, status_changed_at=now)
        )

    def active_schedules(self) -> list[Preferences]:
        """When active subscribers want issues, each schedule once; other wishes stand at their defaults."""
        wishes = SUBSCRIBER.c.preferences
        columns = [func.json_extract(wishes, f"$.{name}").label(name) for name in _SCHEDULE]
        query = select(*columns).where(SUBSCRIBER.c.status == SubscriberStatus.ACTIVE.value).distinct()
        others = _pack(Preferences())
        return [_unpack(others | dict(row)) for row in self._connection.execute(query).mappings()]

    def forget(self, subscriber: Subscriber) -> None:
        """Delete everything kept about a person: the ledger too, so that a return begins anew."""
        mine = select(DELIVERY.c.id).where(DELIVERY.c.subscriber_id == subscriber.id)
        self._connection.execute(delete(MESSAGE).where(MESSAGE.c.delivery_id.in_(mine)))
        self._count_out(subscriber)
        mine_returned = update(RETURN).where(RETURN.c.subscriber_id == subscriber.id)
        self._connection.execute(mine_returned.values(subscriber_id=None, delivery_id=None, detail=""))
        for table in (DELIVERY, LEDGER, ISSUE, INTEREST, FEEDBACK, LEARNED):
            self._connection.execute(delete(table).where(table.c.subscriber_id == subscriber.id))
        self._connection.execute(delete(SUBSCRIBER).where(SUBSCRIBER.c.id == subscriber.id))

    def _count_out(self, subscriber: Subscriber) -> None:
        """An edition was frozen for one person less: the nine states still add up."""
        rows = self._connection.execute(
            select(DELIVERY.c.edition, func.count())
            .where(DELIVERY.c.subscriber_id == subscriber.id)
            .group_by(DELIVERY.c.edition)
        ).all()
        for edition, count in rows:
            fewer = update(RECIPIENTS).where(RECIPIENTS.c.edition == edition)
            self._connection.execute(fewer.values(frozen=RECIPIENTS.c.frozen - count))

    def count_by_status(self) -> dict[str, int]:
        """How many subscribers there are in each status."""
        rows = self._connection.execute(
            select(SUBSCRIBER.c.status, func.count()).group_by(SUBSCRIBER.c.status)
        )
        return {row.status: row[1] for row in rows}

    def _write_interests(self, subscriber_id: int, interests: Sequence[Interest]) -> None:
        rows = [
            {"subscriber_id": subscriber_id, "place": place, **asdict(interest)}
            for place, interest in enumerate(interests)
        ]
        if rows:
            self._connection.execute(insert(INTEREST), rows)

    def _load(self, query: Select[Any]) -> list[Subscriber]:
        rows = self._connection.execute(query).all()
        interests: dict[int, list[Interest]] = defaultdict(list)
        wanted = select(INTEREST).order_by(INTEREST.c.subscriber_id, INTEREST.c.place)
        for some in chunks([row.id for row in rows]):
            for row in self._connection.execute(wanted.where(INTEREST.c.subscriber_id.in_(some))):
                interest = Interest(
                    text=row.text, weight=row.weight, field=Field(row.field), within=row.within
                )
                interests[row.subscriber_id].append(interest)
        return [
            Subscriber(
                id=row.id,
                name=row.name,
                address=row.address,
                status=SubscriberStatus(row.status),
                preferences=_unpack(row.preferences),
                interests=tuple(interests[row.id]),
                feed_token=row.feed_token,
                origin=Origin(row.origin),
                created_at=row.created_at,
                status_reason=row.status_reason,
            )
            for row in rows
        ]


def _unless_changed(subscriber: Subscriber, column: Column[Any]) -> Case[Any]:
    """The column as it is while the status stays, else nothing."""
    return case((SUBSCRIBER.c.status == subscriber.status.value, column), else_=None)


_SCHEDULE = ("frequency", "at", "time_zone", "weekday", "month_day")


def _pack(preferences: Preferences) -> dict[str, Any]:
    return asdict(preferences) | {"at": preferences.at.isoformat("minutes")}


def _unpack(facts: dict[str, Any]) -> Preferences:
    return Preferences(
        **facts
        | {
            "format": Format(facts["format"]),
            "frequency": Frequency(facts["frequency"]),
            "at": time.fromisoformat(facts["at"]),
            "when_empty": WhenEmpty(facts["when_empty"]),
        }
    )


_STILL_ACTIVE: Final = Prepared(
    select(SUBSCRIBER.c.id).where(
        SUBSCRIBER.c.status == SubscriberStatus.ACTIVE, SUBSCRIBER.c.id.in_(listed())
    ),
    "list",
)
