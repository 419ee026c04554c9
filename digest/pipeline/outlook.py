"""When the addresses among the sources are asked next, and what the operator should know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest import sources
from digest.model import FetchOutcome, Source
from digest.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """When an address is asked next, and what the operator should know of it."""

    source: str
    url: str
    #: the latest request's
    outcome: FetchOutcome | None
    asked_at: datetime | None
    next: datetime
    why: str
    moved_to: str | None


def outlook(transaction: Transaction, source: Source, *, now: datetime) -> Outlook:
    """How it stands with the address of a source."""
    states = transaction.fetches.of_source(source.name)
    plan = sources.plan(source, states, now=now, reader_version=sources.READER_VERSION)
    at, why = _next(transaction, plan, now)
    latest = max(states, key=lambda state: state.asked_at, default=None)
    return Outlook(
        source=source.name,
        url=sources.shown_url(source.location),
        outcome=latest.outcome if latest else None,
        asked_at=latest.asked_at if latest else None,
        next=at,
        why=why,
        moved_to=latest.moved_to if latest else None,
    )


def _next(transaction: Transaction, plan: sources.Plan, now: datetime) -> tuple[datetime, str]:
    if not plan.requests:
        wait = min(plan.waits, key=lambda wait: wait.until)
        return wait.until, wait.why
    request = plan.requests[0]
    host = transaction.fetches.host(sources.host_of(request.first))
    if host and host.not_before and host.not_before > now:
        return host.not_before, f"{host.host} is left alone for a while"
    return now, request.why
