"""Look without touching: the issue as it would be now, and why a paper was or was not sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from digest import cadence, rank
from digest.issue import compose, is_after, remember
from digest.model import Delivery, KnownPaper, Match, Skipped, Subscriber
from digest.pipeline.drafting import Shelf, due_today, moments_of, readers_of
from digest.pipeline.house import House
from digest.pipeline.printing import Printed, key_ring, print_issue, signed
from digest.pipeline.publish import desk_of
from digest.pipeline.statistics import background_for_reading
from digest.store import SentPaper, Transaction


def preview(
    transaction: Transaction, house: House, subscriber: Subscriber, *, now: datetime
) -> Printed | Skipped:
    """The issue that `subscriber` would get if their moment were now, or why there would be none."""
    today = cadence.local_day(subscriber.preferences, now)
    moments = moments_of(transaction, [subscriber], now, house.rules)[subscriber.id]
    background = background_for_reading(transaction, subscriber.interests)
    desk = desk_of(transaction, house, Shelf(background), now)
    composed = compose(next(desk.drafts([due_today(subscriber, moments, now, today)])))
    if isinstance(composed, Skipped):
        return composed
    printed = print_issue(composed, house, key_ring(transaction))
    if printed.message is None:
        return printed
    return replace(printed, message=signed(printed.message, house.mail))


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is known about one paper and one subscriber."""

    paper: KnownPaper
    subscriber: Subscriber
    #: how it was sent, newest last; empty where it was not
    sent: tuple[SentPaper, ...]
    #: the mail that it was sent with last; `None` for a feed
    delivery: Delivery | None
    #: its score by today's statistics, with every reason
    match: Match
    #: how that score comes about
    arithmetic: rank.Arithmetic
    #: points that upvotes and stars give beside the score, in the order of picks only
    popularity: float
    #: the score that a pick must reach
    line: float
    #: when the limit cut it and until when it competes, if it does
    competes_until: datetime | None
    asked_at: datetime
    #: whether it was first seen before this subscriber's present period
    before_period: bool


def why(
    transaction: Transaction, house: House, paper: KnownPaper, subscriber: Subscriber, *, now: datetime
) -> Why:
    """Why `paper` was or was not sent to `subscriber`."""
    moments = moments_of(transaction, [subscriber], now, house.rules)[subscriber.id]
    background = background_for_reading(transaction, subscriber.interests)
    sent = transaction.issues.lines_for(paper.id, subscriber.id)
    memory = remember(moments, now.date(), now, house.rules)
    cut = {paper_id: since for m in moments for paper_id, since in m.cut}
    reader = readers_of(transaction, [subscriber])[subscriber.id]
    return Why(
        paper=paper,
        subscriber=subscriber,
        sent=tuple(sent),
        delivery=transaction.outbox.of_issue(sent[-1].issue_id) if sent else None,
        match=rank.explain(paper, reader, background, now),
        arithmetic=rank.arithmetic(paper, reader, background, now),
        popularity=rank.popularity_of(paper.paper, house.popularity),
        line=house.line,
        competes_until=cut[paper.id] + house.rules.compete if paper.id in cut else None,
        asked_at=now,
        before_period=not is_after(paper, memory.after_paper, memory.start),
    )
