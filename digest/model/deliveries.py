"""Deliveries: finished messages on their way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A finished mail: `data` is what goes over the wire, byte for byte, with CR LF lines."""

    #: with its angle brackets
    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    data: bytes


class DeliveryState(StrEnum):
    """Where a message is. The nine states add up to the messages ever frozen."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


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
    #: whether the way out itself is down, so that other messages would fail likewise
    connection_lost: bool = field(default=False)
