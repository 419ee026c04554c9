"""The outbox: frozen messages on their way. Delivery reads nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    union_all,
    update,
)

from digest.errors import StoreError
from digest.model import WAITING_STATES, Delivery, DeliveryState, Message, Step
from digest.packing import Packed
from digest.store.chunks import chunks
from digest.store.delivery_rows import delivery_of
from digest.store.delivery_tables import DELIVERY, MESSAGE, RECIPIENTS
from digest.store.dictionaries import DictionaryBook, KeptDictionary
from digest.store.frozen import Frozen, put_frozen
from digest.store.packed_letters import PackedLetter, frozen_bytes, lost
from digest.store.prepared import Prepared
from digest.store.tables import SUBSCRIBER
from digest.store.together import UpdateTogether, list_of, listed

_OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
#: what an attempt leaves behind with a message
_ENDED = ("state", "attempts", "next_attempt", "last_error", "queue_id", "code", "accepted_at")
#: and with all of them
_NOBODYS = ("worker", "lease_until", "updated_at")


class Outbox:
    """Messages that were published, and what became of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dictionaries = DictionaryBook(connection)

    def put(
        self,
        message: Message,
        *,
        issue_id: int,
        subscriber_id: int,
        edition: date,
        now: datetime,
        expire_after: timedelta,
        common: KeptDictionary | None = None,
    ) -> int:
        """Freeze a message: from here on its bytes never change."""
        frozen = Frozen.of(message, subscriber_id=subscriber_id, edition=edition, common=common)
        return self.put_all([(issue_id, frozen)], now=now, expire_after=expire_after)[0]

    def put_all(
        self, frozen: Sequence[tuple[int, Frozen]], *, now: datetime, expire_after: timedelta
    ) -> range:
        """Freeze many messages, each with its issue's id; their ids in order."""
        return put_frozen(self._connection, frozen, now=now, expire_after=expire_after)

    # ── taking in hand ────────────────────────────────────────────────────────────────────────

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Messages whose turn has come, oldest first; also those whose worker's lease ran out."""
        rows = self._connection.execute(_DUE, {"now": now, "limit": limit}).all()
        return sorted(map(delivery_of, rows), key=_turn)

    def claim(self, now: datetime, limit: int, *, worker: str, lease: timedelta) -> list[Delivery]:
        """Give messages whose turn has come into the hands of `worker`, `claimed` until the lease is over."""
        facts = {"now": now, "limit": limit, "holder": worker, "until": now + lease}
        return sorted(map(delivery_of, self._connection.execute(_CLAIM, facts).all()), key=_turn)

    def letters(self, deliveries: Collection[Delivery]) -> list[PackedLetter]:
        """The messages in their envelopes, as they are kept, in the same order."""
        found = _LETTERS.run(self._connection, (list_of([d.id for d in deliveries]),)).all()
        known = self._dictionaries.find({row.dictionary_id for row in found} - {None})
        rows = {
            row.delivery_id: (Packed(data=row.data, sha256=row.sha256), known.get(row.dictionary_id))
            for row in found
        }
        letters = ((d, *rows.get(d.id, (None, None))) for d in deliveries)
        return [PackedLetter(delivery=d, packed=data, dictionary=common) for d, data, common in letters]

    def release(
        self, deliveries: Collection[Delivery], now: datetime, *, next_attempt: datetime | None = None
    ) -> None:
        """Give back what was claimed and not tried: at the same place in the row, or at a later moment."""
        for state in _OPEN:
            mine = [d.id for d in deliveries if _state_before(d) is state]
            later = {"next_attempt": next_attempt} if next_attempt else {}
            self._update_all(mine, state=state.value, worker=None, lease_until=None, updated_at=now, **later)

    def begin(self, deliveries: Collection[Delivery], now: datetime) -> None:
        """Make claimed messages `transmitting`: committed before the first byte of one leaves."""
        if deliveries:
            state = DeliveryState.TRANSMITTING.value
            _BEGIN.run(self._connection, (state, now, now, list_of([d.id for d in deliveries])))

    def settle(self, steps: Iterable[tuple[Delivery, Step]], now: datetime) -> None:
        """Write what became of messages that were in hand, each of them once."""
        rows = [
            (
                step.state.value,
                step.attempts,
                step.next_attempt or delivery.next_attempt,
                step.last_error,
                step.queue_id,
                step.code,
                now if step.state is DeliveryState.ACCEPTED else None,
                delivery.id,
            )
            for delivery, step in steps
        ]
        if rows:
            _SETTLE.run(self._connection, rows, None, None, now)

    def count_due(self, now: datetime) -> int:
        """How many messages have their turn."""
        return self._connection.scalar(_COUNT_DUE, {"now": now}) or 0

    def waiting(self) -> list[Delivery]:
        """Everything that is still to be sent, now or later, oldest first."""
        states = [state.value for state in WAITING_STATES]
        return self._load(_deliveries().where(DELIVERY.c.state.in_(states)).order_by(DELIVERY.c.id))

    def others(self, worker: str) -> list[Delivery]:
        """What other workers have in hand: left behind, where a lock says that there are none."""
        states = (DeliveryState.CLAIMED.value, DeliveryState.TRANSMITTING.value)
        theirs = and_(DELIVERY.c.state.in_(states), DELIVERY.c.worker.is_distinct_from(worker))
        return self._load(_deliveries().where(theirs).order_by(DELIVERY.c.id))

    def recent(self, since: datetime) -> list[tuple[str, datetime]]:
        """Recipient and moment of every transmission that began since, oldest first."""
        rows = self._connection.execute(
            select(DELIVERY.c.recipient, DELIVERY.c.transmitted_at)
            .where(DELIVERY.c.transmitted_at >= since)
            .order_by(DELIVERY.c.transmitted_at)
        )
        return [(row.recipient, row.transmitted_at) for row in rows]

    def recipient_statuses(self, deliveries: Collection[Delivery]) -> Mapping[int, str]:
        """The present status of each delivery's subscriber, by delivery; forgotten ones are not there."""
        ((found,),) = _STATUSES.run(self._connection, (list_of([d.id for d in deliveries]),))
        return {int(delivery_id): status for delivery_id, status in json.loads(found).items()}

    # ── looking ───────────────────────────────────────────────────────────────────────────────

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
        row = self._connection.execute(select(MESSAGE).where(MESSAGE.c.delivery_id == delivery_id)).first()
        if row is None:
            raise lost(delivery_id)
        if row.dropped_at is not None:
            raise StoreError(
                f"the bytes of delivery {delivery_id} were dropped on {row.dropped_at:%Y-%m-%d} (mail.keep)"
            )
        common = self._dictionaries.find({row.dictionary_id} - {None}).get(row.dictionary_id)
        return frozen_bytes(delivery_id, Packed(data=row.data, sha256=row.sha256), common)

    def dropped_at(self, delivery_id: int) -> datetime | None:
        """When the bytes of a message were let go; `None` as long as they are there."""
        query = select(MESSAGE.c.dropped_at).where(MESSAGE.c.delivery_id == delivery_id)
        return self._connection.scalar(query)

    def drop_bytes(self, before: datetime, now: datetime, *, limit: int = 1_000) -> int:
        """Let go of the bytes of up to `limit` messages that ended before a moment; how many. Digests stay.

        Ended are those that were accepted, and those that will not be sent; what is in doubt is not.
        Dictionaries go with the last message that needed them.
        """
        found: list[int] = []
        for ids in self._kept(before, limit):
            found += ids
            if len(found) >= limit:
                break
        for some in chunks(found[:limit]):
            dropped = update(MESSAGE).where(MESSAGE.c.delivery_id.in_(some))
            self._connection.execute(dropped.values(data=b"", dropped_at=now, dictionary_id=None))
        self._dictionaries.drop_unused()
        return len(found[:limit])

    def _kept(self, before: datetime, limit: int) -> Iterator[list[int]]:
        """Ids of messages that ended before a moment and still have their bytes, some at a time."""
        place = 0
        while True:
            rows = self._connection.execute(
                select(MESSAGE.c.delivery_id, DELIVERY.c.created_at, _ended_before(before).label("ended"))
                .join(DELIVERY, DELIVERY.c.id == MESSAGE.c.delivery_id)
                .where(MESSAGE.c.dropped_at.is_(None), MESSAGE.c.delivery_id > place)
                .order_by(MESSAGE.c.delivery_id)
                .limit(limit)
            ).all()
            yield [row.delivery_id for row in rows if row.ended]
            # later ones were frozen later: none of them can have ended before
            if len(rows) < limit or rows[-1].created_at >= before:
                return
            place = rows[-1].delivery_id

    def frozen(self) -> int:
        """How many messages were ever frozen, as counted when they were."""
        return self._connection.scalar(select(func.coalesce(func.sum(RECIPIENTS.c.frozen), 0))) or 0

    def next_turn(self) -> datetime | None:
        """When the next message is to be looked at, which may be long past; `None` if none waits."""
        waiting = DELIVERY.c.state.in_([*(s.value for s in _OPEN), DeliveryState.TRANSMITTING.value])
        turns = (
            select(func.min(DELIVERY.c.next_attempt, type_=DELIVERY.c.next_attempt.type)).where(waiting),
            select(func.min(DELIVERY.c.lease_until, type_=DELIVERY.c.lease_until.type)).where(
                DELIVERY.c.state == DeliveryState.CLAIMED.value
            ),
        )
        found = [moment for query in turns if (moment := self._connection.scalar(query)) is not None]
        return min(found, default=None)

    def counts(self) -> dict[DeliveryState, int]:
        """How many messages are in each of the nine states."""
        rows = self._connection.execute(select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state))
        found = {DeliveryState(state): count for state, count in rows}
        return {state: found.get(state, 0) for state in DeliveryState}

    def _load(self, query: Select[Any]) -> list[Delivery]:
        return [delivery_of(row) for row in self._connection.execute(query)]

    def _update_all(self, ids: Collection[int], **values: Any) -> None:  # noqa: ANN401 - columns of many types
        for some in chunks(ids):
            self._connection.execute(update(DELIVERY).where(DELIVERY.c.id.in_(some)).values(values))


_NOW = bindparam("now", type_=DELIVERY.c.next_attempt.type)
#: what waits, and what a worker holds whose lease ran out; each of these is one part of an index
_TURNS = (
    *(DELIVERY.c.state == state.value for state in _OPEN),
    and_(DELIVERY.c.state == DeliveryState.CLAIMED.value, DELIVERY.c.lease_until <= _NOW),
)
_COUNT_DUE = select(func.count()).select_from(DELIVERY).where(or_(*_TURNS), DELIVERY.c.next_attempt <= _NOW)


def _first_due() -> Select[Any]:
    """The ids of the first messages whose turn has come.

    The index has each state in order: SQLite merges them and stops at the limit, however many are due.
    """
    due = select(DELIVERY.c.next_attempt, DELIVERY.c.id).where(DELIVERY.c.next_attempt <= _NOW)
    each = union_all(*(due.where(turn) for turn in _TURNS)).order_by("next_attempt", "id")
    return select(each.limit(bindparam("limit")).subquery().c.id)


_DUE = select(DELIVERY).where(DELIVERY.c.id.in_(_first_due()))
_CLAIM = (
    update(DELIVERY)
    .where(DELIVERY.c.id.in_(_first_due()))
    .values(
        state=DeliveryState.CLAIMED.value,
        worker=bindparam("holder"),
        lease_until=bindparam("until"),
        updated_at=_NOW,
    )
    .returning(*DELIVERY.columns)
)
_LETTERS = Prepared(
    select(MESSAGE).where(MESSAGE.c.delivery_id.in_(listed())),
    "list",
)
_SETTLE = UpdateTogether(DELIVERY, _ENDED, _NOBODYS)
_BEGIN = Prepared(
    update(DELIVERY)
    .values({name: bindparam(name) for name in ("state", "transmitted_at", "updated_at")})
    .where(DELIVERY.c.id.in_(listed())),
    *("state", "transmitted_at", "updated_at", "list"),
)
#: all in one row, for the reason that `together.py` tells
_STATUSES = Prepared(
    select(func.json_group_object(DELIVERY.c.id, SUBSCRIBER.c.status))
    .select_from(DELIVERY)
    .join(SUBSCRIBER, SUBSCRIBER.c.id == DELIVERY.c.subscriber_id)
    .where(DELIVERY.c.id.in_(listed())),
    "list",
)


def _state_before(delivery: Delivery) -> DeliveryState:
    """What a claimed message was before: never tried, or put off."""
    return DeliveryState.DEFERRED if delivery.attempts else DeliveryState.QUEUED


def _turn(delivery: Delivery) -> tuple[datetime, int]:
    return delivery.next_attempt, delivery.id


def _ended_before(moment: datetime) -> ColumnElement[bool]:
    over = [DeliveryState.REFUSED.value, DeliveryState.EXPIRED.value, DeliveryState.SUPPRESSED.value]
    unsent = and_(DELIVERY.c.state.in_(over), DELIVERY.c.updated_at < moment)
    return or_(func.coalesce(DELIVERY.c.accepted_at < moment, false()), unsent)


def _deliveries() -> Select[Any]:
    return select(DELIVERY)
