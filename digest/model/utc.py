"""One rule for moments: aware, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def require_utc(moment: datetime) -> datetime:
    """Return `moment` unchanged, or raise `ValueError` when it is naive or not in UTC."""
    # nearly all are `UTC` itself; a naive one has no offset
    if moment.tzinfo is not UTC and moment.utcoffset() != timedelta(0):
        raise ValueError(f"expected an aware datetime in UTC, got {moment!r}")
    return moment
