"""From the archive to drafts: who is due, which papers are in question, how they rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from digest import cadence, health, rank
from digest.issue import Draft, Memory, Rules, is_after, remember, settled_days
from digest.model import Edition, KnownPaper, Moment, Reader, SourceNote, Subscriber
from digest.store import Transaction

#: picks nearly the same as one sent so lately wait until the others had their turn
_LATELY = timedelta(days=21)
#: drafts in memory at once, with all that each may choose from
_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A subscriber with the scheduled moment that wants an issue."""

    subscriber: Subscriber
    scheduled: cadence.Scheduled
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDue:
    """A subscriber who gets nothing now, and when next."""

    subscriber: Subscriber
    reason: cadence.NotDueReason
    next: datetime


def who_is_due(
    transaction: Transaction, subscribers: Sequence[Subscriber], now: datetime, rules: Rules
) -> tuple[list[Due], list[NotDue]]:
    """Sort subscribers into those whose latest scheduled moment wants an issue, and the others."""
    due: list[Due] = []
    others: list[NotDue] = []
    remembered = moments_of(transaction, subscribers, now, rules)
    for subscriber in subscribers:
        moments = remembered[subscriber.id]
        settled = settled_days(moments, subscriber.preferences, rules)
        answer = cadence.due(subscriber.preferences, now, settled=settled, catch_up=rules.catch_up)
        if isinstance(answer, cadence.NotDue):
            others.append(NotDue(subscriber=subscriber, reason=answer.reason, next=answer.next.moment))
        else:
            scheduled = _welcome(subscriber, answer, moments, now)
            due.append(Due(subscriber=subscriber, scheduled=scheduled, moments=tuple(moments)))
    return due, others


def _welcome(
    subscriber: Subscriber, scheduled: cadence.Scheduled, moments: Sequence[Moment], now: datetime
) -> cadence.Scheduled:
    """Who joins before today's hour gets today's issue at once, not yesterday's now and another soon."""
    preferences = subscriber.preferences
    today = cadence.local_day(preferences, now)
    is_first = all(m.skipped for m in moments)
    joined_since = scheduled.moment < subscriber.created_at
    if is_first and joined_since and scheduled.day < today and cadence.scheduled_on(today, preferences):
        return cadence.Scheduled(day=today, moment=cadence.moment(today, preferences))
    return scheduled


def moments_of(
    transaction: Transaction, subscribers: Sequence[Subscriber], now: datetime, rules: Rules
) -> Mapping[int, list[Moment]]:
    """What is remembered of each subscriber's moments, as far back as an issue can reach."""
    # two days more: an edition is a local date, which may differ from ours by one either way
    since = (now - rules.longest_period - timedelta(days=2)).date()
    found = transaction.issues.moments([s.id for s in subscribers], since)
    return defaultdict(list, found)


def readers_of(
    transaction: Transaction, subscribers: Sequence[Subscriber], *, sent_since: datetime | None = None
) -> dict[int, Reader]:
    """What ranking may know of each subscriber, by their number; read at once for all of them.

    Papers sent lately are those after `sent_since`.
    """
    numbers = [s.id for s in subscribers]
    learned = transaction.learned.packed(numbers)
    sent = transaction.issues.picks_since(numbers, sent_since) if sent_since else {}
    papers = {p.id: p.paper for p in transaction.papers.by_ids({i for ids in sent.values() for i in ids})}
    return {
        s.id: replace(
            s.reader,
            learned=learned.get(s.id),
            sent_lately=tuple(papers[i] for i in sent.get(s.id, ())),
        )
        for s in subscribers
    }


class _Candidates(NamedTuple):
    """Which papers a subscriber can get, and how many they were sent before."""

    open_ids: set[int]
    sent_before: int


class Shelf:
    """What drafts of one moment have in common, taken from one transaction to the next: papers, read once.

    It only grows: what one batch of subscribers needs, others may be measured against as well.
    """

    def __init__(self, background: rank.Background) -> None:
        self._background = background
        self._papers: dict[int, KnownPaper] = {}
        #: papers first seen after the first and those that came after the second are here
        self._since: datetime | None = None
        self._after: int | None = None
        self._ranker: rank.Ranker | None = None

    def hold(
        self, transaction: Transaction, memories: Sequence[Memory], *, now: datetime, rules: Rules
    ) -> None:
        """Take in the papers that can be for subscribers with these pasts."""
        book, before = transaction.papers, len(self._papers)
        since = min((m.start for m in memories if m.after_paper is None), default=None)
        if since is not None and (self._since is None or since < self._since):
            self._take(book.first_seen_between(since, now))
            self._since = since
        after = min((m.after_paper for m in memories if m.after_paper is not None), default=None)
        if after is not None and (self._after is None or after < self._after):
            self._take(book.added_after(after, not_before=now - rules.longest_period))
            self._after = after
        carried = {paper_id for m in memories for paper_id in m.carried}
        self._take(book.by_ids(carried - self._papers.keys()))
        if len(self._papers) > before:
            self._papers = dict(sorted(self._papers.items()))
            self._ranker = None

    def _take(self, papers: Sequence[KnownPaper]) -> None:
        for known in papers:
            # the very objects that are here already: what was made of them is known by them
            self._papers.setdefault(known.id, known)

    @property
    def papers(self) -> Mapping[int, KnownPaper]:
        """All of them by id, oldest first."""
        return self._papers

    @property
    def ranker(self) -> rank.Ranker:
        """One that ranks them."""
        if self._ranker is None:
            self._ranker = rank.Ranker(list(self._papers.values()), self._background)
        return self._ranker


@dataclass(slots=True, kw_only=True)
class Desk:
    """Drafts for many subscribers from one reading of the archive and one ranking."""

    transaction: Transaction
    shelf: Shelf
    rules: Rules
    #: score that a pick must reach
    line: float
    #: the most points that upvotes and stars give in the order of picks
    popularity: float = 0.0
    #: how many papers Trending and how many titles Also new hold: the operator's present choice
    trending: int
    also_new: int
    now: datetime
    _pool: Mapping[int, KnownPaper] = field(default_factory=dict)
    _new_since: datetime | None = None
    _newest_paper: int = 0
    _notes_since: dict[datetime, tuple[SourceNote, ...]] = field(default_factory=dict)

    def drafts(self, wanted: Sequence[Due]) -> Iterator[Draft]:
        """One draft for each due subscriber, made as they are asked for."""
        if not wanted:
            return
        memories = self._memories(wanted)
        self.shelf.hold(self.transaction, memories, now=self.now, rules=self.rules)
        self._pool, ranker = self.shelf.papers, self.shelf.ranker
        self._new_since = self.transaction.listings.latest_new()
        self._newest_paper = self.transaction.papers.newest_id()
        listed = self.transaction.papers.listed_between(min(m.start for m in memories), self.now)
        for at in range(0, len(wanted), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            yield from self._drafts(wanted[some], memories[some], ranker, listed)

    def _drafts(
        self,
        wanted: Sequence[Due],
        memories: Sequence[Memory],
        ranker: rank.Ranker,
        listed: Sequence[tuple[int, datetime]],
    ) -> Iterator[Draft]:
        people = [due.subscriber for due in wanted]
        readers = readers_of(self.transaction, people, sent_since=self.now - _LATELY)
        asked = {*self._pool, *(paper_id for paper_id, _ in listed)}
        sent = self.transaction.issues.sent_papers([each.id for each in people], asked)
        candidates = []
        for memory, person in zip(memories, people, strict=True):
            again = {paper_id for paper_id, read_at in listed if read_at > memory.start}
            candidates.append(self._candidates(memory, again, sent[person.id]))
        standings = ranker.standings(
            [readers[each.id] for each in people],
            line=self.line,
            excluded=[self._pool.keys() - each.open_ids for each in candidates],
        )
        for due, memory, found, mine in zip(wanted, memories, candidates, standings, strict=True):
            yield self._draft(due, memory, ranker, found, mine)

    def _as_of_now(self, subscriber: Subscriber) -> Subscriber:
        """The subscriber with the operator's present sections, whatever they were on joining."""
        chosen = replace(subscriber.preferences, trending=self.trending, also_new=self.also_new)
        return replace(subscriber, preferences=chosen)

    def _marked_new_since(self, memory: Memory) -> datetime:
        """When the latest listing came, unless the subscriber's last issue came after it."""
        latest = self._new_since
        return latest if latest and latest > memory.start else self.now

    def _memories(self, wanted: Sequence[Due]) -> list[Memory]:
        """What each past says, with the ids that picks cut lately have by now: two papers became one."""
        found = [remember(d.moments, d.scheduled.day, self.now, self.rules) for d in wanted]
        now_known_as = self.transaction.papers.roots({i for m in found for i in m.carried})
        return [
            replace(m, carried={now_known_as[i]: since for i, since in reversed(m.carried.items())})
            for m in found
        ]

    def _candidates(self, memory: Memory, listed: set[int], sent: set[int]) -> _Candidates:
        """The papers in question for a subscriber who was `sent` these."""
        # others may have brought older papers here
        earliest = self.now - self.rules.longest_period
        wanted = {
            p.id
            for p in self._pool.values()
            if (is_after(p, memory.after_paper, memory.start) and p.first_seen >= earliest)
            or p.id in memory.carried
        }
        return _Candidates(wanted - sent, len(sent & (wanted | listed)))

    def _draft(
        self,
        due: Due,
        memory: Memory,
        ranker: rank.Ranker,
        candidates: _Candidates,
        standings: rank.Standings,
    ) -> Draft:
        deadline = cadence.quiet_deadline(due.scheduled, self.rules.wait_until)
        return Draft(
            subscriber=self._as_of_now(due.subscriber),
            edition=Edition(day=due.scheduled.day),
            now=self.now,
            memory=memory,
            final=self.now >= deadline,
            candidates=[p for p in self._pool.values() if p.id in candidates.open_ids],
            sent_before=candidates.sent_before,
            selection=ranker.select(
                standings,
                line=self.line,
                limit=due.subscriber.preferences.limit,
                popularity=self.popularity,
            ),
            muted=ranker.muted(standings.reader),
            new_since=self._marked_new_since(memory),
            newest_paper=self._newest_paper,
            notes=self._notes(memory.start),
        )

    def _notes(self, start: datetime) -> tuple[SourceNote, ...]:
        if start not in self._notes_since:
            self._notes_since[start] = health.notes(self.transaction.captures.between(start, self.now))
        return self._notes_since[start]


def due_today(subscriber: Subscriber, moments: Sequence[Moment], now: datetime, today: date) -> Due:
    """A subscriber as if their moment were now, for previews."""
    return Due(
        subscriber=subscriber,
        scheduled=cadence.Scheduled(day=today, moment=now),
        moments=tuple(moments),
    )
