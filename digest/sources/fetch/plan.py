"""Who is asked now, for what, and who waits until when. Pure: states, moment and wishes in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from digest.days import names_day, on_day
from digest.model import FetchOutcome, FetchState, HostState, Source, Validators

#: days of a `{day}` address that are made up for, today included
MOST_DAYS: Final = 7
#: after the first failure; doubled by each further one, and never longer than the source's own interval
FIRST_RETRY: Final = timedelta(minutes=10)
#: a run that begins a little early counts as in time: a tenth of the interval, and this at most
_EARLY: Final = timedelta(minutes=10)
#: a day is over everywhere on Earth twelve hours after it is over in Greenwich
_OVER: Final = timedelta(hours=36)
#: longer than this nobody is waited for within a run
PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to be asked for."""

    source: str
    #: as configured, with the day filled in
    url: str
    #: the address to ask first: `url`, or where it moved permanently
    first: str
    day: date | None = None
    validators: Validators | None = None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One address that is not asked for yet."""

    source: str
    url: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one source asks for now: requests in order, what waits, and what is given up."""

    requests: tuple[Request, ...] = ()
    waits: tuple[Wait, ...] = ()
    #: days that were missed too long ago, first and last
    given_up: tuple[date, date] | None = None


def plan(source: Source, states: Iterable[FetchState], *, now: datetime, reader_version: int) -> Plan:
    """What `source` asks for at `now`, the oldest day first; `states` are its own, in any order.

    Validators of another `reader_version` are left out: the newer reader wants to see the bytes.
    """
    known = {state.url: state for state in states}
    if not names_day(source.location):
        wanted: list[tuple[str, date | None]] = [(source.location, None)]
        given_up = None
    else:
        days = {state.day for state in known.values() if state.day and _stands_for(state, source)}
        first, given_up = _first_day(days, now.date())
        wanted = [(on_day(source.location, day), day) for day in _days(first, now.date())]
    requests: list[Request] = []
    waits: list[Wait] = []
    for url, day in wanted:
        state = known.get(url)
        if state and day and is_settled(state, day):
            continue
        until, why = next_request(state, source, now)
        if until > now:
            waits.append(Wait(source=source.name, url=url, until=until, why=why))
        else:
            request = Request(source=source.name, url=url, first=url, day=day, why=why)
            requests.append(_with_memory(request, state, reader_version) if state else request)
    return Plan(requests=tuple(requests), waits=tuple(waits), given_up=given_up)


def _stands_for(state: FetchState, source: Source) -> bool:
    return state.day is not None and state.url == on_day(source.location, state.day)


def _first_day(known: set[date], today: date) -> tuple[date, tuple[date, date] | None]:
    """Where to begin, and the days between the last known one and there; a new source begins today."""
    oldest = today - timedelta(days=MOST_DAYS - 1)
    past = {day for day in known if day <= today}
    if not past:
        return today, None
    missed = max(past) + timedelta(days=1)
    given_up = (missed, oldest - timedelta(days=1)) if missed < oldest else None
    return max(min(past), oldest), given_up


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def is_settled(state: FetchState, day: date) -> bool:
    """Whether a day's page need not be asked for again: it was, after the day was over everywhere."""
    over = datetime.combine(day, time(), tzinfo=state.asked_at.tzinfo) + _OVER
    if state.outcome is FetchOutcome.ABSENT:
        return state.asked_at >= over
    return state.succeeded_at is not None and state.succeeded_at >= over


def is_missed(state: FetchState) -> bool:
    """Whether a day's page that is not there should have been: no weekend, and over everywhere."""
    day = state.day
    return day is not None and day.weekday() < 5 and is_settled(state, day)


def next_request(state: FetchState | None, source: Source, now: datetime) -> tuple[datetime, str]:
    """The moment from which an address may be asked for, and why then."""
    every = timedelta(seconds=source.every_seconds)
    if state is None:
        return now, "never asked before"
    if state.not_before and (every or state.outcome is not FetchOutcome.GONE) and state.not_before > now:
        why = "the page is gone" if state.outcome is FetchOutcome.GONE else "the server asked to wait"
        return state.not_before, why
    if state.failures:
        wait = min(every, FIRST_RETRY * 2 ** min(state.failures - 1, 10))
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        why = f"it failed {times}"
    else:
        wait = every - min(every / 10, _EARLY)
        why = f"last asked {state.asked_at:%Y-%m-%d %H:%M} UTC"
    # a clock that was set back must not keep us waiting
    return min(state.asked_at, now) + wait, why


def _with_memory(request: Request, state: FetchState, reader_version: int) -> Request:
    known = state.validators
    fresh = known is not None and known.reader_version == reader_version
    return replace(request, first=state.moved_to or request.url, validators=known if fresh else None)


def turn(host: HostState | None, moment: datetime, delay: timedelta) -> datetime:
    """When a host may be asked next: a while after the last request, and when it wants to be asked."""
    if host is None:
        return moment
    # again: not for longer than is meant, whatever the clock did
    polite = min(host.asked_at, moment) + delay
    return max(moment, polite, host.not_before or moment)
