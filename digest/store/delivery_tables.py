"""The tables of the outbox, and of what came back."""

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns, text

from digest.store.tables import METADATA, UtcDateTime


class DeliveryColumns(TypedColumns):
    """A frozen message on its way: the outbox."""

    id: Named[int] = Column(primary_key=True)
    issue_id: Named[int] = Column(ForeignKey("issue.id"), unique=True)
    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"))
    edition: Named[date] = Column(index=True)
    message_id: Named[str] = Column(unique=True)
    sender: Named[str]
    recipient: Named[str]
    subject: Named[str]
    state: Named[str]
    attempts: Named[int]
    created_at: Named[datetime] = Column(UtcDateTime)
    updated_at: Named[datetime] = Column(UtcDateTime)
    next_attempt: Named[datetime] = Column(UtcDateTime)
    expires_at: Named[datetime] = Column(UtcDateTime)
    last_error: Named[str | None]
    queue_id: Named[str | None]
    #: who holds a claimed message, and until when
    worker: Named[str | None]
    lease_until: Named[datetime | None] = Column(UtcDateTime)
    #: the SMTP reply code that ended the last attempt
    code: Named[int | None]
    #: when its last transmission began: what rate limits count
    transmitted_at: Named[datetime | None] = Column(UtcDateTime, index=True)
    accepted_at: Named[datetime | None] = Column(UtcDateTime)
    #: how its doubt ended
    settled_by: Named[str | None]


DELIVERY = Table(
    "delivery",
    METADATA,
    DeliveryColumns,
    Index("ix_delivery_next", "state", "next_attempt"),
    sqlite_autoincrement=True,
)


class DictionaryColumns(TypedColumns):
    """What the messages of one run have in common; they are packed with it."""

    id: Named[int] = Column(primary_key=True)
    #: of the uncompressed bytes
    sha256: Named[str]
    #: compressed; behind all others, so that these are read without it
    data: Named[bytes]


DICTIONARY = Table("message_dictionary", METADATA, DictionaryColumns)


class MessageColumns(TypedColumns):
    """The finished bytes of a delivery, compressed, with the SHA-256 of the uncompressed ones.

    Some time after acceptance the bytes are dropped; the digest stays.
    """

    delivery_id: Named[int] = Column(ForeignKey("delivery.id"), primary_key=True)
    data: Named[bytes]
    sha256: Named[str]
    #: when its bytes were dropped; `data` is empty since
    dropped_at: Named[datetime | None] = Column(UtcDateTime)
    #: what `data` was compressed with, `None` for nothing, and once it was dropped
    dictionary_id: Named[int | None] = Column(ForeignKey("message_dictionary.id"))


MESSAGE = Table(
    "message",
    METADATA,
    MessageColumns,
    # few of the many have their bytes: those that may be dropped are found among them
    Index("ix_message_kept", "delivery_id", sqlite_where=text("dropped_at IS NULL")),
    # whether any is packed with a dictionary is known without reading past the bytes of all of them
    Index("ix_message_dictionary_id", "dictionary_id", sqlite_where=text("dictionary_id IS NOT NULL")),
)


class RecipientColumns(TypedColumns):
    """How many messages an edition was ever frozen with, counted when they were.

    What the nine states of its deliveries must add up to.
    """

    edition: Named[date] = Column(primary_key=True)
    frozen: Named[int]


RECIPIENTS = Table("recipients", METADATA, RecipientColumns)


class ReturnColumns(TypedColumns):
    """What came back for a subscriber: a bounce, a complaint, a refusal at RCPT, a wish to leave."""

    #: SHA-256 of the mail that brought it, or the delivery it came from: nothing counts twice
    fingerprint: Named[str] = Column(primary_key=True)
    subscriber_id: Named[int | None] = Column(ForeignKey("subscriber.id"), index=True)
    delivery_id: Named[int | None] = Column(ForeignKey("delivery.id"))
    kind: Named[str]
    #: enhanced status code such as `5.1.1` (RFC 3463)
    status: Named[str | None]
    detail: Named[str]
    received_at: Named[datetime] = Column(UtcDateTime)


RETURN = Table("returned", METADATA, ReturnColumns)
