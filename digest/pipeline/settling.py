"""What the operator decides about mails: what is true of those in doubt, and who is to get one again.

A statement about the past and a wish for the future are two things. `settle` says whether mails in doubt
arrived; those that did not are sent again as long as they are news. `resend` wants mails sent again
that did not reach their readers, however old they are. Both work on the row that is there: the
same bytes under the same Message-ID, and never a second delivery. The ledger keeps the papers of such a mail
the whole time, so that no later issue can have brought them (docs/decisions/0018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.deliver import RetryPolicy, too_late
from digest.errors import NotFoundError
from digest.model import Delivery, DeliveryState, Step, SubscriberStatus
from digest.pipeline.ports import Store
from digest.store import UNREACHED, Chosen, DeliveryEntry, Transaction
from digest.text import clip

#: in `Delivery.settled_by`
OPERATOR = "operator"
#: of what is remembered of a mail's past, in characters
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A mail that did not reach its reader and is not sent again all the same."""

    delivery: Delivery
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendReport:
    """Which mails of an edition are sent again."""

    edition: date
    again: tuple[Delivery, ...]
    left_out: tuple[LeftOut, ...]
    #: what became of the whole edition before
    counts: Counter[DeliveryState]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleReport:
    """How doubts ended."""

    #: each mail that was in doubt, and what it is now
    settled: tuple[tuple[Delivery, Step], ...]

    def count(self, state: DeliveryState) -> int:
        """How many ended in `state`."""
        return sum(step.state is state for _, step in self.settled)

    @property
    def again(self) -> int:
        """How many are sent again."""
        return self.count(DeliveryState.QUEUED) + self.count(DeliveryState.DEFERRED)


def resend(
    store: Store,
    edition: date,
    *,
    recipients: Sequence[str] = (),
    in_doubt: bool = False,
    now: datetime,
    expire_after: timedelta,
) -> ResendReport:
    """Put the mails of an edition that did not reach their readers into the outbox again.

    Those are the refused, expired and suppressed ones, and with `in_doubt` those in doubt, which may then
    arrive twice. Raises `NotFoundError` for an edition without mails, or a recipient without one of it.
    """
    states = tuple(s for s in UNREACHED if in_doubt or s is not DeliveryState.IN_DOUBT)
    with store.write() as transaction:
        chosen = Chosen(edition=edition, recipients=tuple(recipients))
        _check(transaction, chosen)
        counts = Counter(transaction.deliveries.per_edition(edition)[0].counts)
        entries = transaction.deliveries.oldest_first(
            Chosen(edition=edition, states=states, recipients=tuple(recipients))
        )
        repeats = transaction.deliveries.repeats([entry.delivery.id for entry in entries])
        reasons = [(entry, _why_not(entry, repeats=entry.delivery.id in repeats)) for entry in entries]
        again = [entry.delivery for entry, why in reasons if why is None]
        transaction.deliveries.reopen(
            ((d, _reopened(d)) for d in again), expires_at=now + expire_after, by=OPERATOR, now=now
        )
    left_out = (LeftOut(delivery=entry.delivery, why=why) for entry, why in reasons if why is not None)
    return ResendReport(edition=edition, again=tuple(again), left_out=tuple(left_out), counts=counts)


def settle(
    store: Store,
    edition: date | None,
    *,
    arrived: bool,
    recipients: Sequence[str] = (),
    now: datetime,
    policy: RetryPolicy,
) -> SettleReport:
    """Take the operator's word for mails in doubt, of one edition or of all.

    What did not arrive is sent again where it is not too old, and has expired otherwise. Raises
    `NotFoundError` for a recipient who has no mail of the edition.
    """
    chosen = Chosen(edition=edition, recipients=tuple(recipients))
    with store.write() as transaction:
        _check(transaction, chosen)
        doubts = [entry.delivery for entry in in_doubt(transaction, chosen)]
        steps = [
            (d, taken(d, None) if arrived else not_taken(d, "it did not arrive", now, policy)) for d in doubts
        ]
        transaction.deliveries.settle_doubt(
            ((d, step, now if arrived else None) for d, step in steps), by=OPERATOR, now=now
        )
    return SettleReport(settled=tuple(steps))


def in_doubt(transaction: Transaction, chosen: Chosen) -> list[DeliveryEntry]:
    """The chosen mails that are in doubt, oldest first."""
    only = replace(chosen, states=(DeliveryState.IN_DOUBT,))
    return transaction.deliveries.oldest_first(only)


def taken(delivery: Delivery, queue_id: str | None) -> Step:
    """The step for a mail that was in doubt and is known to have been taken."""
    return Step(state=DeliveryState.ACCEPTED, attempts=delivery.attempts, queue_id=queue_id)


def not_taken(delivery: Delivery, why: str, now: datetime, policy: RetryPolicy) -> Step:
    """The step for a mail that was in doubt and is known not to have been taken."""
    return too_late(delivery, now, policy=policy) or Step(
        state=_waiting(delivery), attempts=delivery.attempts, next_attempt=now, last_error=why
    )


def _check(transaction: Transaction, chosen: Chosen) -> None:
    """Raise where nothing like that was ever there: a mistyped name must not look like good news."""
    of = f" of edition {chosen.edition}" if chosen.edition else ""
    if chosen.edition and not transaction.deliveries.count(Chosen(edition=chosen.edition)):
        raise NotFoundError(f"there are no mails{of}; `digest deliveries` shows the editions that have some")
    for recipient in chosen.recipients:
        if not transaction.deliveries.count(Chosen(edition=chosen.edition, recipients=(recipient,))):
            raise NotFoundError(f"{recipient} has no mail{of}")


def _why_not(entry: DeliveryEntry, *, repeats: bool) -> str | None:
    """Why a mail that did not reach its reader is not sent again, if so."""
    if entry.dropped_at is not None:
        return f"its bytes were let go on {entry.dropped_at:%Y-%m-%d} (mail.keep)"
    if entry.status is not SubscriberStatus.ACTIVE:
        return f"the reader is {entry.status.value}"
    if not entry.by_mail:
        return "the reader has no mails any more"
    if (entry.address or "").lower() != entry.delivery.recipient.lower():
        return f"the reader has another address now: {entry.address}"
    if repeats:
        return "a paper in it was found to be one that another issue brought"
    return None


def _reopened(delivery: Delivery) -> Step:
    before = f"{delivery.state.value.replace('_', ' ')}: {delivery.last_error or 'no reason known'}"
    told = clip(f"sent again by the operator; before, {before}", _LONGEST)
    return Step(state=_waiting(delivery), attempts=delivery.attempts, last_error=told)


def _waiting(delivery: Delivery) -> DeliveryState:
    return DeliveryState.DEFERRED if delivery.attempts else DeliveryState.QUEUED
