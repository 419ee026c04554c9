"""Addresses as sources: who is asked now, and what each answer becomes.

A request is noted before it is sent, so that a run which is cut off in the middle does not ask again at
once; what an answer allows is written with the papers that it brought, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest import sources
from digest.model import (
    FetchOutcome,
    FetchState,
    Health,
    HostState,
    Listing,
    Problem,
    Severity,
    Source,
)
from digest.pipeline.arrivals import Arrival, Arrivals
from digest.pipeline.ports import Store
from digest.store import Transaction

#: asks for an address: `sources.ask`, or a test's own resolver behind it
Ask = Callable[..., sources.Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What came of one address, or why it was not asked."""

    source: str
    #: without what may be secret in it
    url: str
    #: `None` where it was not asked
    outcome: FetchOutcome | None
    what: str
    #: when it is asked at the earliest, where that is not now
    until: datetime | None = None


class Fetching:
    """Asks for the addresses of one run, one after another."""

    def __init__(
        self,
        web: sources.WebSettings | None,
        *,
        ask: Ask = sources.ask,
        stopwatch: sources.Stopwatch | None = None,
    ) -> None:
        """Say how to ask; without `web` nobody is asked, and the plan alone is reported."""
        self._web = web
        self._ask = ask
        self._stopwatch = stopwatch or sources.Stopwatch()
        self.reports: list[FetchReport] = []

    def of(self, store: Store, source: Source, *, now: datetime) -> Arrivals:
        """What a source's addresses bring, each asked when its turn comes."""
        with store.read() as transaction:
            states = transaction.fetches.of_source(source.name)
        plan = sources.plan(source, states, now=now, reader_version=sources.READER_VERSION)
        self._tell_of(source, plan)
        if self._web is None:
            for request in plan.requests:
                self._report(request, None, f"would fetch: {request.why}")
            return Arrivals(count=0, each=iter(()))
        return Arrivals(count=len(plan.requests), each=self._each(self._web, store, source, plan, now))

    def _tell_of(self, source: Source, plan: sources.Plan) -> None:
        if plan.given_up:
            first, last = plan.given_up
            days = f"{first}" if first == last else f"{first} to {last}"
            what = f"{days}: missed too long ago, not asked for any more"
            self.reports.append(
                FetchReport(
                    source=source.name, url=sources.shown_url(source.location), outcome=None, what=what
                )
            )
        for wait in plan.waits:
            self._report(wait, None, wait.why, wait.until)

    def _report(
        self,
        about: sources.Request | sources.Wait,
        outcome: FetchOutcome | None,
        what: str,
        until: datetime | None = None,
    ) -> None:
        self.reports.append(
            FetchReport(
                source=about.source,
                url=sources.shown_url(about.url),
                outcome=outcome,
                what=what,
                until=until,
            )
        )

    def _each(
        self, web: sources.WebSettings, store: Store, source: Source, plan: sources.Plan, now: datetime
    ) -> Iterator[Arrival]:
        allowed = sources.Allowed.of(source.allow_hosts)
        for request in plan.requests:
            begun = self._begin(web, store, request, now)
            if begun is None:
                continue
            answer = self._ask(request.first, web, allowed=allowed, validators=request.validators)
            yield self._arrival(request, begun, answer, now)

    def _moment(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._stopwatch.seconds())

    def _begin(
        self, web: sources.WebSettings, store: Store, request: sources.Request, now: datetime
    ) -> FetchState | None:
        """Wait for the host's turn and note that it is asked; `None` where that is too long to wait."""
        host = sources.host_of(request.first)
        with store.read() as transaction:
            known = {state.url: state for state in transaction.fetches.of_source(request.source)}
            last = transaction.fetches.host(host)
        moment = self._moment(now)
        at = sources.turn(last, moment, timedelta(seconds=web.delay))
        if at - moment > sources.PATIENCE:
            self._report(request, None, f"{host} is left alone for a while", at)
            return None
        if at > moment:
            self._stopwatch.pause((at - moment).total_seconds())
            moment = at
        begun = sources.begun(request, known.get(request.url), moment)
        with store.write() as transaction:
            transaction.fetches.keep(begun)
            transaction.fetches.keep_host(HostState(host=host, asked_at=moment))
        return begun

    def _arrival(
        self, request: sources.Request, begun: FetchState, answer: sources.Answer, now: datetime
    ) -> Arrival:
        moment = self._moment(now)
        match answer:
            case sources.Fetched():
                return self._fetched(request, begun, answer, moment, now)
            case sources.Unchanged():
                after = sources.unchanged(begun, answer.moved_to, moment)
                self._report(request, after.outcome, "unchanged" + _moved(after))
                return _nothing_new(request, after, moment, begun.listings)
            case sources.Failed():
                return self._failed(request, begun, answer, moment, now)

    def _fetched(
        self,
        request: sources.Request,
        begun: FetchState,
        answer: sources.Fetched,
        moment: datetime,
        now: datetime,
    ) -> Arrival:
        def vouch(transaction: Transaction, listings: Sequence[Listing]) -> None:
            after = sources.state_after_reading(
                begun,
                answer,
                moment,
                readable=all(one.health is not Health.BROKEN for one in listings),
                listings=[one.name for one in listings],
                reader_version=sources.READER_VERSION,
            )
            transaction.fetches.keep(after)
            self._report(request, after.outcome, f"{len(answer.data):,} bytes" + _moved(after))

        return Arrival(
            name=_name(request),
            content=answer.data,
            content_type=answer.content_type,
            latest=now.date(),
            day=request.day,
            vouch=vouch,
        )

    def _failed(
        self,
        request: sources.Request,
        begun: FetchState,
        answer: sources.Failed,
        moment: datetime,
        now: datetime,
    ) -> Arrival:
        after = sources.failed(begun, answer, moment)
        host = sources.host_after(answer, moment)
        problem = Problem(where=_name(request), what=answer.what, severity=Severity.FATAL)
        self._report(request, after.outcome, answer.what, after.not_before or host.not_before)

        def vouch(transaction: Transaction, _listings: Sequence[Listing]) -> None:
            transaction.fetches.keep(after)
            if host.host:
                transaction.fetches.keep_host(host)

        quiet = after.outcome is FetchOutcome.ABSENT and not sources.is_missed(after)
        return Arrival(
            name=_name(request),
            content=None if quiet else problem,
            latest=now.date(),
            day=request.day,
            vouch=vouch,
        )


def _nothing_new(
    request: sources.Request, after: FetchState, moment: datetime, listings: Sequence[str]
) -> Arrival:
    def vouch(transaction: Transaction, _listings: Sequence[Listing]) -> None:
        transaction.fetches.keep(after)
        for name in listings:
            transaction.listings.repeat(request.source, name, moment)

    return Arrival(name=_name(request), content=None, latest=moment.date(), day=request.day, vouch=vouch)


def _name(request: sources.Request) -> str:
    """What reports call the answer: the address, and the day where the address does not show it."""
    name = sources.shown_url(request.url)
    return f"{name} of {request.day}" if request.day and "?" in request.url else name


def _moved(state: FetchState) -> str:
    return f"; it moved permanently to {state.moved_to}: change it in config.yaml" if state.moved_to else ""
