"""The tables, as typed mappings. Statements elsewhere in this room are built on these.

Moments are kept as UTC without a zone and come back aware. JSON columns hold lists of plain values.
Identifiers are never rewritten and never reused: a paper found to be another one keeps its row and
points to it by `merged_into`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Dialect, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from digest.model import require_utc


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on our side, without zone in the database; a naive moment is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive moments, drop the zone of the others."""
        return None if value is None else require_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What all tables share: how Python types become column types."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        date: Date,
        list[Any]: JSON,
        dict[str, Any]: JSON,
        bytes: LargeBinary,
        str: String,
    }


class InstanceRow(Base):
    """One row: who this database is. Its secrets sign links; its tag makes feed ids permanent."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str]
    created_at: Mapped[datetime]


class SecretRow(Base):
    """A key for signed links; the newest version signs, all of them verify."""

    __tablename__ = "secret"
    version: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    created_at: Mapped[datetime]


class PaperRow(Base):
    """A paper; `raw_*` is null where the source's text equals the readable one."""

    __tablename__ = "paper"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    abstract: Mapped[str]
    raw_title: Mapped[str | None]
    raw_abstract: Mapped[str | None]
    authors: Mapped[list[Any]]
    author_count: Mapped[int | None]
    organization: Mapped[str | None]
    arxiv_id: Mapped[str | None]
    doi: Mapped[str | None]
    url: Mapped[str | None]
    code_url: Mapped[str | None]
    stars: Mapped[int | None]
    upvotes: Mapped[int | None]
    comments: Mapped[int | None]
    keywords: Mapped[list[Any]]
    summary: Mapped[str | None]
    published: Mapped[date | None]
    listed: Mapped[date | None]
    first_seen: Mapped[datetime] = mapped_column(index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), index=True)


class PaperKeyRow(Base):
    """A name of a paper. An arXiv id or DOI names one paper, a title may name several."""

    __tablename__ = "paper_key"
    __table_args__ = (
        Index(
            "ix_paper_key_strong",
            "key",
            unique=True,
            sqlite_where=text("key NOT LIKE 'title:%'"),
        ),
        {"sqlite_with_rowid": False},
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True, index=True)


class ListingRow(Base):
    """The content of one file or answer, known by its bytes and the version of the reader."""

    __tablename__ = "listing"
    __table_args__ = (Index("ix_listing_content", "fingerprint", "reader_version", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    reader_version: Mapped[int]
    format: Mapped[str]
    source: Mapped[str]
    name: Mapped[str]
    day: Mapped[date]
    day_label: Mapped[str | None]
    read_at: Mapped[datetime]
    records: Mapped[int]
    lost_records: Mapped[bool]


class ReadingRow(Base):
    """One act of reading a source's file: also when its content was known before, or unreadable."""

    __tablename__ = "reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    source: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    read_at: Mapped[datetime] = mapped_column(index=True)
    day: Mapped[date]
    health: Mapped[str]
    records: Mapped[int]
    new: Mapped[int]
    problems: Mapped[list[Any]]


class SightingRow(Base):
    """A paper's place in a listing."""

    __tablename__ = "sighting"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)


class BackgroundRow(Base):
    """The ranking's statistics of the archive, as the ranker packed them; one row."""

    __tablename__ = "background"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_paper_id: Mapped[int]
    data: Mapped[bytes]


class SubscriberRow(Base):
    """A person who reads."""

    __tablename__ = "subscriber"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str | None] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(index=True)
    preferences: Mapped[dict[str, Any]]
    feed_token: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str]
    created_at: Mapped[datetime]


class InterestRow(Base):
    """What a subscriber wants or mutes."""

    __tablename__ = "interest"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    weight: Mapped[float]
    field: Mapped[str]


class IssueRow(Base):
    """A due moment of one subscriber: the issue it brought, or why it brought none."""

    __tablename__ = "issue"
    __table_args__ = (
        Index("ix_issue_once", "subscriber_id", "edition", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    edition: Mapped[date] = mapped_column(index=True)
    composed_at: Mapped[datetime] = mapped_column(index=True)
    #: null for an issue, else a `SkipReason`
    skipped: Mapped[str | None]
    period_start: Mapped[datetime]
    #: the newest paper at that moment: ids tell what came later even where a clock was set back
    newest_paper: Mapped[int]
    listed: Mapped[int]
    #: counts, quiet days, notes and picks cut by the limit
    facts: Mapped[dict[str, Any]]


class LedgerRow(Base):
    """A paper that a subscriber was sent, by which issue, and why. Never twice for one subscriber."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ix_ledger_issue", "issue_id"), {"sqlite_with_rowid": False})
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    section: Mapped[str]
    place: Mapped[int]
    score: Mapped[float]
    evidence: Mapped[list[Any]]


class DeliveryRow(Base):
    """A frozen message on its way: the outbox."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_next", "state", "next_attempt"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), unique=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    edition: Mapped[date] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    sender: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    next_attempt: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_error: Mapped[str | None]
    queue_id: Mapped[str | None]
    #: who holds a claimed message, and until when
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class MessageRow(Base):
    """The finished bytes of a delivery, compressed, with the SHA-256 of the uncompressed ones."""

    __tablename__ = "message"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    data: Mapped[bytes]
    sha256: Mapped[str]


class RunRow(Base):
    """One run of a command that wrote something, for `digest status`."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    command: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    exit_code: Mapped[int | None]
    report: Mapped[dict[str, Any]]
