"""Publish: for everybody who is due, rank to enqueue. Issue, ledger and message are one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest import exits
from digest.issue import Draft, compose
from digest.model import Interest, Issue, Problem, Severity, Skipped
from digest.pipeline import learning, statistics
from digest.pipeline.drafting import Desk, NotDue, Shelf, who_is_due
from digest.pipeline.freezing import Freezer, Froze
from digest.pipeline.house import House
from digest.pipeline.ports import Progress, Store, silent
from digest.store import Transaction

#: subscribers in one transaction
BATCH = 200
#: issues, skips and the like that a report holds whole; of the others it knows how many there were
SHOWN = 100
_MOST_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What became of every active subscriber: how many of each, and the first `SHOWN`."""

    issues: tuple[Issue, ...] = ()
    #: due, but nothing for them so far
    skipped: tuple[Skipped, ...] = ()
    not_due: tuple[NotDue, ...] = ()
    #: how many there are of these three
    issue_count: int = 0
    skipped_count: int = 0
    not_due_count: int = 0
    #: when the first of those who are not due gets an issue
    next_due: datetime | None = None
    #: messages frozen into the outbox
    messages: int = 0
    #: subscribers whose issue could not be written as a mail
    problems: tuple[Problem, ...] = ()

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        return exits.DELIVERY if self.problems else exits.DONE


@dataclass(slots=True, kw_only=True)
class _Tally:
    """A report in the making, which stays small however many subscribers there are."""

    issues: list[Issue] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    not_due: list[NotDue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    issue_count: int = 0
    skipped_count: int = 0
    not_due_count: int = 0
    problem_count: int = 0
    next_due: datetime | None = None
    messages: int = 0

    def wait(self, others: Sequence[NotDue]) -> None:
        """Count subscribers who are not due."""
        self.not_due_count += len(others)
        self.not_due += others[: SHOWN - len(self.not_due)]
        moments = [other.next for other in others] + ([self.next_due] if self.next_due else [])
        self.next_due = min(moments, default=None)

    def skip(self, skipped: Skipped) -> None:
        """Count a due moment that brought nothing."""
        self.skipped_count += 1
        if len(self.skipped) < SHOWN:
            self.skipped.append(skipped)

    def freeze(self, froze: Froze) -> None:
        """Count what became of some issues."""
        self.issue_count += len(froze.issues)
        self.issues += froze.issues[: SHOWN - len(self.issues)]
        self.messages += froze.messages
        self.problem_count += len(froze.problems)
        self.problems += froze.problems[: _MOST_PROBLEMS - len(self.problems)]

    def report(self) -> PublishReport:
        """What there is to say."""
        problems = list(self.problems)
        if more := self.problem_count - len(problems):
            what = f"{more:,} more mails could not be written"
            problems.append(Problem(where="subscribers", what=what, severity=Severity.FATAL))
        return PublishReport(
            issues=tuple(self.issues),
            skipped=tuple(self.skipped),
            not_due=tuple(self.not_due),
            issue_count=self.issue_count,
            skipped_count=self.skipped_count,
            not_due_count=self.not_due_count,
            next_due=self.next_due,
            messages=self.messages,
            problems=tuple(problems),
        )


def publish(store: Store, house: House, *, now: datetime, progress: Progress = silent) -> PublishReport:
    """Compose and freeze issues for all who are due; a second call at the same time finds nobody due.

    One subscriber whose mail cannot be written is a problem in the report and never stops others.
    """
    tally = _Tally()
    due, interests = _who_and_what(store, house, now, tally)
    if not due:
        return tally.report()
    background = statistics.background(store, interests, progress)
    learning.bring_up_to_date(store, background, now=now)
    shelf, done = Shelf(background), 0
    with Freezer(house, expected=len(due)) as freezer:
        for batch in _batches(due):
            progress("publishing", done, len(due))
            with store.write() as transaction:
                _publish_batch(desk_of(transaction, house, shelf, now), house, batch, freezer, tally)
            done += len(batch)
    progress("publishing", done, len(due))
    return tally.report()


def _who_and_what(
    store: Store, house: House, now: datetime, tally: _Tally
) -> tuple[list[int], Collection[Interest]]:
    """Ids of those who are due, and all their interests; read in parts, for there may be very many."""
    ids: list[int] = []
    interests: dict[Interest, None] = {}
    with store.read() as transaction:
        last = 0
        while page := transaction.subscribers.active(after=last, limit=BATCH):
            last = page[-1].id
            due, others = who_is_due(transaction, page, now, house.rules)
            tally.wait(others)
            ids += [each.subscriber.id for each in due]
            interests |= dict.fromkeys(interest for each in due for interest in each.subscriber.interests)
    return ids, interests.keys()


def desk_of(transaction: Transaction, house: House, shelf: Shelf, now: datetime) -> Desk:
    """Where the issues of this moment are drafted, by the operator's rules."""
    return Desk(
        transaction=transaction,
        shelf=shelf,
        rules=house.rules,
        line=house.line,
        popularity=house.popularity,
        trending=house.trending,
        also_new=house.also_new,
        now=now,
    )


def _batches(due: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(due), BATCH):
        yield due[start : start + BATCH]


def _publish_batch(desk: Desk, house: House, ids: Sequence[int], freezer: Freezer, tally: _Tally) -> None:
    # asked again inside the transaction: another run may have published since
    subscribers = desk.transaction.subscribers.active_among(ids)
    due, _ = who_is_due(desk.transaction, subscribers, desk.now, house.rules)
    composed = ((draft, compose(draft)) for draft in desk.drafts(due))
    for froze in freezer.freeze(desk.transaction, _with_something(desk.transaction, composed, tally)):
        tally.freeze(froze)


def _with_something(
    transaction: Transaction, composed: Iterator[tuple[Draft, Issue | Skipped]], tally: _Tally
) -> Iterator[tuple[Draft, Issue]]:
    """Those that brought an issue; the others are noted."""
    for draft, found in composed:
        if isinstance(found, Issue):
            yield draft, found
        else:
            transaction.issues.put_skip(
                found, period_start=draft.memory.start, newest_paper=draft.newest_paper
            )
            tally.skip(found)
