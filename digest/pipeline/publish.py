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
from digest.pipeline.house import House
from digest.pipeline.ports import Progress, Store, silent
from digest.pipeline.pressroom import Froze, publish_all
from digest.store import Transaction

#: issues, skips and the like that a report holds whole; of the others it knows how many there were
SHOWN = 100
_MOST_PROBLEMS = 1_000
#: subscribers that are looked at together, whether they are due
_PAGE = 100


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

    @property
    def wanted(self) -> int:
        """How many more issues are held whole."""
        return SHOWN - len(self.issues)

    def wrote(self, froze: Froze) -> None:
        """Count what became of some subscribers."""
        self.issue_count += froze.issues
        self.issues += froze.shown[: self.wanted]
        self.messages += froze.messages
        self.skipped_count += len(froze.skipped)
        self.skipped += froze.skipped[: SHOWN - len(self.skipped)]
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

    def compose_for(transaction: Transaction, ids: Sequence[int]) -> Iterator[tuple[Draft, Issue | Skipped]]:
        # asked again here: another run may have published since
        subscribers = transaction.subscribers.active_among(ids)
        still, _ = who_is_due(transaction, subscribers, now, house.rules)
        desk = desk_of(transaction, house, shelf, now)
        return ((draft, compose(draft)) for draft in desk.drafts(still))

    def wrote(froze: Froze) -> None:
        nonlocal done
        tally.wrote(froze)
        done += froze.subscribers
        progress("publishing", done, len(due))

    progress("publishing", 0, len(due))
    publish_all(store, house, due, compose_for, wanted=lambda: tally.wanted, wrote=wrote)
    return tally.report()


def _who_and_what(
    store: Store, house: House, now: datetime, tally: _Tally
) -> tuple[list[int], Collection[Interest]]:
    """Ids of those who are due, and all their interests; read in parts, for there may be very many."""
    ids: list[int] = []
    interests: dict[Interest, None] = {}
    with store.read() as transaction:
        last = 0
        while page := transaction.subscribers.active(after=last, limit=_PAGE):
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
