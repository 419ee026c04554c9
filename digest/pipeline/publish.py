"""Publish: for everybody who is due, rank to enqueue. Issue, ledger and message are one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest import exits, rank, render, tokens
from digest.issue import Draft, Rules, compose, cut_since
from digest.model import Issue, Message, Problem, Severity, Skipped, Subscriber
from digest.pipeline import learning, statistics
from digest.pipeline.drafting import Desk, Due, NotDue, who_is_due
from digest.pipeline.ports import Progress, Store, silent
from digest.store import Transaction

#: subscribers in one transaction
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """Who the mails come from."""

    from_address: str
    from_name: str
    #: the digest's name
    title: str
    list_id: str
    unsubscribe_address: str
    #: where one-click unsubscribing is answered; `None` leaves only the mail address
    base_url: str | None
    #: a message not handed over by then is given up
    expire_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the operator decided about issues and their looks."""

    rules: Rules
    #: score that a pick must reach
    line: float
    #: the most points that upvotes and stars give in the order of picks
    popularity: float = 0.0
    #: how many papers the section Trending shows, and how many titles Also new
    trending: int
    also_new: int
    templates: render.Templates
    render: render.RenderSettings
    mail: MailIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What became of every active subscriber."""

    issues: tuple[Issue, ...]
    #: due, but nothing for them so far
    skipped: tuple[Skipped, ...]
    not_due: tuple[NotDue, ...]
    #: messages frozen into the outbox
    messages: int
    #: subscribers whose issue could not be written as a mail
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """See `digest.exits`."""
        return exits.DELIVERY if self.problems else exits.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An issue as really shown, with its mail where the subscriber reads by mail."""

    issue: Issue
    message: Message | None


def publish(store: Store, house: House, *, now: datetime, progress: Progress = silent) -> PublishReport:
    """Compose and freeze issues for all who are due; a second call at the same time finds nobody due.

    One subscriber whose mail cannot be written is a problem in the report and never stops others.
    """
    with store.read() as transaction:
        due, not_due = who_is_due(transaction, transaction.subscribers.active(), now, house.rules)
    report = PublishReport(issues=(), skipped=(), not_due=tuple(not_due), messages=0, problems=())
    if not due:
        return report
    interests = [interest for each in due for interest in each.subscriber.interests]
    background = statistics.background(store, interests, progress)
    learning.bring_up_to_date(store, background, now=now)
    done = 0
    for batch in _batches(due):
        progress("publishing", done, len(due))
        with store.write() as transaction:
            desk = desk_of(transaction, house, background, now)
            report = _publish_batch(desk, house, batch, report)
        done += len(batch)
    progress("publishing", done, len(due))
    return report


def desk_of(transaction: Transaction, house: House, background: rank.Background, now: datetime) -> Desk:
    """Where the issues of this moment are drafted, by the operator's rules."""
    return Desk(
        transaction=transaction,
        background=background,
        rules=house.rules,
        line=house.line,
        popularity=house.popularity,
        trending=house.trending,
        also_new=house.also_new,
        now=now,
    )


def _batches(due: Sequence[Due]) -> Iterator[list[Subscriber]]:
    for start in range(0, len(due), BATCH):
        yield [d.subscriber for d in due[start : start + BATCH]]


def _publish_batch(
    desk: Desk, house: House, subscribers: Sequence[Subscriber], report: PublishReport
) -> PublishReport:
    # asked again inside the transaction: another run may have published since
    due, _ = who_is_due(desk.transaction, subscribers, desk.now, house.rules)
    keys = key_ring(desk.transaction)
    issues, skipped, problems, messages = [], [], [], 0
    for draft in desk.drafts(due):
        composed = compose(draft)
        if isinstance(composed, Skipped):
            desk.transaction.issues.put_skip(
                composed, period_start=draft.memory.start, newest_paper=draft.newest_paper
            )
            skipped.append(composed)
            continue
        try:
            printed = print_issue(composed, house, keys)
        except ValueError as error:
            where = f"subscriber {draft.subscriber.name}"
            problems.append(Problem(where=where, what=str(error), severity=Severity.FATAL))
            continue
        issues.append(printed.issue)
        messages += _freeze(desk.transaction, draft, printed, house)
    return replace(
        report,
        issues=(*report.issues, *issues),
        skipped=(*report.skipped, *skipped),
        problems=(*report.problems, *problems),
        messages=report.messages + messages,
    )


def print_issue(issue: Issue, house: House, keys: tokens.KeyRing) -> Printed:
    """Render and encode one issue; raises `ValueError` for an address that no mail can go to."""
    if not issue.subscriber.by_mail:
        return Printed(issue=issue, message=None)
    unsubscribe = _unsubscribe(issue.subscriber, house.mail, keys)
    shown, parts = render.mail(house.templates, issue, house.render, unsubscribe)
    domain = house.mail.from_address.rpartition("@")[2]
    envelope = render.Envelope(
        from_address=house.mail.from_address,
        from_name=house.mail.from_name,
        to_address=issue.subscriber.address or "",
        message_id=tokens.message_id(issue.edition.key, issue.subscriber.id, domain, keys),
        date=issue.composed_at,
        list_name=house.mail.title,
        list_id=house.mail.list_id,
        list_owner=f"mailto:{house.mail.unsubscribe_address}",
        list_help=f"mailto:{house.mail.unsubscribe_address}?subject=help",
        unsubscribe=unsubscribe,
    )
    return Printed(issue=shown, message=render.encode(parts, envelope))


def _unsubscribe(subscriber: Subscriber, mail: MailIdentity, keys: tokens.KeyRing) -> render.Unsubscribe:
    token = tokens.sign(tokens.Purpose.UNSUBSCRIBE, subscriber.id, keys)
    return render.Unsubscribe(
        mailto=f"mailto:{mail.unsubscribe_address}?subject=unsubscribe%20{token}",
        url=f"{mail.base_url}/u/{token}" if mail.base_url else None,
    )


def _freeze(transaction: Transaction, draft: Draft, printed: Printed, house: House) -> int:
    """Write issue, ledger and message; how many messages that were."""
    cut = cut_since(draft, printed.issue)
    issue_id = transaction.issues.put(printed.issue, cut=cut, newest_paper=draft.newest_paper)
    if printed.message is None:
        return 0
    transaction.outbox.put(
        printed.message,
        issue_id=issue_id,
        subscriber_id=draft.subscriber.id,
        edition=draft.edition.day,
        now=draft.now,
        expire_after=house.mail.expire_after,
    )
    return 1


def key_ring(transaction: Transaction) -> tokens.KeyRing:
    """The database's secrets; the newest version signs."""
    secrets = transaction.instance.secrets()
    return tokens.KeyRing(secrets=secrets, current=max(secrets))
