"""Fetches: what is remembered of asking a web server, so that the next request is a polite one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FetchOutcome(StrEnum):
    """How the latest request for an address ended."""

    #: begun, and nobody knows how it ended: the run was cut off
    ASKED = "asked"
    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    #: a day's page that is not there (404, 410)
    ABSENT = "absent"
    #: the address is gone for good (410)
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What lets a server answer "unchanged", word for word as it sent it (RFC 9110, 8.8)."""

    #: the address that they came from: nobody else is sent them
    url: str
    etag: str | None = None
    last_modified: str | None = None
    #: of the reader that read what they vouch for: a newer one wants the bytes again
    reader_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """What is remembered of one address of a source."""

    source: str
    #: as configured, with `{day}` filled in
    url: str
    asked_at: datetime
    #: the day that was filled in
    day: date | None = None
    outcome: FetchOutcome = FetchOutcome.ASKED
    #: requests in a row that brought nothing
    failures: int = 0
    succeeded_at: datetime | None = None
    #: not asked again before: the server said so
    not_before: datetime | None = None
    validators: Validators | None = None
    #: where the address moved permanently
    moved_to: str | None = None
    #: the listings that the latest answer brought, by their names
    listings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """When a host was last asked for anything, and whether it wants to be left alone."""

    host: str
    asked_at: datetime
    not_before: datetime | None = None
