"""What follows from an answer: the next state of its address and of its host. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from digest.model import FetchOutcome, FetchState, HostState, Validators
from digest.sources.fetch.answers import Failed, Failure, Fetched
from digest.sources.fetch.plan import FIRST_RETRY, Request

#: how long an address that is gone for good is left alone
GONE_FOR: Final = timedelta(days=7)
#: a server that wants us to wait longer than this is asked again then
LONGEST_WAIT: Final = timedelta(days=1)
_BUSY: Final = {429, 503}
_NO_PAGE: Final = {404, 410}


def begun(request: Request, state: FetchState | None, moment: datetime) -> FetchState:
    """The state while a request is under way: a failure until more is known."""
    known = state or FetchState(source=request.source, url=request.url, asked_at=moment, day=request.day)
    return replace(
        known, asked_at=moment, outcome=FetchOutcome.ASKED, failures=known.failures + 1, not_before=None
    )


def state_after_reading(
    state: FetchState,
    answer: Fetched,
    moment: datetime,
    *,
    readable: bool,
    listings: Iterable[str],
    reader_version: int,
) -> FetchState:
    """The state after an answer was read, as the `listings` of these names, if it was `readable` at all.

    What was not is no listing, whatever the server says: it is not vouched for, and neither is the
    address that it came from.
    """
    if not readable:
        return replace(state, outcome=FetchOutcome.FAILED, moved_to=None)
    validators = None
    if answer.etag or answer.last_modified:
        validators = Validators(
            url=answer.url,
            etag=answer.etag,
            last_modified=answer.last_modified,
            reader_version=reader_version,
        )
    return replace(
        unchanged(state, answer.moved_to, moment),
        outcome=FetchOutcome.FETCHED,
        validators=validators,
        listings=tuple(listings),
    )


def unchanged(state: FetchState, moved_to: str | None, moment: datetime) -> FetchState:
    """The state after a good answer, here one that nothing changed."""
    return replace(
        state,
        outcome=FetchOutcome.UNCHANGED,
        failures=0,
        succeeded_at=moment,
        # asked where it moved to, it answers there itself: the move stays remembered
        moved_to=moved_to or state.moved_to,
    )


def failed(state: FetchState, answer: Failed, moment: datetime) -> FetchState:
    """The state after an answer that brought nothing; what was known before stays known."""
    # a move that leads nowhere any more is forgotten: the configured address is asked next
    state = replace(state, outcome=FetchOutcome.FAILED, moved_to=None, not_before=_waits(answer, moment))
    if state.day is not None and answer.status in _NO_PAGE:
        return replace(state, outcome=FetchOutcome.ABSENT, not_before=None)
    if answer.status == 410:
        return replace(state, outcome=FetchOutcome.GONE, not_before=moment + GONE_FOR)
    return state


def host_after(answer: Failed, moment: datetime) -> HostState:
    """The state of a host that failed: one that is busy, or does not answer, is left alone for a while."""
    until = _waits(answer, moment)
    if until is None and (answer.kind is Failure.UNREACHABLE or answer.status == 429):
        until = moment + FIRST_RETRY
    return HostState(host=answer.host, asked_at=moment, not_before=until)


def _waits(answer: Failed, moment: datetime) -> datetime | None:
    if answer.status not in _BUSY or not answer.retry_after:
        return None
    until = retry_moment(answer.retry_after, moment)
    return until and min(until, moment + LONGEST_WAIT)


def retry_moment(text: str, moment: datetime) -> datetime | None:
    """When `Retry-After` wants us back: seconds or an HTTP date (RFC 9110, 10.2.3); `None` for neither."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - heavy, and seldom needed

    text = text.strip()
    if text.isascii() and text.isdecimal():
        return moment + timedelta(seconds=int(text[:9]))
    try:
        found = parsedate_to_datetime(text)
        # a date without a zone means Greenwich
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return found if found > moment else None
