"""One rule for moments: aware, and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def require_utc(moment: datetime) -> datetime:
    """Return `moment` unchanged, or raise `ValueError` when it is naive or not in UTC."""
    if moment.tzinfo is UTC:  # nearly always, and known without asking it
        return moment
    if moment.tzinfo is None or moment.utcoffset() != timedelta(0):
        raise ValueError(f"expected an aware datetime in UTC, got {moment!r}")
    return moment
