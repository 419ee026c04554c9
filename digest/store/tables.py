"""The tables, with typed columns. Statements elsewhere in this room are built on these.

Moments are kept as UTC without a zone and come back aware. JSON columns hold lists of plain values.
Identifiers are never rewritten and never reused: a paper found to be another one keeps its row and
points to it by `merged_into`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    Named,
    Table,
    TypedColumns,
    text,
)
from sqlalchemy.types import TypeDecorator

from digest.model import require_utc


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on our side, without zone in the database; a naive moment is refused."""

    impl = DateTime
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive moments, write the others without their zone, as SQLAlchemy does for SQLite."""
        return _written

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _written(value: datetime | None) -> str | None:
    return None if value is None else _text(require_utc(value))


@lru_cache(maxsize=256)
def _text(moment: datetime) -> str:
    """Rows come in batches: a few moments stand in all of them."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


METADATA = MetaData()


class InstanceColumns(TypedColumns):
    """One row: who this database is. Its secrets sign links; its tag makes feed ids permanent."""

    id: Named[int] = Column(primary_key=True)
    uuid: Named[str]
    created_at: Named[datetime] = Column(UtcDateTime)
    #: grows with every batch of mails taken in hand; see `generation.py`
    generation: Named[int] = Column(server_default="0")


INSTANCE = Table("instance", METADATA, InstanceColumns)


class SecretColumns(TypedColumns):
    """A key for signed links; the newest version signs, all of them verify."""

    version: Named[int] = Column(primary_key=True)
    key: Named[bytes]
    created_at: Named[datetime] = Column(UtcDateTime)


SECRET = Table("secret", METADATA, SecretColumns)


class PaperColumns(TypedColumns):
    """A paper; `raw_*` is null where the source's text equals the readable one."""

    id: Named[int] = Column(primary_key=True)
    title: Named[str]
    abstract: Named[str]
    raw_title: Named[str | None]
    raw_abstract: Named[str | None]
    authors: Named[list[Any]] = Column(JSON)
    author_count: Named[int | None]
    organization: Named[str | None]
    arxiv_id: Named[str | None]
    doi: Named[str | None]
    url: Named[str | None]
    code_url: Named[str | None]
    stars: Named[int | None]
    upvotes: Named[int | None]
    comments: Named[int | None]
    keywords: Named[list[Any]] = Column(JSON)
    summary: Named[str | None]
    published: Named[date | None]
    listed: Named[date | None]
    first_seen: Named[datetime] = Column(UtcDateTime, index=True)
    merged_into: Named[int | None] = Column(ForeignKey("paper.id"), index=True)
    project_url: Named[str | None]
    #: field name, or `*` for all others → [source, day]: where the known facts come from
    provenance: Named[dict[str, Any]] = Column(JSON, server_default="{}")


PAPER = Table("paper", METADATA, PaperColumns, sqlite_autoincrement=True)


class PaperKeyColumns(TypedColumns):
    """A name of a paper. An arXiv id or DOI names one paper, a title may name several."""

    key: Named[str] = Column(primary_key=True)
    paper_id: Named[int] = Column(ForeignKey("paper.id"), primary_key=True, index=True)


PAPER_KEY = Table(
    "paper_key",
    METADATA,
    PaperKeyColumns,
    Index("ix_paper_key_strong", "key", unique=True, sqlite_where=text("key NOT LIKE 'title:%'")),
    sqlite_with_rowid=False,
)


class PaperBlockColumns(TypedColumns):
    """What a paper shares with papers that may be the same under another title."""

    block: Named[str] = Column(primary_key=True)
    paper_id: Named[int] = Column(ForeignKey("paper.id"), primary_key=True)


PAPER_BLOCK = Table("paper_block", METADATA, PaperBlockColumns, sqlite_with_rowid=False)


class RecordColumns(TypedColumns):
    """A record that was stored, by all that it says, with the newest day of a listing that said it."""

    fingerprint: Named[bytes] = Column(primary_key=True)
    paper_id: Named[int] = Column(ForeignKey("paper.id"))
    day: Named[date]


RECORD = Table("record", METADATA, RecordColumns, sqlite_with_rowid=False)


class ViewColumns(TypedColumns):
    """What was computed from the papers' own texts, and by which version of the rules; see `views.py`."""

    name: Named[str] = Column(primary_key=True)
    version: Named[int]


VIEW = Table("derived_view", METADATA, ViewColumns)


class ListingColumns(TypedColumns):
    """The content of one file or answer, known by its bytes and the version of the reader."""

    id: Named[int] = Column(primary_key=True)
    fingerprint: Named[str]
    reader_version: Named[int]
    format: Named[str]
    source: Named[str]
    name: Named[str]
    day: Named[date]
    day_label: Named[str | None]
    read_at: Named[datetime] = Column(UtcDateTime)
    records: Named[int]
    lost_records: Named[bool]


LISTING = Table(
    "listing",
    METADATA,
    ListingColumns,
    Index("ix_listing_content", "fingerprint", "reader_version", unique=True),
)


class ReadingColumns(TypedColumns):
    """One act of reading a source's file: also when its content was known before, or unreadable."""

    id: Named[int] = Column(primary_key=True)
    listing_id: Named[int | None] = Column(ForeignKey("listing.id"), index=True)
    source: Named[str] = Column(index=True)
    name: Named[str]
    read_at: Named[datetime] = Column(UtcDateTime, index=True)
    day: Named[date]
    health: Named[str]
    records: Named[int]
    new: Named[int]
    problems: Named[list[Any]] = Column(JSON)


READING = Table("reading", METADATA, ReadingColumns)


class CaptureColumns(TypedColumns):
    """What looks at a source showed on one UTC day, as long as they showed the same, and the verdict."""

    id: Named[int] = Column(primary_key=True)
    source: Named[str]
    day: Named[date]
    since: Named[datetime] = Column(UtcDateTime)
    until: Named[datetime] = Column(UtcDateTime)
    papers: Named[int]
    digest: Named[str]
    tail: Named[float | None]
    health: Named[str]
    what: Named[str]


CAPTURE = Table("capture", METADATA, CaptureColumns, Index("ix_capture_until", "source", "until"))


class SightingColumns(TypedColumns):
    """A paper's place in a listing."""

    listing_id: Named[int] = Column(ForeignKey("listing.id"), primary_key=True)
    position: Named[int] = Column(primary_key=True)
    paper_id: Named[int] = Column(ForeignKey("paper.id"), index=True)


SIGHTING = Table("sighting", METADATA, SightingColumns, sqlite_with_rowid=False)


class FetchColumns(TypedColumns):
    """What is remembered of one address of a source; validators as the server sent them."""

    source: Named[str] = Column(primary_key=True)
    url: Named[str] = Column(primary_key=True)
    #: what `{day}` stood for in it
    day: Named[date | None]
    asked_at: Named[datetime] = Column(UtcDateTime)
    outcome: Named[str]
    failures: Named[int]
    succeeded_at: Named[datetime | None] = Column(UtcDateTime)
    not_before: Named[datetime | None] = Column(UtcDateTime)
    validated_url: Named[str | None]
    etag: Named[str | None]
    last_modified: Named[str | None]
    reader_version: Named[int | None]
    moved_to: Named[str | None]
    #: the names of the readings that the latest answer brought
    listings: Named[list[Any]] = Column(JSON)


FETCH = Table("fetch", METADATA, FetchColumns)


class HostColumns(TypedColumns):
    """When a web server was last asked for anything, and until when it is left alone."""

    host: Named[str] = Column(primary_key=True)
    asked_at: Named[datetime] = Column(UtcDateTime)
    not_before: Named[datetime | None] = Column(UtcDateTime)


HOST = Table("host", METADATA, HostColumns)


class BackgroundColumns(TypedColumns):
    """The ranking's statistics of the archive, as the ranker packed them; one row."""

    id: Named[int] = Column(primary_key=True)
    last_paper_id: Named[int]
    data: Named[bytes]


BACKGROUND = Table("background", METADATA, BackgroundColumns)


class SubscriberColumns(TypedColumns):
    """A person who reads."""

    id: Named[int] = Column(primary_key=True)
    name: Named[str] = Column(unique=True)
    address: Named[str | None] = Column(unique=True)
    status: Named[str] = Column(index=True)
    preferences: Named[dict[str, Any]] = Column(JSON)
    feed_token: Named[str] = Column(unique=True)
    origin: Named[str]
    created_at: Named[datetime] = Column(UtcDateTime)
    #: why the status is what it is, such as `one-click`; null for who was never changed
    status_reason: Named[str | None]
    status_changed_at: Named[datetime | None] = Column(UtcDateTime)


SUBSCRIBER = Table("subscriber", METADATA, SubscriberColumns, sqlite_autoincrement=True)


class InterestColumns(TypedColumns):
    """What a subscriber wants or mutes."""

    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"), primary_key=True)
    place: Named[int] = Column(primary_key=True)
    text: Named[str]
    weight: Named[float]
    field: Named[str]
    within: Named[int | None]


INTEREST = Table("interest", METADATA, InterestColumns)


class IssueColumns(TypedColumns):
    """A due moment of one subscriber: the issue it brought, or why it brought none."""

    id: Named[int] = Column(primary_key=True)
    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"))
    edition: Named[date] = Column(index=True)
    composed_at: Named[datetime] = Column(UtcDateTime, index=True)
    #: null for an issue, else a `SkipReason`
    skipped: Named[str | None]
    period_start: Named[datetime] = Column(UtcDateTime)
    #: the newest paper at that moment: ids tell what came later even where a clock was set back
    newest_paper: Named[int]
    listed: Named[int]
    #: counts, quiet days, notes and picks cut by the limit
    facts: Named[dict[str, Any]] = Column(JSON)


ISSUE = Table(
    "issue",
    METADATA,
    IssueColumns,
    Index("ix_issue_once", "subscriber_id", "edition", unique=True),
    sqlite_autoincrement=True,
)


class LedgerColumns(TypedColumns):
    """A paper that a subscriber was sent, by which issue, and why. Never twice for one subscriber."""

    subscriber_id: Named[int] = Column(ForeignKey("subscriber.id"), primary_key=True)
    paper_id: Named[int] = Column(ForeignKey("paper.id"), primary_key=True)
    issue_id: Named[int] = Column(ForeignKey("issue.id"))
    section: Named[str]
    place: Named[int]
    score: Named[float]
    evidence: Named[list[Any]] = Column(JSON)


LEDGER = Table(
    "ledger", METADATA, LedgerColumns, Index("ix_ledger_issue", "issue_id"), sqlite_with_rowid=False
)


class RunColumns(TypedColumns):
    """One run of a command that wrote something, for `digest status`."""

    id: Named[int] = Column(primary_key=True)
    command: Named[str]
    started_at: Named[datetime] = Column(UtcDateTime)
    finished_at: Named[datetime | None] = Column(UtcDateTime)
    exit_code: Named[int | None]
    report: Named[dict[str, Any]] = Column(JSON)


RUN = Table("run", METADATA, RunColumns)
