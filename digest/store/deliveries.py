"""The outbox as its operator looks at it: who got what, who did not, what is in doubt, and what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, update

from digest.model import WAITING_STATES, Delivery, DeliveryState, Format, Step, SubscriberStatus
from digest.store.chunks import chunks
from digest.store.delivery_rows import delivery_of
from digest.store.delivery_tables import DELIVERY, MESSAGE, RECIPIENTS
from digest.store.paper_rows import ROOT
from digest.store.tables import LEDGER, PAPER, SUBSCRIBER

#: states in which a message is not sent any more, and did not reach its reader as far as is known
UNREACHED = (
    DeliveryState.REFUSED,
    DeliveryState.EXPIRED,
    DeliveryState.SUPPRESSED,
    DeliveryState.IN_DOUBT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEntry:
    """A delivery with what an operator asks about it."""

    delivery: Delivery
    subject: str
    #: when its state or what stands beside it last changed
    updated_at: datetime
    #: when its bytes were let go; it cannot be sent again since
    dropped_at: datetime | None
    #: the subscriber as they are now
    status: SubscriberStatus
    address: str | None
    by_mail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionCounts:
    """What became of the messages of one edition."""

    edition: date
    #: how many there were, as counted when they were frozen
    frozen: int
    #: all nine states
    counts: dict[DeliveryState, int]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which deliveries are asked for: what is `None` or empty leaves the choice open."""

    edition: date | None = None
    states: tuple[DeliveryState, ...] = ()
    #: addresses in any case
    recipients: tuple[str, ...] = ()


class DeliveryBook:
    """Deliveries, newest first; and what the operator decides about them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # ── looking ───────────────────────────────────────────────────────────────────────────────

    def latest_edition(self) -> date | None:
        """The newest edition that has messages."""
        return self._connection.scalar(select(func.max(DELIVERY.c.edition)))

    def page(self, chosen: Chosen, *, before: int | None = None, limit: int) -> list[DeliveryEntry]:
        """Up to `limit` of the chosen ones with ids below `before`, the newest first."""
        query = _entries().where(*_conditions(chosen)).order_by(DELIVERY.c.id.desc()).limit(limit)
        return self._load(query if before is None else query.where(DELIVERY.c.id < before))

    def count(self, chosen: Chosen) -> int:
        """How many are chosen."""
        query = select(func.count()).select_from(DELIVERY).where(*_conditions(chosen))
        return self._connection.scalar(query) or 0

    def per_edition(self, edition: date | None = None) -> list[EditionCounts]:
        """What became of each edition's messages, newest edition first."""
        frozen = select(RECIPIENTS.c.edition, RECIPIENTS.c.frozen)
        states = select(DELIVERY.c.edition, DELIVERY.c.state, func.count()).group_by(
            DELIVERY.c.edition, DELIVERY.c.state
        )
        if edition is not None:
            frozen = frozen.where(RECIPIENTS.c.edition == edition)
            states = states.where(DELIVERY.c.edition == edition)
        found = {row.edition: row.frozen for row in self._connection.execute(frozen)}
        counts: dict[date, dict[DeliveryState, int]] = {day: {} for day in found}
        for day, state, count in self._connection.execute(states):
            counts.setdefault(day, {})[DeliveryState(state)] = count
        return [
            EditionCounts(
                edition=day,
                frozen=found.get(day, 0),
                counts={state: counts[day].get(state, 0) for state in DeliveryState},
            )
            for day in sorted(counts, reverse=True)
            if found.get(day) or counts[day]
        ]

    def oldest_first(self, chosen: Chosen) -> list[DeliveryEntry]:
        """All that are chosen."""
        return self._load(_entries().where(*_conditions(chosen)).order_by(DELIVERY.c.id))

    def unfinished(self) -> dict[str, int]:
        """Message-ID → id of every message that is in doubt, or may come to be, because it is to be sent."""
        states = [s.value for s in (*WAITING_STATES, DeliveryState.TRANSMITTING, DeliveryState.IN_DOUBT)]
        query = select(DELIVERY.c.message_id, DELIVERY.c.id).where(DELIVERY.c.state.in_(states))
        return dict(self._connection.execute(query).all())

    def known(self, message_ids: Collection[str]) -> bool:
        """Whether one of these Message-IDs is of a message that was sent or may have been."""
        sent = (DeliveryState.ACCEPTED.value, DeliveryState.IN_DOUBT.value)
        for some in chunks(message_ids):
            query = select(DELIVERY.c.id).where(DELIVERY.c.message_id.in_(some), DELIVERY.c.state.in_(sent))
            if self._connection.scalar(query.limit(1)) is not None:
                return True
        return False

    def repeats(self, delivery_ids: Collection[int]) -> set[int]:
        """Those of some deliveries with a paper that another issue brought their reader, by whatever name."""
        mine, other, theirs = LEDGER.alias(), PAPER.alias(), LEDGER.alias()
        query = (
            select(DELIVERY.c.id)
            .join(mine, mine.c.issue_id == DELIVERY.c.issue_id)
            .join(PAPER, PAPER.c.id == mine.c.paper_id)
            .join(other, or_(other.c.id == ROOT, other.c.merged_into == ROOT))
            .join(
                theirs,
                and_(
                    theirs.c.subscriber_id == mine.c.subscriber_id,
                    theirs.c.paper_id == other.c.id,
                    theirs.c.issue_id != mine.c.issue_id,
                ),
            )
        )
        found: set[int] = set()
        for some in chunks(delivery_ids):
            found.update(self._connection.scalars(query.where(DELIVERY.c.id.in_(some)).distinct()))
        return found

    # ── deciding ──────────────────────────────────────────────────────────────────────────────

    def settle_doubt(
        self, steps: Iterable[tuple[Delivery, Step, datetime | None]], *, by: str, now: datetime
    ) -> None:
        """Write how doubts ended, and since when those that were taken are; what is not in doubt stays."""
        rows = [
            {
                "row": delivery.id,
                "state": step.state.value,
                "next_attempt": step.next_attempt or delivery.next_attempt,
                "last_error": step.last_error,
                "queue_id": step.queue_id,
                "accepted_at": accepted_at,
            }
            for delivery, step, accepted_at in steps
        ]
        in_doubt = DELIVERY.c.state == DeliveryState.IN_DOUBT.value
        self._write(rows, in_doubt, {"settled_by": by, "updated_at": now})

    def reopen(
        self, steps: Iterable[tuple[Delivery, Step]], *, expires_at: datetime, by: str, now: datetime
    ) -> None:
        """Let messages that were not reached be sent again; what was taken or is on its way stays."""
        rows = [
            {
                "row": delivery.id,
                "state": step.state.value,
                "last_error": step.last_error,
                "settled_by": by if delivery.state is DeliveryState.IN_DOUBT else delivery.settled_by,
            }
            for delivery, step in steps
        ]
        # not `in_`, which a statement for many rows cannot hold
        over = or_(*(DELIVERY.c.state == state.value for state in UNREACHED))
        self._write(rows, over, {"next_attempt": now, "expires_at": expires_at, "updated_at": now})

    def _write(
        self, rows: Sequence[dict[str, Any]], guard: ColumnElement[bool], same: dict[str, Any]
    ) -> None:
        """Write values row by row, where the guard still holds, and the same ones into all of them."""
        if rows:
            values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row"}
            change = update(DELIVERY).where(DELIVERY.c.id == bindparam("row"), guard)
            self._connection.execute(change.values(values | same), rows)

    # ── what must never be ────────────────────────────────────────────────────────────────────

    def doubled(self, since: date, limit: int) -> list[tuple[date, str, int]]:
        """Editions from `since` on of which a recipient has several messages, and how many."""
        recipient = func.lower(DELIVERY.c.recipient)
        rows = self._connection.execute(
            select(DELIVERY.c.edition, recipient, func.count())
            .where(DELIVERY.c.edition >= since)
            .group_by(DELIVERY.c.edition, recipient)
            .having(func.count() > 1)
            .order_by(DELIVERY.c.edition.desc(), recipient)
            .limit(limit)
        )
        return [(edition, address, count) for edition, address, count in rows]

    def unbalanced(self, since: date | None = None) -> list[tuple[date, int, int]]:
        """Editions whose messages do not add up: how many there are, and how many were frozen."""
        there = select(DELIVERY.c.edition, func.count()).group_by(DELIVERY.c.edition)
        frozen = select(RECIPIENTS.c.edition, RECIPIENTS.c.frozen)
        if since is not None:
            there = there.where(DELIVERY.c.edition >= since)
            frozen = frozen.where(RECIPIENTS.c.edition >= since)
        found = dict(self._connection.execute(there).all())
        wanted = dict(self._connection.execute(frozen).all())
        return [
            (edition, found.get(edition, 0), wanted.get(edition, 0))
            for edition in sorted(found.keys() | wanted.keys())
            if found.get(edition, 0) != wanted.get(edition, 0)
        ]

    def _load(self, query: Select[Any]) -> list[DeliveryEntry]:
        return [
            DeliveryEntry(
                delivery=delivery_of(row),
                subject=row.subject,
                updated_at=row.updated_at,
                dropped_at=row.dropped_at,
                status=SubscriberStatus(row.status),
                address=row.address,
                by_mail=row.preferences["format"] != Format.FEED.value and row.address is not None,
            )
            for row in self._connection.execute(query)
        ]


def _entries() -> Select[Any]:
    return (
        select(
            DELIVERY,
            MESSAGE.c.dropped_at,
            SUBSCRIBER.c.status,
            SUBSCRIBER.c.address,
            SUBSCRIBER.c.preferences,
        )
        .join(SUBSCRIBER, SUBSCRIBER.c.id == DELIVERY.c.subscriber_id)
        .outerjoin(MESSAGE, MESSAGE.c.delivery_id == DELIVERY.c.id)
    )


def _conditions(chosen: Chosen) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.edition is not None:
        found.append(DELIVERY.c.edition == chosen.edition)
    if chosen.states:
        found.append(DELIVERY.c.state.in_([state.value for state in chosen.states]))
    if chosen.recipients:
        found.append(func.lower(DELIVERY.c.recipient).in_([func.lower(r) for r in chosen.recipients]))
    return found
