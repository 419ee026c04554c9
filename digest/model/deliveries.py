"""Deliveries: finished messages on their way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A finished mail: `data` is what goes over the wire, byte for byte, with CR LF lines."""

    #: with its angle brackets
    message_id: str
    sender: str
    recipient: str
    subject: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in its envelope, as a sender is handed it."""

    sender: str
    recipient: str
    data: bytes
    #: with its angle brackets
    message_id: str


class DeliveryState(StrEnum):
    """Where a message is. The nine states add up to the messages ever frozen."""

    #: frozen, never tried
    QUEUED = "queued"
    #: a worker has it in hand; nothing of it has left
    CLAIMED = "claimed"
    #: committed just before DATA: from here to the server's answer nobody knows whether it was taken
    TRANSMITTING = "transmitting"
    #: the server said so, with its queue id
    ACCEPTED = "accepted"
    #: put off, with the moment of the next attempt
    DEFERRED = "deferred"
    #: for good, with code and reason
    REFUSED = "refused"
    #: cut off while transmitting; see docs/reliability.md
    IN_DOUBT = "in_doubt"
    #: the reader left before it was sent
    SUPPRESSED = "suppressed"
    #: too old to be news
    EXPIRED = "expired"


#: states in which a message will still be sent
WAITING_STATES = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.DEFERRED)


class InDoubt(StrEnum):
    """What becomes of a message whose answer was lost: risk a loss, or risk a double."""

    HOLD = "hold"
    RESEND = "resend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way."""

    id: int
    subscriber_id: int
    edition: str
    message_id: str
    sender: str
    recipient: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt: datetime
    expires_at: datetime
    last_error: str | None = None
    #: what the accepting server said, with its queue id
    queue_id: str | None = None
    #: the SMTP reply code that ended the last attempt, where there was one
    code: int | None = None
    #: who has it in hand, and until when
    worker: str | None = None
    lease_until: datetime | None = None
    #: when its last transmission began
    transmitted_at: datetime | None = None
    accepted_at: datetime | None = None
    #: how its doubt ended, where it was in doubt: `maillog`, `operator`
    settled_by: str | None = None


class OutcomeKind(StrEnum):
    """How one attempt to hand over a message ended."""

    ACCEPTED = "accepted"
    #: 4xx, or no connection: try again later
    TRANSIENT = "transient"
    #: 5xx: trying again would not help
    PERMANENT = "permanent"
    #: the connection died after the message was on its way
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a sender says about one attempt."""

    kind: OutcomeKind
    #: the server's words, or the error's
    detail: str
    #: three-digit SMTP reply code where there is one
    code: int | None = None
    #: enhanced status code such as `5.1.1` where the server gave one (RFC 3463)
    status: str | None = None
    #: whether the answer was to RCPT: it speaks of the recipient, not of the message
    at_recipient: bool = False
    #: whether the server asks for fewer messages (421, 4.7.x), not for this one later
    throttled: bool = False
    #: whether the way out itself is down, so that other messages would fail likewise
    connection_lost: bool = field(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A delivery's next state and what led to it: what to write into its row."""

    state: DeliveryState
    #: how many were made by now
    attempts: int
    #: UTC; `None` where no further attempt follows
    next_attempt: datetime | None = None
    last_error: str | None = None
    #: what the accepting server said
    queue_id: str | None = None
    #: the SMTP reply code, where there was one
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast: at most `count` within any stretch of time as long as `period`."""

    #: 1 or more
    count: int
    period: timedelta
